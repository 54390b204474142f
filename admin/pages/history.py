"""Past conversations of the person's desks, newest first, and their transcripts."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.wording import CLC_CLASSES, READ_LEVELS, RESOLUTIONS, STATES, event_sentence
from qa_server.conversations.models import ENDED
from qa_server.conversations.schemas import MessageView, NoteView, StaffConversation, StaffThread
from qa_server.desk import attaching
from qa_server.desk.answering import desk_thread, earlier_of_reader, past_conversations
from storage.errors import NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Entry:
    """One line of a transcript: a message, with its sentence if it is an event, or an internal note."""

    message: MessageView | None = None
    event: str | None = None
    note: NoteView | None = None


@router.get("/console/history")
def show(request: Request, visitor: SignedInVisitor, before: UUID | None = None) -> Response:
    """Show one page of ended conversations; `before` continues the one before it."""
    page = past_conversations(visitor.place, visitor.person, before=before)
    return render(
        request,
        "history/list.html",
        seen_by=visitor,
        page=page,
        is_first=before is None,
        states=STATES,
        resolutions=RESOLUTIONS,
    )


@router.get("/console/history/{conversation_id}")
def show_transcript(request: Request, visitor: SignedInVisitor, conversation_id: UUID, after: int = 0) -> Response:
    """Show one page of a conversation's messages after a number. Raises NotFound for one of another desk."""
    thread = desk_thread(visitor.place, visitor.person, conversation_id, max(0, min(after, 2**31 - 1)))
    earlier = _earlier(visitor, conversation_id)
    return render(
        request,
        "history/transcript.html",
        seen_by=visitor,
        thread=thread,
        closing=thread.closing,
        classes=CLC_CLASSES,
        may_draft=thread.conversation.state in ENDED and earlier is not None,
        entries=_entries(visitor, thread, is_first=after <= 0),
        is_first=after <= 0,
        states=STATES,
        resolutions=RESOLUTIONS,
        read_levels=READ_LEVELS,
        earlier=earlier,
    )


@router.get("/console/history/{conversation_id}/files/{attachment_id}")
def save_file(visitor: SignedInVisitor, conversation_id: UUID, attachment_id: UUID) -> Response:
    """Go to a fresh link to a file of the conversation. Raises NotFound."""
    return go_to(attaching.link(visitor.place, visitor.person, conversation_id, attachment_id).url)


def _entries(visitor: Visitor, thread: StaffThread, *, is_first: bool) -> list[Entry]:
    """Return the messages of a page with the internal notes written between them, by time."""
    left = [note for note in thread.notes if is_first or note.created_at >= thread.messages[0].created_at]
    entries: list[Entry] = []
    for message in thread.messages:
        while left and left[0].created_at < message.created_at:
            entries.append(Entry(note=left.pop(0)))
        if not _is_correction(message):
            entries.append(Entry(message=message, event=_event_text(visitor, message)))
    return entries if thread.has_more else [*entries, *(Entry(note=note) for note in left)]


def _earlier(visitor: Visitor, conversation_id: UUID) -> list[StaffConversation] | None:
    """Return what the same reader asked before; None for who is not of the conversation's desks."""
    try:
        return earlier_of_reader(visitor.place, visitor.person, conversation_id)
    except NotFound:
        # Whoever only supervises the library reads this conversation, not everything its reader asked.
        return None


def _is_correction(message: MessageView) -> bool:
    # The message that was changed shows its newest text already.
    return message.event in ("edited", "deleted")


def _event_text(visitor: Visitor, message: MessageView) -> str | None:
    if message.kind == "text":
        return None
    sentence, filling = event_sentence(message.event, message.details, message.name_in(visitor.language))
    return visitor.say(sentence, **filling)
