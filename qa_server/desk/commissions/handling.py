"""What librarians do with commissions: see what waits, take up, return, quote, begin, pause, hand on, write, deliver.

Each step is a transition of the service's definition; the person's rights decide which are there.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import queries, service
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.errors import FormIncomplete
from qa_server.commissions.fields import check_values
from qa_server.commissions.models import By, Commission, EntryKind
from qa_server.commissions.service import MAX_BODY_CHARACTERS, Deed, Doer
from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import clean_text
from qa_server.desk.commissions import moving, operating, records, standing, views
from qa_server.desk.commissions.finding import shelves
from qa_server.desk.commissions.finding.shelves import CALLING, EVERYTHING, Shelf, Wanted
from qa_server.desk.commissions.letters import telling
from qa_server.desk.commissions.money import quoting
from qa_server.desk.commissions.moving import Step
from qa_server.desk.commissions.operating import Asked as Asked
from qa_server.desk.commissions.operating import Operating
from qa_server.desk.commissions.records import RecordPage
from qa_server.desk.commissions.views import CommissionView, ListedCommission
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.models import Library
from qa_server.network.schedules import schedule_of
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound

# Lists show so many at once.
PAGE = 50
# At most so many are counted for the bar.
MAX_COUNTED = 100


class ReckonedView(Wire):
    """What the price list gives for a commission as it stands, before it is quoted."""

    currency: str
    total: str
    days: int
    lines: list[dict[str, Any]]
    valid_days: int
    ceiling: Decimal | None
    cancellation_fee: Decimal


class CommissionPage(Wire):
    """One page of commissions; `next_offset` continues it, None at the end."""

    items: list[ListedCommission]
    next_offset: int | None


class ChoicesView(Wire):
    """What a list can be narrowed by: services by code, libraries by code, main classes."""

    services: dict[str, str]
    libraries: dict[str, str]
    subjects: list[str]


def listing(
    place: Workplace,
    person: StaffMember,
    shelf: Shelf | None,
    *,
    language: Language,
    offset: int = 0,
    wanted: Wanted = EVERYTHING,
) -> CommissionPage:
    """Return commissions that the person may see: what waits and is overdue the longest first, else the newest.

    Without a shelf those of all shelves.
    """
    with place.database.read() as session:
        now = place.clock()
        found = select(Commission).where(shelves.seen_by(session, person), *shelves.fitting(wanted))
        if shelf is not None:
            found = found.where(*shelves.on_shelf(shelf, person, now))
        order = {"waiting": Commission.submitted_at, "overdue": Commission.due_at}.get(shelf or "")
        by = order if order is not None else Commission.updated_at.desc()
        rows = session.scalars(found.order_by(by, Commission.id).limit(PAGE + 1).offset(offset)).all()
        items = views.listed_for_staff(session, person, rows[:PAGE], language=language, now=now)
        return CommissionPage(items=items, next_offset=offset + PAGE if len(rows) > PAGE else None)


def choices(place: Workplace, person: StaffMember, *, language: Language) -> ChoicesView:
    """Return what the person's lists can be narrowed by."""
    with place.database.read() as session:
        services, libraries, subjects = shelves.choices(session, person)
        rows = session.scalars(select(Library).where(Library.id.in_(libraries)).order_by(Library.code))
        named = {each.code: each.name_zh if language == "zh" else each.name_en for each in rows}
        kinds = {code: queries.definition_of(session, version).name.in_(language) for code, version in services}
        return ChoicesView(services=kinds, libraries=named, subjects=subjects)


def wanted_of(place: Workplace, *, words: str = "", service_: str = "", library: str = "", subject: str = "") -> Wanted:
    """Return what a list is narrowed by, as an address says it; an unknown library finds nothing."""
    if not library:
        return Wanted(words, service_, None, subject)
    with place.database.read() as session:
        found = session.scalar(select(Library.id).where(Library.code == library.upper()))
        return Wanted(words, service_, found or UUID(int=0), subject)


def counts(place: Workplace, person: StaffMember) -> dict[str, int]:
    """Return how many commissions lie on each shelf that calls for work; at most 100 of each are counted."""
    with place.database.read() as session:
        return {shelf: _count(place, session, person, shelf) for shelf in CALLING}


def count_waiting(place: Workplace, person: StaffMember) -> int:
    """Return how many commissions wait to be taken up, for the bar of the console; at most 100 are counted."""
    with place.database.read() as session:
        return _count(place, session, person, "waiting")


def read(place: Workplace, person: StaffMember, commission_id: UUID, *, language: Language) -> CommissionView:
    """Return a commission with what the person may do. Raises NotFound."""
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        return views.for_staff(session, commission, actors, language=language, now=place.clock())


def record(
    place: Workplace, person: StaffMember, commission_id: UUID, *, before: int | None = None, language: Language
) -> RecordPage:
    """Return the newest page of the record, or the newest before a number. Raises NotFound."""
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        found = queries.definition_of(session, commission.version_id)
        return records.page(session, commission, found, actors, language=language, before=before)


def talk(
    place: Workplace, person: StaffMember, commission_id: UUID, *, before: int | None = None, language: Language
) -> RecordPage:
    """Return what was written, the steps' reasons among it, and the files that were sent; paged as the record is.

    A supplier has no talk with the reader: there it is the record. Raises NotFound.
    """
    with place.database.read() as session:
        commission, actors = standing.for_staff(session, person, commission_id)
        found = queries.definition_of(session, commission.version_id)
        if standing.is_supplier(found, actors):
            return records.page(session, commission, found, actors, language=language, before=before)
        return records.written(session, commission, found, language=language, before=before)


