"""How the width of a page is shared out among the columns of a table. Pure."""

from typing import Final
from unicodedata import east_asian_width

from qa_server.commissions.reports.content import Table

# Of a column that nobody gave a width, in letters of Latin script; and what its margins take beside them.
_NARROW: Final = 4
_WIDE: Final = 36
_MARGINS: Final = 7


def shares(table: Table) -> tuple[float, ...]:
    """Return the width of each column as a part of 1: by the weights, or without them by what stands in it."""
    widths = table.weights or tuple(map(_width, zip(table.headings, *table.rows, strict=True)))
    return tuple(width / sum(widths) for width in widths)


def _width(column: tuple[str, ...]) -> float:
    longest = max(_letters(line) for cell in column for line in cell.split("\n"))
    return min(max(longest, _NARROW), _WIDE) + _MARGINS


def _letters(line: str) -> int:
    """Return the length of a line in letters of Latin script; a Chinese one is as wide as two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)
