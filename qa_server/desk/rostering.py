"""Shifts: the weekly grid of a desk, dated changes, coverage and the gaps of the coming week."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.opening_hours import WeeklyOpening
from qa_server.desk.rights_at import desk_for, holds
from qa_server.desk.workplace import Workplace
from qa_server.network import rosters, shift_requests
from qa_server.network.duty import Duty, Stretch, duties, gaps
from qa_server.network.errors import ShiftRefused
from qa_server.network.models import Desk, DeskState, Library
from qa_server.network.queries import subtree
from qa_server.network.rosters import GridSlot
from qa_server.network.shift_requests import Shift
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.errors import Forbidden, NotFound

# How far ahead gaps are looked for: a week, so that a substitute can still be found.
ALARM_DAYS = 7


class GridDuty(WeeklyOpening):
    """A duty of every week."""

    login: str = Field(max_length=64)


class DutyView(Wire):
    """One stretch of duty: moments in UTC, and the local date and minutes under which it stands in the roster."""

    desk_id: UUID
    login: str
    name_zh: str
    name_en: str
    starts: datetime
    ends: datetime
    day: date
    starts_minute: int
    ends_minute: int


class StretchView(Wire):
    """A stretch of opening time with the same people on duty.

    `cover`: covered, short (fewer than wanted), alone (one where more are wanted), uncovered. Trainees do not count.
    """

    starts: datetime
    ends: datetime
    logins: list[str]
    cover: str


class RosterView(Wire):
    """A desk's weekly grid, its duties and its coverage on some days. Without a roster presence alone decides."""

    desk_id: UUID
    time_zone: str
    min_staff: int
    has_roster: bool
    first: date
    days: int
    grid: list[GridDuty]
    duties: list[DutyView]
    coverage: list[StretchView]
    gaps: list[StretchView]
    may_plan: bool


class Alarm(Wire):
    """Hours of the coming week that lack somebody, at one desk."""

    desk_id: UUID
    library: str
    name_zh: str
    name_en: str
    gaps: list[StretchView]


def roster(place: Workplace, person: StaffMember, desk_id: UUID, *, first: date | None, days: int) -> RosterView:
    """Return a desk's roster from a local date on; for its members and its planners. Raises NotFound."""
    if not 1 <= days <= rosters.MAX_DAYS:
        raise ShiftRefused(reason="A roster is shown for 1 to 92 days.")
    with place.database.read() as session:
        desk = visible_desk(session, person, desk_id)
        start = first or rosters.local_date(session, desk, place.clock())
        return _roster_view(session, person, desk, start, days)


def set_grid(
    place: Workplace, person: StaffMember, desk_id: UUID, grid: Sequence[GridDuty], *, valid_from: date
) -> RosterView:
    """Replace a desk's weekly grid from a date on, not before today. Raises NotFound, Forbidden, ShiftRefused."""
    with place.database.write() as session:
        desk = desk_for(session, person, Right.PLAN_SHIFTS, desk_id)
        now = place.clock()
        if valid_from < rosters.local_date(session, desk, now):
            raise ShiftRefused(reason="What has been worked already is not changed; begin today or later.")
        ids = ids_of(session, {duty.login.lower() for duty in grid})
        slots = [GridSlot(ids[duty.login.lower()], duty.weekday, duty.starts_minute, duty.ends_minute) for duty in grid]
        rosters.set_grid(session, desk, slots, valid_from=valid_from, by=person.id, now=now)
        return _roster_view(session, person, desk, valid_from, ALARM_DAYS)


def add_shift(place: Workplace, person: StaffMember, desk_id: UUID, login: str, shift: Shift) -> None:
    """Add a dated duty: for oneself as a member of the desk, for others as a planner.

    Raises NotFound, Forbidden, ShiftRefused, HoursInvalid.
    """
    with place.database.write() as session:
        desk, librarian_id = _for_whom(session, person, desk_id, login)
        shift_requests.pick_up(session, desk, librarian_id, shift, by=person.id, now=place.clock())


def drop_shift(place: Workplace, person: StaffMember, desk_id: UUID, login: str, shift: Shift) -> None:
    """Take a dated duty away without a substitute; planners only. Raises NotFound, Forbidden, ShiftRefused."""
    with place.database.write() as session:
        desk = desk_for(session, person, Right.PLAN_SHIFTS, desk_id)
        librarian_id = ids_of(session, {login.lower()})[login.lower()]
        shift_requests.drop(session, desk, librarian_id, shift, by=person.id, now=place.clock())


def alarms(place: Workplace, person: StaffMember) -> list[Alarm]:
    """Return the desks where the person serves or plans that lack somebody in the coming seven days, by library.

    Desks without a roster raise no alarm: presence alone decides there.
    """
    now = place.clock()
    with place.database.read() as session:
        ids = {*person.desk_ids, *planned_desks(session, person)}
        rows = session.execute(
            select(Desk, Library)
            .join(Library, Library.id == Desk.library_id)
            .where(Desk.id.in_(ids), Desk.state != DeskState.CLOSED)
            .order_by(Library.code, Desk.id)
        )
        return [alarm for desk, library in rows if (alarm := alarm_of(session, desk, library, now)) is not None]


