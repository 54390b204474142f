"""The services of a node, and how a library makes one its own without code: a draft, its problems, publishing.

Needs `Right.EDIT_SERVICES` at the node. The node's row is locked for each change, so that two administrators never
begin two drafts; a draft saved on an older sight is refused.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions import service_types
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_checks import Problem, problems
from qa_server.commissions.definition_reading import as_stored, digest_of, read_definition
from qa_server.commissions.differing import differences
from qa_server.commissions.errors import ServiceNotOffered
from qa_server.commissions.service_errors import (
    DefinitionRefused,
    DefinitionUnsound,
    DraftChanged,
    NoDraft,
    NoteMissing,
    NothingToPublish,
    NotOwnService,
    ServiceCodeTaken,
)
from qa_server.commissions.service_models import ServiceType, ServiceVersion, VersionState
from qa_server.conversations.text import storable
from qa_server.desk.commissions.services.service_views import (
    DeskChoice,
    Editing,
    PastVersion,
    Services,
    editing_of,
    name_of,
    nodes_by_id,
    row_of,
)
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.changes import Change, record_change
from qa_server.network.desks import desks_at
from qa_server.network.models import Desk, DeskState, Library
from qa_server.people.rights import Right, StaffMember
from storage.errors import NotFound

MAX_NOTE = 500


def services_of(place: Workplace, person: StaffMember, code: str) -> Services:
    """Return every service that a node knows, offered or not. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.EDIT_SERVICES, code)
        held = service_types.held_at(session, node.id)
        origins = nodes_by_id(session, {each.origin for each in held.values() if each.origin is not None})
        rows = [row_of(session, node.id, each, origins) for each in held.values()]
        desks = [DeskChoice(each.id, each.name_zh, each.name_en) for each in _open_desks(session, node.id)]
        return Services(rows, desks)


def adapt(place: Workplace, person: StaffMember, code: str, service: str) -> Editing:
    """Begin a draft of a node's own, a copy of what holds; one that is there already is returned.

    Raises NotFound, Forbidden, ServiceNotOffered. Writes.
    """
    with place.database.write() as session:
        node, now = _locked(session, person, code), place.clock()
        kind = service_types.own_kind(session, node.id, service)
        if kind is None or service_types.draft_of(session, kind) is None:
            held = service_types.held_at(session, node.id).get(service)
            if held is None or held.version is None:
                raise ServiceNotOffered()
            kind = kind or _new_kind(session, node.id, held.kind, now)
            definition = ServiceDefinition.model_validate(held.version.definition)
            service_types.add_draft(session, kind, definition, by=person.id, now=now)
        return editing_of(session, node.id, service, language=person.language)


def add(
    place: Workplace, person: StaffMember, code: str, service: str, *, name_zh: str, name_en: str, like: str
) -> Editing:
    """Begin a new service as a draft, a copy of another one under a name and code of its own.

    Raises NotFound, Forbidden, ServiceNotOffered, ServiceCodeTaken, DefinitionRefused. Writes.
    """
    with place.database.write() as session:
        node, now = _locked(session, person, code), place.clock()
        if service in service_types.held_at(session, node.id):
            raise ServiceCodeTaken(service=service)
        model = service_types.offered(session, node.id, like).definition
        renamed = {**as_stored(model), "code": service, "name": {"zh": storable(name_zh), "en": storable(name_en)}}
        definition = _readable(renamed, service)
        kind = ServiceType(library_id=node.id, code=service, created_at=now)
        session.add(kind)
        session.flush()
        service_types.add_draft(session, kind, definition, by=person.id, now=now)
        return editing_of(session, node.id, service, language=person.language)


