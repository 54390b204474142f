"""What a reader does with commissions: begin, fill in, submit, answer a quote, check a draft, accept, object, rate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_server.commissions import queries, service, service_types
from qa_server.commissions.contact import Contact, Invoice
from qa_server.commissions.definition import Actor, Operation, ServiceDefinition
from qa_server.commissions.errors import FormClosed, FormIncomplete, TooManyCommissions
from qa_server.commissions.fields import check_values
from qa_server.commissions.models import By, Commission, CommissionEntry, EntryKind
from qa_server.commissions.service import COMMISSIONS, MAX_BODY_CHARACTERS, Deed, Doer
from qa_server.conversations.errors import ConversationNotEnded
from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import clean_text
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import moving, records, views
from qa_server.desk.commissions.letters import telling
from qa_server.desk.commissions.money import quoting
from qa_server.desk.commissions.moving import Step
from qa_server.desk.commissions.records import RecordPage
from qa_server.desk.commissions.reports import report_course
from qa_server.desk.commissions.routing import set_out
from qa_server.desk.commissions.supply import dispatching
from qa_server.desk.commissions.taking_over import take_over
from qa_server.desk.commissions.views import CommissionView, ListedCommission
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.models import Library
from qa_server.network.schedules import schedule_of

# Drafts and running commissions that one reader may have.
MAX_OPEN = 30
# Characters of a title that lists show.
MAX_TITLE_CHARACTERS = 300
_BY_READER = frozenset({Actor.READER})


@dataclass(frozen=True)
class Form:
    """What a reader filled in; None leaves a part as it is."""

    values: Mapping[str, Any] | None = None
    contact: Contact | None = None
    invoice: Invoice | None = None


@dataclass(frozen=True)
class Asked:
    """A step of the reader: under a client id, on the sight of a revision, with a reason where one is wanted."""

    client_id: str
    revision: int | None = None
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class FieldProblem(Wire):
    """What is wrong with one field, in the reader's language."""

    field: str
    message: str


class SavedForm(Wire):
    """A saved form with what is still wrong with it."""

    commission: CommissionView
    problems: list[FieldProblem]


class ServiceView(Wire):
    """A service that a library offers, with its whole form and price list."""

    definition: ServiceDefinition
    version: int


def services(place: Workplace, library_id: UUID) -> list[ServiceView]:
    """Return what a library offers to its readers, by code."""
    with place.database.read() as session:
        found = service_types.offered_at(session, library_id)
        return [ServiceView(definition=each.definition, version=each.version_number) for each in found.values()]


def begin(
    place: Workplace,
    reader: KnownReader,
    code: str,
    *,
    client_id: str,
    language: Language,
    conversation_id: UUID | None = None,
    begun_by: UUID | None = None,
) -> tuple[CommissionView, bool]:
    """Begin a commission as a draft that only its reader sees; return it and whether it is new.

    `begun_by` is the librarian who begins it for the reader, and whom the record names.

    From an own conversation the subject and the first question are taken over. Repeating it is harmless. Raises
    ServiceNotOffered, TooManyCommissions, NotFound, TooManyRequests.
    """
    with place.database.read() as session:
        earlier = queries.begun_before(session, reader.id, client_id)
        if earlier is not None:
            return views.for_reader(session, earlier, language=language, now=place.clock()), False
    place.rates.spend("question", str(reader.id))
    try:
        with place.database.write() as session:
            commission = _begin(place, session, reader, code, client_id, language, conversation_id, begun_by)
            return views.for_reader(session, commission, language=language, now=place.clock()), True
    except IntegrityError:
        # The same was sent twice at once; the other one won.
        with place.database.read() as session:
            won = queries.begun_before(session, reader.id, client_id)
            if won is None:
                raise
            return views.for_reader(session, won, language=language, now=place.clock()), False


def mine(
    place: Workplace, reader: KnownReader, *, language: Language, before: UUID | None = None
) -> tuple[list[ListedCommission], UUID | None]:
    """Return one page of the reader's commissions, newest first, and what continues it."""
    with place.database.read() as session:
        rows = queries.page_of_reader(session, reader.id, before=before)
        shown = rows[: queries.PAGE]
        items = views.listed(session, shown, language=language, is_staff=False, now=place.clock())
        return items, shown[-1].id if len(rows) > len(shown) else None


def read(place: Workplace, reader: KnownReader, commission_id: UUID, *, language: Language) -> CommissionView:
    """Return one of the reader's commissions. Raises NotFound."""
    with place.database.read() as session:
        commission = queries.of_reader(session, reader.id, commission_id)
        return views.for_reader(session, commission, language=language, now=place.clock())


