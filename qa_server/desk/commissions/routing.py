"""Where a commission waits: the service's own desk, a desk of its subject, then the way that questions take."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import service, service_types
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.errors import ServiceNotOffered
from qa_server.commissions.models import Commission
from qa_server.network.models import Desk, DeskKind, DeskState
from qa_server.network.queries import desk_of_library
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.surroundings import lay_out


def set_out(session: Session, commission: Commission, definition: ServiceDefinition, *, now: datetime) -> None:
    """Lay out the way of a submitted commission and let its first desk see it. Raises NotFound without any desk."""
    route = way_of(session, commission.library_id, definition.code, commission.subject, now=now)
    commission.route = [str(desk_id) for desk_id in route]
    commission.desk_id = route[0]
    service.reach(session, commission, route[0], now=now)


def go_on(session: Session, commission: Commission, *, now: datetime) -> UUID | None:
    """Let the next desk of the way see a commission that nobody took up; return it, None at the end of the way."""
    route = [UUID(each) for each in commission.route]
    for desk_id in route:
        if service.reach(session, commission, desk_id, now=now):
            return desk_id
    return None


def way_of(session: Session, library_id: UUID, code: str, subject: str | None, *, now: datetime) -> list[UUID]:
    """Return the desks for a commission of a library, in order: never empty. Raises NotFound without any desk."""
    try:
        own = service_types.offered(session, library_id, code).desk_id
    except ServiceNotOffered:
        own = None
    plan = lay_out(session, library_id, QuestionKind.GENERAL, now=now).plan
    steps = [step.desk_id for step in plan.steps if not step.is_barred]
    wanted = [own, *_of_subject(session, library_id, subject), *(steps or [desk_of_library(session, library_id).id])]
    open_ones = set(
        session.scalars(select(Desk.id).where(Desk.id.in_({*wanted} - {None}), Desk.state != DeskState.CLOSED))
    )
    return list(dict.fromkeys(each for each in wanted if each in open_ones)) or [steps[0]]


def desk_for(session: Session, library_id: UUID, code: str, subject: str | None, *, now: datetime) -> UUID:
    """Return the desk of a library to which a commission is transferred. Raises NotFound without any desk."""
    return way_of(session, library_id, code, subject, now=now)[0]


def _of_subject(session: Session, library_id: UUID, subject: str | None) -> list[UUID]:
    if subject is None:
        return []
    desks = session.scalars(
        select(Desk).where(Desk.library_id == library_id, Desk.kind == DeskKind.SUBJECT).order_by(Desk.id)
    )
    return [desk.id for desk in desks if subject[:1] in desk.clc_classes]
