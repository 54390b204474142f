"""Tables of what is set at the nodes of the tree, who changed what, and libraries that want to join."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class NodeSetting(Base):
    """The value of one key at one node; it reaches down until a node below sets its own. A lock forbids that."""

    __tablename__ = "node_settings"
    __table_args__ = (UniqueConstraint("library_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    key: Mapped[str] = mapped_column(String(64))
    value: Mapped[Any] = mapped_column(JSON)
    is_locked: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))


class NetworkChange(Base):
    """One change of the network, kept for good: who changed what at which node, and how it was before.

    `changed_by` is None for the command line. `old` and `new` hold only what changed.
    """

    __tablename__ = "network_changes"
    __table_args__ = (Index("ix_network_changes_library_id_changed_at", "library_id", "changed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"))
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    subject: Mapped[str] = mapped_column(String(32))
    subject_key: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(32))
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)


class Application(Base):
    """A library that wants to join below a centre: applied, checked, then approved or declined by the centre."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("state IN ('applied', 'checked', 'approved', 'declined')", name="state"),
        Index("ix_applications_parent_id_state", "parent_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    code: Mapped[str] = mapped_column(String(8))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    time_zone: Mapped[str] = mapped_column(String(64))
    web_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    contact_name: Mapped[str] = mapped_column(String(100))
    contact_email: Mapped[str] = mapped_column(String(254))
    note: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    decision_note: Mapped[str | None] = mapped_column(Text)
    library_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"))
