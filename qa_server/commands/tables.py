"""Reads tables that people made: CSV in UTF-8 or GB 18030, and XLSX. Rows by line number and column."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from qa_server.commands.refusals import UsageRefused

# A network has 2,000 libraries and some 20,000 librarians; a larger file is another one.
MAX_ROWS = 50_000
_MAX_BYTES = 50_000_000
# An XLSX is a ZIP: what it unpacks to is bounded, before it is unpacked.
_MAX_UNPACKED_BYTES = 500_000_000


@dataclass(frozen=True)
class Row:
    """One line of a table: its number as people count it (the heading is 1), its cells, and whether one computes."""

    number: int
    cells: dict[str, str]
    has_formula: bool = False


def read_table(path: Path, *, required: Collection[str], known: Collection[str]) -> list[Row]:
    """Return the rows below the heading, without empty ones; cells without blanks around them.

    Raises UsageRefused for a file that is no table, lacks a column, has one that is not known, or is too large.
    """
    if path.stat().st_size > _MAX_BYTES:
        raise UsageRefused(reason="The file is too large.")
    suffix = path.suffix.lower()
    if suffix == ".csv":
        lines = _csv_lines(path)
    elif suffix == ".xlsx":
        lines = _xlsx_lines(path)
    else:
        raise UsageRefused(reason="The file has to be a .csv or .xlsx.")
    heading = next(lines, None)
    names = [str(cell or "").strip().lower() for cell in heading[1]] if heading else []
    _check_heading(names, required, known)
    rows = [_row(number, names, values, has_formula) for number, values, has_formula in lines]
    if len(rows) > MAX_ROWS:
        raise UsageRefused(reason="The file has more than 50,000 rows.")
    return [row for row in rows if any(row.cells.values())]


def _check_heading(names: Sequence[str], required: Collection[str], known: Collection[str]) -> None:
    missing = sorted(set(required) - set(names))
    strange = sorted(name for name in set(names) if name and name not in known)
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    if strange:
        raise ColumnsUnknown(columns=", ".join(strange)[:200], known=", ".join(known))


class ColumnsMissing(UsageRefused):
    """The heading lacks columns."""

    code = "columns_missing"
    message = "The first line has to name the columns. Missing: {columns}."


class ColumnsUnknown(UsageRefused):
    """The heading names columns that mean nothing here."""

    code = "columns_unknown"
    message = "These columns are not known: {columns}. Known are: {known}."


def _csv_lines(path: Path) -> Iterator[tuple[int, Sequence[Any], bool]]:
    text = _decoded(path.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells, any(cell.startswith("=") for cell in cells)
    except csv.Error:
        raise UsageRefused(reason="The file is not a table of comma-separated values.") from None


def _decoded(raw: bytes) -> str:
    # Spreadsheet programs in China save CSV in GB 18030 unless told otherwise.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageRefused(reason="The text of the file is neither UTF-8 nor GB 18030.")


def _xlsx_lines(path: Path) -> Iterator[tuple[int, Sequence[Any], bool]]:
    try:
        with ZipFile(path) as packed:
            if sum(each.file_size for each in packed.infolist()) > _MAX_UNPACKED_BYTES:
                raise UsageRefused(reason="The file is too large.")
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError):
        raise UsageRefused(reason="The file cannot be read as an XLSX workbook.") from None
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(), start=1):
            yield number, [_plain(cell.value) for cell in cells], any(cell.data_type == "f" for cell in cells)
    finally:
        book.close()


def _plain(value: object) -> str:
    if value is None:
        return ""
    # A code such as 985 is a number to a spreadsheet.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _row(number: int, names: Sequence[str], values: Sequence[Any], has_formula: bool) -> Row:
    cells = {name: str(value or "").strip() for name, value in zip(names, values, strict=False) if name}
    return Row(number, cells, has_formula)
