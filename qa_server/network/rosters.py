"""Rosters of desks as they are stored: reading them, changing the weekly grid, absences, duties of one librarian."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.duty import Duty, Exchange, Roster, Slot, Stretch, coverage, duties, on_duty
from qa_server.network.errors import ShiftRefused
from qa_server.network.models import Desk, DeskMember, Library, MemberRole
from qa_server.network.opening import checked_interval, refuse_weekly_overlap
from qa_server.network.roster_models import Absence, RosterException, RosterSlot
from qa_server.network.schedules import schedules_of

# Duties that one grid may have: a desk of 50 people with 20 shifts a week each.
MAX_SLOTS = 1_000
# Longest stretch of days that is looked at in one go.
MAX_DAYS = 92


@dataclass(frozen=True)
class GridSlot:
    """One duty of the weekly grid as it is put in."""

    librarian_id: UUID
    weekday: int
    starts_minute: int
    ends_minute: int


def rosters_of(session: Session, desk_ids: Collection[UUID], first: date, last: date) -> dict[UUID, Roster]:
    """Return the rosters of these desks, good for duties that start on local dates from `first` to `last`."""
    desks = session.scalars(select(Desk).where(Desk.id.in_(desk_ids))).all()
    noon = datetime.fromisoformat(f"{first.isoformat()}T12:00:00+00:00")
    schedules = schedules_of(session, {desk.library_id for desk in desks}, around=noon)
    slots = _slots(session, desk_ids, first, last)
    exchanges = _exchanges(session, desk_ids, first, last)
    people = {slot.librarian_id for found in slots.values() for slot in found}
    people |= {exchange.librarian_id for found in exchanges.values() for exchange in found}
    absent = _absences(session, people, first, last)
    return {
        desk.id: Roster(schedules[desk.library_id], slots.get(desk.id, []), exchanges.get(desk.id, []), absent)
        for desk in desks
    }


def on_shift(session: Session, desk_id: UUID, at: datetime) -> set[UUID]:
    """Return who is on duty at a desk; see `on_shift_at`."""
    return on_shift_at(session, [desk_id], at).get(desk_id, set())


def on_shift_at(session: Session, desk_ids: Collection[UUID], at: datetime) -> dict[UUID, set[UUID]]:
    """Return who is on duty at each of these desks at a moment, in a few statements for any number.

    A desk without a roster counts all its members as on duty: presence alone decides there.
    """
    day = at.date()
    rosters = rosters_of(session, desk_ids, day - timedelta(days=2), day + timedelta(days=2))
    rostered = _rostered(session, desk_ids, day)
    members = _members(session, [desk_id for desk_id in rosters if desk_id not in rostered])
    return {
        desk_id: on_duty(roster, at) if desk_id in rostered else members.get(desk_id, set())
        for desk_id, roster in rosters.items()
    }


def has_roster(session: Session, desk_id: UUID, day: date) -> bool:
    """Say whether a desk has a weekly grid or an added duty from this date on."""
    return desk_id in _rostered(session, [desk_id], day)


def local_date(session: Session, desk: Desk, at: datetime) -> date:
    """Return the date on the wall calendar of a desk's library."""
    return at.astimezone(ZoneInfo(session.get_one(Library, desk.library_id).time_zone)).date()


def coverage_of(session: Session, desk: Desk, first: date, days: int) -> list[Stretch]:
    """Return the desk's opening time from a local date on, with who is on duty; trainees do not count as staff."""
    last = first + timedelta(days=days - 1)
    roster = rosters_of(session, [desk.id], first - timedelta(days=1), last)[desk.id]
    staff = select(DeskMember.librarian_id).where(DeskMember.desk_id == desk.id, DeskMember.role != MemberRole.TRAINEE)
    return coverage(roster, first, last, min_staff=desk.min_staff, counted=set(session.scalars(staff)))


def duties_of(session: Session, librarian_id: UUID, first: date, last: date) -> list[tuple[Desk, Duty]]:
    """Return a librarian's duties at all desks that start on these local dates, in order of their start."""
    desks = session.scalars(
        select(Desk)
        .join(DeskMember, DeskMember.desk_id == Desk.id)
        .where(DeskMember.librarian_id == librarian_id)
        .order_by(Desk.id)
    ).all()
    rosters = rosters_of(session, [desk.id for desk in desks], first, last)
    found = [
        (desk, duty)
        for desk in desks
        for duty in duties(rosters[desk.id], first, last)
        if duty.librarian_id == librarian_id
    ]
    return sorted(found, key=lambda pair: (pair[1].starts, pair[0].id))


def grid_of(session: Session, desk_id: UUID, day: date) -> Sequence[RosterSlot]:
    """Return the weekly grid that is valid on a date or later, from Monday on."""
    statement = (
        select(RosterSlot)
        .where(RosterSlot.desk_id == desk_id, or_(RosterSlot.valid_until.is_(None), RosterSlot.valid_until >= day))
        .order_by(RosterSlot.weekday, RosterSlot.starts_minute, RosterSlot.id)
    )
    return session.scalars(statement).all()


