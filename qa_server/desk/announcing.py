"""Tell the others what a use case changed, once it is committed."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations.models import Author, Conversation, Message
from qa_server.conversations.schemas import StaffConversation
from qa_server.desk.views import message_views, views_of
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import (
    Announcement,
    ConversationChanged,
    DeskChanged,
    MessagesPosted,
    SeenMoved,
)
from qa_server.network.service import next_list_version
from storage.after_commit import after_commit

# Whoever stands further back than this is told the new place when the page is loaded or the queue has moved on: of a
# queue of 10,000 not every claim can tell everybody.
PLACES_TOLD = 100


def announce_messages(
    place: Workplace, session: Session, conversation: Conversation, messages: Sequence[Message]
) -> None:
    """Announce new messages after the commit."""
    items = message_views(session, conversation.language, messages)
    _later(place, session, MessagesPosted(conversation_id=conversation.id, items=items))


def announce_state(
    place: Workplace, session: Session, conversation: Conversation, *, left: Collection[UUID] = ()
) -> StaffConversation:
    """Announce a changed conversation to both sides and to the lists it stands in, which get their next versions.

    `left` are desks whose lists it has just left. Returns it as staff sees it.
    """
    staff = announce_sides(place, session, conversation)
    announce_lists(place, session, [staff], left=left)
    return staff


def announce_sides(place: Workplace, session: Session, conversation: Conversation) -> StaffConversation:
    """Announce a changed conversation to both sides, not to lists. Returns it as staff sees it."""
    session.flush()
    reader, staff = views_of(session, conversation)
    _later(place, session, ConversationChanged(reader=reader, staff=staff))
    return staff


def announce_lists(
    place: Workplace,
    session: Session,
    conversations: Sequence[StaffConversation],
    *,
    left: Collection[UUID] = (),
    is_queue_same: bool = False,
) -> None:
    """Announce conversations to the lists they stand in or have just left, and to nobody else.

    With `is_queue_same` nobody's place in the queue has changed, and no places are told.
    """
    at_desk: dict[UUID, list[StaffConversation]] = {desk_id: list(conversations) for desk_id in left}
    for staff in conversations:
        for desk_id in _listed(staff) - set(left):
            at_desk.setdefault(desk_id, []).append(staff)
    # In the order of their ids: two transactions that touch the same desks wait for each other instead of deadlocking.
    for desk_id in sorted(at_desk):
        items = at_desk[desk_id]
        last = next_list_version(session, desk_id, changes=len(items))
        is_moved = not is_queue_same and any(staff.desk_id == desk_id for staff in items)
        waiting = queries.waiting_ids(session, desk_id, limit=PLACES_TOLD) if is_moved else []
        for version, staff in enumerate(items, start=last - len(items) + 1):
            changed = DeskChanged(
                desk_id=desk_id,
                version=version,
                item=staff,
                waiting=waiting if version == last else [],
                is_listed=desk_id in _listed(staff),
            )
            _later(place, session, changed)


def announce_seen(place: Workplace, session: Session, conversation: Conversation, author: Author) -> None:
    """Announce how far one side has read."""
    seq = conversation.reader_seen_seq if author is Author.READER else conversation.staff_seen_seq
    side = SeenMoved.model_validate({"conversation_id": conversation.id, "side": str(author), "seq": seq})
    _later(place, session, side)


def _listed(staff: StaffConversation) -> set[UUID]:
    return {staff.desk_id, *(reach.desk_id for reach in staff.reached)}


def _later(place: Workplace, session: Session, announcement: Announcement) -> None:
    after_commit(session, lambda: place.bus.publish(announcement))
