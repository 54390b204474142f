"""Reading attachments. What a message no longer shows is not found."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from qa_server.attachments.models import ArticleImage, Attachment, LinkSecret
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


def is_wanted(session: Session, sha256: str, *, shown_since: datetime) -> bool:
    """Say whether an article has this content, or a message that shows it, or did so at `shown_since` or later."""
    if session.scalar(select(ArticleImage.id).where(ArticleImage.sha256 == sha256).limit(1)) is not None:
        return True
    wanted = select(Attachment.id).join(Message, _ITS_MESSAGE).where(_was_shown(shown_since))
    return session.scalar(wanted.where(Attachment.sha256 == sha256).limit(1)) is not None


def wanted_hashes(session: Session, *, shown_since: datetime) -> set[str]:
    """Return the hashes of all contents that are wanted in this sense."""
    sent = session.scalars(select(Attachment.sha256).join(Message, _ITS_MESSAGE).where(_was_shown(shown_since)))
    return {*sent, *session.scalars(select(ArticleImage.sha256))}


def shown_hashes(session: Session) -> Sequence[tuple[UUID, str]]:
    """Return every attachment that its message shows with the hash of its content, oldest first."""
    shown = select(Attachment.id, Attachment.sha256).join(Message, _ITS_MESSAGE).where(Message.deleted_at.is_(None))
    return [(row.id, row.sha256) for row in session.execute(shown.order_by(Attachment.id))]


def link_secret(session: Session) -> bytes | None:
    """Return what signs links, or None when no link was ever made."""
    return session.scalar(select(LinkSecret.secret).where(LinkSecret.id == SECRET_ID))


_ITS_MESSAGE = (Message.conversation_id == Attachment.conversation_id) & (Message.seq == Attachment.seq)


def _shown() -> Select[Attachment]:
    return select(Attachment).join(Message, _ITS_MESSAGE).where(Message.deleted_at.is_(None))


def _was_shown(since: datetime) -> ColumnElement[bool]:
    return or_(Message.deleted_at.is_(None), Message.deleted_at >= since)


def _one(session: Session, statement: Select[Attachment]) -> Attachment:
    found = session.scalar(statement)
    if found is None:
        raise NotFound()
    return found
