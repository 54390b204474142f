"""Read BibTeX. bibtexparser finds the blocks; values are put together here, within bounds.

A block that cannot be read is remarked, and the others are taken. Pure.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from bibtexparser.model import Block, Entry, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from qa_server.commissions.papers.drafts import Draft, finished_all
from qa_server.commissions.papers.errors import PaperListTooLong
from qa_server.commissions.papers.latex import from_latex
from qa_server.commissions.papers.models import MAX_AUTHORS, MAX_PAPERS, Paper, PaperKind
from qa_server.commissions.papers.remarks import Remark, RemarkCode

_KINDS: Mapping[str, PaperKind] = {
    "article": PaperKind.ARTICLE,
    "inproceedings": PaperKind.CONFERENCE,
    "conference": PaperKind.CONFERENCE,
    "proceedings": PaperKind.CONFERENCE,
    "book": PaperKind.BOOK,
    "booklet": PaperKind.BOOK,
    "collection": PaperKind.BOOK,
    "incollection": PaperKind.CHAPTER,
    "inbook": PaperKind.CHAPTER,
    "phdthesis": PaperKind.THESIS,
    "mastersthesis": PaperKind.THESIS,
    "thesis": PaperKind.THESIS,
    "patent": PaperKind.PATENT,
}
# Fields by the part of a paper; where several say it, the first wins.
_FIELDS: Mapping[str, str] = {
    "title": "title",
    "journal": "journal",
    "journaltitle": "journal",
    "eventtitle": "conference",
    "year": "year",
    "date": "date",
    "volume": "volume",
    "issue": "issue",
    "pages": "pages",
    "publisher": "publisher",
    "school": "publisher",
    "institution": "publisher",
    "doi": "doi",
    "issn": "issn",
    "isbn": "isbn",
    "article-number": "number",
    "eid": "number",
    "unique-id": "accession",
    "langid": "language",
    "language": "language",
}
# @string, @string of @string: what a value may grow to, in characters.
_MAX_VALUE = 20_000
_MONTH_NUMBERS = frozenset(map(str, range(1, 13)))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Entries with their @string and @comment; found before anything is built for each of them.
_BLOCK = re.compile(r"@[A-Za-z]*\s{0,20}[{(]")
_MAX_BLOCKS = 3 * MAX_PAPERS
_AND = re.compile(r"[{}]|(?P<between>\s+and(?=\s)\s+)|\\.|\s+", re.DOTALL | re.IGNORECASE)
_PIECE = re.compile(r"[#{}\"]|\\.", re.DOTALL)


def read_bibtex(text: str) -> tuple[list[Paper], list[Remark]]:
    """Return the papers of a text in order; `record` is the line where the entry begins. Raises PaperListTooLong."""
    if len(_BLOCK.findall(text)) > _MAX_BLOCKS:
        raise PaperListTooLong(limit=MAX_PAPERS)
    _quiet()
    blocks: list[Block] = list(Splitter(text).split().blocks)
    strings = _strings(blocks)
    drafts = [_draft(block, strings) for block in map(_entry_within, blocks) if isinstance(block, Entry)]
    papers, remarks = finished_all(drafts)
    return papers, remarks + list(_unreadable(blocks))


def _quiet() -> None:
    # The parser logs what stands in a broken entry; texts of readers have no place in a log.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)


def _entry_within(block: Block) -> Block | None:
    """Return the entry of a block, also of one set aside because its key or a field is there twice."""
    return block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block


def _unreadable(blocks: list[Block]) -> Iterator[Remark]:
    for block in blocks:
        if isinstance(block, ParsingFailedBlock) and block.ignore_error_block is None:
            yield Remark(RemarkCode.RECORD_UNREADABLE, record=_line(block))


def _line(block: Block) -> int:
    return (block.start_line or 0) + 1


def _strings(blocks: list[Block]) -> dict[str, str]:
    strings = {month: str(number) for number, month in enumerate(_MONTHS, start=1)}
    for block in map(_entry_within, blocks):
        if isinstance(block, String):
            strings[block.key.lower()] = _value(str(block.value), strings)
    return strings


def _draft(entry: Entry, strings: Mapping[str, str]) -> Draft:
    found: dict[str, str] = {}
    for field in entry.fields:
        found.setdefault(field.key.strip().lower(), _value(str(field.value), strings))
    draft = Draft(_line(entry), kind=_KINDS.get(entry.entry_type.lower(), PaperKind.OTHER))
    draft.authors = _authors(found.get("author", ""))
    if "booktitle" in found:
        is_conference = draft.kind in {PaperKind.CONFERENCE, PaperKind.OTHER}
        draft.put("conference" if is_conference else "journal", from_latex(found["booktitle"]))
    for name, part in _FIELDS.items():
        draft.put(part, from_latex(found.get(name, "")))
    draft.put("date", _month(found))
    # `number` is the issue of an article, and that of a patent or a report.
    is_numbered = draft.kind in {PaperKind.PATENT, PaperKind.OTHER}
    draft.put("number" if is_numbered else "issue", from_latex(found.get("number", "")))
    return draft


def _month(found: Mapping[str, str]) -> str:
    month, year = from_latex(found.get("month", "")), found.get("year", "")
    return f"{year}-{int(month):02}" if month in _MONTH_NUMBERS else f"{month} {year}".strip() if month else ""


def _authors(value: str) -> list[str]:
    names = islice(_split(value, _AND), MAX_AUTHORS + 1)
    return ["et al." if name.strip() == "others" else from_latex(name) for name in names]


def _split(text: str, separator: re.Pattern[str]) -> Iterator[str]:
    """Yield the pieces of a text between separators that stand in no braces.

    The library's own splitting of names drops the backslash of a name that begins with an accent.
    """
    depth = start = 0
    for mark in separator.finditer(text):
        depth += (mark[0] == "{") - (mark[0] == "}")
        if not depth and mark["between"]:
            yield text[start : mark.start()]
            start = mark.end()
    yield text[start:]


def _value(expression: str, strings: Mapping[str, str]) -> str:
    """Return what pieces joined by # say: texts in braces or quotes, numbers, names of strings."""
    pieces = (_piece(piece.strip(), strings) for piece in _pieces(expression))
    value = ""
    for piece in pieces:
        value += piece
        if len(value) > _MAX_VALUE:
            return value[:_MAX_VALUE]
    return value


def _piece(piece: str, strings: Mapping[str, str]) -> str:
    if len(piece) > 1 and (piece[0], piece[-1]) in {("{", "}"), ('"', '"')}:
        return piece[1:-1]
    return strings.get(piece.lower(), piece)


def _pieces(expression: str) -> Iterator[str]:
    depth, is_quoted, start = 0, False, 0
    for mark in _PIECE.finditer(expression):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
        elif mark[0] == '"' and not depth:
            is_quoted = not is_quoted
        elif mark[0] == "#" and not depth and not is_quoted:
            yield expression[start : mark.start()]
            start = mark.end()
    yield expression[start:]
