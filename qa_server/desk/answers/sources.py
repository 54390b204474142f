"""Sources of harvests for those who review the articles of their node: list, add, change, run, remove, report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import article_log, articles
from knowledge.content import ArticleContent
from qa_server.desk.answers.harvesting import origin_of
from qa_server.desk.articles.trials import questions_of
from qa_server.desk.rights_at import holds, require
from qa_server.desk.workplace import Workplace
from qa_server.harvesting import sources
from qa_server.harvesting.errors import HarvestRunning, NoDuplicate, SourceRefused
from qa_server.harvesting.fetching import check_address
from qa_server.harvesting.models import HarvestedRecord, HarvestRun, HarvestSource, RecordState
from qa_server.harvesting.sources import SourceFields
from qa_server.network.models import Library, LibraryState
from qa_server.network.queries import Owner, library_by_code, owners, path_up, subtree
from qa_server.people.models import RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import Right, StaffMember, has_right, nodes_with
from storage.errors import Forbidden, NotFound


@dataclass(frozen=True)
class SourceCard:
    """A source with its node, its newest run and how many of its records are in each state."""

    source: HarvestSource
    owner: Owner
    last: HarvestRun | None
    counts: dict[str, int]
    is_running: bool


@dataclass(frozen=True)
class SourceReport:
    """A source with its runs, newest first, and a page of its records.

    `named` has the questions of the articles that are there already, where the person may see them.
    """

    card: SourceCard
    runs: list[HarvestRun]
    records: list[HarvestedRecord]
    named: dict[UUID, str]


def list_sources(place: Workplace, person: StaffMember) -> list[SourceCard]:
    """Return the sources of the nodes where the person reviews articles. Raises Forbidden where that is nowhere."""
    held = nodes_with(person, Right.REVIEW_ARTICLES)
    if not held:
        raise Forbidden()
    with place.database.read() as session:
        found = sources.list_sources(session, subtree(session, held))
        return [_card(session, source, place.clock()) for source in found]


def nodes(place: Workplace, person: StaffMember) -> list[Owner]:
    """Return the nodes for which the person may harvest, by code."""
    with place.database.read() as session:
        ids = subtree(session, nodes_with(person, Right.REVIEW_ARTICLES))
        active = set(session.scalars(select(Library.id).where(Library.state == LibraryState.ACTIVE)))
        return sorted(owners(session, ids & active).values(), key=lambda owner: owner.code)


def report(
    place: Workplace, person: StaffMember, source_id: UUID, *, state: RecordState | None = None, page: int = 1
) -> SourceReport:
    """Return a source with what it brought. Raises NotFound."""
    with place.database.read() as session:
        source = _source(session, person, source_id)
        runs = list(sources.list_runs(session, source_id))
        records = list(sources.list_records(session, source_id, state=state, page=page))
        card = _card(session, source, place.clock())
    named = questions_of(place, person, [each.duplicate_of_id for each in records if each.duplicate_of_id])
    return SourceReport(card, runs, records, named)


def add(place: Workplace, person: StaffMember, code: str, fields: SourceFields) -> UUID:
    """Add a source to a node. Raises NotFound, Forbidden, AddressRefused, SourceRefused, SourceTaken."""
    with place.database.write() as session:
        library = library_by_code(session, code)
        require(session, person, Right.REVIEW_ARTICLES, library.id)
        return sources.add_source(session, fields, library_id=library.id, by=person.id, now=place.clock()).id


def change(place: Workplace, person: StaffMember, source_id: UUID, fields: SourceFields) -> None:
    """Change a source. Raises NotFound, SourceRefused."""
    with place.database.write() as session:
        sources.change_source(_source(session, person, source_id), fields, now=place.clock())


def run_soon(place: Workplace, person: StaffMember, source_id: UUID) -> None:
    """Have a source harvested now, by the work beside the requests. Raises NotFound, HarvestRunning."""
    with place.database.write() as session:
        source = _source(session, person, source_id)
        if source.lease_until is not None and source.lease_until > place.clock():
            raise HarvestRunning()
        source.next_run_at = place.clock()


def draft_anyway(place: Workplace, person: StaffMember, source_id: UUID, record: str) -> UUID:
    """Draft a record that looked like a duplicate; `record` is the hash of its identifier. Returns the article.

    From then on it is followed like any other draft of the source. Raises NotFound, NoDuplicate, TopicTaken.
    """
    with place.database.write() as session:
        source = _source(session, person, source_id)
        row = session.get(HarvestedRecord, (source.id, record), with_for_update=True)
        if row is None:
            raise NotFound()
        if row.state != RecordState.DUPLICATE or row.content is None:
            raise NoDuplicate()
        now = place.clock()
        made = articles.draft(
            session,
            content=_content_of(row.content),
            owner=source.library_id,
            author_id=person.id,
            origin=origin_of(row.identifier),
            now=now,
        )
        details = {"duplicate_of": str(row.duplicate_of_id)}
        article_log.record(session, made.id, "drafted", by=person.id, now=now, details=details)
        row.state, row.article_id, row.content = RecordState.DRAFTED, made.id, None
        return made.id


def remove(place: Workplace, person: StaffMember, source_id: UUID) -> None:
    """Take a source away; its drafts stay, and what it brought is remembered. Raises NotFound."""
    with place.database.write() as session:
        source = _source(session, person, source_id)
        source.removed_at, source.next_run_at = place.clock(), None


def source_for(
    place: Workplace, code: str, *, address: str, set_spec: str, language: str, service_topic: str, login: str | None
) -> UUID:
    """Return the source of a node with this address and set, made when it is not there, for the command line.

    The author of its drafts is the one named, else somebody who reviews at the node. Raises NotFound, SourceRefused.
    """
    with place.database.write() as session:
        library = library_by_code(session, code)
        known = sources.source_at(session, library.id, check_address(address), set_spec)
        if known is not None:
            return known.id
        by = _author(session, library.id, login)
        fields = SourceFields("", address, set_spec, language, service_topic, 0)
        return sources.add_source(session, fields, library_id=library.id, by=by, now=place.clock()).id


def _content_of(kept: Mapping[str, Any]) -> ArticleContent:
    texts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return ArticleContent(**texts)


def _source(session: Session, person: StaffMember, source_id: UUID) -> HarvestSource:
    source = sources.find_source(session, source_id)
    if not holds(session, person, Right.REVIEW_ARTICLES, source.library_id):
        raise NotFound()
    return source


def _card(session: Session, source: HarvestSource, now: datetime) -> SourceCard:
    return SourceCard(
        source=source,
        owner=owners(session, [source.library_id])[source.library_id],
        last=sources.last_run(session, source.id),
        counts=sources.count_records(session, source.id),
        is_running=source.lease_until is not None and source.lease_until > now,
    )


def _author(session: Session, library_id: UUID, login: str | None) -> UUID:
    """Return who stands as author of the drafts: the one named, else the nearest person who reviews at the node."""
    path = path_up(session, library_id)
    rows = session.execute(select(RoleGrant.librarian_id, RoleGrant.library_id).where(RoleGrant.library_id.in_(path)))
    for _, id_ in sorted((path.index(node), id_) for id_, node in rows):
        person = staff_member(session, id_, csrf_token="")
        is_meant = person is not None and login in (None, person.login)
        if person is not None and is_meant and has_right(person, Right.REVIEW_ARTICLES, path):
            return person.id
    raise SourceRefused(reason="nobody of this name reviews articles at this library.")
