"""The way from worker threads into the event loop: what comes in quick succession wakes the loop once."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import structlog

_log = structlog.get_logger(__name__)


class Inbox:
    """Calls to be made in the event loop, in order. `put` may be called from any thread and never blocks."""

    def __init__(self) -> None:
        self._calls: deque[Callable[[], None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_awake = False

    def open(self) -> None:
        """Make calls in the running loop from now on."""
        self._loop = asyncio.get_running_loop()

    def put(self, call: Callable[[], None]) -> None:
        """Have something called in the loop; dropped when the loop is gone, as while the process ends."""
        self._calls.append(call)
        # Put first, then looked at: whoever finds the loop awake knows that it has not begun to take calls out.
        if self._is_awake or self._loop is None or self._loop.is_closed():
            return
        self._is_awake = True
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take_out)

    def _take_out(self) -> None:
        self._is_awake = False
        # What is put in meanwhile has woken the loop again; between the two, sockets have their turn.
        for _ in range(len(self._calls)):
            try:
                self._calls.popleft()()
            except Exception:
                _log.exception("call failed")
