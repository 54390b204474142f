"""One value of a form, read by the kind of its field. Pure.

What does not fit is told in a sentence; what can be kept all the same, such as a text that is too long, is kept, so
that saving a draft loses nothing that somebody wrote.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from uuid import UUID

from qa_server.commissions.definition import FieldDef, FieldKind
from qa_server.commissions.papers.identifiers import is_doi, is_isbn, is_issn, tidy_doi
from qa_server.commissions.papers.models import MAX_PAPERS, Paper, paper_from_json
from qa_server.network.desks import is_clc_class
from storage.errors import AppError

Value = bool | int | str | list[str] | list[dict[str, object]] | dict[str, int] | None

# Characters, where a field says nothing of its own.
MAX_LINE = 300
MAX_PARAGRAPH = 5_000
# No text is kept beyond this, whatever the field says.
MAX_TEXT = 20_000
MAX_TERMS = 200
MAX_TERM = 200
MAX_FILES = 50
MAX_NUMBER = 1_000_000_000
MAX_EMAIL = 254
FIRST_YEAR = 1800
# A wish beyond this is a slip of the hand.
MAX_DAYS_AHEAD = 20 * 366
_FIRST_DATE = date(1900, 1, 1)
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>]+\.[^@\s.,;<>]{2,}")
_PHONE = re.compile(r"\+?[0-9(][0-9()\-/. ]*(?:(?:ext\.?|x|#|转)\s*[0-9]{1,6})?", re.IGNORECASE)
_PHONE_DIGITS = range(5, 22)
_BETWEEN_TERMS = re.compile(r"[\n;；]")
# What nobody sees and no database takes: controls, formats such as zero-width blanks, halves of pairs, private ones.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True)
class Read:
    """A value as it is kept, None where nothing of it is; with a sentence when something is wrong with it."""

    value: Value = None
    sentence: str = ""
    details: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def read_papers(value: object) -> Read:
    """Return the papers that can be read as JSON, without empty ones, and what is wrong with the first other."""
    if not isinstance(value, list | tuple):
        return _misfit()
    papers: list[dict[str, object]] = []
    wrong: AppError | None = None
    for number, each in enumerate(value[:MAX_PAPERS], start=1):
        try:
            paper = paper_from_json(each, number=number)
        except AppError as error:
            wrong = wrong or error
            continue
        if paper != Paper(language=paper.language, kind=paper.kind, record=paper.record):
            papers.append(paper.to_json())
    if wrong is not None:
        return Read(papers, wrong.message, wrong.details)
    return Read(papers)


def read_value(field: FieldDef, raw: object, *, today: date, papers: Callable[[object], Read]) -> Read:
    """Return a value as it is kept for a field; an empty one is None, of a yes or no False."""
    if field.kind is FieldKind.BOOLEAN:
        return _boolean(raw)
    if raw is None or raw == "" or raw == [] or raw == {}:
        return Read()
    if field.kind is FieldKind.PAPERS:
        return _counted(field, papers(raw), MAX_PAPERS)
    if field.kind in (FieldKind.DATE, FieldKind.YEARS):
        return _date(field, raw, today) if field.kind is FieldKind.DATE else _years(raw, today)
    return _READERS[field.kind](field, raw)


def line(text: str) -> str:
    """Return a text in one line, without what nobody sees."""
    return " ".join(_shown(text).split())


def paragraph(text: str) -> str:
    """Return a text with its lines, without what nobody sees."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_shown(each).rstrip() for each in unified.split("\n")).strip()


def _shown(text: str) -> str:
    # A blank of any kind becomes a plain one; line ends were taken out before, or do not count.
    return "".join(
        " " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char) not in _UNSEEN
    )


def _misfit() -> Read:
    return Read(None, "This value does not fit here.")


