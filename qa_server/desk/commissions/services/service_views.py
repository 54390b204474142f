"""What administrators see of service types: the list of a node, a service as it is edited, past versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import service_types
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_checks import Problem, problems
from qa_server.commissions.differing import Difference, differences
from qa_server.commissions.service_models import VersionState
from qa_server.network.models import Library
from qa_server.people.models import Librarian
from storage.errors import NotFound


@dataclass(frozen=True)
class NamedNode:
    """A node by code and names."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class ServiceRow:
    """A service in the list of a node. `origin` is the node whose version holds, None for a shipped one.

    `is_own`: the node has a published version of its own. `number` is None for a service never published.
    """

    code: str
    name_zh: str
    name_en: str
    origin: NamedNode | None
    is_own: bool
    is_offered: bool
    number: int | None
    published_at: datetime | None
    has_draft: bool
    desk_id: UUID | None


@dataclass(frozen=True)
class DeskChoice:
    """A desk that may take the commissions of a service."""

    id: UUID
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Services:
    """The services of a node, and the desks of the node that may take them."""

    rows: list[ServiceRow]
    desks: list[DeskChoice]


@dataclass(frozen=True)
class Editing:
    """A service as it is edited at a node: the draft, or without one the version that holds.

    `revision` is of the draft, 0 without one. `changes` are its differences from the version that holds.
    """

    definition: ServiceDefinition
    revision: int
    number: int | None
    problems: list[Problem]
    changes: list[Difference]
    changed_by: str | None
    changed_at: datetime

    @property
    def is_draft(self) -> bool:
        """Say whether there is a draft."""
        return self.revision > 0


@dataclass(frozen=True)
class PastVersion:
    """A version that was published, with what it changed from the one before."""

    number: int
    state: VersionState
    note: str
    published_at: datetime | None
    by: str | None
    changes: list[Difference]


def editing_of(session: Session, library_id: UUID, service: str, *, language: str) -> Editing:
    """Return a service as it is edited at a node, with names in this language. Raises NotFound."""
    held = service_types.held_at(session, library_id).get(service)
    if held is None:
        raise NotFound()
    kind = service_types.own_kind(session, library_id, service)
    draft = service_types.draft_of(session, kind) if kind is not None else None
    shown = draft or held.version
    if shown is None:
        raise NotFound()
    definition = ServiceDefinition.model_validate(shown.definition)
    holding = ServiceDefinition.model_validate(held.version.definition) if held.version is not None else None
    return Editing(
        definition,
        draft.revision if draft is not None else 0,
        held.version.number if held.version is not None else None,
        problems(definition),
        differences(holding, definition) if draft is not None and holding is not None else [],
        name_of(session, shown.changed_by_id, language),
        shown.changed_at,
    )


def row_of(
    session: Session, library_id: UUID, held: service_types.Held, origins: Mapping[UUID, NamedNode]
) -> ServiceRow:
    """Return a service as a line of the list of a node."""
    kind = service_types.own_kind(session, library_id, held.kind.code)
    draft = service_types.draft_of(session, kind) if kind is not None else None
    shown = held.version or draft
    name = shown.definition["name"] if shown is not None else {"zh": held.kind.code, "en": held.kind.code}
    return ServiceRow(
        held.kind.code,
        name["zh"],
        name["en"],
        origins.get(held.origin) if held.origin is not None else None,
        held.version is not None and held.origin == library_id,
        held.kind.is_offered and held.version is not None,
        held.version.number if held.version is not None else None,
        held.version.published_at if held.version is not None else None,
        draft is not None,
        kind.desk_id if kind is not None else None,
    )


def nodes_by_id(session: Session, ids: set[UUID]) -> dict[UUID, NamedNode]:
    """Return the names of nodes."""
    nodes = session.scalars(select(Library).where(Library.id.in_(ids))) if ids else ()
    return {each.id: NamedNode(each.code, each.name_zh, each.name_en) for each in nodes}


def name_of(session: Session, librarian_id: UUID | None, language: str) -> str | None:
    """Return the name of a librarian in this language, or None."""
    found = session.get(Librarian, librarian_id) if librarian_id is not None else None
    if found is None:
        return None
    return found.name_zh if language == "zh" else found.name_en
