"""Files over HTTP: the body of an upload is the file itself, streamed to the disk; a download follows a signed link."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote
from uuid import UUID

import anyio
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import StringConstraints
from starlette.requests import ClientDisconnect

from qa_server.api.asker import Place, Reader, Staff
from qa_server.api.saved_file import SavedFile
from qa_server.attachments.errors import UploadIncomplete, UploadTooSlow
from qa_server.attachments.links import MAX_EXPIRES
from qa_server.attachments.schemas import AttachmentLink
from qa_server.attachments.service import check_size
from qa_server.attachments.storing import saving
from qa_server.conversations.schemas import ClientId, MessageView, NamedMessageView
from qa_server.desk import attaching
from qa_server.desk.attaching import FileToSend, Participant
from qa_server.desk.workplace import Workplace

# Files scanned and unpacked at once in this process; more would take the threads that conversations need.
_CHECKED_AT_ONCE = 2
# Bytes collected before they are handed to the disk.
_WRITE_BUFFER_BYTES = 1_048_576
# What a browser may do with a file that it shows in spite of the header: nothing.
DOWNLOAD_POLICY = "default-src 'none'; sandbox"

router = APIRouter(prefix="/api/v1", tags=["attachments"])

FileName = Annotated[
    str, Header(alias="X-File-Name", min_length=1, max_length=1500, description="The name, percent-encoded UTF-8.")
]
UploadId = Annotated[ClientId, Header(alias="X-Client-Id", description="The sender's own id of this upload.")]
Signature = Annotated[str, StringConstraints(max_length=100)]
FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_T = TypeVar("_T")
_checks: RunVar[anyio.CapacityLimiter] = RunVar("wenjin_attachment_checks")


@router.post("/conversations/{conversation_id}/attachments", status_code=201, openapi_extra=FILE_BODY)
async def upload_as_reader(
    request: Request, place: Place, reader: Reader, conversation_id: UUID, name: FileName, client_id: UploadId
) -> MessageView:
    """Send a file: the body is the file. Repeating it with the same X-Client-Id gives the first message again."""
    return await _upload(request, place, reader, conversation_id, name=name, client_id=client_id)


@router.post("/staff/conversations/{conversation_id}/attachments", status_code=201, openapi_extra=FILE_BODY)
async def upload_as_staff(
    request: Request, place: Place, person: Staff, conversation_id: UUID, name: FileName, client_id: UploadId
) -> NamedMessageView | MessageView:
    """Send a file as the librarian who holds the conversation."""
    return await _upload(request, place, person, conversation_id, name=name, client_id=client_id)


@router.get("/conversations/{conversation_id}/attachments/{attachment_id}/link")
def link_for_reader(place: Place, reader: Reader, conversation_id: UUID, attachment_id: UUID) -> AttachmentLink:
    """Return a link that opens one file of the reader's conversation for some minutes."""
    return attaching.link(place, reader, conversation_id, attachment_id)


@router.get("/staff/conversations/{conversation_id}/attachments/{attachment_id}/link")
def link_for_staff(place: Place, person: Staff, conversation_id: UUID, attachment_id: UUID) -> AttachmentLink:
    """Return a link that opens one file of a conversation of one's desks for some minutes."""
    return attaching.link(place, person, conversation_id, attachment_id)


@router.get(
    "/attachments/{attachment_id}",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}, 206: {}, 304: {}},
)
def download(
    request: Request,
    place: Place,
    attachment_id: UUID,
    expires: Annotated[int, Query(ge=0, le=MAX_EXPIRES)],
    signature: Annotated[Signature, Query()],
) -> Response:
    """Return a file by its link. It is always saved, never shown as a page of this site."""
    file = attaching.open_link(place, attachment_id, expires=expires, signature=signature)
    return sent(request, file)


async def _upload(
    request: Request, place: Workplace, person: Participant, conversation_id: UUID, *, name: str, client_id: str
) -> MessageView:
    expect = partial(attaching.expect, client_id=client_id, size_bytes=announced_size(request))
    earlier = await run_sync(expect, place, person, conversation_id)
    if earlier is not None:
        return earlier
    with attaching.store_of(place.settings).incoming() as path:
        await receive(request, place, path)
        content = await checked(partial(attaching.take_in, place, path, unquote(name)))
    return await run_sync(partial(attaching.attach, place, person, conversation_id, content, client_id=client_id))


def sent(request: Request, file: FileToSend) -> Response:
    """Answer with a file that is always saved, or with 304 when the asker has it."""
    headers = {
        "ETag": f'"{file.sha256}"',
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": DOWNLOAD_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return SavedFile(file.path, media_type=file.media_type, filename=file.name, headers=headers)


def announced_size(request: Request) -> int:
    """Return how many bytes a request says it brings, 0 when it does not."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isdecimal() else 0


async def receive(request: Request, place: Workplace, path: Path) -> None:
    """Write the body to `path` as it comes. Raises AttachmentTooLarge, UploadIncomplete, UploadTooSlow."""
    limits = attaching.limits_of(place.settings)
    received = 0
    try:
        async with asyncio.timeout(place.settings.upload_seconds):
            with saving():
                async with await anyio.open_file(path, "wb", buffering=_WRITE_BUFFER_BYTES) as file:
                    async for piece in request.stream():
                        received += len(piece)
                        check_size(received, limits)
                        await file.write(piece)
    except ClientDisconnect as error:
        raise UploadIncomplete() from error
    except TimeoutError as error:
        raise UploadTooSlow() from error


async def checked(check: Callable[[], _T]) -> _T:
    """Run a check of a file in a thread, with at most some others beside it."""
    try:
        limiter = _checks.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(_CHECKED_AT_ONCE)
        _checks.set(limiter)
    return await run_sync(check, limiter=limiter)
