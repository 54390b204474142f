"""Who of a desk's people a waiting question is offered to, with the points and reasons of each. Pure.

The order of what counts: home library, same alliance, subject and language, room left, declined offers. Each weight
is larger than everything below it together, so that a coordinator can read the sum like a list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

HOME_POINTS = 1_000
ALLIANCE_POINTS = 450
SUBJECT_POINTS = 200
LANGUAGE_POINTS = 100
EXPERT_POINTS = 40
# For a person with nothing in hand; falls to 0 with the last free place.
ROOM_POINTS = 40
DECLINE_POINTS = 5
# More declines than this say no more.
MAX_DECLINES = 5
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Mode(StrEnum):
    """How a desk gives out questions: all see it and the first claims, or one is offered it before the others."""

    OFFER_ALL = "offer_all"
    LEAST_LOADED = "least_loaded"
    ROUND_ROBIN = "round_robin"


@dataclass(frozen=True)
class Wanted:
    """What a question asks of a librarian. `subject` is a CLC class such as D or TP3, None when unknown."""

    library_id: UUID
    alliance_ids: frozenset[UUID] = frozenset()
    subject: str | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A librarian at a desk now. `load` counts open conversations, 0..max_load; `declines` those of today.

    Empty `languages` mean the desk's usual ones; `role` is member, expert or trainee.
    """

    librarian_id: UUID
    library_id: UUID
    alliance_ids: frozenset[UUID] = frozenset()
    subjects: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    role: str = "member"
    load: int = 0
    max_load: int = 3
    declines: int = 0
    has_declined_this: bool = False
    last_given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that counted, by a stable code, with its points; `refused` ones have none and rule a person out."""

    code: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with the reasons; `points` is their sum."""

    candidate: Candidate
    reasons: tuple[Reason, ...]
    is_eligible: bool

    @property
    def points(self) -> int:
        """Return the sum of the reasons' points."""
        return sum(reason.points for reason in self.reasons)


@dataclass(frozen=True)
class Choice:
    """Who is offered the question first, and everybody that was looked at, best first. One person, or all of a desk."""

    mode: Mode
    librarian_id: UUID | None
    judged: tuple[Judged, ...]

    @property
    def offered_to(self) -> tuple[UUID, ...]:
        """Return the ids of those the question is offered to."""
        if self.librarian_id is not None:
            return (self.librarian_id,)
        return tuple(each.candidate.librarian_id for each in self.judged if each.is_eligible)


def choose(
    wanted: Wanted, candidates: Iterable[Candidate], *, mode: Mode, waited_seconds: float = 0.0
) -> Choice | None:
    """Pick the librarian to offer a waiting question to; in the mode `offer_all` everybody eligible.

    `waited_seconds` counts from the question, not from the last offer: after ten minutes whoever declined it is asked
    again rather than nobody. Returns None when nobody is eligible and the caller keeps the question queued. Equal
    ones are ordered by their ids, so that the same question always gets the same choice.
    """
    forgives = waited_seconds >= FORGIVING_SECONDS
    judged = [_judge(wanted, each, forgives=forgives) for each in candidates]
    ranked = sorted(judged, key=lambda each: (not each.is_eligible, *_order(each, mode)))
    if not ranked or not ranked[0].is_eligible:
        return None
    chosen = None if mode is Mode.OFFER_ALL else ranked[0].candidate.librarian_id
    return Choice(mode, chosen, tuple(ranked))


# After this long, having declined a question once no longer keeps a person from being asked again.
FORGIVING_SECONDS = 600


def free_places(candidates: Sequence[Candidate]) -> int:
    """Return how many more conversations these people take together."""
    return sum(max(0, each.max_load - each.load) for each in candidates)


def _judge(wanted: Wanted, candidate: Candidate, *, forgives: bool) -> Judged:
    if candidate.load >= candidate.max_load:
        return Judged(candidate, (Reason("full"),), is_eligible=False)
    if candidate.has_declined_this and not forgives:
        return Judged(candidate, (Reason("declined_this"),), is_eligible=False)
    return Judged(candidate, tuple(_reasons(wanted, candidate)), is_eligible=True)


def _reasons(wanted: Wanted, candidate: Candidate) -> Iterable[Reason]:
    if candidate.library_id == wanted.library_id:
        yield Reason("home_library", HOME_POINTS)
    elif candidate.alliance_ids & wanted.alliance_ids:
        yield Reason("same_alliance", ALLIANCE_POINTS)
    if wanted.subject and _knows(candidate.subjects, wanted.subject):
        yield Reason("subject", SUBJECT_POINTS)
        if candidate.role == "expert":
            yield Reason("expert", EXPERT_POINTS)
    if not candidate.languages or wanted.language in candidate.languages:
        yield Reason("language", LANGUAGE_POINTS)
    if candidate.role == "trainee":
        yield Reason("trainee", -EXPERT_POINTS)
    yield Reason("room", ROOM_POINTS * (candidate.max_load - candidate.load) // candidate.max_load)
    if candidate.declines:
        yield Reason("declines", -DECLINE_POINTS * min(candidate.declines, MAX_DECLINES))


def _knows(subjects: frozenset[str], subject: str) -> bool:
    """A person for T knows TP3, one for TP3 knows T in part: either way nearer than none."""
    return any(subject.startswith(each) or each.startswith(subject) for each in subjects)


def _order(judged: Judged, mode: Mode) -> tuple[float, float, float, int]:
    candidate = judged.candidate
    last = (candidate.last_given_at or _NEVER).timestamp()
    if mode is Mode.LEAST_LOADED:
        return (candidate.load / candidate.max_load, -judged.points, last, candidate.librarian_id.int)
    if mode is Mode.ROUND_ROBIN:
        return (last, -judged.points, 0.0, candidate.librarian_id.int)
    return (-judged.points, last, 0.0, candidate.librarian_id.int)