def definition(place: Workplace, reader: KnownReader, commission_id: UUID) -> ServiceDefinition:
    """Return the definition that the reader's commission began with. Raises NotFound."""
    with place.database.read() as session:
        commission = queries.of_reader(session, reader.id, commission_id)
        return queries.definition_of(session, commission.version_id)


def save(
    place: Workplace, reader: KnownReader, commission_id: UUID, form: Form, *, revision: int | None, language: Language
) -> SavedForm:
    """Save the form as far as it is filled in; say what is still wrong. Raises NotFound, FormClosed, CommissionChanged.

    What cannot be kept (a wrong date, an unknown choice) is named and left as it was.
    """
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        now = place.clock()
        found = queries.definition_of(session, commission.version_id)
        if not found.state(commission.state).is_form_open:
            raise FormClosed()
        moving.check_sight(commission, revision)
        problems = _keep(session, commission, found, form, now=now)
        commission.revision += 1
        commission.updated_at = now
        session.flush()
        view = views.for_reader(session, commission, language=language, now=now)
        return SavedForm(commission=view, problems=_told(problems, language))


def submit(
    place: Workplace, reader: KnownReader, commission_id: UUID, form: Form, asked: Asked, *, language: Language
) -> CommissionView:
    """Hand the form in. It goes to the desk for its service and subject. Repeating it is harmless.

    Raises NotFound, FormIncomplete, CommissionChanged, TransitionRefused, TooManyRequests.
    """
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        now, doer = place.clock(), Doer(By.READER, reader.id, asked.client_id)
        if service.done_before(session, commission, doer) is None:
            found = queries.definition_of(session, commission.version_id)
            if found.state(commission.state).is_form_open:
                problems = _keep(session, commission, found, form, now=now, is_whole=True)
                if problems:
                    told = [each.model_dump() for each in _told(problems, language)]
                    raise FormIncomplete(count=len(problems), problems=told)
            if commission.submitted_at is None:
                # Where it waits has to be known before anybody is told.
                set_out(session, commission, found, now=now)
            commission.submitted_at = commission.submitted_at or now
            step = Step(doer, _BY_READER, Operation.SUBMIT, reason=asked.reason, revision=asked.revision)
            moving.move(place, session, commission, found, step)
        return views.for_reader(session, commission, language=language, now=now)


def step(
    place: Workplace,
    reader: KnownReader,
    commission_id: UUID,
    operation: Operation,
    asked: Asked,
    *,
    language: Language,
) -> CommissionView:
    """Make one of the reader's own steps: answer a quote, check a draft, accept the result, object, cancel.

    Raises NotFound, CommissionChanged, TransitionRefused, TransitionIncomplete, ReasonMissing, QuoteExpired,
    QuoteReplaced.
    """
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        now, doer = place.clock(), Doer(By.READER, reader.id, asked.client_id)
        if service.done_before(session, commission, doer) is None:
            found = queries.definition_of(session, commission.version_id)
            if operation in (Operation.ACCEPT_QUOTE, Operation.DECLINE_QUOTE):
                quoting.answer(session, commission, operation, asked.details, now=now)
            details: dict[str, Any] = {}
            if operation is Operation.CANCEL:
                details = quoting.charge_cancellation(session, commission, found)
            moving.move(
                place,
                session,
                commission,
                found,
                Step(doer, _BY_READER, operation, reason=asked.reason, revision=asked.revision, details=details),
            )
            report_course.follow(session, commission, found, operation, by=None, now=now)
            dispatching.follow(place, session, commission, found, operation, by=None, details={})
            if operation is Operation.ACCEPT_QUOTE:
                quoting.settle_accepted(session, commission, now=now)
                moving.follow(place, session, commission, found, "")
        return views.for_reader(session, commission, language=language, now=now)


def record(
    place: Workplace, reader: KnownReader, commission_id: UUID, *, before: int | None, language: Language
) -> RecordPage:
    """Return the newest entries of the reader's own record, or the newest before a number. Raises NotFound."""
    with place.database.read() as session:
        commission = queries.of_reader(session, reader.id, commission_id)
        found = queries.definition_of(session, commission.version_id)
        return records.page(session, commission, found, _BY_READER, language=language, before=before)


def delete_draft(place: Workplace, reader: KnownReader, commission_id: UUID) -> None:
    """Remove a draft that was never submitted, with its record and files. Raises NotFound, FormClosed."""
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        if commission.submitted_at is not None:
            raise FormClosed()
        for file in queries.files_of(session, commission.id, is_staff=True):
            session.delete(file)
        session.execute(delete(CommissionEntry).where(CommissionEntry.commission_id == commission.id))
        session.delete(commission)


