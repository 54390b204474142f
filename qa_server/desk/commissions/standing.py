"""Who somebody is to a commission, and so what may be done and seen: the rights per state begin here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import queries
from qa_server.commissions.definition import Actor, Need, PaymentOrder, ServiceDefinition
from qa_server.commissions.models import Commission, CommissionFile, FilePurpose, PaymentState
from qa_server.commissions.work_models import ReportState
from qa_server.network.models import Desk
from qa_server.network.queries import path_up, subtree
from qa_server.people.rights import Right, StaffMember, has_right, nodes_with
from storage.errors import NotFound

# Rights that reach down the tree; to do the work one serves at a desk. Reports are of the library that does the work.
_OVER_CONTACT = (Right.SUPERVISE, Right.TAKE_PAYMENTS)
_OVER_SERVICE = (*_OVER_CONTACT, Right.REVIEW_REPORTS, Right.SIGN_REPORTS)
_PASSED = frozenset({ReportState.PASSED, ReportState.SIGNED, ReportState.ISSUED})


@dataclass(frozen=True)
class Overseen:
    """Libraries whose commissions somebody sees by a right: where readers applied, and where the work is done."""

    as_contact: set[UUID]
    as_service: set[UUID]


def actors_of(session: Session, person: StaffMember, commission: Commission) -> set[Actor]:
    """Return what a librarian is to a commission; nothing means: it is not there for this person.

    Until somebody takes it up, every desk it has reached may act for the library. The reviewer is never one who wrote
    in the work log or the report.
    """
    contact_path = path_up(session, commission.library_id)
    service_path = path_up(session, commission.service_library_id)
    served = _served(session, person, commission)
    found: set[Actor] = set()
    if person.id == commission.contact_librarian_id or has_right(person, Right.SUPERVISE, contact_path):
        found.add(Actor.CONTACT)
    if person.id == commission.searcher_id:
        found |= {Actor.SEARCHER, Actor.SERVICE}
    if has_right(person, Right.SUPERVISE, service_path):
        found.add(Actor.SERVICE)
    for library_id in served:
        found |= _of_desk(commission, library_id)
    if has_right(person, Right.REVIEW_REPORTS, service_path) and not _is_searcher(session, person, commission):
        found.add(Actor.REVIEWER)
    if has_right(person, Right.SIGN_REPORTS, service_path):
        found.add(Actor.SIGNER)
    if has_right(person, Right.TAKE_PAYMENTS, contact_path) or (
        has_right(person, Right.TAKE_PAYMENTS, service_path) and not _is_document(session, commission)
    ):
        found.add(Actor.CASHIER)
    return found


def working_desks(person: StaffMember) -> frozenset[UUID]:
    """Return the desks where the person does commissioned work: none for whoever holds that right nowhere.

    A helper from another library brings it from there.
    """
    return person.desk_ids if nodes_with(person, Right.WORK_ON_COMMISSIONS) else frozenset()


def for_staff(
    session: Session, person: StaffMember, commission_id: UUID, *, lock: bool = False
) -> tuple[Commission, set[Actor]]:
    """Return a commission and what the person is to it. Raises NotFound where that is nothing."""
    commission = queries.submitted(session, commission_id, lock=lock)
    actors = actors_of(session, person, commission)
    if not actors:
        raise NotFound()
    return commission, actors


def libraries_overseen(session: Session, person: StaffMember) -> Overseen:
    """Return the libraries whose commissions the person sees by a right, without serving at a desk."""
    as_contact = {node for right in _OVER_CONTACT for node in nodes_with(person, right)}
    as_service = {node for right in _OVER_SERVICE for node in nodes_with(person, right)}
    return Overseen(
        subtree(session, as_contact) if as_contact else set(), subtree(session, as_service) if as_service else set()
    )


def is_supplier(definition: ServiceDefinition, actors: Collection[Actor]) -> bool:
    """Say whether somebody is asked for a document and nothing else: a supplier does not learn who the reader is."""
    return definition.delivery is not None and not {Actor.READER, Actor.CONTACT, Actor.CASHIER} & set(actors)


def met(session: Session, commission: Commission, definition: ServiceDefinition, now: datetime) -> Mapping[Need, bool]:
    """Return which needs are met. The form is checked by the use case that submits it."""
    order = PaymentOrder(commission.payment_order)
    # Without an agreed price nothing is owed yet, and nothing was agreed to be free either.
    is_free = order is PaymentOrder.FREE or commission.price == 0
    # The agent's own readers settle with the agent, who settles with the service library.
    is_paid = order is PaymentOrder.AGENT or commission.payment_state == PaymentState.PAID
    is_settled = is_free or is_paid or commission.price is None
    quote = queries.standing_quote(session, commission.id)
    report = queries.report_of(session, commission.id)
    has_result = _has_file(session, commission, FilePurpose.RESULT, FilePurpose.REPORT)
    needs_review = definition.report is None or definition.report.needs_review
    objection_ends = (commission.delivered_at or now) + timedelta(days=definition.objection_days)
    return {
        Need.COMPLETE_FORM: True,
        Need.STANDING_QUOTE: quote is not None and quote.valid_until > now,
        Need.PAYS_BEFORE: order is PaymentOrder.BEFORE and not is_settled,
        Need.PAYS_NOT_BEFORE: order is not PaymentOrder.BEFORE or is_settled,
        Need.PAID_IF_BEFORE: order is not PaymentOrder.BEFORE or is_settled,
        Need.PAID_IF_AFTER: is_settled,
        Need.IS_FREE: is_free,
        Need.WORK_LOGGED: bool(queries.log_of(session, commission.id)),
        Need.DRAFT_READY: report is not None or has_result or _has_file(session, commission, FilePurpose.DRAFT),
        Need.REPORT_READY: report is not None,
        Need.REPORT_PASSED: report is not None and (not needs_review or ReportState(report.state) in _PASSED),
        # A report that was begun anew is no result until it is issued, whatever earlier versions left.
        Need.RESULT_READY: _has_file(session, commission, FilePurpose.RESULT)
        or (report is not None and report.state == ReportState.ISSUED),
        Need.WITHIN_OBJECTION: commission.delivered_at is not None and now <= objection_ends,
    }


def _of_desk(commission: Commission, desk_library_id: UUID) -> set[Actor]:
    if commission.accepted_at is None and commission.service_library_id == commission.library_id:
        return {Actor.CONTACT, Actor.SERVICE}
    found: set[Actor] = set()
    if desk_library_id == commission.library_id:
        found.add(Actor.CONTACT)
    if desk_library_id == commission.service_library_id:
        found.add(Actor.SERVICE)
    return found


def _is_document(session: Session, commission: Commission) -> bool:
    """Say whether it is a document delivery: what a reader pays for one stays with the reader's library."""
    return queries.definition_of(session, commission.version_id).delivery is not None


def _served(session: Session, person: StaffMember, commission: Commission) -> set[UUID]:
    """Return the libraries of the desks that a commission has reached and where the person serves."""
    desk_ids = queries.desks_reached(session, commission.id) & working_desks(person)
    return set(session.scalars(select(Desk.library_id).where(Desk.id.in_(desk_ids)))) if desk_ids else set()


def _is_searcher(session: Session, person: StaffMember, commission: Commission) -> bool:
    return person.id == commission.searcher_id or person.id in queries.searchers_of(session, commission.id)


def _has_file(session: Session, commission: Commission, *purposes: FilePurpose) -> bool:
    found = select(CommissionFile.id).where(
        CommissionFile.commission_id == commission.id,
        CommissionFile.purpose.in_(purposes),
        CommissionFile.removed_at.is_(None),
    )
    return session.scalar(found.limit(1)) is not None
