"""A paper as a reader hands it in: what it is, how long each part may be, and its form as plain JSON. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Literal

from qa_server.commissions.papers.errors import PaperListTooLong, PaperMalformed
from qa_server.commissions.papers.texts import cleaned

Language = Literal["zh", "en"]

# Papers of one list. The longest list of a whole institute seen in the field has some hundreds.
MAX_PAPERS = 2_000
# Longest texts, in characters.
MAX_TITLE = 1_000
MAX_SOURCE = 500
MAX_NAME = 200
MAX_NUMBER = 60
MAX_DATE = 40
MAX_IDENTIFIER = 300
MAX_GIVEN = 3_000
# Large collaborations sign with more; the search needs the first ones and the searched one.
MAX_AUTHORS = 500
MAX_YEAR = 9_999
MAX_RECORD = 1_000_000


class PaperKind(StrEnum):
    """What a paper is, as far as a search and a citation differ by it."""

    ARTICLE = "article"
    CONFERENCE = "conference"
    BOOK = "book"
    CHAPTER = "chapter"
    THESIS = "thesis"
    PATENT = "patent"
    OTHER = "other"


# What each text of a paper may hold at most, in characters; the order is that of the form.
TEXT_LIMITS: Mapping[str, int] = {
    "title": MAX_TITLE,
    "journal": MAX_SOURCE,
    "volume": MAX_NUMBER,
    "issue": MAX_NUMBER,
    "pages": MAX_NUMBER,
    "date": MAX_DATE,
    "conference": MAX_SOURCE,
    "publisher": MAX_SOURCE,
    "number": MAX_NUMBER,
    "doi": MAX_IDENTIFIER,
    "issn": MAX_NUMBER,
    "isbn": MAX_NUMBER,
    "accession": MAX_NUMBER,
    "as_given": MAX_GIVEN,
}


@dataclass(frozen=True)
class Paper:
    """One paper. Every text is one line without blanks around it, and empty where nothing is known.

    `journal` is the book for a chapter; `publisher` the university for a thesis; `number` that of an article without
    pages, of a patent or a report; `accession` the number in a database (入藏号); `date` a date as written, or what
    stood in place of a year; `as_given` the line it was read from, where somebody typed it; `record` the line, row or
    record of the source, counted from 1, and 0 for a paper filled into the form.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    date: str = ""
    conference: str = ""
    publisher: str = ""
    number: str = ""
    doi: str = ""
    issn: str = ""
    isbn: str = ""
    accession: str = ""
    language: Language = "en"
    kind: PaperKind = PaperKind.ARTICLE
    as_given: str = ""
    record: int = 0

    def to_json(self) -> dict[str, object]:
        """Return the paper as plain JSON, without what is empty."""
        written: dict[str, object] = {"language": self.language, "kind": self.kind.value}
        if self.authors:
            written["authors"] = list(self.authors)
        for name in (*TEXT_LIMITS, "year", "record"):
            if value := getattr(self, name):
                written[name] = value
        return written


_KNOWN = frozenset(field.name for field in fields(Paper))


def paper_from_json(value: object, *, number: int = 1) -> Paper:
    """Return the paper of a JSON object; `number` is its place in the list, for the error.

    Blanks and control characters are tidied; unknown names, wrong types and too long texts are refused.
    Raises PaperMalformed.
    """
    if not isinstance(value, Mapping):
        raise PaperMalformed(number=number, reason="It has to be an object.")
    if not value.keys() <= _KNOWN:
        raise PaperMalformed(number=number, reason="It has a field that is not known.")
    texts = {name: _text(value.get(name, ""), limit, number) for name, limit in TEXT_LIMITS.items()}
    return Paper(
        **texts,
        authors=_authors(value.get("authors", ()), number),
        year=_whole(value.get("year") or None, MAX_YEAR, number),
        record=_whole(value.get("record", 0), MAX_RECORD, number) or 0,
        language=_language(value.get("language", "en"), number),
        kind=_kind(value.get("kind", PaperKind.ARTICLE.value), number),
    )


def papers_to_json(papers: Sequence[Paper]) -> list[dict[str, object]]:
    """Return a list of papers as plain JSON."""
    return [paper.to_json() for paper in papers]


def papers_from_json(value: object) -> tuple[Paper, ...]:
    """Return the papers of a JSON list. Raises PaperMalformed, PaperListTooLong."""
    if not isinstance(value, list | tuple):
        raise PaperMalformed(number=1, reason="The papers have to be a list.")
    if len(value) > MAX_PAPERS:
        raise PaperListTooLong(limit=MAX_PAPERS)
    return tuple(paper_from_json(each, number=number) for number, each in enumerate(value, start=1))


def _text(value: object, limit: int, number: int) -> str:
    if not isinstance(value, str):
        raise PaperMalformed(number=number, reason="A text has to be a text.")
    text = cleaned(value)
    if len(text) > limit:
        raise PaperMalformed(number=number, reason="A text is too long.")
    return text


def _authors(value: object, number: int) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise PaperMalformed(number=number, reason="The authors have to be a list.")
    if len(value) > MAX_AUTHORS:
        raise PaperMalformed(number=number, reason="It has too many authors.")
    return tuple(name for each in value if (name := _text(each, MAX_NAME, number)))


def _whole(value: object, limit: int, number: int) -> int | None:
    if value is None:
        return None
    # True is a number to Python.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= limit:
        raise PaperMalformed(number=number, reason="A year or a line is no number that fits.")
    return value


def _language(value: object, number: int) -> Language:
    if value == "zh":
        return "zh"
    if value == "en":
        return "en"
    raise PaperMalformed(number=number, reason="Its language is not known.")


def _kind(value: object, number: int) -> PaperKind:
    if isinstance(value, str) and value in tuple(PaperKind):
        return PaperKind(value)
    raise PaperMalformed(number=number, reason="Its kind is not known.")
