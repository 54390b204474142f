"""uvicorn's WebSocket protocol with one write to the network for all frames of a turn of the event loop.

A write is the dearest thing a message costs, a third of all of it: the kernel takes the packet through and wakes the
other side. An acknowledgement, the message itself and what else is due to the same peer go out together.
"""

import asyncio
from struct import pack
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

# Name of the extension of ASGI that sends without waiting; servers and test clients without it are served as well.
EXTENSION = "wenjin.direct"


class CorkedTransport:
    """Gathers what is written until the loop's next turn. Knows as much of a transport as uvicorn's protocol uses."""

    __slots__ = ("_loop", "_transport", "_waiting")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write with all else that is written in this turn."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        """Close once everything is written."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Say whether it is closed, or about to be."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Read nothing for a while."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Tell of the connection, such as its addresses."""
        return self._transport.get_extra_info(name, default)

    def _flush(self) -> None:
        if self._waiting:
            data, self._waiting = b"".join(self._waiting), []
            self._transport.write(data)


class CorkedProtocol(WebSocketsSansIOProtocol):
    """The protocol that `main` gives to uvicorn. It offers itself to the application under EXTENSION in the scope."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin on a corked transport."""
        corked = CorkedTransport(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, corked))

    def handle_connect(self, event: Request) -> None:
        """Take a handshake."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = {"write_text": self.write_text}

    def write_text(self, text: str) -> bool:
        """Send a text frame at once; False when it has to wait or cannot be sent, which `send` of ASGI then does.

        A coroutine, a task and a frame object for each frame would cost more than all that leads up to it.
        """
        if not self.writable.is_set() or self.disconnected or self.conn.state is not State.OPEN:
            return False
        self.transport.write(_text_frame(text.encode()))
        return True


def _text_frame(payload: bytes) -> bytes:
    """Return a whole, unmasked text frame (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < 126:
        return pack("!BB", 0x81, length) + payload
    if length < 65_536:
        return pack("!BBH", 0x81, 126, length) + payload
    return pack("!BBQ", 0x81, 127, length) + payload
