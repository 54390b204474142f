"""What a dispatcher may do with the questions of the nodes below: watch, whisper, take over, say what comes first.

Each of these is written down for good, with who did it and whose conversation it was.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import ENDED, Conversation, Note, State
from qa_server.conversations.schemas import NoteView, StaffConversation, StaffThread, Wire
from qa_server.conversations.service import Event
from qa_server.conversations.text import clean_text, storable
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.taking import claim_now, desk_through, take_up
from qa_server.desk.views import note_views, staff_thread, staff_view, staff_views
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import NotePosted
from qa_server.network.models import Desk
from qa_server.network.queries import path_up
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember, has_right
from qa_server.routing import passage
from qa_server.routing import service as routing
from qa_server.routing.errors import ServesNowhere
from qa_server.routing.models import Claim, SupervisionEntry
from storage.after_commit import after_commit
from storage.errors import AppError, NotFound

# Watching goes on by reading again; one entry in the log stands for this long.
WATCH_STANDS_FOR = timedelta(minutes=10)
# The reason for a place in the queue is a line, not a letter.
MAX_REASON_CHARACTERS = 300


class PriorityRefused(AppError):
    """A place in the queue without a reason, or for a question that does not wait."""

    code = "priority_refused"
    status = 422
    message = "Say why this question comes first. Only waiting questions can be put first."


class SupervisionView(Wire):
    """One thing a supervisor did with a conversation."""

    action: str
    librarian_id: UUID
    name_zh: str
    name_en: str
    holder_id: UUID | None
    priority: int | None = None
    reason: str = ""
    happened_at: datetime


def watch(place: Workplace, person: StaffMember, conversation_id: UUID, after_seq: int) -> StaffThread:
    """Return a conversation below one's node with one page of messages; that it was watched is written down.

    Raises NotFound, also for want of the right.
    """
    with place.database.write() as session:
        conversation = _supervised(session, person, conversation_id)
        now = place.clock()
        if not _watched_lately(session, person, conversation, now):
            _write_down(session, person, conversation, "watched", now)
        return staff_thread(session, conversation, after_seq)


def whisper(place: Workplace, person: StaffMember, conversation_id: UUID, *, client_id: str, body: str) -> NoteView:
    """Write the holder a note that only staff sees, marked as a whisper. A resend changes nothing.

    Raises NotFound, MessageEmpty, MessageTooLong.
    """
    text = clean_text(body, limit=place.settings.max_message_characters)
    with place.database.write() as session:
        conversation = _supervised(session, person, conversation_id)
        note = queries.note_written(session, person.id, client_id)
        if note is None:
            now = place.clock()
            note = Note(
                conversation_id=conversation.id,
                librarian_id=person.id,
                client_id=client_id,
                body=text,
                is_whisper=True,
                created_at=now,
            )
            session.add(note)
            _write_down(session, person, conversation, "whispered", now)
            session.flush()
        view = note_views(session, conversation.language, [note])[0]
        posted = NotePosted(conversation_id=conversation.id, note=view)
        after_commit(session, lambda: place.bus.publish(posted))
        return view


def take_over(place: Workplace, person: StaffMember, conversation_id: UUID) -> StaffConversation:
    """Take a question that waits or that somebody holds. Taking over what one holds already is harmless.

    Raises NotFound, ConversationEnded, ServesNowhere.
    """
    with place.database.write() as session:
        conversation = _supervised(session, person, conversation_id)
        now = place.clock()
        held = routing.open_claim(session, conversation.id)
        if held is not None and held.librarian_id == person.id:
            return staff_view(session, conversation)
        desk_id = _desk_for(session, conversation, person, held, now)
        _write_down(session, person, conversation, "took_over", now)
        if held is not None and conversation.state not in ENDED:
            routing.release(held, reason="taken_over", now=now)
            passage.withdraw_hand_overs(session, conversation, now=now)
            session.flush()
        claimed, _ = claim_now(place, session, conversation, person.id, desk_id=desk_id, now=now)
        left = take_up(session, conversation, claimed, now=now)
        message = conversations.record(session, conversation, Event("taken_over", person.id), now=now)
        announce_messages(place, session, conversation, [message])
        return announce_state(place, session, conversation, left=left)


def set_priority(
    place: Workplace, person: StaffMember, conversation_id: UUID, priority: int, *, reason: str
) -> StaffConversation:
    """Say how early a waiting question comes, 0 (by its age) to 9 (first), and why; both are written down.

    Raises NotFound, also without the right; PriorityRefused without a reason or for a question that does not wait.
    """
    why = storable(" ".join(reason.split()))[:MAX_REASON_CHARACTERS]
    with place.database.write() as session:
        conversation = _supervised(session, person, conversation_id)
        if not why or conversation.state != State.WAITING:
            raise PriorityRefused()
        if conversation.priority != priority:
            conversation.priority = priority
            _write_down(session, person, conversation, "prioritised", place.clock(), priority=priority, reason=why)
        return announce_state(place, session, conversation)


def supervision_of(session: Session, conversation_id: UUID) -> list[SupervisionView]:
    """Return what supervisors did with a conversation, oldest first. The caller has checked the right."""
    rows = session.execute(
        select(SupervisionEntry, Librarian)
        .join(Librarian, Librarian.id == SupervisionEntry.librarian_id)
        .where(SupervisionEntry.conversation_id == conversation_id)
        .order_by(SupervisionEntry.id)
    )
    return [
        SupervisionView(
            action=entry.action,
            librarian_id=entry.librarian_id,
            name_zh=who.name_zh,
            name_en=who.name_en,
            holder_id=entry.holder_id,
            priority=entry.priority,
            reason=entry.reason,
            happened_at=entry.happened_at,
        )
        for entry, who in rows
    ]


def supervised_waiting(place: Workplace, person: StaffMember, desk_id: UUID) -> list[StaffConversation]:
    """Return what a desk below one's node has in hand and what waits there. Raises NotFound, also without the right."""
    with place.database.read() as session:
        desk = session.get(Desk, desk_id)
        if desk is None or not has_right(person, Right.SUPERVISE, path_up(session, desk.library_id)):
            raise NotFound()
        return staff_views(session, queries.open_at_desk(session, desk.id))