def say(
    place: Workplace, reader: KnownReader, commission_id: UUID, *, client_id: str, body: str, language: Language
) -> CommissionView:
    """Write to the library about a commission; repeating it is harmless. Raises NotFound, MessageEmpty, MessageTooLong,
    TooManyRequests."""
    text = clean_text(body, limit=MAX_BODY_CHARACTERS)
    place.rates.spend("message", str(reader.id))
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        now, doer = place.clock(), Doer(By.READER, reader.id, client_id)
        if service.done_before(session, commission, doer) is None:
            entry = service.record(session, commission, Deed(EntryKind.MESSAGE, body=text), doer, now=now)
            telling.tell_message(place, session, commission, entry)
        return views.for_reader(session, commission, language=language, now=now)


def see(place: Workplace, reader: KnownReader, commission_id: UUID, seq: int) -> None:
    """Note how far the reader has read. Raises NotFound."""
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        commission.reader_seen_seq = max(commission.reader_seen_seq, min(seq, commission.last_seq))
        telling.forget_news(session, commission)


def rate(
    place: Workplace, reader: KnownReader, commission_id: UUID, *, stars: int, comment: str | None, language: Language
) -> CommissionView:
    """Rate a commission that was delivered or has ended; may be changed. Raises NotFound, ConversationNotEnded."""
    text = clean_text(comment, limit=2_000) if comment and comment.strip() else None
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        if commission.delivered_at is None and commission.ended_at is None:
            raise ConversationNotEnded()
        commission.stars, commission.comment = stars, text
        commission.revision += 1
        return views.for_reader(session, commission, language=language, now=place.clock())


def _begin(
    place: Workplace,
    session: Session,
    reader: KnownReader,
    code: str,
    client_id: str,
    language: Language,
    conversation_id: UUID | None,
    begun_by: UUID | None,
) -> Commission:
    now = place.clock()
    offer = service_types.offered(session, reader.library_id, code)
    own = select(func.count()).where(Commission.reader_id == reader.id, Commission.ended_at.is_(None))
    if (session.scalar(own.select_from(Commission)) or 0) >= MAX_OPEN:
        raise TooManyCommissions(limit=MAX_OPEN)
    library = session.get_one(Library, reader.library_id)
    year = schedule_of(session, library.id, around=now).local_date(now).year
    commission = Commission(
        number=f"W-{library.code}-{year}-{service.next_number(session, library.id, COMMISSIONS, year):05d}",
        client_id=client_id,
        reader_id=reader.id,
        library_id=library.id,
        service_library_id=library.id,
        version_id=offer.version_id,
        code=code,
        state=offer.definition.first_state,
        language=language,
        payment_order=offer.definition.prices.order.value,
        currency=offer.definition.prices.currency,
        created_at=now,
        updated_at=now,
    )
    if conversation_id is not None:
        take_over(session, reader, commission, offer.definition, conversation_id)
    session.add(commission)
    session.flush()
    doer = Doer(By.READER, reader.id) if begun_by is None else Doer(By.LIBRARIAN, begun_by)
    service.record(session, commission, Deed(EntryKind.FORM, "begun"), doer, now=now)
    return commission


def _keep(
    session: Session,
    commission: Commission,
    definition_: ServiceDefinition,
    form: Form,
    *,
    now: datetime,
    is_whole: bool = False,
) -> list[tuple[str, str, Mapping[str, object]]]:
    """Keep what fits of a form; return what is wrong as field, sentence and details."""
    problems: list[tuple[str, str, Mapping[str, object]]] = []
    values = form.values if form.values is not None else commission.form
    today = schedule_of(session, commission.library_id, around=now).local_date(now)
    checked = check_values(
        definition_, values, by="reader", today=today, beside=commission.staff_form, partly=not is_whole
    )
    problems += [(each.where, each.sentence, each.details) for each in checked.problems]
    if form.values is not None or is_whole:
        commission.form = dict(checked.values)
        commission.title = str(checked.values.get(definition_.title_field) or "")[:MAX_TITLE_CHARACTERS]
        subject = checked.values.get(definition_.subject_field or "")
        commission.subject = str(subject)[:2] if subject else None
    if form.contact is not None:
        commission.contact = form.contact.model_dump()
    if form.invoice is not None:
        commission.invoice = form.invoice.model_dump()
    if is_whole and not Contact.model_validate(commission.contact).is_reachable:
        problems.append(("contact", "Give your name, and an e-mail address or a phone number.", {}))
    if is_whole and not Invoice.model_validate(commission.invoice).is_complete:
        problems.append(("invoice", "An invoice needs its title, and that of an organisation its tax number.", {}))
    session.flush()
    return problems


def _told(problems: list[tuple[str, str, Mapping[str, object]]], language: Language) -> list[FieldProblem]:
    return [
        FieldProblem(field=name, message=translate(sentence, language, **details))
        for name, sentence, details in problems
    ]
