"""What the closing sheet of an ended conversation says, for staff; readers and transcripts to hand on never get it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.closing_codes import codes_for, sheet_of
from qa_server.conversations.closing_models import ClosingSheet
from qa_server.conversations.models import ENDED, Conversation, Note
from qa_server.conversations.schemas import ClosingTold, CodeView
from qa_server.people.models import Librarian


def closing_told(session: Session, conversation: Conversation) -> ClosingTold | None:
    """Return the last closing of a conversation, None while it goes on or where nobody closed it.

    Codes that the home library no longer offers are named by themselves. Callers have checked who asks.
    """
    sheet = session.get(ClosingSheet, conversation.id) if conversation.state in ENDED else None
    if sheet is None:
        return None
    by = session.get_one(Librarian, sheet.filled_by)
    known = {each.code: each for each in codes_for(session, conversation.library_id)}
    _, codes = sheet_of(session, conversation.id)
    return ClosingTold(
        resolution=conversation.resolution,
        read_level=conversation.read_level,
        subject=sheet.subject,
        codes=[
            CodeView(code=code, name_zh=known[code].name_zh, name_en=known[code].name_en)
            if code in known
            else CodeView(code=code, name_zh=code, name_en=code)
            for code in codes
        ],
        note=_note_with(session, sheet),
        by_zh=by.name_zh,
        by_en=by.name_en,
        at=sheet.filled_at,
    )


def _note_with(session: Session, sheet: ClosingSheet) -> str:
    """Return the note that was written with the sheet: both have the moment of the closing."""
    written = select(Note.body).where(
        Note.conversation_id == sheet.conversation_id,
        Note.librarian_id == sheet.filled_by,
        Note.created_at == sheet.filled_at,
    )
    return session.scalar(written.order_by(Note.id).limit(1)) or ""
