"""How the demo network works from day to day: opening times, settings, rosters, library cards."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from qa_server.desk.commissions.reports import report_course
from qa_server.network import cards, node_settings, opening, rosters
from qa_server.network.card_models import LibraryCard
from qa_server.network.cards import LineFields, LineKind
from qa_server.network.desks import MemberFields, set_member
from qa_server.network.models import Desk, DeskKind, DeskMode, MemberRole
from qa_server.network.opening import Special
from qa_server.network.rosters import GridSlot
from qa_server.seeds.files import SeedInvalid

_FILE = "daily_life.json"
# Special days are put in for this year and the next.
_YEARS = 2
# A setting is known once the part that owns it is loaded; the data names one of these.
_OWNERS_OF_SETTINGS = (report_course,)

_Clock = str


class _Seed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SpecialDaySeed(_Seed):
    """What holds on one date of every year instead of the week."""

    library: str
    month_day: str = Field(pattern=r"^\d\d-\d\d$")
    name_zh: str
    name_en: str
    openings: list[tuple[_Clock, _Clock]]


class SettingSeed(_Seed):
    """A setting of a node."""

    library: str
    key: str
    value: Any
    is_locked: bool


class DeskSeed(_Seed):
    """What the desk of a library is."""

    library: str
    kind: DeskKind
    mode: DeskMode
    min_staff: int
    reviews_trainees: bool | None = None


class TraineeSeed(_Seed):
    """Somebody who learns at the desk of a library for some days more, and who reads the answers first."""

    library: str
    login: str
    mentor: str
    days: int


class RosterSeed(_Seed):
    """Somebody's duty on several weekdays, 0 for Monday."""

    library: str
    login: str
    weekdays: str = Field(pattern="^[0-6]+$")
    starts: _Clock
    ends: _Clock


class CardSeed(_Seed):
    """The card of a library: owner, state, who brought it there, lines as key, kind, Chinese, English."""

    library: str
    owner: str
    state: Literal["draft", "submitted", "approved", "sent_back"]
    by: str
    lines: list[tuple[str, LineKind, str, str]]


class DailyLife(_Seed):
    """The whole file; weeks are by library: weekdays, from, to."""

    weeks: dict[str, list[tuple[str, _Clock, _Clock]]]
    special_days: list[SpecialDaySeed]
    settings: list[SettingSeed]
    desks: list[DeskSeed]
    trainees: list[TraineeSeed]
    rosters: list[RosterSeed]
    cards: list[CardSeed]


def read_daily_life(folder: Path) -> DailyLife:
    """Return the file. Raises SeedInvalid."""
    try:
        return TypeAdapter(DailyLife).validate_json((folder / _FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise SeedInvalid(file=_FILE, reason=str(error)) from error


def plant(
    session: Session,
    life: DailyLife,
    *,
    libraries: Mapping[str, UUID],
    desks: Mapping[str, UUID],
    people: Mapping[str, UUID],
    now: datetime,
) -> None:
    """Put it in; libraries and desks are given by code, people by user name."""
    _plant_hours(session, life, libraries, now)
    for setting in life.settings:
        node_settings.set_value(
            session,
            libraries[setting.library],
            setting.key,
            setting.value,
            is_locked=setting.is_locked,
            by=None,
            now=now,
        )
    for seed in life.desks:
        desk = session.get_one(Desk, desks[seed.library])
        desk.kind, desk.mode, desk.min_staff = seed.kind, seed.mode, seed.min_staff
        desk.reviews_trainees = seed.reviews_trainees
    session.flush()
    for trainee in life.trainees:
        last_day = (now + timedelta(days=trainee.days)).date()
        fields = MemberFields(MemberRole.TRAINEE, max_chats=1, mentor_id=people[trainee.mentor], trainee_until=last_day)
        desk = session.get_one(Desk, desks[trainee.library])
        set_member(session, desk, people[trainee.login], fields, by=None, now=now)
    _plant_rosters(session, life, desks, people, now)
    for card in life.cards:
        _plant_card(session, card, libraries[card.library], people, now)


def _plant_hours(session: Session, life: DailyLife, libraries: Mapping[str, UUID], now: datetime) -> None:
    for code, week in life.weeks.items():
        intervals = [(int(day), _minute(starts), _minute(ends)) for days, starts, ends in week for day in days]
        opening.set_week(session, libraries[code], intervals, by=None, now=now)
    for special in life.special_days:
        openings = tuple((_minute(starts), _minute(ends)) for starts, ends in special.openings)
        for year in range(now.year, now.year + _YEARS):
            day = date.fromisoformat(f"{year}-{special.month_day}")
            named = Special(day, special.name_zh, special.name_en, openings)
            opening.set_special_day(session, libraries[special.library], named, by=None, now=now)


def _plant_rosters(
    session: Session, life: DailyLife, desks: Mapping[str, UUID], people: Mapping[str, UUID], now: datetime
) -> None:
    for code in {line.library for line in life.rosters}:
        grid = [slot for line in life.rosters if line.library == code for slot in _slots(line, people)]
        # From yesterday: it is today somewhere else already.
        since = now.astimezone(UTC).date() - timedelta(days=1)
        rosters.set_grid(session, session.get_one(Desk, desks[code]), grid, valid_from=since, by=None, now=now)


def _slots(line: RosterSeed, people: Mapping[str, UUID]) -> Iterator[GridSlot]:
    for day in line.weekdays:
        yield GridSlot(people[line.login], int(day), _minute(line.starts), _minute(line.ends))


def _plant_card(session: Session, card: CardSeed, library_id: UUID, people: Mapping[str, UUID], now: datetime) -> None:
    owner = people[card.owner]
    for key, kind, text_zh, text_en in card.lines:
        fields = LineFields(kind, text_zh, text_en)
        cards.set_line(session, library_id, key, fields, owner_id=owner, by=None, now=now)
    session.add(
        LibraryCard(library_id=library_id, state=card.state, changed_at=now, changed_by=people[card.by], note="")
    )


def _minute(clock: _Clock) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
