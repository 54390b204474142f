"""Cascades for those who coordinate: what holds for a library, changing it once it is known to work, trying it out."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskState, Library
from qa_server.network.node_settings import clear_value, effective, set_value
from qa_server.network.queries import path_up, subtree
from qa_server.people.rights import Right, StaffMember
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.journey import Journey, travel_from
from qa_server.routing.rule_setting import CASCADE
from qa_server.routing.rules import CascadeRule, check_rule, read_rule
from qa_server.routing.surroundings import named_in, neighbourhood, rule_of_code


class RuleView(Wire):
    """The cascade that holds for a library, and the node that set it; no origin means the default."""

    library: str
    rule: dict[str, Any]
    origin: str | None
    is_locked: bool


def cascade_of(place: Workplace, person: StaffMember, code: str) -> RuleView:
    """Return the cascade that holds for a library. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        return _view(session, node_for(session, person, Right.ADMINISTER_LIBRARY, code))


def set_cascade(
    place: Workplace, person: StaffMember, code: str, written: dict[str, Any], *, is_locked: bool
) -> RuleView:
    """Give a node, and what inherits from it, a cascade. Waiting questions keep the one they were asked under.

    Raises NotFound, Forbidden, SettingLocked, CascadeRefused with the reason.
    """
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        check_for(session, node.id, read_rule(written))
        set_value(session, node.id, CASCADE.key, written, is_locked=is_locked, by=person.id, now=place.clock())
        return _view(session, node)


def inherit_cascade(place: Workplace, person: StaffMember, code: str) -> RuleView:
    """Let a node inherit its cascade again. Raises NotFound, Forbidden, SettingLocked."""
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        clear_value(session, node.id, CASCADE.key, by=person.id, now=place.clock())
        return _view(session, node)


def check_for(session: Session, library_id: UUID, rule: CascadeRule) -> None:
    """Refuse a cascade that cannot work for a library as its desks are now.

    A node that no desk serves, itself or above, is checked as the first library below it that has one: its rule is
    for those below. Raises CascadeRefused, NotFound when there is no desk at all.
    """
    near = neighbourhood(session, _served(session, library_id), named_in(session, rule))
    check_rule(rule, near, lambda other: rule_of_code(session, other))


def foresee(
    place: Workplace,
    person: StaffMember,
    code: str,
    *,
    at: datetime,
    kind: QuestionKind,
    subject: str | None,
    language: str,
) -> Journey:
    """Say who gets a question of a library at a moment, by hours and rosters. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.PLAN_SHIFTS, code)
        return travel_from(session, node.id, at=at, kind=kind, subject=subject, language=language)


def _served(session: Session, library_id: UUID) -> UUID:
    if session.scalar(_with_desk(path_up(session, library_id))) is not None:
        return library_id
    return session.scalar(_with_desk(subtree(session, [library_id]))) or library_id


def _with_desk(nodes: Collection[UUID]) -> Select[UUID]:
    desks = select(Desk.library_id).where(Desk.library_id.in_(nodes), Desk.state != DeskState.CLOSED)
    return select(Library.id).where(Library.id.in_(desks)).order_by(Library.code).limit(1)


def _view(session: Session, node: Library) -> RuleView:
    holds = effective(session, node.id, CASCADE.key)
    origin = session.get(Library, holds.origin) if holds.origin else None
    written = read_rule(holds.value).model_dump(mode="json", by_alias=True)
    return RuleView(
        library=node.code,
        rule=written,
        origin=origin.code if origin else None,
        is_locked=holds.is_locked_by is not None,
    )
