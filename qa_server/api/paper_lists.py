"""Lists of papers over HTTP: a file or pasted text comes back as papers, a list with what is to be remarked on it."""

from functools import partial
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Header, Request
from pydantic import Field

from qa_server.api.asker import AskedLanguage, Place, Reader
from qa_server.api.attachments import FILE_BODY, announced_size, checked
from qa_server.commissions.papers.errors import PaperListTooLarge
from qa_server.commissions.papers.intake import MAX_FILE_BYTES
from qa_server.commissions.papers.models import MAX_PAPERS
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions import reading_papers
from qa_server.desk.commissions.reading_papers import PaperList, PaperRemark

router = APIRouter(prefix="/api/v1/paper-lists", tags=["commissions"])

ListName = Annotated[
    str, Header(alias="X-File-Name", max_length=1500, description="The name of the file, percent-encoded UTF-8.")
]


class Papers(Wire):
    """A list of papers as a form holds it."""

    papers: list[dict[str, Any]] = Field(max_length=MAX_PAPERS)


@router.post("", openapi_extra=FILE_BODY)
async def read_list(request: Request, reader: Reader, language: AskedLanguage, name: ListName = "") -> PaperList:
    """Read papers out of BibTeX, RIS, EndNote, XLSX, CSV or plain text: the body is the file, or what was pasted."""
    if announced_size(request) > MAX_FILE_BYTES:
        raise PaperListTooLarge
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MAX_FILE_BYTES:
            raise PaperListTooLarge
    return await checked(partial(reading_papers.read_list, bytes(content), unquote(name), language))


@router.post("/remarks")
def look_through(place: Place, reader: Reader, language: AskedLanguage, body: Papers) -> list[PaperRemark]:
    """Return what a search would stumble over: wrong numbers, missing parts, papers that are there twice."""
    return reading_papers.look_through(place, body.papers, language)
