"""What readers and librarians see of commissions: two views, so that nothing private slips into the reader's."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.commissions import machine, queries
from qa_server.commissions.definition import Actor, ServiceDefinition
from qa_server.commissions.machine import Way
from qa_server.commissions.models import Commission, CommissionFile
from qa_server.commissions.work_models import CommissionReport, Quote
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions import records, standing
from qa_server.desk.commissions.records import EntryView
from qa_server.desk.commissions.supply import supplier_sight
from qa_server.desk.commissions.wording import NEEDS
from qa_server.i18n import Language, translate
from qa_server.network.models import Desk, Library
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import StaffMember


class WayView(Wire):
    """A step that may be taken. `missing` are sentences about what has to be there first; then it is shown only."""

    key: str
    operation: str | None
    label: str
    reason: Literal["none", "optional", "required"]
    to: str
    to_label: str
    missing: list[str]


class FileView(Wire):
    """A file. `expires_at` and `fetches_left` bound how a delivered copy may be fetched."""

    id: UUID
    purpose: str
    name: str
    media_type: str
    size_bytes: int
    is_from_library: bool
    is_private: bool
    created_at: datetime
    expires_at: datetime | None
    fetches_left: int | None


class QuoteView(Wire):
    """A quote with its reckoning; amounts as decimal strings with two places."""

    id: UUID
    number: int
    state: str
    lines: list[dict[str, Any]]
    reckoned: Decimal
    total: Decimal
    currency: str
    days: int
    note: str
    created_at: datetime
    valid_until: datetime


class ReportView(Wire):
    """The report that holds, as far as the asker may know of it."""

    id: UUID
    version: int
    number: str | None
    state: str
    code: str | None
    pdf_file_id: UUID | None
    docx_file_id: UUID | None
    issued_at: datetime | None


class ListedCommission(Wire):
    """A commission in a list. `acts` is who has to do something now: reader, library or nobody."""

    id: UUID
    number: str
    code: str
    service: str
    title: str
    state: str
    state_label: str
    acts: str
    is_end: bool
    library_zh: str
    library_en: str
    service_library_zh: str
    service_library_en: str
    searcher: str | None
    subject: str | None
    price: Decimal | None
    currency: str
    payment_state: str
    created_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    is_overdue: bool
    has_news: bool
    updated_at: datetime


class CommissionView(ListedCommission):
    """A commission with everything the asker may see of it. `ways` are the steps this person may take.

    `told` is the state in plain words. `contact` is who the reader is; `actors` what the asker is to it. `entries` are
    the newest of the record, in order; `earlier` continues them backwards, None where there are no more.
    """

    revision: int
    told: str
    language: str
    client_id: str
    form: dict[str, Any]
    staff_form: dict[str, Any]
    contact: dict[str, Any]
    invoice: dict[str, Any]
    payment_order: str
    days: int | None
    is_form_open: bool
    delivered_at: datetime | None
    objection_until: datetime | None
    stars: int | None
    comment: str | None
    last_seq: int
    conversation_id: UUID | None
    desk_zh: str | None
    desk_en: str | None
    version_id: UUID
    actors: list[str]
    ways: list[WayView]
    quotes: list[QuoteView]
    report: ReportView | None
    files: list[FileView]
    entries: list[EntryView]
    earlier: int | None


def listed(
    session: Session, commissions: Sequence[Commission], *, language: Language, is_staff: bool, now: datetime
) -> list[ListedCommission]:
    """Return commissions as lists show them, in the order given."""
    known = _Names(session, commissions)
    return [
        ListedCommission(**_listed(each, known, language=language, is_staff=is_staff, now=now)) for each in commissions
    ]


def listed_for_staff(
    session: Session, person: StaffMember, commissions: Sequence[Commission], *, language: Language, now: datetime
) -> list[ListedCommission]:
    """Return commissions as lists show them to a librarian, in the order given: to a supplier without the money."""
    shown = listed(session, commissions, language=language, is_staff=True, now=now)
    return [
        each.model_copy(update=supplier_sight.HIDDEN_IN_LISTS) if _only_supplies(session, person, row) else each
        for each, row in zip(shown, commissions, strict=True)
    ]


def for_reader(session: Session, commission: Commission, *, language: Language, now: datetime) -> CommissionView:
    """Return the reader's own commission, without what is for staff alone."""
    return _view(session, commission, {Actor.READER}, language=language, now=now)


def for_staff(
    session: Session, commission: Commission, actors: Collection[Actor], *, language: Language, now: datetime
) -> CommissionView:
    """Return a commission as a librarian sees it who is this to it."""
    return _view(session, commission, actors, language=language, now=now)


class _Names:
    """Definitions, libraries and people that some commissions name, each read once."""

    def __init__(self, session: Session, commissions: Sequence[Commission]) -> None:
        libraries = {each.library_id for each in commissions} | {each.service_library_id for each in commissions}
        self.definitions = {each: queries.definition_of(session, each) for each in {c.version_id for c in commissions}}
        self.libraries = {each: session.get_one(Library, each) for each in libraries}
        self.people = librarians_by_id(session, {c.searcher_id for c in commissions if c.searcher_id is not None})


