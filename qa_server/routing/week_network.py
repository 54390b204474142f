"""A generated network for simulations and measurements: the size and the levels of a national one, people in shifts."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import ceil
from random import Random
from uuid import UUID

from qa_server.routing.rules import DeskRef, Neighbourhood

NATIONAL, REGIONAL, PROVINCIAL = 4, 7, 30
# Share of the day's questions in each hour: mornings, afternoons and the evening before closing.
HOURLY = (2, 1, 1, 1, 1, 1, 2, 5, 20, 32, 34, 24, 16, 22, 32, 34, 28, 18, 16, 26, 30, 24, 12, 5)
# How long a chat lasts, in seconds.
CHAT_SECONDS = 540.0
# Questions of one library in a week.
QUESTIONS_PER_LIBRARY = 12.0
# Share of their paid time that people are to be in chats, 0..1: half an hour of every hour and a little more.
UTILISATION = 0.6
# Which level is to answer what share of all questions; staffing is derived from it.
SHARES = {"library": 0.5, "province": 0.3, "region": 0.1, "nation": 0.1}
# Longest shift of a desk, in hours; where it does not suffice there are more people.
LONGEST_HOURS = 14
_DAY_SECONDS = 86_400
_WEEK_SECONDS = 7 * _DAY_SECONDS


@dataclass(frozen=True)
class Shift:
    """People at a desk in one stretch of the week; seconds since Monday 00:00."""

    starts: int
    ends: int
    people: int

    @property
    def seconds(self) -> int:
        """Return how long it is."""
        return self.ends - self.starts


@dataclass(frozen=True)
class SimulatedDesk:
    """A desk with its shifts. The first people of a shift are those of the desk's list."""

    id: UUID
    library_id: UUID
    code: str
    level: str
    people: tuple[UUID, ...]
    shifts: tuple[Shift, ...]
    max_chats: int = 3

    def on_duty(self, since_monday: timedelta) -> tuple[UUID, ...]:
        """Return who is there at a moment of the week; what runs past Sunday begins again."""
        second = int(since_monday.total_seconds()) % _WEEK_SECONDS
        number = max((shift.people for shift in self.shifts if shift.starts <= second < shift.ends), default=0)
        return self.people[:number]

    def is_open(self, since_monday: timedelta) -> bool:
        """Say whether anybody is on duty."""
        return bool(self.on_duty(since_monday))


@dataclass(frozen=True)
class SimulatedLibrary:
    """A member library, its own desk if it has one, and the desks above it, nearest first."""

    id: UUID
    code: str
    desk_id: UUID | None
    above: tuple[UUID, ...]


@dataclass(frozen=True)
class SimulatedNetwork:
    """Libraries and desks."""

    libraries: tuple[SimulatedLibrary, ...]
    desks: dict[UUID, SimulatedDesk]

    def neighbourhood(self, library: int) -> Neighbourhood:
        """Return what the words of a rule mean for the library at this place of the list."""
        found = self.libraries[library]
        ways = [*([found.desk_id] if found.desk_id else []), *found.above]
        refs = [DeskRef(self.desks[each].id, self.desks[each].code, len(self.desks[each].people)) for each in ways]
        return Neighbourhood(refs[0], (), tuple(refs[1:]), self._by_code)

    @cached_property
    def _by_code(self) -> dict[str, DeskRef]:
        return {desk.code: DeskRef(desk.id, desk.code, len(desk.people)) for desk in self.desks.values()}

    @property
    def librarians(self) -> int:
        """Return how many people serve."""
        return sum(len(desk.people) for desk in self.desks.values())


def generate(
    libraries: int, *, seed: int = 1, per_library: float = QUESTIONS_PER_LIBRARY, utilisation: float = UTILISATION
) -> SimulatedNetwork:
    """Return a network of 4 national, 7 regional and 30 provincial centres and this many libraries.

    Staffing follows from the questions: each level has the hours and people that answer its share of them at this
    utilisation (0..1 of the places that people have), in the busiest hours of the day, and at least one person for one
    hour. Four of five libraries have a desk, on working days; centres work every day, the nation also by night.
    """
    # Chance here draws a network, no secrets.
    random = Random(seed)  # noqa: S311
    desks: dict[UUID, SimulatedDesk] = {}
    work = libraries * per_library * CHAT_SECONDS / utilisation

    def desk(code: str, level: str, shifts: tuple[Shift, ...]) -> UUID:
        names = tuple(UUID(int=random.getrandbits(128)) for _ in range(max(shift.people for shift in shifts)))
        made = SimulatedDesk(UUID(int=random.getrandbits(128)), _id(random), code, level, names, shifts)
        desks[made.id] = made
        return made.id

    def centres(level: str, letter: str, number: int) -> list[UUID]:
        shifts = _shifts(range(7), work * SHARES[level] / number)
        by_night = _daily(range(7), 0, 24, 1) if level == "nation" else ()
        return [desk(f"{letter}{place:02d}", level, (*shifts, *by_night)) for place in range(1, number + 1)]

    national = centres("nation", "N", NATIONAL)
    regional = centres("region", "R", REGIONAL)
    provincial = centres("province", "P", PROVINCIAL)
    at_home = _shifts(range(5), work * SHARES["library"] / libraries)
    members = []
    for number in range(libraries):
        above = (
            provincial[number % PROVINCIAL],
            regional[number % PROVINCIAL % REGIONAL],
            national[number % PROVINCIAL % NATIONAL],
        )
        own = desk(f"L{number:04d}", "library", at_home) if random.random() < 0.8 else None
        members.append(SimulatedLibrary(desks[own].library_id if own else _id(random), f"L{number:04d}", own, above))
    return SimulatedNetwork(tuple(members), desks)


def _shifts(days: range, place_seconds: float) -> tuple[Shift, ...]:
    """Return shifts that give a desk so many seconds of chat places in the week, in the busiest hours of its days."""
    hours = place_seconds / SimulatedDesk.max_chats / len(days) / 3_600
    people = max(1, ceil(hours / LONGEST_HOURS))
    length = min(LONGEST_HOURS, max(1, round(hours / people)))
    begins = max(range(24 - length + 1), key=lambda hour: sum(HOURLY[hour : hour + length]))
    return _daily(days, begins, begins + length, people)


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def _daily(days: range, from_hour: int, to_hour: int, people: int) -> tuple[Shift, ...]:
    return tuple(
        Shift(day * _DAY_SECONDS + from_hour * 3_600, day * _DAY_SECONDS + to_hour * 3_600, people) for day in days
    )
