"""Tables of saved views: a name for the filters of a search, one's own or shared, and what each person does with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class SavedView(Base):
    """A named set of filters. Shared with the staff of a desk or of a node and below, or with nobody.

    It holds filters and no right: each person finds by it what that person may see.
    """

    __tablename__ = "saved_views"
    __table_args__ = (CheckConstraint("desk_id IS NULL OR library_id IS NULL", name="shared_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desks.id"), index=True)
    library_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"), index=True)
    changed_at: Mapped[datetime]


class SavedViewChoice(Base):
    """What somebody does with a view: pins it, begins the search with it. At most one begins it."""

    __tablename__ = "saved_view_choices"

    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), primary_key=True)
    view_id: Mapped[UUID] = mapped_column(
        ForeignKey("saved_views.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_pinned: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())