def _listed(
    commission: Commission, known: _Names, *, language: Language, is_staff: bool, now: datetime
) -> dict[str, Any]:
    definition = known.definitions[commission.version_id]
    state = definition.state(commission.state)
    library = known.libraries[commission.library_id]
    service_library = known.libraries[commission.service_library_id]
    searcher = known.people.get(commission.searcher_id) if commission.searcher_id else None
    seen = commission.staff_seen_seq if is_staff else commission.reader_seen_seq
    return {
        "id": commission.id,
        "number": commission.number,
        "code": commission.code,
        "service": definition.name.in_(language),
        "title": commission.title,
        "state": commission.state,
        "state_label": state.label.in_(language),
        "acts": state.acts,
        "is_end": state.is_end,
        "library_zh": library.name_zh,
        "library_en": library.name_en,
        "service_library_zh": service_library.name_zh,
        "service_library_en": service_library.name_en,
        "searcher": _name(searcher, language),
        "subject": commission.subject,
        "price": commission.price,
        "currency": commission.currency,
        "payment_state": commission.payment_state,
        "created_at": commission.created_at,
        "submitted_at": commission.submitted_at,
        "due_at": commission.due_at,
        "is_overdue": commission.due_at is not None and commission.due_at < now,
        "has_news": commission.last_seq > seen,
        "updated_at": commission.updated_at,
    }


def _only_supplies(session: Session, person: StaffMember, commission: Commission) -> bool:
    if commission.service_library_id == commission.library_id:
        return False
    definition = queries.definition_of(session, commission.version_id)
    if definition.delivery is None:
        return False
    return standing.is_supplier(definition, standing.actors_of(session, person, commission))


def _view(
    session: Session, commission: Commission, actors: Collection[Actor], *, language: Language, now: datetime
) -> CommissionView:
    is_staff = Actor.READER not in actors
    known = _Names(session, [commission])
    definition = known.definitions[commission.version_id]
    state = definition.state(commission.state)
    needs = standing.met(session, commission, definition, now)
    report = queries.report_of(session, commission.id)
    record = records.page(session, commission, definition, actors, language=language)
    files = queries.files_of(session, commission.id, is_staff=is_staff)
    form, contact, invoice = commission.form, commission.contact, commission.invoice
    if is_staff:
        contact, invoice = _parts(contact, "name", "organisation"), _parts(invoice, "kind")
    is_supplier = standing.is_supplier(definition, actors)
    if definition.delivery is not None and is_supplier:
        form, contact, invoice = _parts(form, *definition.delivery.shown_to_suppliers), {}, {}
        begins = supplier_sight.begins_at(session, commission, definition)
        files = supplier_sight.files_shown(session, commission, files, begins)
    ways = machine.ways(definition, commission.state, actors, needs)
    view = CommissionView(
        **_listed(commission, known, language=language, is_staff=is_staff, now=now),
        revision=commission.revision,
        told=state.told.in_(language),
        language=commission.language,
        client_id=commission.client_id,
        form=form,
        staff_form=commission.staff_form if is_staff else {},
        contact=contact,
        invoice=invoice,
        payment_order=commission.payment_order,
        days=commission.days,
        is_form_open=state.is_form_open,
        delivered_at=commission.delivered_at,
        objection_until=_objection_until(commission, definition),
        stars=commission.stars,
        comment=commission.comment,
        last_seq=commission.last_seq,
        conversation_id=commission.conversation_id,
        **_desk_names(session, commission, is_staff=is_staff),
        version_id=commission.version_id,
        actors=sorted(actor.value for actor in actors),
        ways=[_way(each, definition, language) for each in ways],
        quotes=[_quote(each) for each in queries.quotes_of(session, commission.id)],
        report=_report(report, is_staff=is_staff) if report else None,
        files=[file_view(each) for each in files],
        entries=record.entries,
        earlier=record.earlier,
    )
    return view.model_copy(update=supplier_sight.HIDDEN) if is_supplier else view


def _desk_names(session: Session, commission: Commission, *, is_staff: bool) -> dict[str, str | None]:
    desk = session.get(Desk, commission.desk_id) if commission.desk_id and is_staff else None
    return {"desk_zh": desk.name_zh if desk else None, "desk_en": desk.name_en if desk else None}


# How a reader is reached is no part of a view of staff: it is asked for, and written down then; see `acquainting`.
def _parts(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: told[name] for name in names if name in told}


def _objection_until(commission: Commission, definition: ServiceDefinition) -> datetime | None:
    if commission.delivered_at is None or commission.ended_at is not None:
        return None
    return commission.delivered_at + timedelta(days=definition.objection_days)


def _way(way: Way, definition: ServiceDefinition, language: Language) -> WayView:
    transition = way.transition
    return WayView(
        key=transition.key,
        operation=transition.does.value if transition.does else None,
        label=transition.label.in_(language),
        reason=transition.reason,
        to=transition.to,
        to_label=definition.state(transition.to).label.in_(language),
        missing=[translate(NEEDS[need], language) for need in way.missing],
    )


def _quote(quote: Quote) -> QuoteView:
    return QuoteView(
        id=quote.id,
        number=quote.number,
        state=quote.state,
        lines=quote.lines,
        reckoned=quote.reckoned,
        total=quote.total,
        currency=quote.currency,
        days=quote.days,
        note=quote.note,
        created_at=quote.created_at,
        valid_until=quote.valid_until,
    )


def _report(report: CommissionReport, *, is_staff: bool) -> ReportView | None:
    if not is_staff and report.issued_at is None:
        return None
    return ReportView(
        id=report.id,
        version=report.version,
        number=report.number,
        state=report.state,
        code=report.code,
        pdf_file_id=report.pdf_file_id,
        docx_file_id=report.docx_file_id,
        issued_at=report.issued_at,
    )


def file_view(file: CommissionFile) -> FileView:
    return FileView(
        id=file.id,
        purpose=file.purpose,
        name=file.name,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        is_from_library=file.librarian_id is not None,
        is_private=file.is_private,
        created_at=file.created_at,
        expires_at=file.expires_at,
        fetches_left=file.fetches_left,
    )


def _name(person: Librarian | None, language: Language) -> str | None:
    if person is None:
        return None
    return person.name_zh if language == "zh" else person.name_en