def editing(place: Workplace, person: StaffMember, code: str, service: str) -> Editing:
    """Return a service as it is edited. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.EDIT_SERVICES, code)
        return editing_of(session, node.id, service, language=person.language)


def save(
    place: Workplace, person: StaffMember, code: str, service: str, definition: Mapping[str, Any], *, revision: int
) -> Editing:
    """Save the draft; problems that only keep it from being published are kept with it and told.

    Raises NotFound, Forbidden, NoDraft, DraftChanged, and DefinitionRefused for what cannot be read. Writes.
    """
    read = _readable(definition, service)
    with place.database.write() as session:
        node = _locked(session, person, code)
        draft = _draft(session, node.id, service, revision)
        if draft.digest != digest_of(read):
            draft.definition, draft.digest = as_stored(read), digest_of(read)
            draft.revision += 1
            draft.changed_by_id, draft.changed_at = person.id, place.clock()
        session.flush()
        return editing_of(session, node.id, service, language=person.language)


def discard(place: Workplace, person: StaffMember, code: str, service: str, *, revision: int) -> None:
    """Drop the draft. Raises NotFound, Forbidden, NoDraft, DraftChanged. Writes."""
    with place.database.write() as session:
        node = _locked(session, person, code)
        session.delete(_draft(session, node.id, service, revision))
        session.flush()
        kind = service_types.own_kind(session, node.id, service)
        # An entry that says nothing any more: a new service that was never published, or a copy that was not wanted.
        if (
            kind is not None
            and kind.is_offered
            and kind.desk_id is None
            and not service_types.versions_of(session, kind)
        ):
            session.delete(kind)


def publish(place: Workplace, person: StaffMember, code: str, service: str, *, revision: int, note: str) -> int:
    """Let the draft hold at the node and below; return its number. Running commissions keep their version.

    Raises NotFound, Forbidden, NoDraft, DraftChanged, DefinitionUnsound, NothingToPublish, NoteMissing. Writes.
    """
    said = storable(note).strip()
    if not 0 < len(said) <= MAX_NOTE:
        raise NoteMissing(most=MAX_NOTE)
    with place.database.write() as session:
        node, now = _locked(session, person, code), place.clock()
        draft = _draft(session, node.id, service, revision)
        found = problems(ServiceDefinition.model_validate(draft.definition))
        if found:
            raise DefinitionUnsound(count=len(found), problems=_as_details(found))
        kind = service_types.own_kind(session, node.id, service)
        held = service_types.held_at(session, node.id)[service]
        if kind is None or (held.version is not None and held.version.digest == draft.digest):
            raise NothingToPublish()
        old = held.version.number if held.version is not None and held.origin == node.id else None
        service_types.publish_draft(session, kind, draft, note=said, now=now)
        _record(session, node.id, service, "changed", {"version": old}, {"version": draft.number}, person, now)
        return draft.number


def offer(
    place: Workplace, person: StaffMember, code: str, service: str, *, is_offered: bool, desk_id: UUID | None
) -> None:
    """Switch a service on or off at a node and below, and say which of its desks takes the commissions.

    Without a desk they go the way that questions take. Raises NotFound, Forbidden, ServiceNotOffered. Writes.
    """
    with place.database.write() as session:
        node, now = _locked(session, person, code), place.clock()
        held = service_types.held_at(session, node.id).get(service)
        if held is None:
            raise ServiceNotOffered()
        if desk_id is not None and desk_id not in {each.id for each in _open_desks(session, node.id)}:
            raise NotFound()
        kind = service_types.own_kind(session, node.id, service) or _new_kind(session, node.id, held.kind, now)
        old = {"is_offered": held.kind.is_offered, "desk": str(held.kind.desk_id or "")}
        kind.is_offered, kind.desk_id = is_offered, desk_id
        new = {"is_offered": is_offered, "desk": str(desk_id or "")}
        if old != new:
            _record(session, node.id, service, "set", old, new, person, now)


def inherit(place: Workplace, person: StaffMember, code: str, service: str) -> None:
    """Give up the node's own version: what is above holds here again. Versions are kept for what began with them.

    Raises NotFound, Forbidden, NotOwnService. Writes.
    """
    with place.database.write() as session:
        node = _locked(session, person, code)
        kind = service_types.own_kind(session, node.id, service)
        own = [
            each
            for each in (service_types.versions_of(session, kind) if kind is not None else ())
            if each.state == VersionState.PUBLISHED
        ]
        if not own:
            raise NotOwnService()
        for each in own:
            each.state = VersionState.REPLACED
        _record(session, node.id, service, "cleared", {"version": own[0].number}, None, person, place.clock())


def versions(place: Workplace, person: StaffMember, code: str, service: str) -> list[PastVersion]:
    """Return what a node itself published, newest first, with the differences. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.EDIT_SERVICES, code)
        kind = service_types.own_kind(session, node.id, service)
        found = service_types.versions_of(session, kind) if kind is not None else ()
        past = [each for each in found if each.state != VersionState.DRAFT]
        read = [ServiceDefinition.model_validate(each.definition) for each in past]
        return [
            PastVersion(
                each.number,
                VersionState(each.state),
                each.note,
                each.published_at,
                name_of(session, each.changed_by_id, person.language),
                differences(read[at + 1], read[at]) if at + 1 < len(read) else [],
            )
            for at, each in enumerate(past)
        ]


def _locked(session: Session, person: StaffMember, code: str) -> Library:
    node = node_for(session, person, Right.EDIT_SERVICES, code)
    session.scalar(select(Library.id).where(Library.id == node.id).with_for_update())
    return node


def _readable(data: Mapping[str, Any], service: str) -> ServiceDefinition:
    read = read_definition({**data, "code": service})
    if read.definition is None:
        raise DefinitionRefused(count=len(read.problems), problems=_as_details(read.problems))
    return read.definition


def _as_details(found: Sequence[Problem]) -> list[dict[str, object]]:
    return [{"where": each.where, "sentence": each.sentence, "details": dict(each.details)} for each in found]


def _draft(session: Session, library_id: UUID, service: str, revision: int) -> ServiceVersion:
    kind = service_types.own_kind(session, library_id, service)
    draft = service_types.draft_of(session, kind) if kind is not None else None
    if draft is None:
        raise NoDraft()
    if draft.revision != revision:
        zh, en = (name_of(session, draft.changed_by_id, each) or "-" for each in ("zh", "en"))
        raise DraftChanged(name=zh, name_zh=zh, name_en=en, revision=draft.revision)
    return draft


def _new_kind(session: Session, library_id: UUID, above: ServiceType, now: datetime) -> ServiceType:
    # A copy of a service that is switched off above stays switched off until somebody says otherwise.
    kind = ServiceType(library_id=library_id, code=above.code, is_offered=above.is_offered, created_at=now)
    session.add(kind)
    session.flush()
    return kind


def _open_desks(session: Session, library_id: UUID) -> list[Desk]:
    return [each for each in desks_at(session, library_id) if each.state != DeskState.CLOSED]


def _record(
    session: Session,
    library_id: UUID,
    service: str,
    action: str,
    old: Any,
    new: Any,
    person: StaffMember,
    now: datetime,
) -> None:
    record_change(session, Change(library_id, "service", service, action, old, new), by=person.id, now=now)
