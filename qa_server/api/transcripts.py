"""Transcripts to save: plain text, a page, or JSON."""

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from qa_server.api.asker import Place, Reader, Staff
from qa_server.desk import printing, transcribing
from qa_server.desk.transcribing import Transcript

Format = Literal["txt", "html", "json"]

_RENDERED: dict[Format, tuple[str, Callable[[Transcript], str]]] = {
    "txt": ("text/plain; charset=utf-8", printing.as_text),
    "html": ("text/html; charset=utf-8", printing.as_html),
    "json": ("application/json", lambda transcript: transcript.model_dump_json(indent=2)),
}
# A page that a browser shows in spite of the header runs nothing and reaches nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Transcript,
        "description": "The transcript, to be saved.",
        "content": {"text/plain": {}, "text/html": {}},
    }
}

router = APIRouter(prefix="/api/v1", tags=["transcripts"])


@router.get("/conversations/{conversation_id}/transcript", response_class=Response, responses=_ANSWERS)
def transcript_for_reader(place: Place, reader: Reader, conversation_id: UUID, format: Format = "txt") -> Response:
    """Return one of the reader's conversations as a document, in the language of the conversation."""
    return _document(transcribing.for_reader(place, reader, conversation_id), format)


@router.get("/staff/conversations/{conversation_id}/transcript", response_class=Response, responses=_ANSWERS)
def transcript_for_staff(place: Place, person: Staff, conversation_id: UUID, format: Format = "txt") -> Response:
    """Return a conversation of one's desks as a document, without internal notes."""
    return _document(transcribing.for_staff(place, person, conversation_id), format)


def _document(transcript: Transcript, form: Format) -> Response:
    media_type, render = _RENDERED[form]
    headers = {
        "Content-Disposition": f'attachment; filename="{transcript.number}.{form}"',
        "Content-Language": "zh-CN" if transcript.language == "zh" else "en",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(render(transcript), media_type=media_type, headers=headers)
