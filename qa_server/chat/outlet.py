"""Sends what a connection is offered, closes it when it is to be closed, and cuts it off when it does not listen."""

import asyncio
from collections.abc import Callable
from math import inf

from starlette.types import Scope, Send

from qa_server.chat.connection import Connection
from qa_server.chat.corked import EXTENSION

# Close codes of this protocol, in the range RFC 6455 leaves to applications.
CLOSE_SILENT = 4408
CLOSE_TOO_SLOW = 4409
# A peer has this long to take what waits and the close frame.
CLOSE_SECONDS = 2


class Outlet:
    """The writing half of a socket. A task exists only while there is something to write, so that idle ones are small.

    `cut` is called when the peer takes nothing any more. Used from the event loop only."""

    __slots__ = (
        "_connection",
        "_cut",
        "_heard_at",
        "_last_call",
        "_loop",
        "_send",
        "_silence_seconds",
        "_task",
        "_watch",
        "_write_text",
    )

    def __init__(
        self, connection: Connection, scope: Scope, send: Send, *, silence_seconds: float, cut: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._send = send
        direct = scope.get("extensions", {}).get(EXTENSION, {})
        self._write_text: Callable[[str], bool] = direct.get("write_text", _never)
        self._cut = cut
        self._silence_seconds = silence_seconds
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._last_call: asyncio.TimerHandle | None = None
        self._heard_at = self._loop.time()
        self._watch = self._loop.call_later(silence_seconds, self._look)
        connection.attach(self._wake, self._give_up)

    def listen(self) -> None:
        """Count the peer's silence from now."""
        self._heard_at = self._loop.time()

    def pause(self) -> None:
        """Count no silence: a frame of the peer is being handled, and what it sends meanwhile is not read."""
        self._heard_at = inf

    async def finish(self) -> None:
        """Wait until everything is sent, and the connection closed if it is to be, but not for a peer that is stuck."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=CLOSE_SECONDS)

    def stop(self) -> None:
        """Send nothing any more."""
        self._watch.cancel()
        if self._last_call is not None:
            self._last_call.cancel()
        if self._task is not None:
            self._task.cancel()
        # The two hold one another; the memory of a socket that ended need not wait for the collector.
        self._connection.detach()

    def _wake(self) -> None:
        if self._connection.close_code is not None:
            self._cut_later()
        if self._task is None and not self._is_written():
            self._task = self._loop.create_task(self._write())

    def _is_written(self) -> bool:
        """Send what waits without a task, which works as long as the peer takes what it is sent."""
        if self._connection.close_code is not None:
            return False
        frames = self._connection.take_all()
        for number, frame in enumerate(frames):
            if not self._write_text(frame.text):
                self._connection.put_back(frames[number:])
                return False
        return True

    def _look(self) -> None:
        """Close a silent connection; otherwise look again when it could have been silent for long enough."""
        left = self._heard_at + self._silence_seconds - self._loop.time()
        if left > 0:
            self._watch = self._loop.call_later(min(left, self._silence_seconds), self._look)
            return
        self._connection.close_code = self._connection.close_code or CLOSE_SILENT
        self._wake()

    def _give_up(self) -> None:
        """Close a connection whose peer is too slow, passing over what waits."""
        if self._connection.close_code == CLOSE_TOO_SLOW:
            return
        self._connection.close_code = CLOSE_TOO_SLOW
        if self._task is not None:
            self._task.cancel()
        self._task = self._loop.create_task(self._close())
        self._cut_later()

    def _cut_later(self) -> None:
        # A peer that takes nothing does not take the close frame either.
        if self._last_call is None:
            self._last_call = self._loop.call_later(CLOSE_SECONDS, self._cut)

    async def _write(self) -> None:
        try:
            while frames := self._connection.take_all():
                for frame in frames:
                    await self._send({"type": "websocket.send", "text": frame.text})
            if self._connection.close_code is not None:
                await self._close()
        except (OSError, RuntimeError):
            # The other side is gone, or the close frame is out; the reading half ends the connection.
            self._connection.take_all()
        self._task = None

    async def _close(self) -> None:
        await self._send({"type": "websocket.close", "code": self._connection.close_code})


def _never(_text: str) -> bool:
    return False
