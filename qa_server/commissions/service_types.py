"""Which services a library offers: the nearest definition up the tree, the shipped ones beneath all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_reading import as_stored, digest_of
from qa_server.commissions.errors import ServiceNotOffered
from qa_server.commissions.service_models import ServiceType, ServiceVersion, VersionState
from qa_server.commissions.shipped import CODES, shipped, shipped_digests
from qa_server.network.queries import path_up


@dataclass(frozen=True)
class Held:
    """A service as a node knows it: the nearest entry, and the published version that holds, which may be from above.

    `origin` is the node whose version holds, None for a shipped one. Without a version it was never published.
    """

    kind: ServiceType
    version: ServiceVersion | None
    origin: UUID | None


@dataclass(frozen=True)
class Offered:
    """A service as it holds at a library. `origin` is the node that defined it, None for the shipped one."""

    definition: ServiceDefinition
    version_id: UUID
    version_number: int
    origin: UUID | None
    desk_id: UUID | None


def has_shipped(session: Session) -> bool:
    """Say whether the definitions of this program are all published already."""
    known = select(ServiceVersion.digest).where(
        ServiceVersion.is_shipped, ServiceVersion.state == VersionState.PUBLISHED
    )
    return set(shipped_digests().values()) <= set(session.scalars(known))


def keep_shipped(session: Session, *, now: datetime) -> int:
    """Publish the shipped definitions that are new or changed since; return how many. Safe to repeat."""
    return sum(_keep(session, definition, now=now) for definition in shipped().values())


def held_at(session: Session, library_id: UUID) -> dict[str, Held]:
    """Return every service that a node knows, by code, offered there or not, and those never published."""
    path = path_up(session, library_id)
    rows = session.execute(
        select(ServiceType, ServiceVersion)
        .outerjoin(
            ServiceVersion,
            (ServiceVersion.service_type_id == ServiceType.id) & (ServiceVersion.state == VersionState.PUBLISHED),
        )
        .where(ServiceType.library_id.in_(path) | ServiceType.library_id.is_(None))
    ).all()
    # Nearest last, so that it wins; the shipped ones, of nobody, first.
    rank = {node: place for place, node in enumerate(reversed(path))}
    found: dict[str, Held] = {}
    for kind, version in sorted(rows, key=lambda row: rank.get(row.ServiceType.library_id, -1)):
        above = found.get(kind.code)
        if version is None and above is not None:
            found[kind.code] = Held(kind, above.version, above.origin)
        else:
            found[kind.code] = Held(kind, version, kind.library_id)
    # As they are shipped, then those of libraries.
    return dict(
        sorted(found.items(), key=lambda each: (CODES.index(each[0]) if each[0] in CODES else len(CODES), each[0]))
    )


def offered_at(session: Session, library_id: UUID) -> dict[str, Offered]:
    """Return what a library offers, by code: of each code the nearest definition, unless that switches it off."""
    return {
        code: _offered(held.kind, held.version)
        for code, held in held_at(session, library_id).items()
        if held.kind.is_offered and held.version is not None
    }


def own_kind(session: Session, library_id: UUID, code: str) -> ServiceType | None:
    """Return a node's own entry of a service, or None where it only inherits."""
    if not code.isidentifier():
        # No code, and perhaps nothing that a database takes.
        return None
    return session.scalar(select(ServiceType).where(ServiceType.library_id == library_id, ServiceType.code == code))


def draft_of(session: Session, kind: ServiceType) -> ServiceVersion | None:
    """Return the version that is being worked on, or None."""
    return session.scalar(
        select(ServiceVersion).where(
            ServiceVersion.service_type_id == kind.id, ServiceVersion.state == VersionState.DRAFT
        )
    )


def versions_of(session: Session, kind: ServiceType) -> Sequence[ServiceVersion]:
    """Return all versions of an entry, newest first, the draft among them."""
    found = select(ServiceVersion).where(ServiceVersion.service_type_id == kind.id)
    return session.scalars(found.order_by(ServiceVersion.number.desc())).all()


def add_draft(
    session: Session, kind: ServiceType, definition: ServiceDefinition, *, by: UUID | None, now: datetime
) -> ServiceVersion:
    """Begin a draft; the caller has made sure that there is none."""
    number = max((each.number for each in versions_of(session, kind)), default=0) + 1
    version = ServiceVersion(
        service_type_id=kind.id,
        number=number,
        state=VersionState.DRAFT,
        definition=as_stored(definition),
        digest=digest_of(definition),
        changed_by_id=by,
        created_at=now,
        changed_at=now,
    )
    session.add(version)
    session.flush()
    return version


def publish_draft(session: Session, kind: ServiceType, draft: ServiceVersion, *, note: str, now: datetime) -> None:
    """Let a draft hold from now on; what began with earlier versions keeps them."""
    for each in versions_of(session, kind):
        if each.state == VersionState.PUBLISHED:
            each.state = VersionState.REPLACED
    draft.state, draft.note, draft.published_at = VersionState.PUBLISHED, note, now
    session.flush()


def offered(session: Session, library_id: UUID, code: str) -> Offered:
    """Return one service of a library. Raises ServiceNotOffered."""
    found = offered_at(session, library_id).get(code)
    if found is None:
        raise ServiceNotOffered()
    return found


def _offered(kind: ServiceType, version: ServiceVersion) -> Offered:
    definition = ServiceDefinition.model_validate(version.definition)
    return Offered(definition, version.id, version.number, kind.library_id, kind.desk_id)


def _keep(session: Session, definition: ServiceDefinition, *, now: datetime) -> bool:
    stored = as_stored(definition)
    digest = digest_of(definition)
    kind = session.scalar(
        select(ServiceType).where(ServiceType.library_id.is_(None), ServiceType.code == definition.code)
    )
    if kind is None:
        kind = ServiceType(library_id=None, code=definition.code, created_at=now)
        session.add(kind)
        session.flush()
    versions = session.scalars(select(ServiceVersion).where(ServiceVersion.service_type_id == kind.id)).all()
    if any(each.digest == digest and each.state == VersionState.PUBLISHED for each in versions):
        return False
    for each in versions:
        if each.state == VersionState.PUBLISHED:
            each.state = VersionState.REPLACED
    session.add(
        ServiceVersion(
            service_type_id=kind.id,
            number=max((each.number for each in versions), default=0) + 1,
            state=VersionState.PUBLISHED,
            definition=stored,
            digest=digest,
            is_shipped=True,
            created_at=now,
            changed_at=now,
            published_at=now,
        )
    )
    session.flush()
    return True
