"""Numbers of reports from a pattern of the library's own: pure, the counting of serials is the caller's.

A pattern is text with places in braces: `{year}`, `{year:2}`, `{month}`, `{day}`, `{serial:5}`, `{province:2}`,
`{agency:3}`, `{library}`, `{service}`. The number behind the colon is the exact width; numbers are filled with zeros.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from qa_server.commissions.reports.errors import NumberDoesNotFit, NumberPatternRefused

MAX_PATTERN_CHARACTERS: Final = 100
# As wide as the column that keeps it.
MAX_NUMBER_CHARACTERS: Final = 40
MAX_WIDTH: Final = 12

_FIELDS = frozenset({"year", "month", "day", "serial", "province", "agency", "library", "service"})
_FIXED_WIDTHS = {"year": 4, "month": 2, "day": 2}
# Only the end of a year can be cut off: 26 for 2026.
_MAY_BE_CUT = {"year": 2}
_PLACE = re.compile(r"{(?P<name>[a-z]+)(?::(?P<width>[1-9][0-9]?))?}")
# Between the places: what can stand in a file name and is the same in every script. No blanks at all.
_LITERAL = re.compile(r"[\w\-./()\[\]〔〕（）【】第号字]*")


@dataclass(frozen=True)
class _Place:
    name: str
    width: int | None


def check_pattern(pattern: str) -> None:
    """Raise NumberPatternRefused unless numbers can be made from the pattern and no two reports would share one."""
    _parsed(pattern)


def format_number(pattern: str, values: Mapping[str, str | int]) -> str:
    """Return the number for `values`. Raises NumberPatternRefused, and NumberDoesNotFit for the value that is wrong."""
    number = "".join(part if isinstance(part, str) else _filled(part, values) for part in _parsed(pattern))
    if len(number) > MAX_NUMBER_CHARACTERS:
        raise NumberDoesNotFit(name="library")
    return number


def _parsed(pattern: str) -> list[str | _Place]:
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise NumberPatternRefused(reason="it is too long.")
    parts: list[str | _Place] = []
    end = 0
    for match in _PLACE.finditer(pattern):
        parts += [_literal(pattern[end : match.start()]), _place(match)]
        end = match.end()
    parts.append(_literal(pattern[end:]))
    names = [part.name for part in parts if isinstance(part, _Place)]
    if names.count("serial") != 1 or "year" not in names:
        # Serials begin anew each year.
        raise NumberPatternRefused(reason="it needs {year} and, once, {serial}.")
    return parts


def _literal(text: str) -> str:
    if not _LITERAL.fullmatch(text):
        raise NumberPatternRefused(reason="only letters, digits, - . / and brackets may stand between its places.")
    return text


def _place(match: re.Match[str]) -> _Place:
    name, width = match["name"], int(match["width"]) if match["width"] else None
    if name not in _FIELDS:
        raise NumberPatternRefused(reason="it names a place that is not known.")
    fixed = _FIXED_WIDTHS.get(name)
    if (width or 0) > MAX_WIDTH or (fixed and width not in {None, fixed, _MAY_BE_CUT.get(name)}):
        raise NumberPatternRefused(reason="a place is wider than what can stand in it.")
    return _Place(name, width or fixed)


def _filled(place: _Place, values: Mapping[str, str | int]) -> str:
    value = values.get(place.name)
    if value is None or value == "" or (isinstance(value, int) and value < 0):
        raise NumberDoesNotFit(name=place.name)
    text = str(value)
    if not re.fullmatch(r"[\w\-]+", text):
        raise NumberDoesNotFit(name=place.name)
    if place.width is None:
        return text
    if place.width == _MAY_BE_CUT.get(place.name):
        return text[-place.width :]
    text = text.zfill(place.width) if text.isdecimal() else text
    if len(text) != place.width:
        raise NumberDoesNotFit(name=place.name)
    return text
