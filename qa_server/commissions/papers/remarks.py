"""Remarks on the papers of a list: what was read with doubt, and what the search will stumble over.

They refuse nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class RemarkCode(StrEnum):
    """Everything that can be remarked; stable, as pages and tests go by it."""

    # Reading
    RECORD_UNREADABLE = "record_unreadable"
    RECORD_EMPTY = "record_empty"
    LINE_NOT_PARSED = "line_not_parsed"
    TEXT_CUT = "text_cut"
    AUTHORS_CUT = "authors_cut"
    YEAR_UNREADABLE = "year_unreadable"
    FORMULA_VALUE = "formula_value"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    HEADINGS_NOT_FOUND = "headings_not_found"
    ENCODING_GUESSED = "encoding_guessed"
    # Checks
    ONLY_DOI = "only_doi"
    TITLE_MISSING = "title_missing"
    AUTHORS_MISSING = "authors_missing"
    SOURCE_MISSING = "source_missing"
    YEAR_MISSING = "year_missing"
    PAGES_MISSING = "pages_missing"
    DOI_INVALID = "doi_invalid"
    ISSN_INVALID = "issn_invalid"
    ISBN_INVALID = "isbn_invalid"
    YEAR_IMPLAUSIBLE = "year_implausible"
    PAGES_REVERSED = "pages_reversed"
    EARLY_ONLINE = "early_online"
    SAME_DOI = "same_doi"
    SAME_TITLE = "same_title"


_SENTENCES: Mapping[RemarkCode, str] = {
    RemarkCode.RECORD_UNREADABLE: "This record could not be read and is not in the list.",
    RemarkCode.RECORD_EMPTY: "This record says nothing about a paper and is not in the list.",
    RemarkCode.LINE_NOT_PARSED: "The parts could not be told apart. The whole line was taken as the title.",
    RemarkCode.TEXT_CUT: "A text was longer than {limit} characters and was shortened.",
    RemarkCode.AUTHORS_CUT: "Only the first {limit} authors were taken.",
    RemarkCode.YEAR_UNREADABLE: "The year could not be read. What stood there is kept as the date.",
    RemarkCode.FORMULA_VALUE: "A cell computes its value. The value last saved was taken.",
    RemarkCode.FORMULA_WITHOUT_VALUE: "A cell computes something and has no saved value. It was left out.",
    RemarkCode.HEADINGS_NOT_FOUND: "No headings were found. Each row was read like a line of text.",
    RemarkCode.ENCODING_GUESSED: "The encoding of the file was guessed. Please look at letters with accents.",
    RemarkCode.ONLY_DOI: "Only a DOI is given. The library looks up the rest.",
    RemarkCode.TITLE_MISSING: "The title is missing.",
    RemarkCode.AUTHORS_MISSING: "The authors are missing.",
    RemarkCode.SOURCE_MISSING: "The journal, book or conference is missing.",
    RemarkCode.YEAR_MISSING: "The year is missing.",
    RemarkCode.PAGES_MISSING: "Pages and article number are missing.",
    RemarkCode.DOI_INVALID: "This is not the form of a DOI: {value}",
    RemarkCode.ISSN_INVALID: "The check digit of this ISSN does not fit: {value}",
    RemarkCode.ISBN_INVALID: "The check digit of this ISBN does not fit: {value}",
    RemarkCode.YEAR_IMPLAUSIBLE: "The year {value} can hardly be right.",
    RemarkCode.PAGES_REVERSED: "The pages end before they begin: {value}",
    RemarkCode.EARLY_ONLINE: (
        "No volume or issue: perhaps it is only online so far. It counts once the database itself lists it."
    ),
    RemarkCode.SAME_DOI: "It has the same DOI as paper {other}.",
    RemarkCode.SAME_TITLE: "It has the same title and year as paper {other}.",
}


@dataclass(frozen=True)
class Remark:
    """A remark; `paper` is the place in the list from 1 on, 0 for none of it; `record` likewise in the source."""

    code: RemarkCode
    paper: int = 0
    record: int = 0
    details: Mapping[str, str | int] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        """The sentence in English with its {placeholders}: the key of its translation, filled from `details`."""
        return _SENTENCES[self.code]

    def to_json(self) -> dict[str, object]:
        """Return the remark as plain JSON; the sentence stays to be translated."""
        return {"code": self.code.value, "paper": self.paper, "record": self.record, "details": dict(self.details)}
