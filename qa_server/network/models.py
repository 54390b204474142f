"""Tables of the network: libraries as nodes of a tree, alliances across it, desks."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id

# Chats that one librarian may hold at a desk at once, where nothing else was agreed.
DEFAULT_MAX_CHATS = 3


class Level(StrEnum):
    """Where a node stands in the tree; only a library has readers of its own."""

    NATION = "nation"
    REGION = "region"
    PROVINCE = "province"
    LIBRARY = "library"


class LibraryState(StrEnum):
    """Whether a node takes part. A closed one keeps its past and takes no new staff, desks or nodes below it."""

    ACTIVE = "active"
    CLOSED = "closed"


class DeskKind(StrEnum):
    """Whom a desk serves: its library, a subject, the members of an alliance, or everybody below a centre."""

    GENERAL = "general"
    SUBJECT = "subject"
    ALLIANCE = "alliance"
    CENTRE = "centre"


class DeskState(StrEnum):
    """Whether a desk takes questions: open; paused for a while; closed for good."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class DeskMode(StrEnum):
    """How a desk gives out questions: all are offered and the first claims, the least loaded, or in turn."""

    OFFER_ALL = "offer_all"
    LEAST_LOADED = "least_loaded"
    ROUND_ROBIN = "round_robin"


class MemberRole(StrEnum):
    """What a librarian is at a desk: an expert is asked for the subjects; a trainee's answers are read by others."""

    MEMBER = "member"
    EXPERT = "expert"
    TRAINEE = "trainee"


class Library(Base):
    """A node of the tree: a member library, or a centre above it.

    `code` is 2 to 8 capital letters and digits and never changes; `language` is what its readers are met in first.
    """

    __tablename__ = "libraries"
    __table_args__ = (
        CheckConstraint("level IN ('nation', 'region', 'province', 'library')", name="level"),
        CheckConstraint("state IN ('active', 'closed')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    level: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("libraries.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="zh")
    time_zone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    state: Mapped[str] = mapped_column(String(16), default=LibraryState.ACTIVE.value, server_default="active")
    closed_at: Mapped[datetime | None]
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
    """A place with staff and a queue. `list_version` grows by one with every change of the desk's list.

    `clc_classes` are main classes of the Chinese Library Classification (A to Z), `languages` those it answers in;
    empty lists mean all. `min_staff` is how many are wanted on duty at any hour it is open. `reviews_trainees` says
    whether a mentor reads the answers of trainees first; None: as the setting of its node says.
    """

    __tablename__ = "desks"
    __table_args__ = (
        CheckConstraint("kind IN ('general', 'subject', 'alliance', 'centre')", name="kind"),
        CheckConstraint("state IN ('open', 'paused', 'closed')", name="state"),
        CheckConstraint("mode IN ('offer_all', 'least_loaded', 'round_robin')", name="mode"),
        CheckConstraint("min_staff BETWEEN 1 AND 50", name="min_staff"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16), default=DeskKind.GENERAL.value, server_default="general")
    state: Mapped[str] = mapped_column(String(16), default=DeskState.OPEN.value, server_default="open")
    mode: Mapped[str] = mapped_column(String(16), default=DeskMode.OFFER_ALL.value, server_default="offer_all")
    alliance_id: Mapped[UUID | None] = mapped_column(ForeignKey("alliances.id"), index=True)
    clc_classes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    min_staff: Mapped[int] = mapped_column(default=1, server_default="1")
    reviews_trainees: Mapped[bool | None]
    list_version: Mapped[int] = mapped_column(default=0)


class DeskMember(Base):
    """A librarian who serves at a desk, with the subjects and languages answered there; empty lists mean the desk's.

    A trainee may have a mentor, and a last day as a trainee by the calendar of the desk's library.
    """

    __tablename__ = "desk_members"
    __table_args__ = (
        UniqueConstraint("desk_id", "librarian_id"),
        CheckConstraint("role IN ('member', 'expert', 'trainee')", name="role"),
        CheckConstraint("max_chats BETWEEN 1 AND 50", name="max_chats"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"), index=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    role: Mapped[str] = mapped_column(String(16), default=MemberRole.MEMBER.value, server_default="member")
    clc_classes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    languages: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    max_chats: Mapped[int] = mapped_column(default=DEFAULT_MAX_CHATS, server_default="3")
    mentor_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    trainee_until: Mapped[date | None]
