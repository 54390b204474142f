"""Importing articles with the rights of a person: a file is read, mapped, tried, drafted, and taken back if need be.

Nothing is published by an import: drafts, or drafts that wait for a reviewer, who is never the importer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.imports import steps as importing
from knowledge.imports import work as import_work
from knowledge.imports.files import STRUCTURE, format_of
from knowledge.imports.html_faq import STRUCTURES
from knowledge.imports.mapping import FIELDS, REQUIRED
from knowledge.imports.models import ArticleImport, ArticleImportRow, ImportState, Outcome
from knowledge.masking.details import find
from knowledge.models import Language, QuestionType, ServiceTopic
from qa_server.conversations.text import storable
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Alliance, Library
from qa_server.network.queries import Owner, owners, scope_of
from qa_server.people.rights import Right, StaffMember
from storage.errors import AppError, NotFound

PAGE_ROWS = 100
PAGE_IMPORTS = 50
# An upload that broke off while it was read is removed after this long.
_READING_FOR = timedelta(hours=1)
_WORDS = {"duplicates": ("skip", "draft"), "near": ("skip", "draft")}


class ImportStateUnfit(AppError):
    """The import is not where this step could be taken."""

    code = "import_state_unfit"
    status = 409
    message = "This import is not ready for that, or is past it."


class MappingUnfit(AppError):
    """The mapping names no column for a field that is needed, or a column that is not there."""

    code = "mapping_unfit"
    status = 422
    message = "Say which columns hold the question and the answer; each column can be one field."


@dataclass(frozen=True)
class ImportCard:
    """An import as its node's curators see it. `todo` is how many rows the present step has to deal with."""

    found: ArticleImport
    owner: Owner
    counts: Mapping[str, int]
    todo: int


@dataclass(frozen=True)
class Row:
    """One row of the report; `like` is the question it is like, `details` how many personal details it holds."""

    row: ArticleImportRow
    question: str
    details: int


def targets(place: Workplace, person: StaffMember) -> list[Owner]:
    """Return the nodes and alliances into which the person may import, by code."""
    with place.database.read() as session:
        found = owners(session, article_rights.owners_with(session, person, Right.REVIEW_ARTICLES))
        return sorted(found.values(), key=lambda owner: owner.code)


def upload(place: Workplace, person: StaffMember, path: Path, *, file_name: str, library: str) -> UUID:
    """Read a file into a new import for a node; blocks meanwhile. Raises NotFound, Forbidden, ImportFileUnfit."""
    file_format = format_of(file_name)
    with place.database.write() as session:
        owner = owner_by_code(session, library)
        article_rights.require(session, person, Right.REVIEW_ARTICLES, owner)
        now = place.clock()
        found = new_import(session, owner, by=person.id, file_name=file_name, file_format=file_format, now=now)
        found.choices = {**found.choices, "sha256": digest(path)}
    import_work.read_file(place.database, path, found, clock=place.clock)
    return found.id


def new_import(
    session: Session, owner: UUID, *, by: UUID, file_name: str, file_format: str, now: datetime
) -> ArticleImport:
    """Add an import that is being read. Its scope is what the node's readers see: there duplicates are looked for."""
    scope = scope_of(session, owner) if session.get(Library, owner) is not None else (owner,)
    found = ArticleImport(
        library_id=owner,
        created_by_id=by,
        file_name=storable(Path(file_name).name)[:200] or "import",
        file_format=file_format,
        state=ImportState.READING,
        columns=[],
        mapping={},
        choices={
            "scope": [each.hex for each in scope],
            "duplicates": "skip",
            "near": "skip",
            "zone": _zone(session, owner),
        },
        counts={},
        created_at=now,
        updated_at=now,
    )
    session.add(found)
    session.flush()
    return found


def owner_by_code(session: Session, code: str) -> UUID:
    """Return the id of the node or alliance with this code. Raises NotFound."""
    for table in (Library, Alliance):
        found = session.scalar(select(table.id).where(table.code == storable(code).upper()))
        if found is not None:
            return found
    raise NotFound()


def imports(place: Workplace, person: StaffMember) -> list[ImportCard]:
    """Return the newest imports into nodes where the person may import."""
    with place.database.read() as session:
        nodes = article_rights.owners_with(session, person, Right.REVIEW_ARTICLES)
        wanted = select(ArticleImport).where(ArticleImport.library_id.in_(nodes))
        rows = session.scalars(wanted.order_by(ArticleImport.created_at.desc()).limit(PAGE_IMPORTS)).all()
        names = owners(session, {row.library_id for row in rows})
        return [ImportCard(row, names[row.library_id], row.counts, row.total_rows) for row in rows]


def card(place: Workplace, person: StaffMember, import_id: UUID) -> ImportCard:
    """Return one import with its counts as they are now. Raises NotFound."""
    with place.database.read() as session:
        found = _find(session, person, import_id)
        names = owners(session, [found.library_id])
        todo = int(found.choices.get("todo", found.total_rows))
        return ImportCard(found, names[found.library_id], importing.counts_of(session, import_id), todo)


