"""The cascade as a setting of the tree's nodes: its key, its check, what holds for a library."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.network.node_settings import effective, effective_for
from qa_server.network.setting_definitions import Definition, boolean, define
from qa_server.routing.errors import CascadeRefused
from qa_server.routing.rules import CascadeRule, read_rule


def _check(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("Write the cascade as an object with its steps.")
    try:
        read_rule(value)
    except CascadeRefused as refusal:
        raise ValueError(str(refusal)) from None
    return value


CASCADE = define(Definition("cascade", "object", {}, _check, "问题流转规则", "Cascade of questions"))
CARD_REQUIRED_FOR_SHARING = define(
    Definition(
        "card_required_for_sharing",
        "boolean",
        True,
        boolean,
        "馆情卡审定且未过期方可加入共享咨询台",
        "Join shared desks only with an approved and fresh library card",
    )
)


def rules_of(session: Session, library_ids: Collection[UUID]) -> dict[UUID, CascadeRule]:
    """Return the cascade that holds for each of these libraries, in a few statements for any number."""
    holds = effective_for(session, library_ids, CASCADE.key)
    return {library_id: read_rule(each.value) for library_id, each in holds.items()}


def rule_of(session: Session, library_id: UUID) -> CascadeRule:
    """Return the cascade that holds for a library, its own or an inherited one."""
    return read_rule(effective(session, library_id, CASCADE.key).value)
