"""Writes articles into a file, row by row: CSV, XLSX, JSON lines. What an import of ours reads again.

The text of the newest revision; never who masked what, and nothing of the conversations behind it.
"""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import IO, Literal
from uuid import UUID

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import and_, select

from knowledge.imports.files import unguarded
from knowledge.models import Article, Revision
from storage.database import Database

Format = Literal["csv", "xlsx", "jsonl"]
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
COLUMNS = (
    "key",
    "language",
    "state",
    "question",
    "alternates",
    "answer",
    "sources",
    "service_topic",
    "question_type",
    "clc_class",
    "valid_from",
    "valid_until",
    "visibility",
    "updated_at",
)
_SLICE = 500
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_articles(
    database: Database, owners: Collection[UUID], target: IO[bytes], form: Format, *, states: Collection[str] = ()
) -> int:
    """Write the articles of these owners, in those states or all; return how many. Memory stays bounded."""
    count = 0

    def counted() -> Iterator[list[str]]:
        nonlocal count
        for row in _rows(database, owners, states):
            count += 1
            yield row

    _WRITERS[form](target, counted())
    return count


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; an import takes the apostrophe off again."""
    return f"'{cell}" if cell.startswith(_FORMULA) or unguarded(cell) != cell else cell


def _rows(database: Database, owners: Collection[UUID], states: Collection[str]) -> Iterator[list[str]]:
    newest = and_(Revision.article_id == Article.id, Revision.number == Article.current_revision)
    wanted = select(Article, Revision).join(Revision, newest).where(Article.library_id.in_(owners))
    if states:
        wanted = wanted.where(Article.state.in_(states))
    last: UUID | None = None
    while True:
        page = wanted if last is None else wanted.where(Article.id > last)
        with database.read() as session:
            found = session.execute(page.order_by(Article.id).limit(_SLICE)).all()
            cells = [_cells(row[0], row[1]) for row in found]
            last = found[-1][0].id if found else None
        yield from cells
        if len(cells) < _SLICE:
            return


def _cells(article: Article, revision: Revision) -> list[str]:
    return [
        article.key,
        article.language,
        article.state,
        revision.question,
        "\n".join(revision.alternates),
        revision.answer,
        "\n".join(revision.sources),
        revision.service_topic,
        revision.question_type,
        revision.clc_class or "",
        revision.valid_from.date().isoformat() if revision.valid_from else "",
        revision.valid_until.date().isoformat() if revision.valid_until else "",
        revision.visibility,
        article.updated_at.isoformat(),
    ]


def _write_csv(target: IO[bytes], rows: Iterable[Sequence[str]]) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    # Spreadsheets tell UTF-8 by its mark.
    text.write("\ufeff")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows([guarded(cell) for cell in row] for row in rows)
    text.detach()


def _write_jsonl(target: IO[bytes], rows: Iterable[Sequence[str]]) -> None:
    for row in rows:
        named = dict(zip(COLUMNS, row, strict=True))
        lists = {name: named[name].split("\n") if named[name] else [] for name in ("alternates", "sources")}
        target.write(json.dumps({**named, **lists}, ensure_ascii=False).encode() + b"\n")


def _write_xlsx(target: IO[bytes], rows: Iterable[Sequence[str]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("articles")
    sheet.append(list(COLUMNS))
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _storable(value))
            # Text, whatever it begins with.
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(target)


def _storable(value: str) -> str:
    # Control characters have no place in XML; a cell of a workbook holds 32,767 characters.
    return "".join(each for each in value if each >= " " or each in "\n\t")[:32_767]


_WRITERS: dict[str, Callable[[IO[bytes], Iterable[Sequence[str]]], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "xlsx": _write_xlsx,
}
