"""Change or take back an own message, and write notes for colleagues."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_server.colleagues import reviews
from qa_server.colleagues.errors import ReviewNeeded
from qa_server.colleagues.schemas import ColleagueView
from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.errors import ConversationEnded, TooLateToChange
from qa_server.conversations.models import ENDED, Conversation, Message, Note, Reach
from qa_server.conversations.schemas import MessageView, NoteView
from qa_server.conversations.service import Event, Writer
from qa_server.conversations.text import clean_text
from qa_server.desk.announcing import announce_messages
from qa_server.desk.asking import KnownReader
from qa_server.desk.noticing import Told, notify
from qa_server.desk.staff_talk import checked_mentions
from qa_server.desk.views import message_views, note_views
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import NotePosted
from qa_server.network.models import DeskMember
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember
from qa_server.routing.models import Claim
from storage.after_commit import after_commit


@dataclass(frozen=True)
class Target:
    """Which message is changed, and the client's own id of the change."""

    conversation_id: UUID
    seq: int
    client_id: str


def edit(place: Workplace, person: KnownReader | StaffMember, target: Target, body: str) -> MessageView:
    """Give an own message a new text; return the numbered change. A repeated client id returns the first change.

    Raises NotFound, ConversationEnded, TooLateToChange, MessageEmpty, MessageTooLong; ReviewNeeded for a trainee whose
    answers a mentor reads first: a new text would reach the reader unread.
    """
    text = clean_text(body, limit=place.settings.max_message_characters)

    def change(session: Session, message: Message) -> None:
        _refuse_unread(session, message, now=place.clock())
        conversations.edit(session, message, text, now=place.clock())

    return _change(place, person, target, "edited", change)


def delete(place: Workplace, person: KnownReader | StaffMember, target: Target) -> MessageView:
    """Take an own message back; return the numbered change. Raises NotFound, ConversationEnded, TooLateToChange."""

    def change(session: Session, message: Message) -> None:
        conversations.erase(session, message, now=place.clock())

    return _change(place, person, target, "deleted", change)


def write_note(
    place: Workplace,
    person: StaffMember,
    conversation_id: UUID,
    *,
    client_id: str,
    body: str,
    mentions: Sequence[UUID] = (),
) -> NoteView:
    """Write an internal note beside a conversation of one's desks, ended ones too. A resend changes nothing.

    Whoever is mentioned gets a notice. Raises NotFound, MessageEmpty, MessageTooLong, MentionRefused, TooManyMentions.
    """
    text = clean_text(body, limit=place.settings.max_message_characters)
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        note = queries.note_written(session, person.id, client_id)
        if note is None:
            named = checked_mentions(mentions, who_may_read(session, conversation))
            note = Note(
                conversation_id=conversation.id,
                librarian_id=person.id,
                client_id=client_id,
                body=text,
                mentions=[str(each) for each in named],
                created_at=place.clock(),
            )
            session.add(note)
            session.flush()
            told = Told("note_mention", person.id, f"note:{note.id}", conversation_id=conversation.id)
            notify(place, session, named, told)
        view = note_views(session, conversation.language, [note])[0]
        posted = NotePosted(conversation_id=conversation.id, note=view)
        after_commit(session, lambda: place.bus.publish(posted))
        return view


def colleagues_of(place: Workplace, person: StaffMember, conversation_id: UUID) -> list[ColleagueView]:
    """Return who else may read a conversation of one's desks and can be mentioned beside it. Raises NotFound."""
    with place.database.read() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id)
        people = librarians_by_id(session, who_may_read(session, conversation))
    found = [each for each in people.values() if each.id != person.id]
    found.sort(key=lambda each: (each.name_en, each.id))
    return [ColleagueView(id=each.id, name_zh=each.name_zh, name_en=each.name_en) for each in found]


def who_may_read(session: Session, conversation: Conversation) -> list[UUID]:
    """Return the active staff of the desks that a conversation is open to now."""
    reached = select(Reach.desk_id).where(Reach.conversation_id == conversation.id, Reach.is_shown.is_(True))
    statement = (
        select(DeskMember.librarian_id)
        .join(Librarian, Librarian.id == DeskMember.librarian_id)
        .where(or_(DeskMember.desk_id == conversation.desk_id, DeskMember.desk_id.in_(reached)), Librarian.is_active)
    )
    return list(dict.fromkeys(session.scalars(statement.order_by(DeskMember.id))))


def _change(
    place: Workplace,
    person: KnownReader | StaffMember,
    target: Target,
    event: str,
    change: Callable[[Session, Message], None],
) -> MessageView:
    with place.database.write() as session:
        conversation, writer = _conversation_of(session, person, target.conversation_id)
        earlier = queries.posted_under(session, conversation.id, writer.sender, target.client_id)
        if earlier is None:
            message = queries.own_message(session, conversation.id, writer.sender, target.seq)
            _require_changeable(place, conversation, message)
            change(session, message)
            earlier = conversations.record_change(
                session,
                conversation,
                writer,
                Event(event, details={"seq": target.seq}),
                client_id=target.client_id,
                now=place.clock(),
            )
            session.flush()
            announce_messages(place, session, conversation, [earlier])
        return message_views(session, conversation.language, [earlier])[0]


def _refuse_unread(session: Session, message: Message, *, now: datetime) -> None:
    if message.librarian_id is None:
        return
    # The desk it was written through counts, also when somebody else has the question now.
    claimed = select(Claim.desk_id).where(
        Claim.conversation_id == message.conversation_id, Claim.librarian_id == message.librarian_id
    )
    desk_id = session.scalar(claimed.order_by(Claim.claimed_at.desc(), Claim.id.desc()).limit(1))
    if reviews.needs_review(session, desk_id, message.librarian_id, now):
        raise ReviewNeeded()


def _conversation_of(
    session: Session, person: KnownReader | StaffMember, conversation_id: UUID
) -> tuple[Conversation, Writer]:
    if isinstance(person, KnownReader):
        own = queries.of_reader(session, person.id, conversation_id, lock=True)
        return own, conversations.reader_writer(person.id)
    served = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
    return served, conversations.librarian_writer(person.id)


def _require_changeable(place: Workplace, conversation: Conversation, message: Message) -> None:
    if conversation.state in ENDED:
        raise ConversationEnded()
    minutes = place.settings.edit_minutes
    if place.clock() - message.created_at > timedelta(minutes=minutes):
        raise TooLateToChange(minutes=minutes)
