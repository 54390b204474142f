"""Table of what a reader filled in beside a question: fields before it, the questionnaire after it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class ConversationForm(Base):
    """Both lists hold {key, label_zh, label_en, value}: the labels as they were when the reader read them."""

    __tablename__ = "conversation_forms"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    fields: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    answers: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    answered_at: Mapped[datetime | None]