def visible_desk(session: Session, person: StaffMember, desk_id: UUID) -> Desk:
    """Return a desk where the person serves or plans. Raises NotFound."""
    desk = session.get(Desk, desk_id)
    if desk is None:
        raise NotFound()
    if desk.id not in person.desk_ids and not holds(session, person, Right.PLAN_SHIFTS, desk.library_id):
        raise NotFound()
    return desk


def _for_whom(session: Session, person: StaffMember, desk_id: UUID, login: str) -> tuple[Desk, UUID]:
    desk = visible_desk(session, person, desk_id)
    librarian_id = ids_of(session, {login.lower()})[login.lower()]
    if librarian_id != person.id and not holds(session, person, Right.PLAN_SHIFTS, desk.library_id):
        raise Forbidden()
    return desk, librarian_id


def planned_desks(session: Session, person: StaffMember) -> set[UUID]:
    """Return the desks whose shifts the person plans."""
    nodes = subtree(session, nodes_with(person, Right.PLAN_SHIFTS))
    found: set[UUID] = set()
    ordered = sorted(nodes)
    for start in range(0, len(ordered), 500):
        found |= set(session.scalars(select(Desk.id).where(Desk.library_id.in_(ordered[start : start + 500]))))
    return found


def ids_of(session: Session, logins: Collection[str]) -> dict[str, UUID]:
    """Return librarians by user name. Raises ShiftRefused for a name that nobody has."""
    rows = session.execute(select(Librarian.login, Librarian.id).where(Librarian.login.in_(logins)))
    found = {row.login: row.id for row in rows}
    if set(logins) - set(found):
        raise ShiftRefused(reason="There is no librarian with this user name.")
    return found


def _roster_view(session: Session, person: StaffMember, desk: Desk, first: date, days: int) -> RosterView:
    last = first + timedelta(days=days - 1)
    found = rosters.rosters_of(session, [desk.id], first, last)[desk.id]
    grid = rosters.grid_of(session, desk.id, first)
    on_days = duties(found, first, last)
    coverage = rosters.coverage_of(session, desk, first, days)
    ids = {row.librarian_id for row in grid} | {duty.librarian_id for duty in on_days}
    people = librarians_by_id(session, ids | {each for stretch in coverage for each in stretch.librarian_ids})
    return RosterView(
        desk_id=desk.id,
        time_zone=found.schedule.time_zone,
        min_staff=desk.min_staff,
        has_roster=rosters.has_roster(session, desk.id, first),
        first=first,
        days=days,
        grid=[
            GridDuty(
                weekday=row.weekday,
                starts_minute=row.starts_minute,
                ends_minute=row.ends_minute,
                login=people[row.librarian_id].login,
            )
            for row in grid
            if row.valid_from <= last
        ],
        duties=[duty_view(desk, duty, people[duty.librarian_id]) for duty in on_days],
        coverage=[_stretch_view(stretch, people) for stretch in coverage],
        gaps=[_stretch_view(stretch, people) for stretch in gaps(coverage)],
        may_plan=holds(session, person, Right.PLAN_SHIFTS, desk.library_id),
    )


def duty_view(desk: Desk, duty: Duty, librarian: Librarian) -> DutyView:
    """Return a duty as it is shown."""
    return DutyView(
        desk_id=desk.id,
        login=librarian.login,
        name_zh=librarian.name_zh,
        name_en=librarian.name_en,
        starts=duty.starts,
        ends=duty.ends,
        day=duty.day,
        starts_minute=duty.starts_minute,
        ends_minute=duty.ends_minute,
    )


def alarm_of(session: Session, desk: Desk, library: Library, now: datetime) -> Alarm | None:
    """Return what a desk lacks in the coming seven days; None for nothing, and without a roster."""
    today = rosters.local_date(session, desk, now)
    if not rosters.has_roster(session, desk.id, today):
        return None
    coming = rosters.coverage_of(session, desk, today, ALARM_DAYS)
    lacking = [replace(each, starts=max(each.starts, now)) for each in gaps(coming) if each.ends > now]
    if not lacking:
        return None
    people = librarians_by_id(session, {each for stretch in lacking for each in stretch.librarian_ids})
    return Alarm(
        desk_id=desk.id,
        library=library.code,
        name_zh=desk.name_zh,
        name_en=desk.name_en,
        gaps=[_stretch_view(stretch, people) for stretch in lacking],
    )


def _stretch_view(stretch: Stretch, people: dict[UUID, Librarian]) -> StretchView:
    logins = [people[each].login for each in stretch.librarian_ids]
    return StretchView(starts=stretch.starts, ends=stretch.ends, logins=logins, cover=stretch.cover)
