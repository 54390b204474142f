"""Tables of service types: which a node offers, and the versions of their definitions."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class VersionState(StrEnum):
    """A draft is worked on; one published version holds; those before it are kept for what began with them."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"


class ServiceType(Base):
    """A service that a node offers to itself and to everything below it. The nearest node with a code decides.

    `library_id` None: shipped with the program, offered to all. `is_offered` False switches it off from here down.
    `desk_id` takes its commissions; None: the way that questions take.
    """

    __tablename__ = "service_types"
    __table_args__ = (
        UniqueConstraint("library_id", "code"),
        # Nothing is nobody's twice: NULL would not count as the same.
        Index(
            "uq_service_types_shipped",
            "code",
            unique=True,
            sqlite_where=text("library_id IS NULL"),
            postgresql_where=text("library_id IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), index=True)
    is_offered: Mapped[bool] = mapped_column(default=True)
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desks.id"))
    created_at: Mapped[datetime]


class ServiceVersion(Base):
    """One version of a definition. A published one never changes: commissions keep the one they began with.

    `revision` of a draft grows with each saving, and refuses one made on an older sight.
    """

    __tablename__ = "service_versions"
    __table_args__ = (UniqueConstraint("service_type_id", "number"), one_of("state", VersionState))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_type_id: Mapped[UUID] = mapped_column(ForeignKey("service_types.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(default=1)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    is_shipped: Mapped[bool] = mapped_column(default=False, server_default=false())
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
