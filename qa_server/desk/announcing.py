"""Tell the others what a use case changed, once it is committed."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations.models import Author, Conversation, Message
from qa_server.desk.views import message_views, reader_view, staff_view
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


def announce_messages(
    place: Workplace, session: Session, conversation: Conversation, messages: Sequence[Message]
) -> None:
    """Announce new messages after the commit."""
    items = message_views(session, conversation.language, messages)
    _later(place, session, MessagesPosted(conversation_id=conversation.id, items=items))


def announce_state(place: Workplace, session: Session, conversation: Conversation) -> None:
    """Announce a changed conversation to both sides and to the desk's list, which gets its next version."""
    session.flush()
    staff = staff_view(session, conversation)
    _later(place, session, ConversationChanged(reader=reader_view(session, conversation), staff=staff))
    changed = DeskChanged(
        desk_id=conversation.desk_id,
        version=next_list_version(session, conversation.desk_id),
        item=staff,
        waiting=queries.waiting_ids(session, conversation.desk_id),
    )
    _later(place, session, changed)


def announce_seen(place: Workplace, session: Session, conversation: Conversation, author: Author) -> None:
    """Announce how far one side has read."""
    seq = conversation.reader_seen_seq if author is Author.READER else conversation.staff_seen_seq
    side = SeenMoved.model_validate({"conversation_id": conversation.id, "side": str(author), "seq": seq})
    _later(place, session, side)


def _later(place: Workplace, session: Session, announcement: Announcement) -> None:
    after_commit(session, lambda: place.bus.publish(announcement))
