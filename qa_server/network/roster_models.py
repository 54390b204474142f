"""Tables of duty: the weekly grid of a desk, dated changes to it, requests between colleagues, absences, feeds."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class RosterSlot(Base):
    """A librarian's duty at a desk in every week from `valid_from` to `valid_until` (both inclusive, None: open).

    Minutes count in the desk's local time; past midnight when `ends_minute` > 1440.
    """

    __tablename__ = "roster_slots"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts_minute BETWEEN 0 AND 1439", name="starts_minute"),
        CheckConstraint("ends_minute > starts_minute AND ends_minute <= 2880", name="ends_minute"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"), index=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)


class RosterException(Base):
    """A dated change of the grid: duty added for a librarian, or the person's duty removed between two minutes."""

    __tablename__ = "roster_exceptions"
    __table_args__ = (
        CheckConstraint("kind IN ('added', 'removed')", name="kind"),
        CheckConstraint("starts_minute BETWEEN 0 AND 1439", name="starts_minute"),
        CheckConstraint("ends_minute > starts_minute AND ends_minute <= 2880", name="ends_minute"),
        Index("ix_roster_exceptions_desk_id_day", "desk_id", "day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    day: Mapped[date] = mapped_column(Date)
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]


class ShiftRequest(Base):
    """A librarian who asks to be relieved of a shift: by a colleague, perhaps in exchange, or by anybody of the desk.

    Until somebody takes it over or a coordinator releases it, the shift stays with the librarian.
    """

    __tablename__ = "shift_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('swap', 'hand_back')", name="kind"),
        CheckConstraint("state IN ('open', 'taken', 'released', 'declined', 'withdrawn')", name="state"),
        Index("ix_shift_requests_desk_id_state", "desk_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desks.id"))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    to_librarian_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"), index=True)
    return_day: Mapped[date | None] = mapped_column(Date)
    return_starts_minute: Mapped[int | None]
    return_ends_minute: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(16), default="open")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))


class Absence(Base):
    """Days (local, both inclusive) on which a librarian does no duty anywhere: vacation, illness, travel."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime]


class CalendarFeed(Base):
    """A secret address under which a librarian's duties are read as iCalendar. Only the hash is kept."""

    __tablename__ = "calendar_feeds"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
