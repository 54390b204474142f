"""Bounds of a report, and text made printable: what comes out of here can be drawn by all three formats.

A report is rendered in one go and cannot be stopped halfway, so its size is bounded before.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from qa_server.commissions.reports.content import Block, References, ReportContent, Table
from qa_server.commissions.reports.errors import ReportContentRefused, ReportTooLarge

MAX_SECTIONS: Final = 60
MAX_BLOCKS: Final = 300
# Over all tables. The PDF of so many rows takes some seconds of one processor.
MAX_ROWS: Final = 3_000
MAX_COLUMNS: Final = 12
# Over all lists of literature.
MAX_REFERENCES: Final = 2_000
MAX_ATTACHMENTS: Final = 200
MAX_SIGNATURES: Final = 8
MAX_FACTS: Final = 30
# Over everything; a thesis of 100 pages has half of it.
MAX_CHARACTERS: Final = 400_000
# Ends of lines over everything, in prose and in cells: each is a paragraph to set.
MAX_LINES: Final = 10_000
# Of a title, name, heading or fact; longer ones break the forms they stand in.
MAX_LINE_CHARACTERS: Final = 500
# Of a number or a library's name, which stand in one line of each page.
MAX_HEAD_CHARACTERS: Final = 100
# An address has to fit into a QR code that a telephone can read from paper.
MAX_ADDRESS_CHARACTERS: Final = 300

# Control characters, and marks that turn the direction of what follows so that it reads otherwise than it is.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
_LINES = ("report_number", "title", "library", "commission_number", "applicant", "organisation", "purpose")
_REQUIRED = ("report_number", "title", "library")
_Value = TypeVar("_Value")


def checked(content: ReportContent) -> ReportContent:
    """Return the content with printable text only.

    Raises ReportTooLarge, and ReportContentRefused where a report would have no number, title or library or a table is
    uneven. What a person typed otherwise stays as it is.
    """
    _check_counts(content)
    _at_most(sum(len(text) for text in _texts(content)), MAX_CHARACTERS, reason="it has too many characters.")
    clean = _printable(content)
    _at_most(sum(text.count("\n") for text in _texts(clean)), MAX_LINES, reason="it has too many lines.")
    for name in _REQUIRED:
        if not getattr(clean, name).strip():
            raise ReportContentRefused(field=name)
    if not clean.sections:
        raise ReportContentRefused(field="sections")
    _check_lines(clean)
    for block in _blocks(clean):
        if isinstance(block, Table):
            _check_table(block)
    return clean


def printable(text: str) -> str:
    """Return the text without control characters and marks of direction, with line ends as \\n and composed letters."""
    lines = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", lines))


def _check_counts(content: ReportContent) -> None:
    blocks = list(_blocks(content))
    _at_most(len(content.sections), MAX_SECTIONS, reason="it has too many sections.")
    _at_most(len(blocks), MAX_BLOCKS, reason="it has too many paragraphs and tables.")
    _at_most(
        sum(len(block.rows) for block in blocks if isinstance(block, Table)),
        MAX_ROWS,
        reason="its tables have too many rows.",
    )
    _at_most(
        sum(len(block.entries) for block in blocks if isinstance(block, References)),
        MAX_REFERENCES,
        reason="it has too many references.",
    )
    _at_most(len(content.attachments), MAX_ATTACHMENTS, reason="it has too many attachments.")
    _at_most(len(content.signatures), MAX_SIGNATURES, reason="it has too many signatures.")
    _at_most(len(content.facts), MAX_FACTS, reason="it has too many lines at its head.")


def _check_lines(content: ReportContent) -> None:
    lines = [getattr(content, name) for name in _LINES]
    lines += [section.heading for section in content.sections]
    lines += [text for fact in content.facts for text in (fact.label, fact.value)]
    lines += [signature.name for signature in content.signatures]
    heads = (content.report_number, content.commission_number, content.library)
    _at_most(max(map(len, heads)), MAX_HEAD_CHARACTERS, reason="a heading, name or line is too long.")
    _at_most(max(map(len, lines)), MAX_LINE_CHARACTERS, reason="a heading, name or line is too long.")
    _at_most(len(content.check_address), MAX_ADDRESS_CHARACTERS, reason="the address for checking is too long.")


def _check_table(table: Table) -> None:
    columns = len(table.headings)
    _at_most(columns, MAX_COLUMNS, reason="a table has too many columns.")
    if not columns or any(len(row) != columns for row in table.rows):
        raise ReportContentRefused(field="table.rows")
    if table.weights and (len(table.weights) != columns or not all(0 < weight <= 100 for weight in table.weights)):
        raise ReportContentRefused(field="table.weights")


def _at_most(number: int, limit: int, *, reason: str) -> None:
    if number > limit:
        raise ReportTooLarge(reason=reason, number=number, limit=limit)


def _blocks(content: ReportContent) -> Iterator[Block]:
    for section in content.sections:
        yield from section.blocks


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _printable(value: _Value) -> _Value:
    changed: Any = value
    if isinstance(value, str):
        changed = printable(value)
    elif isinstance(value, tuple):
        changed = tuple(_printable(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(value, **{field.name: _printable(getattr(value, field.name)) for field in fields(value)})
    result: _Value = changed
    return result
