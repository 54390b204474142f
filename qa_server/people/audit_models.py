"""Table of what people read, took out of the service and did about their sign-in. The database refuses to change it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class AuditEntry(Base):
    """One thing somebody did that changes nothing and is still to be answered for.

    `library_id` is the node it belongs to, None for what belongs to none (a sign-in under an unknown name), which is
    shown at the root. `librarian_id` is None for somebody who is not known. Triggers of the database refuse every
    change, and the removal of what is younger than 180 days.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_library_id_id", "library_id", "id"),
        Index("ix_audit_entries_librarian_id_subject_key", "librarian_id", "subject_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"))
    librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    happened_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(32))
    subject_key: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
