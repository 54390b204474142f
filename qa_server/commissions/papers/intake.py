"""Read a list of papers in whatever form it comes. The content tells the form, the name only where it leaves doubt."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from qa_server.commissions.papers.bibtex import read_bibtex
from qa_server.commissions.papers.decoding import decoded
from qa_server.commissions.papers.endnote_xml import read_endnote_xml
from qa_server.commissions.papers.errors import (
    PaperListEmpty,
    PaperListTooLarge,
    PaperListTooLong,
    PaperListTypeUnknown,
)
from qa_server.commissions.papers.models import MAX_PAPERS, Paper
from qa_server.commissions.papers.pasted import read_pasted
from qa_server.commissions.papers.remarks import Remark, RemarkCode
from qa_server.commissions.papers.ris import ENW, NOTE_EXPRESS, RIS, WEB_OF_SCIENCE, Dialect, read_tagged
from qa_server.commissions.papers.sheets import has_headings, read_csv, read_xlsx

# A full list of 2,000 records with abstracts takes some 5 MB.
MAX_FILE_BYTES = 8_000_000
MAX_TEXT_CHARACTERS = 6_000_000

_Reader = Callable[[str], tuple[list[Paper], list[Remark]]]
# First bytes of what people send instead, and what they can do.
_PASTE = "Please open it, copy the list and paste it."
_OTHER_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", _PASTE),
    (b"{\\rtf", _PASTE),
    (b"\xd0\xcf\x11\xe0", "Please save it as XLSX, or copy the list and paste it."),
    (b"\x89PNG", "A picture cannot be read. Please hand in text."),
    (b"\xff\xd8\xff", "A picture cannot be read. Please hand in text."),
    (b"GIF8", "A picture cannot be read. Please hand in text."),
    (b"Rar!", "Please unpack it first."),
    (b"7z\xbc\xaf", "Please unpack it first."),
    (b"\x1f\x8b", "Please unpack it first."),
)
_RIS = re.compile(r"^[^\S\n]*TY {1,3}- ?\w", re.MULTILINE)
_ENW = re.compile(r"^%0 \w", re.MULTILINE)
_NOTE_EXPRESS = re.compile(r"^\{Reference Type\}:", re.MULTILINE)
_WEB_OF_SCIENCE = re.compile(r"^PT [A-Z]\s*$", re.MULTILINE)
_BIBTEX = re.compile(r"^[^\S\n]*@[A-Za-z]{1,30}\s{0,20}[{(]", re.MULTILINE)
_PAGE = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """The papers of a list in order, what was remarked while reading it, and the form it had."""

    papers: tuple[Paper, ...]
    remarks: tuple[Remark, ...]
    form: str


def read_papers(source: bytes | Path, filename: str = "") -> Reading:
    """Read a file, or what was pasted, as bytes; reading a path blocks.

    Records that can be read are returned although others cannot; the remarks tell those by their number in the
    source, and papers by their place in the list. Raises PaperListEmpty, PaperListTooLarge, PaperListTooLong,
    PaperListTypeUnknown, PaperListDamaged and nothing else.
    """
    content = _content(source)
    name = filename or (source.name if isinstance(source, Path) else "")
    for start, remedy in _OTHER_TYPES:
        if content.startswith(start):
            raise PaperListTypeUnknown(reason=remedy)
    if content.startswith(b"PK"):
        return _reading(*read_xlsx(content), form="xlsx")
    text, is_guess = decoded(content)
    reading = read_text(text, name)
    guess = (Remark(RemarkCode.ENCODING_GUESSED),) if is_guess else ()
    return replace(reading, remarks=(*guess, *reading.remarks))


def read_text(text: str, filename: str = "") -> Reading:
    """Read what somebody typed or pasted, in any of the forms that are text. Raises as read_papers does."""
    if not text.strip():
        raise PaperListEmpty
    if len(text) > MAX_TEXT_CHARACTERS:
        raise PaperListTooLarge
    form, read = _form(text, PurePath(filename).suffix.lower())
    return _reading(*read(text), form=form)


def _content(source: bytes | Path) -> bytes:
    if isinstance(source, Path):
        if source.stat().st_size > MAX_FILE_BYTES:
            raise PaperListTooLarge
        source = source.read_bytes()
    if len(source) > MAX_FILE_BYTES:
        raise PaperListTooLarge
    if not source.strip():
        raise PaperListEmpty
    return source


def _form(text: str, suffix: str) -> tuple[str, _Reader]:
    if _PAGE.match(text):
        raise PaperListTypeUnknown(reason=_PASTE)
    if text.lstrip().startswith(("<?xml", "<xml>", "<records>")):
        return "endnote_xml", read_endnote_xml
    for form, mark, dialect in _TAGGED:
        if mark.search(text):
            return form, _tagged(dialect)
    if _BIBTEX.search(text) or suffix == ".bib":
        return "bibtex", read_bibtex
    if has_headings(text) or suffix in {".csv", ".tsv"}:
        return "csv", read_csv
    return "text", read_pasted


_TAGGED: Sequence[tuple[str, re.Pattern[str], Dialect]] = (
    ("ris", _RIS, RIS),
    ("enw", _ENW, ENW),
    ("noteexpress", _NOTE_EXPRESS, NOTE_EXPRESS),
    ("web_of_science", _WEB_OF_SCIENCE, WEB_OF_SCIENCE),
)


def _tagged(dialect: Dialect) -> _Reader:
    return lambda text: read_tagged(text, dialect)


def _reading(papers: list[Paper], remarks: list[Remark], *, form: str) -> Reading:
    if not papers:
        raise PaperListEmpty
    if len(papers) > MAX_PAPERS:
        raise PaperListTooLong(limit=MAX_PAPERS)
    places = {paper.record: place for place, paper in enumerate(papers, start=1)}
    placed = tuple(replace(remark, paper=places.get(remark.record, 0)) for remark in remarks)
    return Reading(tuple(papers), placed, form)
