"""Reads files of articles row by row: CSV, XLSX, JSON lines, web pages. Bounded: a file that unpacks without end stops.

Nothing of a file is computed or run: a formula is refused where it stands, a script is dropped.
"""

import csv
import json
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from knowledge.imports.html_faq import best_structure, find_pairs
from knowledge.imports.html_text import HtmlTooLarge
from storage.errors import AppError

FORMATS = ("csv", "xlsx", "jsonl", "html")
MAX_FILE_BYTES = 100_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 60
# A page is read whole, and a row is held whole.
MAX_PAGE_BYTES = 10_000_000
MAX_ROW_CHARACTERS = 200_000
# What an XLSX may unpack to, and how much larger than itself (a bomb grows a thousandfold).
_MAX_UNPACKED_BYTES = 600_000_000
_MAX_GROWTH = 200
_SUFFIXES = {".csv": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl", ".html": "html", ".htm": "html"}
# Spreadsheet programs in China save CSV in GB 18030 unless told otherwise.
_ENCODINGS = ("utf-8-sig", "gb18030")
_CHUNK = 1_048_576
_FORMULA = "=+-@"
STRUCTURE = "structure"


class ImportFileUnfit(AppError):
    """A file that cannot be read as articles, with the reason as a sentence."""

    code = "import_file_unfit"
    status = 422
    message = "The file cannot be imported: {reason}"


@dataclass(frozen=True)
class FileRow:
    """A row by the headings; `problem` says why it cannot be used. The number is the line, as people count them."""

    number: int
    cells: dict[str, str]
    problem: str = ""


@dataclass(frozen=True)
class TableFile:
    """The headings of a file, its rows, read as they are asked for, and for a web page the structure to take."""

    columns: tuple[str, ...]
    rows: Iterator[FileRow]
    structure: str = ""


def format_of(name: str) -> str:
    """Return the format that a file's name tells. Raises ImportFileUnfit."""
    found = _SUFFIXES.get(Path(name).suffix.lower())
    if found is None:
        raise ImportFileUnfit(reason="it has to be .csv, .xlsx, .jsonl or .html.")
    return found


def open_table(path: Path, file_format: str) -> TableFile:
    """Open a file. Raises ImportFileUnfit, also while rows are read."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ImportFileUnfit(reason="it is larger than 100 MB.")
    if path.stat().st_size == 0:
        raise ImportFileUnfit(reason="it is empty.")
    opened = {"csv": _open_csv, "xlsx": _open_xlsx, "jsonl": _open_jsonl, "html": _open_html}[file_format](path)
    if len(opened.columns) > MAX_COLUMNS:
        raise ImportFileUnfit(reason="it has more than 60 columns.")
    return TableFile(opened.columns, _bounded(opened.rows), opened.structure)


def _bounded(rows: Iterator[FileRow]) -> Iterator[FileRow]:
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise ImportFileUnfit(reason="it has more than 200,000 rows.")
        if sum(map(len, row.cells.values())) > MAX_ROW_CHARACTERS:
            cells = {name: value[:200] for name, value in row.cells.items()}
            yield FileRow(row.number, cells, "The row is too long.")
        else:
            yield row
    if count == 0:
        raise ImportFileUnfit(reason="it has no rows.")


def _open_csv(path: Path) -> TableFile:
    lines = _csv_lines(path, _encoding_of(path))
    heading = next(lines, None)
    columns = _headings(heading[1] if heading else ())
    return TableFile(columns, _rows(columns, lines))


def _csv_lines(path: Path, encoding: str) -> Iterator[tuple[int, Sequence[Any], bool]]:
    csv.field_size_limit(MAX_ROW_CHARACTERS * 4)
    with path.open(encoding=encoding, newline="") as file:
        sample = file.read(8192)
        file.seek(0)
        reader = csv.reader(file, delimiter=_delimiter(sample))
        try:
            for cells in reader:
                yield reader.line_num, cells, False
        except csv.Error:
            raise ImportFileUnfit(reason="it is not a table of separated values.") from None


def _delimiter(sample: str) -> str:
    heading = sample.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _open_xlsx(path: Path) -> TableFile:
    _refuse_bomb(path)
    lines = _xlsx_lines(path)
    heading = next(lines, None)
    columns = _headings(heading[1] if heading else ())
    return TableFile(columns, _rows(columns, lines))


def _refuse_bomb(path: Path) -> None:
    try:
        with ZipFile(path) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
    except (BadZipFile, OSError, ValueError):
        raise ImportFileUnfit(reason="it cannot be read as an XLSX workbook.") from None
    if unpacked > _MAX_UNPACKED_BYTES or unpacked > path.stat().st_size * _MAX_GROWTH + 1_000_000:
        raise ImportFileUnfit(reason="it unpacks to far more than it is.")


def _xlsx_lines(path: Path) -> Iterator[tuple[int, Sequence[Any], bool]]:
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise ImportFileUnfit(reason="it cannot be read as an XLSX workbook.") from None
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(), start=1):
            yield number, [_plain(cell.value) for cell in cells], any(cell.data_type == "f" for cell in cells)
    except (ValueError, KeyError, BadZipFile, SyntaxError):
        raise ImportFileUnfit(reason="it cannot be read as an XLSX workbook.") from None
    finally:
        book.close()


def _plain(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    # A code such as 985 is a number to a spreadsheet.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _headings(cells: Sequence[Any]) -> tuple[str, ...]:
    columns = tuple(str(cell or "").strip()[:80] for cell in cells)
    named = [name for name in columns if name]
    if not named or len(set(named)) != len(named):
        raise ImportFileUnfit(reason="its first line has to name the columns, each once.")
    return columns


def _rows(columns: Sequence[str], lines: Iterator[tuple[int, Sequence[Any], bool]]) -> Iterator[FileRow]:
    for number, values, has_formula in lines:
        cells = {
            name: unguarded(str(value or "").strip()) for name, value in zip(columns, values, strict=False) if name
        }
        if any(cells.values()):
            yield FileRow(number, cells, "A cell computes something. Put in the value itself." if has_formula else "")


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from computing it, as exports write it."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA else cell


def _open_jsonl(path: Path) -> TableFile:
    encoding = _encoding_of(path)
    columns: dict[str, None] = {}
    for row in _json_rows(path, encoding, limit=200):
        columns.update(dict.fromkeys(row.cells))
    if not columns:
        raise ImportFileUnfit(reason="no line is a JSON object.")
    return TableFile(tuple(columns), _json_rows(path, encoding))


def _json_rows(path: Path, encoding: str, limit: int = MAX_ROWS + 1) -> Iterator[FileRow]:
    with path.open(encoding=encoding) as file:
        for number in range(1, limit + 1):
            line = file.readline(MAX_ROW_CHARACTERS * 4)
            if not line:
                return
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: str) -> FileRow:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return FileRow(number, {}, "The line is not JSON.")
    if not isinstance(found, dict):
        return FileRow(number, {}, "The line is not a JSON object.")
    return FileRow(number, {_storable(str(name))[:80]: _storable(_json_cell(value)) for name, value in found.items()})


def _json_cell(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(str(each) for each in value)
    return "" if value is None else str(value)


def _storable(text: str) -> str:
    # JSON can write half a pair and NUL, which no encoder writes and no database takes.
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _open_html(path: Path) -> TableFile:
    if path.stat().st_size > MAX_PAGE_BYTES:
        raise ImportFileUnfit(reason="a page may have 10 MB at most.")
    try:
        pairs = find_pairs(path.read_text(encoding=_encoding_of(path), errors="replace"))
    except HtmlTooLarge:
        raise ImportFileUnfit(reason="the page has too many elements.") from None
    if not pairs:
        raise ImportFileUnfit(reason="no questions with answers were found on the page.")
    rows = (
        FileRow(
            number,
            {STRUCTURE: pair.structure, "section": pair.section, "question": pair.question, "answer": pair.answer},
        )
        for number, pair in enumerate(pairs, start=1)
    )
    return TableFile((STRUCTURE, "section", "question", "answer"), rows, best_structure(pairs))


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
    for encoding in _ENCODINGS:
        if _is_in(path, encoding):
            return encoding
    raise ImportFileUnfit(reason="its text is neither UTF-8 nor GB 18030.")


def _is_in(path: Path, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                # A workbook or a picture under the name of a table.
                if b"\0" in chunk:
                    return False
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
