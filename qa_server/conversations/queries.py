"""Reading conversations. Every select of private rows starts from the asker: the reader, or the desks served."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import ENDED, Conversation, Kind, Message, Note, Reach, State
from qa_server.conversations.text import storable
from storage.errors import NotFound

# Messages in one page of a thread.
PAGE_MESSAGES = 200
# Conversations in one page of a list.
PAGE_CONVERSATIONS = 30
# Up to this many places are counted in the index, without reading the ids of a long queue.
FEW = 25


# Made once: every connection reads a page.
_PAGE = (
    select(Message)
    .where(Message.conversation_id == bindparam("of"), Message.seq > bindparam("after"))
    .order_by(Message.seq)
    .limit(bindparam("most", type_=Integer))
)


def of_reader(session: Session, reader_id: UUID, conversation_id: UUID, *, lock: bool = False) -> Conversation:
    """Return the reader's own conversation. `lock` holds its row until the end. Raises NotFound."""
    statement = select(Conversation).where(Conversation.id == conversation_id, Conversation.reader_id == reader_id)
    return _one(session, statement, lock=lock)


def at_desks(
    session: Session, desk_ids: Collection[UUID], conversation_id: UUID, *, lock: bool = False
) -> Conversation:
    """Return a conversation that is open to one of these desks: in its own queue, or reached by it.

    `lock` holds its row until the end. Raises NotFound.
    """
    statement = select(Conversation).where(Conversation.id == conversation_id, is_open_to(desk_ids))
    return _one(session, statement, lock=lock)


def is_open_to(desk_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Return the condition that a conversation is open to one of these desks."""
    reached = exists().where(
        Reach.conversation_id == Conversation.id, Reach.desk_id.in_(desk_ids), Reach.is_shown.is_(True)
    )
    return or_(Conversation.desk_id.in_(desk_ids), reached)


def numbered(session: Session, number: str) -> Conversation | None:
    """Return the conversation with a number, or None. The caller checks who asks."""
    return session.scalar(select(Conversation).where(Conversation.number == storable(number)[:32]))


def is_at(session: Session, desk_ids: Collection[UUID], conversation: Conversation) -> bool:
    """Say whether a conversation is open to one of these desks."""
    statement = select(Conversation.id).where(Conversation.id == conversation.id, is_open_to(desk_ids))
    return session.scalar(statement) is not None


def locked(session: Session, conversation_id: UUID) -> Conversation:
    """Return a conversation for the service's own work (the sweeper), its row locked. Raises NotFound."""
    return _one(session, select(Conversation).where(Conversation.id == conversation_id), lock=True)


def asked_before(session: Session, reader_id: UUID, client_id: str) -> Conversation | None:
    """Return the conversation a reader opened under this client id, or None."""
    return session.scalar(
        select(Conversation).where(Conversation.reader_id == reader_id, Conversation.client_id == client_id)
    )


def messages_after(
    session: Session, conversation_id: UUID, after_seq: int, *, limit: int = PAGE_MESSAGES
) -> Sequence[Message]:
    """Return messages numbered above `after_seq`, in order, at most `limit`. The caller has checked the right."""
    return session.scalars(_PAGE, {"of": conversation_id, "after": after_seq, "most": limit}).all()


def own_message(session: Session, conversation_id: UUID, sender: str, seq: int) -> Message:
    """Return a text this sender posted and has not deleted. Raises NotFound."""
    message = session.get(Message, (conversation_id, seq))
    if message is None or message.sender != sender or message.kind != Kind.TEXT or message.deleted_at is not None:
        raise NotFound()
    return message


def posted_under(session: Session, conversation_id: UUID, sender: str, client_id: str) -> Message | None:
    """Return what this sender posted under a client id, or None."""
    return session.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.sender == sender, Message.client_id == client_id
        )
    )


def bodies(session: Session, conversation_id: UUID, seqs: Collection[int]) -> dict[int, str]:
    """Return the texts of these messages as they are now, by number."""
    rows = session.execute(
        select(Message.seq, Message.body).where(Message.conversation_id == conversation_id, Message.seq.in_(seqs))
    )
    return {row.seq: row.body for row in rows}


def notes_of(session: Session, conversation_id: UUID) -> Sequence[Note]:
    """Return the internal notes of a conversation, oldest first. The caller is staff of its desk."""
    return session.scalars(select(Note).where(Note.conversation_id == conversation_id).order_by(Note.id)).all()


def note_written(session: Session, librarian_id: UUID, client_id: str) -> Note | None:
    """Return the note this librarian wrote under a client id, or None."""
    return session.scalar(select(Note).where(Note.librarian_id == librarian_id, Note.client_id == client_id))


