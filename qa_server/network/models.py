"""Tables of the network: libraries as nodes of a tree, alliances across it, desks."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class Level(StrEnum):
    """Where a node stands in the tree; only a library has readers of its own."""

    NATION = "nation"
    REGION = "region"
    PROVINCE = "province"
    LIBRARY = "library"


class Library(Base):
    """A node of the tree: a member library, or a centre above it.

    `code` is 2 to 8 capital letters and digits and never changes; `language` is what its readers are met in first.
    """

    __tablename__ = "libraries"
    __table_args__ = (CheckConstraint("level IN ('nation', 'region', 'province', 'library')", name="level"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    level: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    time_zone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    created_at: Mapped[datetime]


class Alliance(Base):
    """A shared domain: libraries that answer for one another across the tree."""

    __tablename__ = "alliances"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))


class AllianceMember(Base):
    """One library's membership in one alliance."""

    __tablename__ = "alliance_members"

    alliance_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id"), primary_key=True)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True, index=True)


class Desk(Base):
    """A place with staff and a queue. `list_version` grows by one with every change of the desk's list."""

    __tablename__ = "desks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    list_version: Mapped[int] = mapped_column(default=0)


class DeskMember(Base):
    """A librarian who serves at a desk."""

    __tablename__ = "desk_members"
    __table_args__ = (UniqueConstraint("desk_id", "librarian_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"), index=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
