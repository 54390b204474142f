"""Reads from the database what cascade and policy need to know: desks near a library, their people, their load now."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation
from qa_server.network.cards import may_join_shared_desks
from qa_server.network.hours import Schedule
from qa_server.network.models import AllianceMember, Desk, DeskKind, DeskMember, DeskState, Library
from qa_server.network.node_settings import effective_for
from qa_server.network.queries import desk_of_library, path_up
from qa_server.network.roster_models import RosterException, RosterSlot
from qa_server.network.rosters import on_shift_at
from qa_server.network.schedules import schedules_of
from qa_server.people.availability import Takes, takes_anything, takes_questions
from qa_server.people.models import Librarian
from qa_server.people.working import as_working
from qa_server.people.working_models import WorkingState
from qa_server.routing.cascade import DeskNow, Plan, QuestionKind, Scene
from qa_server.routing.models import Claim, Offer, Route
from qa_server.routing.policy import Candidate, Mode, Wanted, free_places
from qa_server.routing.rule_setting import CARD_REQUIRED_FOR_SHARING, rule_of
from qa_server.routing.rules import CascadeRule, DeskRef, Neighbourhood, bar, is_peak, plan_for
from storage.errors import NotFound

# Declined and missed offers are held against a person for this long.
DECLINES_COUNT_FOR = timedelta(hours=24)
# A desk where somebody was never given anything has no rows; looking further back for "last given" changes nothing.
LAST_GIVEN_WITHIN = timedelta(days=7)

IsHere = Callable[[UUID], bool]


@dataclass(frozen=True)
class DeskStaff:
    """A desk at one moment: open by its hours, and the people who are there, with what they have in hand."""

    desk_id: UUID
    library_id: UUID
    mode: Mode
    is_open: bool
    present: tuple[Candidate, ...]

    @property
    def is_staffed(self) -> bool:
        """Say whether the desk is open and somebody is there."""
        return self.is_open and bool(self.present)

    def now(self) -> DeskNow:
        """Return what the cascade needs to know."""
        return DeskNow(self.is_staffed, free_places(self.present))


@dataclass(frozen=True)
class Laid:
    """A laid-out plan with the library's rule, for its peak hours."""

    plan: Plan
    rule: CascadeRule


def lay_out(session: Session, library_id: UUID, kind: QuestionKind, *, now: datetime) -> Laid:
    """Return the way that a question of this library takes. Raises NotFound where no desk takes its questions."""
    rule = rule_of(session, library_id)
    near = neighbourhood(session, library_id, named_in(session, rule))
    plan = plan_for(rule, near, kind, lambda code: rule_of_code(session, code))
    shared = [step.desk_id for step in plan.steps if step.relation not in ("home", "up")]
    return Laid(bar(plan, without_card(session, library_id, shared, now=now)), rule)