def page_of_reader(session: Session, reader_id: UUID, *, before: UUID | None) -> Sequence[Conversation]:
    """Return the reader's conversations, newest first, older than `before`."""
    statement = select(Conversation).where(Conversation.reader_id == reader_id)
    return session.scalars(_paged(statement, before)).all()


def page_of_ended(session: Session, desk_ids: Collection[UUID], *, before: UUID | None) -> Sequence[Conversation]:
    """Return ended conversations of these desks, newest first, older than `before`."""
    statement = select(Conversation).where(Conversation.desk_id.in_(desk_ids), Conversation.state.in_(ENDED))
    return session.scalars(_paged(statement, before)).all()


def open_at_desk(session: Session, desk_id: UUID) -> Sequence[Conversation]:
    """Return what a desk has in hand and what has reached it, waiting ones and held ones, in the order of the queue."""
    own = select(Conversation).where(Conversation.desk_id == desk_id, Conversation.state.not_in(ENDED))
    # Two statements, not one with OR: each then has its index.
    reached = (
        select(Conversation)
        .join(Reach, Reach.conversation_id == Conversation.id)
        .where(Reach.desk_id == desk_id, Reach.is_shown.is_(True), Conversation.state.not_in(ENDED))
    )
    found = {each.id: each for statement in (own, reached) for each in session.scalars(statement)}
    return sorted(found.values(), key=lambda each: (-each.priority, each.queued_at, each.id))


def reaches_of(session: Session, conversation_ids: Collection[UUID]) -> dict[UUID, list[Reach]]:
    """Return the desks that open conversations are shown to besides their own, in the order they were reached."""
    statement = select(Reach).where(Reach.conversation_id.in_(conversation_ids), Reach.is_shown.is_(True))
    found: dict[UUID, list[Reach]] = {}
    for reach in session.scalars(statement.order_by(Reach.reached_at, Reach.desk_id)):
        found.setdefault(reach.conversation_id, []).append(reach)
    return found


def waiting_ids(session: Session, desk_id: UUID, *, limit: int | None = None) -> list[UUID]:
    """Return the ids of a desk's waiting questions in the order they will be taken, the first `limit` of them."""
    statement = (
        select(Conversation.id)
        .where(Conversation.desk_id == desk_id, Conversation.state == State.WAITING)
        .order_by(Conversation.priority.desc(), Conversation.queued_at, Conversation.id)
    )
    return list(session.scalars(statement.limit(limit)))


def position_in_queue(session: Session, conversation: Conversation) -> int | None:
    """Return the place in the queue from 1, or None when the question is not waiting."""
    if conversation.state != State.WAITING:
        return None
    ahead = select(func.count()).where(
        Conversation.desk_id == conversation.desk_id,
        Conversation.state == State.WAITING,
        _is_before(conversation),
    )
    return session.scalar(ahead.select_from(Conversation)) or 1


def positions_in_queues(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, int]:
    """Return the places from 1 of those that wait: few are counted one by one, many with one look at each queue."""
    waiting = [conversation for conversation in conversations if conversation.state == State.WAITING]
    if len(waiting) <= FEW:
        return {each.id: place for each in waiting if (place := position_in_queue(session, each)) is not None}
    queues = (waiting_ids(session, desk_id) for desk_id in {each.desk_id for each in waiting})
    return {conversation_id: place for queue in queues for place, conversation_id in enumerate(queue, start=1)}


def others_of_reader(
    session: Session, conversation: Conversation, desk_ids: Collection[UUID]
) -> Sequence[Conversation]:
    """Return the newest other conversations of the same reader at these desks, newest first, at most one page."""
    statement = select(Conversation).where(
        Conversation.reader_id == conversation.reader_id,
        Conversation.id != conversation.id,
        Conversation.desk_id.in_(desk_ids),
    )
    return session.scalars(statement.order_by(Conversation.id.desc()).limit(PAGE_CONVERSATIONS)).all()


def _is_before(conversation: Conversation) -> ColumnElement[bool]:
    is_older = (Conversation.queued_at < conversation.queued_at) | (
        (Conversation.queued_at == conversation.queued_at) & (Conversation.id <= conversation.id)
    )
    return (Conversation.priority > conversation.priority) | (
        (Conversation.priority == conversation.priority) & is_older
    )


def _paged(statement: Select[Conversation], before: UUID | None) -> Select[Conversation]:
    if before is not None:
        statement = statement.where(Conversation.id < before)
    return statement.order_by(Conversation.id.desc()).limit(PAGE_CONVERSATIONS + 1)


def _one(session: Session, statement: Select[Conversation], *, lock: bool) -> Conversation:
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound()
    return found
