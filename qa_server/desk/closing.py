"""The closing sheet: what its fields offer for a conversation, and carrying out what it says beside the end itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.colleagues import reviews
from qa_server.conversations import closing_codes, queries
from qa_server.conversations import service as conversations
from qa_server.conversations.closing_codes import MAX_CODES
from qa_server.conversations.models import ENDED, Conversation, Message, Note
from qa_server.conversations.schemas import ClosingTold, CodeView, NoteView, Wire
from qa_server.conversations.text import clean_text
from qa_server.desk.closing_views import closing_told
from qa_server.desk.views import note_views
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import NotePosted
from qa_server.network.desks import is_clc_class
from qa_server.people.rights import StaffMember
from qa_server.routing import passage
from qa_server.routing.models import Claim, Route
from qa_server.routing.rules import read_plan
from storage.after_commit import after_commit
from storage.errors import AppError


class ClosingInvalid(AppError):
    """Something on the closing sheet cannot be kept; `reason` says why."""

    code = "closing_invalid"
    status = 422
    message = "The conversation cannot be closed like this: {reason}"


@dataclass(frozen=True)
class Said:
    """A text with the client's own id, so that a resend adds nothing."""

    client_id: str
    body: str


@dataclass(frozen=True)
class Sheet:
    """What a closing sheet says beside code, READ level and duty.

    `subject` is a CLC class; without `has_subject` the one known so far stays. `farewell` goes to the reader before the
    end, `note` stays with the staff.
    """

    subject: str | None = None
    has_subject: bool = False
    codes: tuple[str, ...] = ()
    farewell: Said | None = None
    note: Said | None = None


class ClosingView(Wire):
    """What the sheet offers for a conversation, and what it says already: by an earlier closing, or on its way.

    `codes` of an ended conversation may hold some that are no longer offered; `told` has them with their names.
    """

    offered_codes: list[CodeView]
    max_codes: int
    resolution: str | None
    read_level: int | None
    subject: str | None
    codes: list[str]
    told: ClosingTold | None


def closing_of(place: Workplace, person: StaffMember, conversation_id: UUID) -> ClosingView:
    """Return the sheet of a conversation of the person's desks. Raises NotFound."""
    with place.database.read() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id)
        subject, codes = closing_codes.sheet_of(session, conversation.id)
        if conversation.state not in ENDED:
            subject = _subject_on_the_way(session, conversation) or subject
        offered = closing_codes.codes_for(session, conversation.library_id)
        return ClosingView(
            offered_codes=[CodeView(code=each.code, name_zh=each.name_zh, name_en=each.name_en) for each in offered],
            max_codes=MAX_CODES,
            resolution=conversation.resolution,
            read_level=conversation.read_level,
            subject=subject,
            codes=codes,
            told=closing_told(session, conversation),
        )


def fill_in(
    place: Workplace,
    session: Session,
    conversation: Conversation,
    held: Claim,
    sheet: Sheet,
    *,
    now: datetime,
) -> list[Message]:
    """Carry out a sheet for a conversation that its holder is about to close; return messages to announce.

    The caller has its row locked and ends it. Raises ClosingInvalid, MessageEmpty, MessageTooLong.
    """
    _check(session, conversation, sheet)
    if sheet.farewell is not None and reviews.needs_review(session, held.desk_id, held.librarian_id, now):
        raise ClosingInvalid(reason="A mentor reads your answers first. Send this one, and close when it was approved.")
    subject = _settle_subject(session, conversation, held.librarian_id, sheet, now)
    closing_codes.fill_in(session, conversation.id, subject=subject, codes=sheet.codes, by=held.librarian_id, now=now)
    if sheet.note is not None:
        _keep_note(place, session, conversation, held.librarian_id, sheet.note, now)
    if sheet.farewell is None:
        return []
    held.answer_due_at = None
    return [_say(place, session, conversation, held.librarian_id, sheet.farewell, now)]


def _check(session: Session, conversation: Conversation, sheet: Sheet) -> None:
    if sheet.subject is not None and not is_clc_class(sheet.subject):
        raise ClosingInvalid(reason="The subject is a class of the CLC, such as H or TP3.")
    if len(set(sheet.codes)) > MAX_CODES:
        raise ClosingInvalid(reason="At most four descriptive codes.")
    known = {each.code for each in closing_codes.codes_for(session, conversation.library_id)}
    if not set(sheet.codes) <= known:
        raise ClosingInvalid(reason="The reader's library does not have one of these descriptive codes.")


def _settle_subject(
    session: Session, conversation: Conversation, librarian_id: UUID, sheet: Sheet, now: datetime
) -> str | None:
    route = session.get(Route, conversation.id)
    if route is None:
        return sheet.subject
    if sheet.has_subject and sheet.subject != route.subject:
        route.subject = sheet.subject
        reasons = {"kind": read_plan(route.plan).kind.value, "subject": sheet.subject}
        passage.write_down(session, conversation, "corrected", at=now, librarian_id=librarian_id, reasons=reasons)
    return route.subject


def _subject_on_the_way(session: Session, conversation: Conversation) -> str | None:
    route = session.get(Route, conversation.id)
    return route.subject if route else None


def _say(
    place: Workplace, session: Session, conversation: Conversation, librarian_id: UUID, said: Said, now: datetime
) -> Message:
    text = clean_text(said.body, limit=place.settings.max_message_characters)
    writer = conversations.librarian_writer(librarian_id)
    earlier = queries.posted_under(session, conversation.id, writer.sender, said.client_id)
    if earlier is not None:
        return earlier
    return conversations.append_text(session, conversation, writer, client_id=said.client_id, body=text, now=now)


def _keep_note(
    place: Workplace, session: Session, conversation: Conversation, librarian_id: UUID, said: Said, now: datetime
) -> None:
    text = clean_text(said.body, limit=place.settings.max_message_characters)
    if queries.note_written(session, librarian_id, said.client_id) is not None:
        return
    note = Note(
        conversation_id=conversation.id, librarian_id=librarian_id, client_id=said.client_id, body=text, created_at=now
    )
    session.add(note)
    session.flush()
    view: NoteView = note_views(session, conversation.language, [note])[0]
    posted = NotePosted(conversation_id=conversation.id, note=view)
    after_commit(session, lambda: place.bus.publish(posted))
