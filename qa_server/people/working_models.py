"""Tables of the working day: what somebody chose to be to others, and how the console behaves for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class WorkingState(Base):
    """What a librarian chose; nobody without a row has chosen anything, and counts as online while connected.

    `idle_at` is when the person counts as away unless something is done before; None where nothing was ever done.
    `is_idle_told` says that this was announced. `max_chats` is the own choice, None for what the desk gives.
    """

    __tablename__ = "working_states"
    __table_args__ = (
        CheckConstraint("choice IN ('online', 'away', 'internal', 'offline')", name="choice"),
        CheckConstraint("max_chats BETWEEN 1 AND 50", name="max_chats"),
        Index("ix_working_states_is_idle_told_idle_at", "is_idle_told", "idle_at"),
    )

    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), primary_key=True)
    choice: Mapped[str] = mapped_column(String(16), default="online", server_default="online")
    chosen_at: Mapped[datetime | None]
    max_chats: Mapped[int | None]
    idle_at: Mapped[datetime | None]
    is_idle_told: Mapped[bool] = mapped_column(default=False, server_default=false())


class StaffPreference(Base):
    """How the console draws somebody's attention and which keys it takes; `choices` as `desk.preferring` reads."""

    __tablename__ = "staff_preferences"

    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), primary_key=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    changed_at: Mapped[datetime]
