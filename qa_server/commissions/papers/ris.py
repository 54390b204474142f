"""Read records of tagged lines: RIS, EndNote (.enw), NoteExpress, and the plain text of Web of Science. Pure.

Programs write these loosely: one blank instead of two, no last line, values over several lines. Each record is taken
as far as it goes; its `record` is the number of the line where it begins.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa_server.commissions.papers.drafts import Draft, finished_all
from qa_server.commissions.papers.models import Paper, PaperKind
from qa_server.commissions.papers.names import split_authors
from qa_server.commissions.papers.remarks import Remark

_A, _C, _B, _H, _T, _P, _O = PaperKind


@dataclass(frozen=True)
class Dialect:
    """How a format writes: its lines, the tag that begins and the one that ends a record, what each tag means.

    A meaning is the name of a text of Paper, or one of `authors`, `kind`, `standard`, `start`, `end`, `container`.
    """

    line: re.Pattern[str]
    begins: str
    ends: str
    meanings: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, PaperKind]
    # A line without a tag below a name is another name, rather than more of it.
    continues_lists: bool = False
    # Blanks before a tag mean nothing.
    is_indented: bool = False


RIS = Dialect(
    line=re.compile(r"([A-Z][A-Z0-9]) {1,3}-(?: (.*)|(.*))$"),
    begins="TY",
    ends="ER",
    meanings={
        "TY": ("kind",),
        **dict.fromkeys(("AU", "A1"), ("authors",)),
        **dict.fromkeys(("TI", "T1"), ("title",)),
        **dict.fromkeys(("JO", "JF", "JA", "J2"), ("journal",)),
        **dict.fromkeys(("T2", "BT"), ("container",)),
        "C3": ("conference",),
        **dict.fromkeys(("PY", "Y1"), ("year",)),
        "DA": ("date",),
        "VL": ("volume",),
        "IS": ("issue",),
        "SP": ("start",),
        "EP": ("end",),
        "C7": ("number",),
        "PB": ("publisher",),
        "DO": ("doi",),
        "SN": ("standard",),
        "AN": ("accession",),
        "LA": ("language",),
    },
    kinds={
        **dict.fromkeys(("JOUR", "EJOUR", "JFULL", "MGZN", "INPR"), _A),
        **dict.fromkeys(("CONF", "CPAPER"), _C),
        **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK"), _B),
        **dict.fromkeys(("CHAP", "ECHAP"), _H),
        "THES": _T,
        "PAT": _P,
    },
    is_indented=True,
)
ENW = Dialect(
    line=re.compile(r"(%[!-~])(?: (.*)|()$)"),
    begins="%0",
    ends="",
    meanings={
        "%0": ("kind",),
        "%A": ("authors",),
        "%T": ("title",),
        "%J": ("journal",),
        "%B": ("container",),
        "%D": ("year",),
        "%8": ("date",),
        "%V": ("volume",),
        "%N": ("issue",),
        "%P": ("pages",),
        "%I": ("publisher",),
        "%R": ("doi",),
        "%@": ("standard",),
        "%M": ("accession",),
        "%G": ("language",),
    },
    kinds={
        "Journal Article": _A,
        "Electronic Article": _A,
        "Conference Proceedings": _C,
        "Conference Paper": _C,
        "Book": _B,
        "Edited Book": _B,
        "Electronic Book": _B,
        "Book Section": _H,
        "Thesis": _T,
        "Patent": _P,
    },
)
NOTE_EXPRESS = Dialect(
    line=re.compile(r"\{([A-Z][A-Za-z/ ]{2,40})\}:()(.*)$"),
    begins="Reference Type",
    ends="",
    meanings={
        "Reference Type": ("kind",),
        "Author": ("authors",),
        "Title": ("title",),
        **dict.fromkeys(("Journal", "Secondary Title"), ("container",)),
        "Tertiary Title": ("conference",),
        "Year": ("year",),
        "Date": ("date",),
        "Volume": ("volume",),
        "Issue": ("issue",),
        "Pages": ("pages",),
        "Publisher": ("publisher",),
        "DOI": ("doi",),
        "ISBN/ISSN": ("standard",),
        "Accession Number": ("accession",),
        "Language": ("language",),
    },
    kinds=ENW.kinds,
)
WEB_OF_SCIENCE = Dialect(
    line=re.compile(r"([A-Z][A-Z0-9])(?: (.*)|()$)"),
    begins="PT",
    ends="ER",
    meanings={
        "PT": ("kind",),
        "AU": ("authors",),
        "TI": ("title",),
        "SO": ("container",),
        "CT": ("conference",),
        "PY": ("year",),
        "PD": ("date",),
        "EA": ("date",),
        "VL": ("volume",),
        "IS": ("issue",),
        "BP": ("start",),
        "EP": ("end",),
        "AR": ("number",),
        "PU": ("publisher",),
        "DI": ("doi",),
        **dict.fromkeys(("SN", "EI", "BN"), ("standard",)),
        "UT": ("accession",),
        "LA": ("language",),
    },
    kinds={"J": _A, "C": _C, "B": _B, "S": _H, "P": _P},
    continues_lists=True,
)
_CONTAINER_IS_CONFERENCE = (_C,)
_MAX_VALUE = 20_000


def read_tagged(text: str, dialect: Dialect) -> tuple[list[Paper], list[Remark]]:
    """Return the papers of a text in order. Lines before the first record are a heading and say nothing."""
    return finished_all(_draft(record, dialect) for record in _records(text, dialect))


@dataclass
class _Record:
    line: int
    values: list[tuple[str, str]]


def _records(text: str, dialect: Dialect) -> Iterator[_Record]:
    current: _Record | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        found = dialect.line.match(line.strip() if dialect.is_indented else line.rstrip())
        tag = found[1] if found else ""
        if tag in {dialect.begins, dialect.ends} and tag:
            if current is not None:
                yield current
            current = _Record(number, []) if tag == dialect.begins else None
        if current is None:
            continue
        if found:
            current.values.append((tag, (found[2] or found[3] or "").strip()))
        elif line.strip() and current.values:
            _continue(current, line.strip(), dialect)
    if current is not None:
        yield current


def _continue(record: _Record, line: str, dialect: Dialect) -> None:
    tag, value = record.values[-1]
    if dialect.continues_lists and dialect.meanings.get(tag) == ("authors",):
        record.values.append((tag, line))
    elif len(value) < _MAX_VALUE:
        record.values[-1] = (tag, f"{value} {line}")


def _draft(record: _Record, dialect: Dialect) -> Draft:
    draft = Draft(record.line)
    start = end = ""
    for tag, value in record.values:
        meaning = dialect.meanings.get(tag, ("",))[0]
        if meaning == "kind":
            draft.kind = dialect.kinds.get(value, _O if value not in {"GEN", "Generic", ""} else None)
        elif meaning == "authors":
            draft.authors += _names(value)
        elif meaning == "standard":
            draft.put_standard_number(value)
        elif meaning == "start":
            start = start or value
        elif meaning == "end":
            end = end or value
        elif meaning == "container":
            draft.put("conference" if draft.kind in _CONTAINER_IS_CONFERENCE else "journal", value)
        elif meaning:
            draft.put(meaning, value)
    draft.put("pages", f"{start}-{end}" if start and end and end != start else start or end)
    return draft


def _names(value: str) -> list[str]:
    # One name to a line is the rule, so that a comma belongs to the name; databases in China put all in one line.
    if ";" in value or "；" in value:
        return split_authors(value)
    return [value]