def rows(
    place: Workplace, person: StaffMember, import_id: UUID, *, outcome: Outcome | None = None, after: int = -1
) -> list[Row]:
    """Return a page of the report, by number, above `after`. Raises NotFound."""
    with place.database.read() as session:
        found = _find(session, person, import_id)
        wanted = select(ArticleImportRow).where(
            ArticleImportRow.import_id == import_id, ArticleImportRow.number > after
        )
        if outcome is not None:
            wanted = wanted.where(ArticleImportRow.outcome == outcome)
        page = session.scalars(wanted.order_by(ArticleImportRow.number).limit(PAGE_ROWS)).all()
        return [_row(found, row) for row in page]


def check(
    place: Workplace, person: StaffMember, import_id: UUID, *, mapping: Mapping[str, str], choices: Mapping[str, Any]
) -> None:
    """Take the mapping and ask for a dry run. Raises NotFound, ImportStateUnfit, MappingUnfit."""
    with place.database.write() as session:
        found = _find(session, person, import_id, lock=True)
        if found.state not in (ImportState.READ, ImportState.CHECKED):
            raise ImportStateUnfit()
        found.mapping = _checked_mapping(found, mapping)
        found.choices = {**found.choices, **_checked_choices(choices)}
        import_work.begin(session, found, ImportState.CHECKING, todo=found.total_rows, now=place.clock())


def run(place: Workplace, person: StaffMember, import_id: UUID, *, choices: Mapping[str, Any]) -> None:
    """Ask for the drafts. Raises NotFound, ImportStateUnfit."""
    with place.database.write() as session:
        found = _find(session, person, import_id, lock=True)
        if found.state != ImportState.CHECKED:
            raise ImportStateUnfit()
        found.choices = {**found.choices, **_checked_choices(choices)}
        counts = importing.counts_of(session, import_id)
        todo = sum(counts.get(outcome, 0) for outcome in importing.wanted_outcomes(found.choices))
        import_work.begin(session, found, ImportState.RUNNING, todo=todo, now=place.clock())


def undo(place: Workplace, person: StaffMember, import_id: UUID) -> None:
    """Ask for the import to be taken back; also while it runs, which stops it. Raises NotFound, ImportStateUnfit."""
    with place.database.write() as session:
        found = _find(session, person, import_id, lock=True)
        if found.state not in (ImportState.DONE, ImportState.RUNNING):
            raise ImportStateUnfit()
        todo = importing.counts_of(session, import_id).get(Outcome.DRAFTED, 0)
        import_work.begin(session, found, ImportState.UNDOING, todo=todo, now=place.clock())


def cancel(place: Workplace, person: StaffMember, import_id: UUID) -> None:
    """Give up an import of which nothing was drafted. Raises NotFound, ImportStateUnfit."""
    with place.database.write() as session:
        found = _find(session, person, import_id, lock=True)
        if found.state not in (ImportState.READ, ImportState.CHECKING, ImportState.CHECKED):
            raise ImportStateUnfit()
        found.state, found.lease_until, found.updated_at = ImportState.CANCELLED, None, place.clock()


def go_on(place: Workplace) -> int:
    """Work on every import that waits for it, each to its end; return how many. Blocks; one process at a time each."""
    waiting = import_work.waiting(place.database, now=place.clock())
    return sum(import_work.work(place.database, each, clock=place.clock) for each in waiting)


def tidy(place: Workplace) -> int:
    """Remove imports that broke off while they were read; return how many."""
    with place.database.read() as session:
        before = place.clock() - _READING_FOR
        wanted = select(ArticleImport.id).where(
            ArticleImport.state == ImportState.READING, ArticleImport.updated_at < before
        )
        old = list(session.scalars(wanted))
    for each in old:
        import_work.forget(place.database, each)
    return len(old)


def digest(path: Path) -> str:
    """Return what tells a file from another."""
    found = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1_048_576):
            found.update(chunk)
    return found.hexdigest()


def _row(found: ArticleImport, row: ArticleImportRow) -> Row:
    question = row.cells.get(found.mapping.get("question", ""), "")
    answer = row.cells.get(found.mapping.get("answer", ""), "")
    return Row(row, question[:300], len(find(f"{question}\n{answer}")))


def _find(session: Session, person: StaffMember, import_id: UUID, *, lock: bool = False) -> ArticleImport:
    wanted = select(ArticleImport).where(ArticleImport.id == import_id)
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None or not article_rights.holds(session, person, Right.REVIEW_ARTICLES, found.library_id):
        raise NotFound()
    return found


def _zone(session: Session, owner: UUID) -> str:
    library = session.get(Library, owner)
    return library.time_zone if library else "Asia/Shanghai"


def _checked_mapping(found: ArticleImport, mapping: Mapping[str, str]) -> dict[str, str]:
    chosen = {name: column for name, column in mapping.items() if name in FIELDS and column}
    is_known = all(column in found.columns for column in chosen.values())
    if not is_known or any(name not in chosen for name in REQUIRED) or len(set(chosen.values())) != len(chosen):
        raise MappingUnfit()
    return chosen


def _checked_choices(choices: Mapping[str, Any]) -> dict[str, Any]:
    allowed: Mapping[str, Sequence[str]] = {
        **_WORDS,
        "language": ("", *Language),
        "service_topic": tuple(ServiceTopic),
        "question_type": tuple(QuestionType),
        STRUCTURE: ("", *STRUCTURES),
    }
    checked: dict[str, Any] = {
        name: str(value) for name, value in choices.items() if name in allowed and value in allowed[name]
    }
    if "submit" in choices:
        checked["submit"] = bool(choices["submit"])
    return checked