def without_card(session: Session, library_id: UUID, desk_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Return which of these desks do not answer for this library, because one of the two lacks an approved, fresh card.

    Desks of its own and of the nodes above it always do.
    """
    if not desk_ids:
        return set()
    rows = session.execute(select(Desk.id, Desk.library_id).where(Desk.id.in_(desk_ids)))
    path = path_up(session, library_id)
    others = {row.id: row.library_id for row in rows if row.library_id not in path}
    if not others:
        return set()
    concerned = {library_id, *others.values()}
    required = effective_for(session, concerned, CARD_REQUIRED_FOR_SHARING.key)
    lacking = {each for each in concerned if required[each].value and not may_join_shared_desks(session, each, now=now)}
    return {desk_id for desk_id, owner in others.items() if owner in lacking or library_id in lacking}


def rule_of_code(session: Session, code: str) -> CascadeRule | None:
    """Return the rule of the node with a code, None when there is none."""
    found = session.scalar(select(Library.id).where(Library.code == code.upper()))
    return None if found is None else rule_of(session, found)


def neighbourhood(session: Session, library_id: UUID, named: Collection[str] = ()) -> Neighbourhood:
    """Return the desks that a rule's words mean for a library. Raises NotFound where no desk takes its questions."""
    path = path_up(session, library_id)
    home = desk_of_library(session, library_id)
    codes = {row.id: row.code for row in session.execute(select(Library.id, Library.code).where(Library.id.in_(path)))}
    above = _open_desks(session, Desk.library_id.in_(path), Desk.kind.in_((DeskKind.GENERAL, DeskKind.CENTRE)))
    first_of: dict[UUID, Desk] = {}
    for desk in above:
        first_of.setdefault(desk.library_id, desk)
    up = [first_of[node] for node in path if node in first_of and first_of[node].id != home.id]
    alliances = select(AllianceMember.alliance_id).where(AllianceMember.library_id == library_id)
    shared = _open_desks(session, Desk.kind == DeskKind.ALLIANCE, Desk.alliance_id.in_(alliances))
    return Neighbourhood(
        home=DeskRef(home.id, codes.get(home.library_id, "")),
        alliance=tuple(_refs(session, [desk for desk in shared if desk.id != home.id])),
        up=tuple(DeskRef(desk.id, codes[desk.library_id]) for desk in up),
        by_code=desks_by_code(session, named),
    )


def named_in(session: Session, rule: CascadeRule) -> set[str]:
    """Return the codes of desks that a rule, and the rules it goes on with, name."""
    named: set[str] = set()
    seen: set[str] = set()
    rules = [rule]
    while rules:
        for step in rules.pop().steps:
            named.update({step.desk} if step.desk else ())
            if step.continue_ and step.continue_ not in seen:
                seen.add(step.continue_)
                further = rule_of_code(session, step.continue_)
                rules.extend([further] if further else [])
    return named - {"home", "alliance", "up"}


def desks_by_code(session: Session, codes: Collection[str]) -> dict[str, DeskRef]:
    """Return the desks with these codes (a library's code; /2, /3 ... for its further desks); unknown are left out."""
    if not codes:
        return {}
    libraries = {code.partition("/")[0].upper() for code in codes}
    rows = session.execute(
        select(Desk, Library.code)
        .join(Library, Library.id == Desk.library_id)
        .where(Library.code.in_(libraries), Desk.state != DeskState.CLOSED)
        .order_by(Desk.id)
    ).all()
    counted: dict[str, list[Desk]] = defaultdict(list)
    for desk, code in rows:
        counted[code].append(desk)
    by_code = {
        code if place == 1 else f"{code}/{place}": desk
        for code, desks in counted.items()
        for place, desk in enumerate(desks, start=1)
    }
    staff = _staff_counts(session, [desk.id for desk in by_code.values()])
    found = {code: DeskRef(desk.id, code, staff.get(desk.id, 0)) for code, desk in by_code.items()}
    return {code: found[code.upper()] for code in codes if code.upper() in found}


def staff_of(
    session: Session,
    desk_ids: Collection[UUID],
    *,
    now: datetime,
    is_here: IsHere,
    takes: Takes = takes_questions,
) -> dict[UUID, DeskStaff]:
    """Return these desks as they are now, in a fixed number of statements; desks that are gone are left out.

    Present is who is here, on duty where the desk has a roster, and `takes` what is to be given out.
    """
    desks = session.scalars(select(Desk).where(Desk.id.in_(desk_ids), Desk.state != DeskState.CLOSED)).all()
    schedules = schedules_of(session, {desk.library_id for desk in desks}, around=now)
    return _staff(session, desks, schedules, now=now, is_here=is_here, takes=takes)


def person_at(session: Session, desk_id: UUID, librarian_id: UUID, *, now: datetime) -> tuple[Mode, Candidate] | None:
    """Return one person of a desk as the policy sees it, with the desk's mode; None for who does not serve there."""
    desk = session.get(Desk, desk_id)
    if desk is None:
        return None
    someone = _present(session, [desk], lambda _desk, each: each == librarian_id, takes=takes_anything, now=now)
    present = someone.get(desk_id, [])
    people = _with_load(session, present, now)
    return (Mode(desk.mode), people[_key(present[0])]) if present else None


def home_scene(
    session: Session, library_id: UUID, desk_id: UUID, *, rule: CascadeRule, now: datetime, is_here: IsHere
) -> Scene:
    """Return the moment a question of this library begins at its own desk, the only desk looked at."""
    desk = session.get_one(Desk, desk_id)
    schedules = schedules_of(session, {desk.library_id, library_id}, around=now)
    staff = _staff(session, [desk], schedules, now=now, is_here=is_here, takes=takes_questions)
    return _scene(schedules[library_id], staff, rule, now)


def _staff(
    session: Session,
    desks: Sequence[Desk],
    schedules: Mapping[UUID, Schedule],
    *,
    now: datetime,
    is_here: IsHere,
    takes: Takes,
) -> dict[UUID, DeskStaff]:
    on_duty = _on_duty(session, [desk.id for desk in desks], now)

    def is_there(desk_id: UUID, each: UUID) -> bool:
        return is_here(each) and _is_on_duty(on_duty, desk_id, each)

    present = _present(session, desks, is_there, takes=takes, now=now)
    people = _with_load(session, [each for all_of in present.values() for each in all_of], now)
    return {
        desk.id: DeskStaff(
            desk_id=desk.id,
            library_id=desk.library_id,
            mode=Mode(desk.mode),
            is_open=desk.state == DeskState.OPEN and schedules[desk.library_id].is_open(now),
            present=tuple(people[_key(each)] for each in present.get(desk.id, ())),
        )
        for desk in desks
    }


def scene_at(
    session: Session, library_id: UUID, staff: Mapping[UUID, DeskStaff], *, rule: CascadeRule, now: datetime
) -> Scene:
    """Return the moment as the cascade sees it for a question of this library."""
    return _scene(schedules_of(session, [library_id], around=now)[library_id], staff, rule, now)


def _scene(schedule: Schedule, staff: Mapping[UUID, DeskStaff], rule: CascadeRule, now: datetime) -> Scene:
    return Scene(
        now=now,
        is_peak=is_peak(rule, now, schedule.time_zone),
        is_home_open=schedule.is_open(now),
        desks={desk_id: desk.now() for desk_id, desk in staff.items()},
    )


def wanted_of(session: Session, library_id: UUID, *, subject: str | None, language: str) -> Wanted:
    """Return what a question of this library asks of a librarian."""
    alliances = select(AllianceMember.alliance_id).where(AllianceMember.library_id == library_id)
    return Wanted(library_id, frozenset(session.scalars(alliances)), subject, language)


def wanted_by(session: Session, conversation: Conversation) -> Wanted:
    """Return what a question that is there asks of a librarian."""
    route = session.get(Route, conversation.id)
    subject = route.subject if route else None
    return wanted_of(session, conversation.library_id, subject=subject, language=conversation.language)


def desk_code(session: Session, desk_id: UUID) -> str:
    """Return the code of a desk as rules name it. Raises NotFound."""
    desk = session.get(Desk, desk_id)
    if desk is None:
        raise NotFound()
    return next(iter(_refs(session, [desk]))).code


def _refs(session: Session, desks: Sequence[Desk]) -> Iterable[DeskRef]:
    libraries = {desk.library_id for desk in desks}
    rows = session.execute(
        select(Desk.id, Library.code)
        .join(Library, Library.id == Desk.library_id)
        .where(Desk.library_id.in_(libraries), Desk.state != DeskState.CLOSED)
        .order_by(Desk.id)
    )
    places: dict[str, int] = defaultdict(int)
    codes: dict[UUID, str] = {}
    for desk_id, code in rows:
        places[code] += 1
        codes[desk_id] = code if places[code] == 1 else f"{code}/{places[code]}"
    for desk in desks:
        yield DeskRef(desk.id, codes.get(desk.id, ""))


def _open_desks(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Desk]:
    statement = select(Desk).where(*conditions, Desk.state != DeskState.CLOSED)
    return session.scalars(statement.order_by(Desk.id)).all()


def _staff_counts(session: Session, desk_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(DeskMember.desk_id, func.count())
        .join(Librarian, Librarian.id == DeskMember.librarian_id)
        .where(DeskMember.desk_id.in_(desk_ids), Librarian.is_active)
        .group_by(DeskMember.desk_id)
    )
    return {row[0]: row[1] for row in rows}


def _on_duty(session: Session, desk_ids: Collection[UUID], now: datetime) -> dict[UUID, set[UUID]]:
    """Return who is on duty at the desks that have a roster; at the others presence alone decides."""
    slots = select(RosterSlot.desk_id).where(RosterSlot.desk_id.in_(desk_ids))
    added = select(RosterException.desk_id).where(RosterException.desk_id.in_(desk_ids))
    rostered = set(session.scalars(slots.union(added)))
    return on_shift_at(session, rostered, now) if rostered else {}


def _is_on_duty(on_duty: Mapping[UUID, set[UUID]], desk_id: UUID, librarian_id: UUID) -> bool:
    return desk_id not in on_duty or librarian_id in on_duty[desk_id]


def _present(
    session: Session,
    desks: Sequence[Desk],
    is_there: Callable[[UUID, UUID], bool],
    *,
    takes: Takes,
    now: datetime,
) -> dict[UUID, list[Candidate]]:
    by_id = {desk.id: desk for desk in desks}
    rows = session.execute(
        select(DeskMember, Librarian.library_id, WorkingState)
        .join(Librarian, Librarian.id == DeskMember.librarian_id)
        .outerjoin(WorkingState, WorkingState.librarian_id == DeskMember.librarian_id)
        .where(DeskMember.desk_id.in_(by_id), Librarian.is_active)
        .order_by(DeskMember.id)
    )
    found: dict[UUID, list[Candidate]] = defaultdict(list)
    for member, library_id, state in rows:
        working = as_working(state)
        if is_there(member.desk_id, member.librarian_id) and takes(working.at(now)):
            desk = by_id[member.desk_id]
            found[desk.id].append(
                Candidate(
                    librarian_id=member.librarian_id,
                    library_id=library_id,
                    subjects=frozenset(member.clc_classes or desk.clc_classes),
                    languages=frozenset(member.languages or desk.languages),
                    role=member.role,
                    max_load=working.places(member.max_chats),
                )
            )
    return found


def _with_load(session: Session, people: Sequence[Candidate], now: datetime) -> dict[tuple[object, ...], Candidate]:
    ids = {each.librarian_id for each in people}
    if not ids:
        return {}
    since = now - LAST_GIVEN_WITHIN
    is_held, is_offered = Claim.released_at.is_(None), Offer.outcome.is_(None)
    missed = Offer.outcome.in_(("declined", "expired")) & (Offer.offered_at > now - DECLINES_COUNT_FOR)
    held = session.execute(
        select(Claim.librarian_id, func.max(Claim.claimed_at).label("at"), _number_of(is_held).label("load"))
        .where(Claim.librarian_id.in_(ids), is_held | (Claim.claimed_at > since))
        .group_by(Claim.librarian_id)
    )
    loads, last = defaultdict(int), dict[UUID, datetime]()
    for row in held:
        loads[row.librarian_id], last[row.librarian_id] = row.load, row.at
    offered = session.execute(
        select(
            Offer.librarian_id,
            func.max(Offer.offered_at).label("at"),
            _number_of(is_offered).label("standing"),
            _number_of(missed).label("missed"),
        )
        .where(Offer.librarian_id.in_(ids), is_offered | (Offer.offered_at > since))
        .group_by(Offer.librarian_id)
    )
    declines: dict[UUID, int] = {}
    for librarian_id, moment, standing, refused in offered:
        last[librarian_id] = max(moment, last.get(librarian_id, moment))
        loads[librarian_id] += standing
        declines[librarian_id] = refused
    alliances = _alliances(session, {each.library_id for each in people})
    return {
        _key(each): replace(
            each,
            alliance_ids=alliances.get(each.library_id, frozenset()),
            load=loads[each.librarian_id],
            declines=declines.get(each.librarian_id, 0),
            last_given_at=last.get(each.librarian_id),
        )
        for each in people
    }


def _key(candidate: Candidate) -> tuple[object, ...]:
    """Somebody may serve at two desks with other subjects at each."""
    return (candidate.librarian_id, candidate.subjects, candidate.languages, candidate.role, candidate.max_load)


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _alliances(session: Session, library_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    rows = session.execute(
        select(AllianceMember.library_id, AllianceMember.alliance_id).where(AllianceMember.library_id.in_(library_ids))
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for library_id, alliance_id in rows:
        found[library_id].add(alliance_id)
    return {library_id: frozenset(ids) for library_id, ids in found.items()}