def may_supervise(session: Session, person: StaffMember, conversation: Conversation) -> bool:
    """Say whether a person supervises the library or the desk of a conversation."""
    desk = session.get_one(Desk, conversation.desk_id)
    nodes = {conversation.library_id, desk.library_id}
    return any(has_right(person, Right.SUPERVISE, path_up(session, node)) for node in nodes)


def _supervised(session: Session, person: StaffMember, conversation_id: UUID) -> Conversation:
    conversation = queries.locked(session, conversation_id)
    if not may_supervise(session, person, conversation):
        raise NotFound()
    return conversation


def _watched_lately(session: Session, person: StaffMember, conversation: Conversation, now: datetime) -> bool:
    statement = select(SupervisionEntry.id).where(
        SupervisionEntry.conversation_id == conversation.id,
        SupervisionEntry.librarian_id == person.id,
        SupervisionEntry.action == "watched",
        SupervisionEntry.happened_at > now - WATCH_STANDS_FOR,
    )
    return session.scalar(statement.limit(1)) is not None


def _write_down(
    session: Session,
    person: StaffMember,
    conversation: Conversation,
    action: str,
    now: datetime,
    *,
    priority: int | None = None,
    reason: str = "",
) -> None:
    held = routing.open_claim(session, conversation.id)
    session.add(
        SupervisionEntry(
            conversation_id=conversation.id,
            librarian_id=person.id,
            action=action,
            holder_id=held.librarian_id if held else None,
            priority=priority,
            reason=reason,
            happened_at=now,
        )
    )


def _desk_for(
    session: Session, conversation: Conversation, person: StaffMember, held: Claim | None, now: datetime
) -> UUID:
    """Return the desk through which a supervisor takes over: one where the person serves, so that it can be closed."""
    near = {conversation.desk_id, held.desk_id if held and held.desk_id else conversation.desk_id} & person.desk_ids
    if near:
        return sorted(near)[0]
    if not person.desk_ids:
        raise ServesNowhere()
    through = desk_through(session, conversation, person.desk_ids)
    desk_id = through if through in person.desk_ids else sorted(person.desk_ids)[0]
    if conversation.state not in ENDED:
        passage.open_to(session, conversation, desk_id, reason="supervision", details={}, now=now)
    return desk_id
