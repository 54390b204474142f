"""What must be true of every question's way, as queries: nothing invisible, unclosable, held twice, owed by nobody."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from qa_server.commands.invariants import Finding
from qa_server.conversations.models import ENDED, Conversation, Reach, State
from qa_server.network.models import Desk, DeskMember, DeskState
from qa_server.network.node_settings import effective
from qa_server.network.setting_models import NodeSetting
from qa_server.people.models import Librarian
from qa_server.routing.errors import CascadeRefused
from qa_server.routing.models import Claim, Duty, HandOver, Offer, Route
from qa_server.routing.rule_setting import CASCADE
from qa_server.routing.rules import check_rule, read_rule
from qa_server.routing.surroundings import named_in, neighbourhood, rule_of_code
from storage.database import Database
from storage.errors import NotFound

_IS_OPEN = Conversation.state.not_in(ENDED)
_REPAIRED = "withdrawn"
_Mend = Callable[[Database], None]


def routing_findings(session: Session) -> Iterator[Finding]:
    """Yield what is wrong with queues, timers, hand-overs, offers and duties. Reads everything; may take minutes."""
    for conversation_id, held in session.execute(_held_twice()):
        yield Finding(f"{conversation_id} ({held})", "It is held more than once.")
    for conversation_id in session.scalars(_without_desk()):
        yield Finding(str(conversation_id), "It waits at a desk that was closed.")
    for conversation_id in session.scalars(_unclosable()):
        yield Finding(
            str(conversation_id), "Its holder cannot see it, so nobody can close it.", _release(conversation_id)
        )
    for conversation_id in session.scalars(_hidden_waiting()):
        yield Finding(
            str(conversation_id), "It waits, and a desk it has reached does not show it.", _show(conversation_id)
        )
    for conversation_id in session.scalars(_without_timer()):
        yield Finding(str(conversation_id), "It waits without a timer.", _start_timer(conversation_id))
    for hand_over_id in session.scalars(_hand_overs_of_nobody()):
        yield Finding(
            str(hand_over_id), "It is being handed over by somebody who does not hold it.", _close(hand_over_id)
        )
    for offer_id in session.scalars(_offers_of_nothing()):
        yield Finding(str(offer_id), "It is offered although it does not wait.", _withdraw(offer_id))
    for duty_id in session.scalars(_duties_of_nobody()):
        yield Finding(str(duty_id), "Nobody can take up this duty: its desk was closed.")
    yield from _faulty_rules(session)


def _held_twice() -> Select[UUID, int]:
    return (
        select(Claim.conversation_id, func.count())
        .where(Claim.released_at.is_(None))
        .group_by(Claim.conversation_id)
        .having(func.count() > 1)
    )


def _without_desk() -> Select[UUID]:
    is_closed = exists().where(Desk.id == Conversation.desk_id, Desk.state == DeskState.CLOSED)
    return select(Conversation.id).where(Conversation.state == State.WAITING, is_closed).order_by(Conversation.id)


def _unclosable() -> Select[UUID]:
    """Held by somebody with a closed account, or through a desk that does not list it or where the person left."""
    is_member = exists().where(DeskMember.desk_id == Claim.desk_id, DeskMember.librarian_id == Claim.librarian_id)
    is_listed = or_(
        Claim.desk_id == Conversation.desk_id,
        exists().where(
            Reach.conversation_id == Conversation.id, Reach.desk_id == Claim.desk_id, Reach.is_shown.is_(True)
        ),
    )
    is_inactive = exists().where(Librarian.id == Claim.librarian_id, Librarian.is_active.is_(False))
    is_blind = and_(Claim.desk_id.is_not(None), or_(~is_member, ~is_listed))
    return (
        select(Conversation.id)
        .join(Claim, Claim.conversation_id == Conversation.id)
        .where(Claim.released_at.is_(None), or_(is_blind, is_inactive))
        .order_by(Conversation.id)
    )


def _hidden_waiting() -> Select[UUID]:
    hidden = exists().where(Reach.conversation_id == Conversation.id, Reach.is_shown.is_(False))
    return select(Conversation.id).where(Conversation.state == State.WAITING, hidden).order_by(Conversation.id)


def _without_timer() -> Select[UUID]:
    return (
        select(Conversation.id)
        .join(Route, Route.conversation_id == Conversation.id)
        .where(Conversation.state == State.WAITING, Route.due_at.is_(None))
        .order_by(Conversation.id)
    )


def _hand_overs_of_nobody() -> Select[UUID]:
    holds = exists().where(
        Claim.conversation_id == HandOver.conversation_id,
        Claim.librarian_id == HandOver.from_librarian_id,
        Claim.released_at.is_(None),
    )
    return select(HandOver.id).where(HandOver.state == "offered", ~holds).order_by(HandOver.id)


def _offers_of_nothing() -> Select[UUID]:
    waits = exists().where(Conversation.id == Offer.conversation_id, Conversation.state == State.WAITING)
    return select(Offer.id).where(Offer.outcome.is_(None), ~waits).order_by(Offer.id)


def _duties_of_nobody() -> Select[UUID]:
    is_closed: ColumnElement[bool] = exists().where(Desk.id == Duty.desk_id, Desk.state == DeskState.CLOSED)
    return select(Duty.id).where(Duty.state != "done", is_closed).order_by(Duty.id)


def _faulty_rules(session: Session) -> Iterator[Finding]:
    """A cascade was good when it was set; since then a desk it names may have been closed or lost its staff."""
    nodes = select(NodeSetting.library_id).where(NodeSetting.key == CASCADE.key)
    for library_id in session.scalars(nodes.order_by(NodeSetting.library_id)).all():
        try:
            rule = read_rule(effective(session, library_id, CASCADE.key).value)
            near = neighbourhood(session, library_id, named_in(session, rule))
            check_rule(rule, near, lambda code: rule_of_code(session, code))
        except CascadeRefused as refusal:
            yield Finding(f"{library_id} {refusal.details.get('where', '')}", "Its cascade cannot work any more.")
        except NotFound:
            yield Finding(str(library_id), "It has a cascade, and no desk takes its questions.")


def _release(conversation_id: UUID) -> _Mend:
    def mend(database: Database) -> None:
        now = datetime.now(UTC)
        with database.write() as session:
            held = and_(Claim.conversation_id == conversation_id, Claim.released_at.is_(None))
            offered = and_(HandOver.conversation_id == conversation_id, HandOver.state == "offered")
            for statement in (
                update(Claim).where(held).values(released_at=now, release_reason="repaired"),
                update(Conversation).where(Conversation.id == conversation_id, _IS_OPEN).values(state=State.WAITING),
                update(Reach).where(Reach.conversation_id == conversation_id).values(is_shown=True),
                update(Route).where(Route.conversation_id == conversation_id).values(due_at=now),
                update(HandOver).where(offered).values(state=_REPAIRED, answered_at=now),
            ):
                _set(session, statement)

    return mend


def _show(conversation_id: UUID) -> _Mend:
    return _mending(update(Reach).where(Reach.conversation_id == conversation_id).values(is_shown=True))


def _start_timer(conversation_id: UUID) -> _Mend:
    return _mending(update(Route).where(Route.conversation_id == conversation_id).values(due_at=datetime.now(UTC)))


def _close(hand_over_id: UUID) -> _Mend:
    values = {"state": _REPAIRED, "answered_at": datetime.now(UTC)}
    return _mending(update(HandOver).where(HandOver.id == hand_over_id, HandOver.state == "offered").values(**values))


def _withdraw(offer_id: UUID) -> _Mend:
    values = {"outcome": _REPAIRED, "answered_at": datetime.now(UTC)}
    return _mending(update(Offer).where(Offer.id == offer_id, Offer.outcome.is_(None)).values(**values))


def _mending(statement: Any) -> _Mend:
    def mend(database: Database) -> None:
        with database.write() as session:
            _set(session, statement)

    return mend


def _set(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
