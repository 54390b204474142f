"""Takes a file that comes as a request's body, or inside its form, onto the disk; counted, never into memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from starlette.requests import Request
from starlette.types import Message, Receive

from knowledge.imports.files import MAX_FILE_BYTES, ImportFileUnfit

# What a form adds around its file: names, boundaries, the other fields.
_FORM_BYTES = 100_000


@asynccontextmanager
async def body_as_file(request: Request) -> AsyncIterator[Path]:
    """Give the path of a file with the body, which goes away afterwards. Raises ImportFileUnfit."""
    with TemporaryDirectory(prefix="wenjin-") as folder:
        path = Path(folder) / "body"
        received = 0
        async with await anyio.open_file(path, "wb") as file:
            async for chunk in request.stream():
                received += len(chunk)
                if received > MAX_FILE_BYTES:
                    raise ImportFileUnfit(reason="it is larger than 100 MB.")
                await file.write(chunk)
        yield path


def with_counted_body(request: Request) -> Request:
    """Return the request with a body that may be as long as a file with its form. It raises ImportFileUnfit beyond."""
    return Request(request.scope, _counted(request.receive))


def _counted(receive: Receive) -> Receive:
    received = 0

    async def receive_counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_FILE_BYTES + _FORM_BYTES:
            raise ImportFileUnfit(reason="it is larger than 100 MB.")
        return message

    return receive_counted
