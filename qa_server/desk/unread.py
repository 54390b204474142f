"""How much a reader has not read yet, over all their open conversations."""

from uuid import UUID

from sqlalchemy import func, select

from qa_server.conversations.models import ENDED, Author, Conversation, Kind, Message
from qa_server.conversations.schemas import Wire
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace


class UnreadCount(Wire):
    """Messages of librarians that the reader has not seen."""

    unread: int


def count_unread(place: Workplace, reader: KnownReader, *, besides: UUID | None) -> UnreadCount:
    """Return how many messages wait in the reader's open conversations, but for one that is shown anyway."""
    counted = (
        select(func.count())
        .select_from(Conversation)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(
            Conversation.reader_id == reader.id,
            Conversation.state.not_in(ENDED),
            Message.seq > Conversation.reader_seen_seq,
            Message.author == Author.LIBRARIAN,
            Message.kind == Kind.TEXT,
            Message.deleted_at.is_(None),
        )
    )
    if besides is not None:
        counted = counted.where(Conversation.id != besides)
    with place.database.read() as session:
        return UnreadCount(unread=session.scalar(counted) or 0)