def by_number(place: Workplace, person: StaffMember, number: str) -> UUID:
    """Return the id of the commission with a number, where the person may see it. Raises NotFound."""
    with place.database.read() as session:
        found = session.scalar(select(Commission.id).where(Commission.number == number.strip().upper()))
        if found is None:
            raise NotFound()
        return standing.for_staff(session, person, found)[0].id


def definition(place: Workplace, person: StaffMember, commission_id: UUID) -> ServiceDefinition:
    """Return the definition that a commission began with. Raises NotFound."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        return queries.definition_of(session, commission.version_id)


def reckon(place: Workplace, person: StaffMember, commission_id: UUID) -> ReckonedView:
    """Return what the price list gives now. Raises NotFound."""
    with place.database.read() as session:
        commission, _ = standing.for_staff(session, person, commission_id)
        found = queries.definition_of(session, commission.version_id)
        reckoned = quoting.reckoning_of(session, commission, found, place.clock())
        return ReckonedView(
            currency=reckoned.currency,
            total=str(reckoned.total),
            days=quoting.days_of(commission, found),
            lines=[quoting.written(line) for line in reckoned.lines],
            valid_days=found.prices.valid_days,
            ceiling=found.prices.ceiling,
            cancellation_fee=quoting.cancellation_of(commission, found)[1],
        )


def step(
    place: Workplace,
    person: StaffMember,
    commission_id: UUID,
    key: str,
    asked: Asked,
    *,
    language: Language,
) -> CommissionView:
    """Make a step by the key of its transition, with what its operation carries. Repeating it is harmless.

    Raises NotFound, CommissionChanged, TransitionRefused, TransitionIncomplete, ReasonMissing, AlreadyTaken.
    """
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        now, doer = place.clock(), Doer(By.LIBRARIAN, person.id, asked.client_id)
        if service.done_before(session, commission, doer) is None:
            found = queries.definition_of(session, commission.version_id)
            operation = next((each.does for each in found.transitions if each.key == key), None)
            at = Operating(place, session, person, commission, found, operation, asked)
            operating.refuse_second_taker(at)
            wanted = Step(doer, actors, key=key, reason=asked.reason, revision=asked.revision)
            details = operating.prepare(at, wanted)
            moving.move(place, session, commission, found, replace(wanted, details=details))
            operating.settle(at)
            actors = standing.actors_of(session, person, commission)
        return views.for_staff(session, commission, actors, language=language, now=now)


def fill_in(
    place: Workplace,
    person: StaffMember,
    commission_id: UUID,
    values: Mapping[str, Any],
    *,
    revision: int | None,
    language: Language,
) -> CommissionView:
    """Keep the staff's part of the form (pages, hits, records), which prices count. Raises NotFound, FormIncomplete."""
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        now = place.clock()
        moving.check_sight(commission, revision)
        found = queries.definition_of(session, commission.version_id)
        today = schedule_of(session, commission.service_library_id, around=now).local_date(now)
        checked = check_values(found, values, by="staff", today=today, beside=commission.form, partly=True)
        if checked.problems:
            told = [
                {"field": each.where, "message": translate(each.sentence, language, **each.details)}
                for each in checked.problems
            ]
            raise FormIncomplete(count=len(told), problems=told)
        commission.staff_form = dict(checked.values)
        deed = Deed(EntryKind.FORM, "staff_form", is_private=True)
        service.record(session, commission, deed, Doer(By.LIBRARIAN, person.id), now=now)
        return views.for_staff(session, commission, actors, language=language, now=now)


def say(
    place: Workplace,
    person: StaffMember,
    commission_id: UUID,
    *,
    client_id: str,
    body: str,
    is_note: bool,
    language: Language,
) -> CommissionView:
    """Write to the reader, or a note for colleagues alone. Raises NotFound, Forbidden for
    a supplier, MessageEmpty, MessageTooLong."""
    text = clean_text(body, limit=MAX_BODY_CHARACTERS)
    with place.database.write() as session:
        commission, actors = standing.for_staff(session, person, commission_id, lock=True)
        now, doer = place.clock(), Doer(By.LIBRARIAN, person.id, client_id)
        if standing.is_supplier(queries.definition_of(session, commission.version_id), actors):
            # A supplier answers by its steps; with the reader only the reader's own library speaks.
            raise Forbidden()
        if service.done_before(session, commission, doer) is None:
            kind = EntryKind.NOTE if is_note else EntryKind.MESSAGE
            entry = service.record(session, commission, Deed(kind, body=text, is_private=is_note), doer, now=now)
            if not is_note:
                telling.tell_message(place, session, commission, entry)
        return views.for_staff(session, commission, actors, language=language, now=now)


def see(place: Workplace, person: StaffMember, commission_id: UUID, seq: int) -> None:
    """Note how far the staff has read. Raises NotFound."""
    with place.database.write() as session:
        commission, _ = standing.for_staff(session, person, commission_id, lock=True)
        commission.staff_seen_seq = max(commission.staff_seen_seq, min(seq, commission.last_seq))


def _count(place: Workplace, session: Session, person: StaffMember, shelf: Shelf) -> int:
    found = select(Commission.id).where(
        shelves.seen_by(session, person), *shelves.on_shelf(shelf, person, place.clock())
    )
    return len(session.scalars(found.limit(MAX_COUNTED)).all())
