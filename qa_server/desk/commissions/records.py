"""The numbered record of a commission as each side sees it, in pages from the newest backwards."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.commissions import queries
from qa_server.commissions.definition import Actor, ServiceDefinition
from qa_server.commissions.models import By, Commission, CommissionEntry
from qa_server.commissions.queries import PAGE_ENTRIES, EntrySight
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions import standing
from qa_server.desk.commissions.supply import supplier_sight
from qa_server.i18n import Language
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id


class EntryView(Wire):
    """One numbered entry of the record. `label` is what was done, in the asker's language."""

    seq: int
    kind: str
    key: str
    label: str
    by: str
    name: str | None
    body: str
    details: dict[str, Any]
    from_label: str | None
    to_label: str | None
    is_private: bool
    created_at: datetime


class RecordPage(Wire):
    """Entries in order. `earlier` continues the record backwards as `before`; None where it begins here."""

    entries: list[EntryView]
    earlier: int | None


def page(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    actors: Collection[Actor],
    *,
    language: Language,
    before: int | None = None,
) -> RecordPage:
    """Return the newest entries that somebody may see, or the newest before a number."""
    sight = EntrySight(is_staff=Actor.READER not in actors)
    if standing.is_supplier(definition, actors):
        since = supplier_sight.begins_at(session, commission, definition)
        sight = EntrySight(is_staff=True, since=since, kinds=supplier_sight.SHOWN)
    rows = queries.entries(session, commission.id, sight, before=before)
    return _page(session, commission, definition, rows, actors=actors, language=language)


def written(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    *,
    language: Language,
    before: int | None = None,
) -> RecordPage:
    """Return the newest of the talk as staff sees it, or the newest before a number. Not for suppliers."""
    rows = queries.written(session, commission.id, before=before)
    return _page(session, commission, definition, rows, actors=frozenset(), language=language)


def _page(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    rows: Sequence[CommissionEntry],
    *,
    actors: Collection[Actor],
    language: Language,
) -> RecordPage:
    shown = rows[-PAGE_ENTRIES:]
    people = librarians_by_id(session, {row.librarian_id for row in shown if row.librarian_id is not None})
    entries = [_entry(row, definition, people, language) for row in shown]
    if standing.is_supplier(definition, actors):
        words = supplier_sight.words_shown(session, commission, definition, shown)
        entries = [_for_supplier(each, words) for each in entries]
    return RecordPage(entries=entries, earlier=shown[0].seq if len(rows) > len(shown) else None)


def _for_supplier(entry: EntryView, words: Mapping[int, str]) -> EntryView:
    details = {} if entry.by == By.READER else entry.details
    return entry.model_copy(update={"body": words.get(entry.seq, ""), "details": details})


def _entry(
    row: CommissionEntry, definition: ServiceDefinition, people: Mapping[UUID, Librarian], language: Language
) -> EntryView:
    person = people.get(row.librarian_id) if row.librarian_id else None
    labels = {each.key: each.label.in_(language) for each in definition.transitions}
    states = {each.key: each.label.in_(language) for each in definition.states}
    return EntryView(
        seq=row.seq,
        kind=row.kind,
        key=row.key,
        label=labels.get(row.key, row.key),
        by=row.by_kind,
        name=None if person is None else person.name_zh if language == "zh" else person.name_en,
        body=row.body,
        details=row.details,
        from_label=states.get(row.from_state) if row.from_state else None,
        to_label=states.get(row.to_state) if row.to_state else None,
        is_private=row.is_private,
        created_at=row.created_at,
    )