def set_grid(
    session: Session, desk: Desk, slots: Sequence[GridSlot], *, valid_from: date, by: UUID | None, now: datetime
) -> None:
    """Replace the weekly grid from a date on; what was before stays as it was. An empty grid ends the roster.

    Raises HoursInvalid for times that cannot be or overlap for one person, ShiftRefused for people who do not serve
    at the desk.
    """
    _check_grid(session, desk.id, slots)
    old = _written(grid_of(session, desk.id, valid_from))
    later = (RosterSlot.desk_id == desk.id, RosterSlot.valid_from >= valid_from)
    session.execute(delete(RosterSlot).where(*later))
    session.execute(
        update(RosterSlot)
        .where(
            RosterSlot.desk_id == desk.id,
            or_(RosterSlot.valid_until.is_(None), RosterSlot.valid_until >= valid_from),
        )
        .values(valid_until=valid_from - timedelta(days=1))
    )
    rows = [
        RosterSlot(
            desk_id=desk.id,
            librarian_id=slot.librarian_id,
            weekday=slot.weekday,
            starts_minute=slot.starts_minute,
            ends_minute=slot.ends_minute,
            valid_from=valid_from,
        )
        for slot in slots
    ]
    session.add_all(rows)
    session.flush()
    change = Change(desk.library_id, "roster", str(desk.id), "set", old, _written(rows))
    record_change(session, change, by=by, now=now)


def end_duties(session: Session, librarian_id: UUID, *, from_: date, desk_id: UUID | None = None) -> None:
    """Take a librarian's duties away from a date on, at one desk or at all: the hours become gaps. Safe to repeat."""
    slots = [RosterSlot.librarian_id == librarian_id]
    exceptions = [RosterException.librarian_id == librarian_id, RosterException.day >= from_]
    if desk_id is not None:
        slots.append(RosterSlot.desk_id == desk_id)
        exceptions.append(RosterException.desk_id == desk_id)
    session.execute(delete(RosterSlot).where(*slots, RosterSlot.valid_from >= from_))
    ended = or_(RosterSlot.valid_until.is_(None), RosterSlot.valid_until >= from_)
    session.execute(update(RosterSlot).where(*slots, ended).values(valid_until=from_ - timedelta(days=1)))
    session.execute(delete(RosterException).where(*exceptions))


def _check_grid(session: Session, desk_id: UUID, slots: Sequence[GridSlot]) -> None:
    if len(slots) > MAX_SLOTS:
        raise ShiftRefused(reason="A weekly grid has at most 1,000 shifts.")
    members = _members(session, [desk_id]).get(desk_id, set())
    if any(slot.librarian_id not in members for slot in slots):
        raise ShiftRefused(reason="Somebody in the grid does not serve at this desk.")
    for librarian_id in {slot.librarian_id for slot in slots}:
        own = [slot for slot in slots if slot.librarian_id == librarian_id]
        refuse_weekly_overlap([checked_interval(slot.weekday, slot.starts_minute, slot.ends_minute) for slot in own])


def _slots(session: Session, desk_ids: Collection[UUID], first: date, last: date) -> dict[UUID, list[Slot]]:
    statement = select(RosterSlot).where(
        RosterSlot.desk_id.in_(desk_ids),
        RosterSlot.valid_from <= last,
        or_(RosterSlot.valid_until.is_(None), RosterSlot.valid_until >= first),
    )
    found: dict[UUID, list[Slot]] = {}
    for row in session.scalars(statement):
        slot = Slot(row.librarian_id, row.weekday, row.starts_minute, row.ends_minute, row.valid_from, row.valid_until)
        found.setdefault(row.desk_id, []).append(slot)
    return found


def _exchanges(session: Session, desk_ids: Collection[UUID], first: date, last: date) -> dict[UUID, list[Exchange]]:
    statement = (
        select(RosterException)
        .where(RosterException.desk_id.in_(desk_ids), RosterException.day.between(first, last))
        .order_by(RosterException.id)
    )
    found: dict[UUID, list[Exchange]] = {}
    for row in session.scalars(statement):
        is_added = row.kind == "added"
        exchange = Exchange(row.librarian_id, row.day, row.starts_minute, row.ends_minute, is_added)
        found.setdefault(row.desk_id, []).append(exchange)
    return found


def _absences(
    session: Session, librarian_ids: Collection[UUID], first: date, last: date
) -> Mapping[UUID, list[tuple[date, date]]]:
    statement = select(Absence).where(
        Absence.librarian_id.in_(librarian_ids), Absence.starts_on <= last, Absence.ends_on >= first
    )
    found: dict[UUID, list[tuple[date, date]]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.librarian_id, []).append((row.starts_on, row.ends_on))
    return found


def _rostered(session: Session, desk_ids: Collection[UUID], day: date) -> set[UUID]:
    # A day back: in some zone it is still yesterday.
    since = day - timedelta(days=1)
    slots = select(RosterSlot.desk_id).where(
        RosterSlot.desk_id.in_(desk_ids), or_(RosterSlot.valid_until.is_(None), RosterSlot.valid_until >= since)
    )
    added = select(RosterException.desk_id).where(
        RosterException.desk_id.in_(desk_ids), RosterException.day >= since, RosterException.kind == "added"
    )
    return {*session.scalars(slots), *session.scalars(added)}


def _members(session: Session, desk_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    rows = session.execute(select(DeskMember.desk_id, DeskMember.librarian_id).where(DeskMember.desk_id.in_(desk_ids)))
    for desk_id, librarian_id in rows:
        found.setdefault(desk_id, set()).add(librarian_id)
    return found


def _written(rows: Sequence[RosterSlot]) -> list[list[object]]:
    return [[str(row.librarian_id), row.weekday, row.starts_minute, row.ends_minute] for row in rows]
