"""Reading attachments. What a message no longer shows is not found."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_server.attachments.models import Attachment, LinkSecret
from qa_server.conversations.models import Message
from storage.errors import NotFound

SECRET_ID = 1


def in_conversation(session: Session, conversation_id: UUID, attachment_id: UUID) -> Attachment:
    """Return a file shown in this conversation. The caller has checked the right to read it. Raises NotFound."""
    return _one(session, _shown().where(Attachment.id == attachment_id, Attachment.conversation_id == conversation_id))


def by_link(session: Session, attachment_id: UUID) -> Attachment:
    """Return a shown file. The caller has checked the link. Raises NotFound."""
    return _one(session, _shown().where(Attachment.id == attachment_id))


def taken_room(session: Session, conversation_id: UUID) -> tuple[int, int]:
    """Return how many files a conversation has, deleted ones too, and their bytes in all."""
    statement = select(func.count(), func.coalesce(func.sum(Attachment.size_bytes), 0))
    count, size_bytes = session.execute(statement.where(Attachment.conversation_id == conversation_id)).one()
    return count, int(size_bytes)


def is_wanted(session: Session, sha256: str) -> bool:
    """Say whether an attachment of any conversation has this content."""
    return session.scalar(select(Attachment.id).where(Attachment.sha256 == sha256).limit(1)) is not None


def all_hashes(session: Session) -> Sequence[tuple[UUID, str]]:
    """Return every attachment with the hash of its content, oldest first."""
    return [
        (row.id, row.sha256)
        for row in session.execute(select(Attachment.id, Attachment.sha256).order_by(Attachment.id))
    ]


def link_secret(session: Session) -> bytes | None:
    """Return what signs links, or None when no link was ever made."""
    return session.scalar(select(LinkSecret.secret).where(LinkSecret.id == SECRET_ID))


def _shown() -> Select[Attachment]:
    its_message = (Message.conversation_id == Attachment.conversation_id) & (Message.seq == Attachment.seq)
    return select(Attachment).join(Message, its_message).where(Message.deleted_at.is_(None))


def _one(session: Session, statement: Select[Attachment]) -> Attachment:
    found = session.scalar(statement)
    if found is None:
        raise NotFound()
    return found
