"""Who has a commission, and who else may have it: colleagues of the desk, desks on its way, libraries that offer it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_server.commissions import queries, service, service_types
from qa_server.commissions.definition import Actor
from qa_server.commissions.models import By, Commission, CommissionDesk, EntryKind
from qa_server.commissions.service import MAX_BODY_CHARACTERS, Deed, Doer
from qa_server.commissions.service_models import ServiceType
from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import clean_text
from qa_server.desk.commissions import moving, standing, views
from qa_server.desk.commissions.views import CommissionView
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.network.models import AllianceMember, Desk, DeskMember, DeskState, Library, LibraryState
from qa_server.network.queries import path_up
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound

# A list to choose from; who looks for another library types its name.
MAX_TARGETS = 30
_WORKERS = frozenset({Actor.SEARCHER, Actor.SERVICE})


class ColleagueView(Wire):
    """Somebody of the desk, and how many commissions that are not over the person has in hand."""

    id: UUID
    name_zh: str
    name_en: str
    in_hand: int
    is_searcher: bool


class StopView(Wire):
    """A desk on the way of a commission; `reached_at` is None for one that it may still come to."""

    name_zh: str
    name_en: str
    library_zh: str
    library_en: str
    reached_at: datetime | None
    is_here: bool


class TargetView(Wire):
    """A library that offers the service. `has_own_terms`: it has a form and price list of its own."""

    code: str
    name_zh: str
    name_en: str
    has_own_terms: bool


def colleagues(place: Workplace, person: StaffMember, commission_id: UUID) -> list[ColleagueView]:
    """Return who may be given the work: members of the desks of the working library, by name. Raises NotFound."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        return [
            ColleagueView(
                id=each.id,
                name_zh=each.name_zh,
                name_en=each.name_en,
                in_hand=_in_hand(session, each.id),
                is_searcher=each.id == commission.searcher_id,
            )
            for each in _members(session, commission)
        ]


def assign(
    place: Workplace,
    person: StaffMember,
    commission_id: UUID,
    librarian_id: UUID,
    *,
    client_id: str,
    note: str = "",
    revision: int | None = None,
    language: Language,
) -> CommissionView:
    """Give the work to a colleague of the desk, or take it; the record says who had it. Repeating it is harmless.

    Raises NotFound, Forbidden for whoever does not do the work, CommissionChanged, MessageTooLong.
    """
    text = clean_text(note, limit=MAX_BODY_CHARACTERS) if note.strip() else ""
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        now, doer = place.clock(), Doer(By.LIBRARIAN, person.id, client_id)
        if service.done_before(session, commission, doer) is None:
            moving.check_sight(commission, revision)
            if not actors & _WORKERS or commission.ended_at is not None:
                raise Forbidden()
            chosen = {each.id: each for each in _members(session, commission)}.get(librarian_id)
            if chosen is None:
                raise NotFound()
            commission.searcher_id = chosen.id
            details = {"name_zh": chosen.name_zh, "name_en": chosen.name_en}
            deed = Deed(EntryKind.ASSIGNMENT, "assigned", text, details, is_private=True)
            service.record(session, commission, deed, doer, now=now)
            actors = standing.actors_of(session, person, commission)
        return views.for_staff(session, commission, actors, language=language, now=now)


def way(place: Workplace, person: StaffMember, commission_id: UUID) -> list[StopView]:
    """Return the desks that a commission has reached and those that it may come to, in order. Raises NotFound."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        rows = session.scalars(select(CommissionDesk).where(CommissionDesk.commission_id == commission.id))
        reached = {row.desk_id: row.reached_at for row in rows}
        route = [UUID(each) for each in commission.route]
        # After it was taken up, or handed to a library by name, nobody further up is asked any more.
        is_at_home = commission.service_library_id == commission.library_id
        waits = commission.accepted_at is None and commission.ended_at is None
        ahead = route if waits and is_at_home else []
        stops = list(dict.fromkeys([*sorted(reached, key=lambda each: reached[each]), *ahead]))
        desks = {each.id: each for each in session.scalars(select(Desk).where(Desk.id.in_(stops)))}
        nodes = {each.library_id for each in desks.values()}
        libraries = {each.id: each for each in session.scalars(select(Library).where(Library.id.in_(nodes)))}
        return [
            StopView(
                name_zh=desks[each].name_zh,
                name_en=desks[each].name_en,
                library_zh=libraries[desks[each].library_id].name_zh,
                library_en=libraries[desks[each].library_id].name_en,
                reached_at=reached.get(each),
                is_here=each == commission.desk_id,
            )
            for each in stops
            if each in desks
        ]


def targets(place: Workplace, person: StaffMember, commission_id: UUID, *, words: str = "") -> list[TargetView]:
    """Return libraries with a desk that offer the service: those with terms of their own first, then what is near.

    With `words` those whose name or code holds them. Raises NotFound.
    """
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        own = _with_own_terms(session, commission.code)
        near = own | set(path_up(session, commission.library_id)) | _allies(session, commission.library_id)
        with_desk = select(Desk.library_id).where(Desk.state != DeskState.CLOSED)
        found = select(Library).where(
            Library.id.in_(with_desk), Library.id != commission.service_library_id, Library.state == LibraryState.ACTIVE
        )
        if words.strip():
            wanted = words.strip()[:80]
            named = [each.icontains(wanted, autoescape=True) for each in (Library.name_zh, Library.name_en)]
            found = found.where(or_(*named, Library.code == wanted.upper()))
        else:
            found = found.where(Library.id.in_(near | {commission.library_id}))
        rows = list(session.scalars(found.order_by(Library.code).limit(10 * MAX_TARGETS)))
        rows.sort(key=lambda each: (each.id not in own, each.id not in near))
        offering = (each for each in rows if commission.code in service_types.offered_at(session, each.id))
        return [
            TargetView(code=each.code, name_zh=each.name_zh, name_en=each.name_en, has_own_terms=each.id in own)
            for each, _ in zip(offering, range(MAX_TARGETS), strict=False)
        ]


def _members(session: Session, commission: Commission) -> list[Librarian]:
    reached = queries.desks_reached(session, commission.id)
    serves = (
        select(DeskMember.librarian_id)
        .join(Desk, Desk.id == DeskMember.desk_id)
        .where(Desk.id.in_(reached), Desk.library_id == commission.service_library_id)
    )
    found = select(Librarian).where(Librarian.id.in_(serves), Librarian.is_active)
    return list(session.scalars(found.order_by(Librarian.login)))


def _in_hand(session: Session, librarian_id: UUID) -> int:
    found = select(Commission.id).where(Commission.searcher_id == librarian_id, Commission.ended_at.is_(None))
    return len(session.scalars(found.limit(100)).all())


def _with_own_terms(session: Session, code: str) -> set[UUID]:
    found = select(ServiceType.library_id).where(
        ServiceType.code == code, ServiceType.is_offered, ServiceType.library_id.is_not(None)
    )
    return {each for each in session.scalars(found) if each is not None}


def _allies(session: Session, library_id: UUID) -> set[UUID]:
    mine = select(AllianceMember.alliance_id).where(AllianceMember.library_id == library_id)
    return set(session.scalars(select(AllianceMember.library_id).where(AllianceMember.alliance_id.in_(mine))))