def _text(field: FieldDef, raw: object) -> Read:
    if not isinstance(raw, str):
        return _misfit()
    is_line = field.kind is not FieldKind.PARAGRAPH
    # Cut before it is cleaned: what is longer is no text that somebody wrote into this form.
    found = (line if is_line else paragraph)(raw[: 2 * MAX_TEXT])[:MAX_TEXT]
    if not found:
        return Read()
    most = field.maximum if field.maximum is not None else MAX_LINE if is_line else MAX_PARAGRAPH
    if len(found) > most:
        return Read(found, "At most {most} characters; there are {found}.", {"most": most, "found": len(found)})
    if field.minimum is not None and len(found) < field.minimum:
        details = {"least": field.minimum, "found": len(found)}
        return Read(found, "At least {least} characters; there are {found}.", details)
    return _formatted(field, found)


def _formatted(field: FieldDef, text: str) -> Read:
    if field.format == "doi":
        doi = tidy_doi(text)
        return Read(doi, "" if is_doi(doi) else "This is not a DOI. It begins with 10. and holds a stroke.")
    if field.format == "issn":
        return Read(text, "" if is_issn(text) else "This ISSN cannot be right; please compare its digits.")
    if field.format == "isbn":
        return Read(text, "" if is_isbn(text) else "This ISBN cannot be right; please compare its digits.")
    return Read(text)


def _integer(field: FieldDef, raw: object) -> Read:
    number = _whole(raw)
    if number is None:
        return Read(None, "Please give a whole number.")
    if field.minimum is not None and number < field.minimum:
        return Read(number, "At least {least}, please.", {"least": field.minimum})
    if field.maximum is not None and number > field.maximum:
        return Read(number, "At most {most}, please.", {"most": field.maximum})
    return Read(number)


def _whole(raw: object) -> int | None:
    # True is a number to Python.
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    if isinstance(raw, str):
        digits = unicodedata.normalize("NFKC", raw[:24]).strip()
        return int(digits) if re.fullmatch(r"-?[0-9]{1,9}", digits) else None
    if isinstance(raw, float) and not raw.is_integer():
        return None
    return int(raw) if abs(raw) <= MAX_NUMBER else None


def _date(field: FieldDef, raw: object, today: date) -> Read:
    try:
        found = date.fromisoformat(raw.strip()) if isinstance(raw, str) and len(raw) < MAX_LINE else None
    except ValueError:
        found = None
    if found is None:
        return Read(None, "Please give a date such as {example}.", {"example": today.isoformat()})
    earliest = _FIRST_DATE if field.minimum is None else today + timedelta(days=field.minimum)
    latest = today + timedelta(days=MAX_DAYS_AHEAD if field.maximum is None else field.maximum)
    if found < earliest:
        return Read(found.isoformat(), "Not before {date}, please.", {"date": earliest.isoformat()})
    if found > latest:
        return Read(found.isoformat(), "Not after {date}, please.", {"date": latest.isoformat()})
    return Read(found.isoformat())


def _years(raw: object, today: date) -> Read:
    if isinstance(raw, list | tuple) and len(raw) == 2:
        raw = {"from": raw[0], "to": raw[1]}
    if not isinstance(raw, Mapping) or not raw.keys() <= {"from", "to"}:
        return _misfit()
    last = today.year + 1
    years: dict[str, int] = {}
    for end, given in raw.items():
        if given is None or given == "":
            continue
        year = _whole(given)
        if year is None or not FIRST_YEAR <= year <= last:
            return Read(years or None, "Years lie between {first} and {last}.", {"first": FIRST_YEAR, "last": last})
        years[str(end)] = year
    if "from" in years and "to" in years and years["from"] > years["to"]:
        return Read(years, "The first year comes after the last.")
    return Read(years or None)


def _choice(field: FieldDef, raw: object) -> Read:
    if isinstance(raw, str) and any(raw == choice.key for choice in field.choices):
        return Read(raw)
    return Read(None, "This is not one of the choices.")


