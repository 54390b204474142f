"""Steps of a search out of a spreadsheet: rows parted by tabs, in the order of the form's columns. Pure."""

from qa_server.commissions.errors import LogRowUnreadable, TooManyLogRows
from qa_server.desk.commissions.working import MAX_ROWS

# Database, years, strategy, hits, chosen, minutes, note.
COLUMNS = ("database", "years", "strategy", "hits", "chosen", "minutes", "note")
_NUMBERS = frozenset({"hits", "chosen", "minutes"})
# First cells of a row of headings.
_HEADINGS = frozenset({"数据库", "检索工具", "来源", "database", "source"})
_SHOWN = 40


def read_rows(text: str) -> list[dict[str, str | int]]:
    """Return the rows that were pasted, without headings and empty lines. Raises LogRowUnreadable, TooManyLogRows."""
    rows: list[dict[str, str | int]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        cells = [each.strip().strip('"').strip() for each in line.split("\t")]
        if not any(cells) or cells[0].casefold() in _HEADINGS:
            continue
        if len(rows) == MAX_ROWS:
            raise TooManyLogRows(limit=MAX_ROWS)
        rows.append(_row(cells, number))
    return rows


def _row(cells: list[str], number: int) -> dict[str, str | int]:
    if not cells[0]:
        raise LogRowUnreadable(row=number, column=1, cell="")
    if len(cells) > len(COLUMNS):
        raise LogRowUnreadable(row=number, column=len(COLUMNS) + 1, cell=cells[len(COLUMNS)][:_SHOWN])
    row: dict[str, str | int] = {}
    for column, (name, cell) in enumerate(zip(COLUMNS, cells, strict=False), start=1):
        if not cell:
            continue
        if name not in _NUMBERS:
            row[name] = cell
            continue
        digits = cell.replace(",", "").replace("，", "").replace(" ", "")
        if not digits.isdecimal() or len(digits) > 9:
            raise LogRowUnreadable(row=number, column=column, cell=cell[:_SHOWN])
        row[name] = int(digits)
    return row
