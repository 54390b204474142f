"""Read papers out of tables: XLSX and CSV. Nothing is computed: a formula gives the value last saved, with a remark."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook

from knowledge.imports.files import unguarded
from qa_server.commissions.papers.drafts import Draft, finished
from qa_server.commissions.papers.errors import PaperListDamaged, PaperListTooLarge, PaperListTypeUnknown
from qa_server.commissions.papers.headings import meanings
from qa_server.commissions.papers.models import Paper, PaperKind
from qa_server.commissions.papers.names import split_authors
from qa_server.commissions.papers.pasted import read_entry
from qa_server.commissions.papers.remarks import Remark, RemarkCode
from qa_server.commissions.papers.sources import read_source

# Rows that are looked at, empty ones too, and columns; what lies beyond is no list of papers.
MAX_ROWS = 10_000
MAX_COLUMNS = 100
MAX_CELL = 20_000
# What a workbook may unpack to in bytes, and how much larger than itself (a bomb grows a thousandfold).
MAX_UNPACKED = 60_000_000
MAX_GROWTH = 200
MAX_MEMBERS = 500
_MAX_SHEETS = 20
# Titles and notes above the headings.
_HEADING_WITHIN = 15
_KINDS = (
    (PaperKind.CONFERENCE, ("会议", "conference", "proceeding", "meeting")),
    (PaperKind.CHAPTER, ("章", "chapter")),
    (PaperKind.THESIS, ("学位", "硕士", "博士", "thesis", "dissertation")),
    (PaperKind.PATENT, ("专利", "patent")),
    (PaperKind.BOOK, ("图书", "专著", "著作", "book", "monograph")),
    (PaperKind.ARTICLE, ("期刊", "论文", "article", "review", "journal", "综述", "letter")),
)


@dataclass(frozen=True)
class _Row:
    """A line of a table: its number as people count it, its cells, and what was to be said about formulas."""

    number: int
    cells: list[str]
    remarks: list[Remark] = field(default_factory=list)


def read_csv(text: str) -> tuple[list[Paper], list[Remark]]:
    """Return the papers of separated values; the mark is the one that the headings have most of.

    Raises PaperListDamaged for what is no table.
    """
    return _read_rows(list(_csv_rows(text)))


def has_headings(text: str) -> bool:
    """Say whether a text begins with a line of headings between commas, semicolons or tabs."""
    try:
        return any(meanings(cells) for _, cells in islice(_lines(text[:_SAMPLE]), _HEADING_WITHIN) if len(cells) > 1)
    except csv.Error:
        return False


def read_xlsx(content: bytes) -> tuple[list[Paper], list[Remark]]:
    """Return the papers of the first sheet with headings that are known, else of the first that is not empty.

    Raises PaperListTypeUnknown, PaperListTooLarge and PaperListDamaged.
    """
    _refuse_bomb(content)
    try:
        sheets = [rows for rows in _sheets(content) if rows]
    except PaperListTooLarge:
        raise
    # A workbook is dozens of files that point at one another; a damaged one fails anywhere, with any error.
    except Exception:
        raise PaperListDamaged(reason="The workbook cannot be read.") from None
    chosen = next((rows for rows in sheets if _heading(rows) is not None), sheets[0] if sheets else [])
    return _read_rows(chosen)


_SAMPLE = 20_000


def _csv_rows(text: str) -> Iterator[_Row]:
    try:
        for number, cells in islice(_lines(text), MAX_ROWS + 1):
            if number > MAX_ROWS:
                raise PaperListTooLarge
            yield _Row(number, [unguarded(cell.strip()) for cell in cells[:MAX_COLUMNS]])
    except csv.Error:
        raise PaperListDamaged(reason="It is not a table of separated values.") from None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    delimiter = max(",;\t", key=text[:_SAMPLE].count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    return enumerate(reader, start=1)


def _refuse_bomb(content: bytes) -> None:
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            if not any(member.filename == "xl/workbook.xml" for member in members):
                raise PaperListTypeUnknown(reason="Of packed files only XLSX workbooks are read.")
            unpacked = sum(member.file_size for member in members)
            is_bomb = unpacked > min(MAX_UNPACKED, len(content) * MAX_GROWTH + 1_000_000)
            if is_bomb or len(members) > MAX_MEMBERS:
                raise PaperListTooLarge
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _refuse_document_type(packed.read(member))
    except (PaperListTypeUnknown, PaperListTooLarge, PaperListDamaged):
        raise
    except Exception:
        raise PaperListDamaged(reason="The workbook cannot be read.") from None


def _refuse_document_type(content: bytes) -> None:
    # Entities, which grow and read files, stand in a document type. A workbook has none, in no encoding.
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise PaperListDamaged(reason="The XML declares a document type, which is not taken.")


def _sheets(content: bytes) -> Iterator[list[_Row]]:
    with closing(_opened(content, data_only=False)) as formulas, closing(_opened(content, data_only=True)) as values:
        for place in range(min(len(formulas.worksheets), _MAX_SHEETS)):
            yield list(_xlsx_rows(formulas, values, place))


def _opened(content: bytes, *, data_only: bool) -> Workbook:
    return load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)


def _xlsx_rows(formulas: Workbook, values: Workbook, place: int) -> Iterator[_Row]:
    # A sheet may say that its only cell lies in row 1,048,576; rows and columns are counted, not believed.
    bounds = {"max_row": MAX_ROWS + 1, "max_col": MAX_COLUMNS}
    written = formulas.worksheets[place].iter_rows(**bounds)
    saved = values.worksheets[place].iter_rows(**bounds, values_only=True)
    for number, (cells, results) in enumerate(zip(written, saved, strict=False), start=1):
        if number > MAX_ROWS:
            raise PaperListTooLarge
        row = _Row(number, [_plain(result) for result in results])
        row.remarks.extend(
            _on_formula(number, bool(row.cells[column]))
            for column, cell in enumerate(cells)
            if cell.data_type == "f" and column < len(row.cells)
        )
        if any(row.cells) or row.remarks:
            yield row


def _on_formula(number: int, has_value: bool) -> Remark:
    code = RemarkCode.FORMULA_VALUE if has_value else RemarkCode.FORMULA_WITHOUT_VALUE
    return Remark(code, record=number)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    # A year is a number to a spreadsheet, with a point on some.
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return unguarded(text.strip())[:MAX_CELL]


def _heading(rows: Sequence[_Row]) -> tuple[int, dict[int, str]] | None:
    """Return the place of the line of headings among the rows and what each column means."""
    found = ((place, meanings(row.cells)) for place, row in enumerate(rows[:_HEADING_WITHIN]))
    return next(((place, columns) for place, columns in found if columns), None)


def _read_rows(rows: Sequence[_Row]) -> tuple[list[Paper], list[Remark]]:
    heading = _heading(rows)
    filled = [row for row in rows[heading[0] + 1 if heading else 0 :] if _says_something(row)]
    papers: list[Paper] = []
    remarks = [] if heading or not filled else [Remark(RemarkCode.HEADINGS_NOT_FOUND)]
    for row in filled:
        paper, found = finished(_draft(row, heading[1])) if heading else _as_line(row)
        remarks += [*row.remarks, *found]
        if paper is not None:
            papers.append(paper)
    return papers, remarks


def _says_something(row: _Row) -> bool:
    # Forms come with numbered rows, of which the last stay empty.
    return bool(row.remarks) or any(cell and not cell.isdigit() for cell in row.cells)


def _as_line(row: _Row) -> tuple[Paper | None, list[Remark]]:
    return read_entry(". ".join(cell for cell in row.cells if cell), row.number)


def _draft(row: _Row, columns: dict[int, str]) -> Draft:
    found: dict[str, str] = {}
    for place, part in columns.items():
        text = row.cells[place] if place < len(row.cells) else ""
        # ISSN and eISSN are two columns.
        found[part] = "; ".join(filter(None, (found.get(part), text))) if part == "issn" else found.get(part) or text
    draft = Draft(row.number, kind=_kind(found.pop("kind", "")))
    draft.authors = split_authors(found.pop("authors", ""))
    start, end = found.pop("start", ""), found.pop("end", "")
    together = found.pop("volume_issue", "")
    draft.put_all(found)
    draft.put("pages", f"{start}-{end}" if start and end and start != end else start or end)
    draft.put_all({name: text for name, text in read_source(f", {together}").items() if name != "journal"})
    return draft


def _kind(text: str) -> PaperKind | None:
    folded = text.lower()
    return next((kind for kind, words in _KINDS if any(word in folded for word in words)), None)