def _choices(field: FieldDef, raw: object) -> Read:
    given = [raw] if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple) or len(given) > MAX_TERMS:
        return _misfit()
    known = [choice.key for choice in field.choices]
    kept = [key for key in known if key in given]
    if any(each not in known for each in given):
        return Read(kept or None, "This is not one of the choices.")
    return _counted(field, Read(kept), len(known))


def _boolean(raw: object) -> Read:
    if raw is None or raw == "" or isinstance(raw, bool):
        return Read(raw is True)
    # What a plain form sends.
    if isinstance(raw, str) and raw in ("true", "false", "on", "yes", "no"):
        return Read(raw in ("true", "on", "yes"))
    return Read(False, "Please choose yes or no.")


def _email(field: FieldDef, raw: object) -> Read:
    if not isinstance(raw, str):
        return _misfit()
    found = line(unicodedata.normalize("NFKC", raw[:MAX_LINE]))
    if len(found) > MAX_EMAIL or not _EMAIL.fullmatch(found):
        return Read(found, "This is not a complete e-mail address.")
    return Read(found)


def _phone(field: FieldDef, raw: object) -> Read:
    if not isinstance(raw, str):
        return _misfit()
    found = line(unicodedata.normalize("NFKC", raw[:MAX_LINE]))
    if not _PHONE.fullmatch(found) or sum(char.isdigit() for char in found) not in _PHONE_DIGITS:
        return Read(found, "This is not a telephone number.")
    return Read(found)


def _subject(field: FieldDef, raw: object) -> Read:
    found = line(raw[:MAX_LINE]).upper() if isinstance(raw, str) else ""
    if not is_clc_class(found):
        return Read(None, "This is not a class of the Chinese Library Classification.")
    # The main class: TP391 is T.
    return Read(found[0])


def _terms(field: FieldDef, raw: object) -> Read:
    given = _BETWEEN_TERMS.split(raw[:MAX_TEXT]) if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        return _misfit()
    terms: dict[str, str] = {}
    for each in given[: 2 * MAX_TERMS]:
        term = line(each[:MAX_TEXT])
        if term:
            terms.setdefault(term.casefold(), term)
    kept = list(terms.values())[:MAX_TERMS]
    longest = field.longest or MAX_TERM
    for number, term in enumerate(kept, start=1):
        if len(term) > longest:
            details = {"number": number, "most": longest, "found": len(term)}
            return Read(kept, "Entry {number} has {found} characters; at most {most} are possible.", details)
    return _counted(field, Read(kept or None), MAX_TERMS)


def _files(field: FieldDef, raw: object) -> Read:
    if not isinstance(raw, list | tuple) or not all(isinstance(each, str) for each in raw):
        return _misfit()
    try:
        kept = [str(UUID(each)) for each in raw[:MAX_FILES]]
    except ValueError:
        return _misfit()
    return _counted(field, Read(list(dict.fromkeys(kept))), MAX_FILES)


def _counted(field: FieldDef, read: Read, limit: int) -> Read:
    """Add what is wrong with the number of entries, unless something else was."""
    if read.sentence or not isinstance(read.value, Sequence):
        return read
    found, most = len(read.value), min(field.maximum if field.maximum is not None else limit, limit)
    if not found:
        return Read()
    if found > most:
        return Read(read.value, "At most {most} entries; there are {found}.", {"most": most, "found": found})
    if field.minimum is not None and found < field.minimum:
        return Read(
            read.value, "At least {least} entries; there are {found}.", {"least": field.minimum, "found": found}
        )
    return read


_READERS: Mapping[FieldKind, Callable[[FieldDef, object], Read]] = MappingProxyType(
    {
        FieldKind.TEXT: _text,
        FieldKind.PARAGRAPH: _text,
        FieldKind.INTEGER: _integer,
        FieldKind.CHOICE: _choice,
        FieldKind.CHOICES: _choices,
        FieldKind.EMAIL: _email,
        FieldKind.PHONE: _phone,
        FieldKind.SUBJECT: _subject,
        FieldKind.TERMS: _terms,
        FieldKind.FILES: _files,
    }
)
