"""A TCP proxy that misbehaves on order: cuts connections, or swallows what goes one way while the other way works."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Literal
from urllib.parse import urlsplit

Way = Literal["up", "down"]
_CHUNK_BYTES = 65_536


class Proxy:
    """Passes connections on to the server. `up` is from the client to the server."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._swallowed: set[Way] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.address = ""
        self.times_cut = 0

    def cut(self) -> None:
        """Break every connection without a goodbye."""
        self.times_cut += 1
        for writer in self._writers:
            writer.transport.abort()

    def swallow(self, way: Way) -> None:
        """Let what goes this way vanish; both ends believe that they are connected."""
        self._swallowed.add(way)

    def flow(self) -> None:
        """Pass everything on again. Connections that lost something are cut: what follows would make no sense."""
        if self._swallowed:
            self._swallowed.clear()
            self.cut()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of a client."""
        try:
            up_reader, up_writer = await self._open()
        except OSError:
            writer.transport.abort()
            return
        mine = {writer, up_writer}
        self._writers |= mine
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pump(reader, up_writer, "up"))
                ways.create_task(self._pump(up_reader, writer, "down"))
        finally:
            self._writers -= mine
            for each in mine:
                each.transport.abort()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        with contextlib.suppress(OSError):
            while received := await reader.read(_CHUNK_BYTES):
                if way not in self._swallowed:
                    writer.write(received)
                    await writer.drain()
        # One end is gone: so is the other.
        writer.transport.abort()


class Balancer(Proxy):
    """One address for several servers: each connection goes to the next of them that takes it."""

    def __init__(self, targets: Sequence[str]) -> None:
        super().__init__(targets[0])
        self._targets = targets
        self._turn = 0

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for _ in self._targets:
            self._turn += 1
            parts = urlsplit(self._targets[self._turn % len(self._targets)])
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(parts.hostname, parts.port)
        raise ConnectionRefusedError


def between(target: str) -> contextlib.AbstractAsyncContextManager[Proxy]:
    """Put a proxy in front of the server at `target`."""
    return _listening(Proxy(target))


def balanced(targets: Sequence[str]) -> contextlib.AbstractAsyncContextManager[Proxy]:
    """Put one address in front of the servers at `targets`; the list may change meanwhile."""
    return _listening(Balancer(targets))


@contextlib.asynccontextmanager
async def _listening(proxy: Proxy) -> AsyncIterator[Proxy]:
    listener = await asyncio.start_server(proxy.pass_on, "127.0.0.1", 0)
    proxy.address = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        listener.close()
        proxy.cut()
