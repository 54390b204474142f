"""Tables of opening times: weekly intervals and special days of a node of the tree, in its local time."""

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class WeeklyHours(Base):
    """One weekly opening of a node. Nodes below without any of their own inherit the whole week."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts_minute BETWEEN 0 AND 1439", name="starts_minute"),
        CheckConstraint("ends_minute > starts_minute AND ends_minute <= 2880", name="ends_minute"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]


class SpecialDay(Base):
    """What replaces the week on one date, for a node and everything below it; no intervals mean closed."""

    __tablename__ = "special_days"
    __table_args__ = (UniqueConstraint("library_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    day: Mapped[date] = mapped_column(Date)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    intervals: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
