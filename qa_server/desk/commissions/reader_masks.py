"""Takes who a commission's reader is out of a text: what the reader told, and whatever looks like a personal detail."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from knowledge.masking.details import find_all
from knowledge.masking.masks import Masked, mask_all
from knowledge.masking.text import Kind, Span
from qa_server.commissions.models import Commission
from qa_server.desk.answers.words import public_words

# What a reader told of who one is, and what stands in its place. The name of a department may name a person.
_TOLD: Mapping[str, Kind] = MappingProxyType(
    {"name": Kind.NAME, "email": Kind.EMAIL, "phone": Kind.PHONE, "organisation": Kind.OTHER, "address": Kind.ADDRESS}
)
# Fields of forms that say who somebody is.
_NAMING = ("author_zh", "author_en", "department", "institution_zh", "institution_en", "identifiers", "post_address")
# Shorter words stand in too many others.
_MIN_CHARACTERS = 2
_HAN_NAME = re.compile("[\u4e00-\u9fff]{3,4}")
_LETTER = "[A-Za-z0-9]"


def masked(
    session: Session,
    commission: Commission,
    texts: Sequence[str],
    *,
    withheld: Collection[str] = (),
    known: Collection[str] = (),
) -> Masked:
    """Return texts with placeholders for all that says who the reader is.

    `withheld` are further fields of the form whose words are nobody's to read; `known` words that are left alone.
    """
    found = find_all(texts, known={*public_words(session, commission.library_id), *known})
    told: dict[str, Kind] = {}
    for words, kind in _told(commission, withheld):
        told.setdefault(words, kind)
    spans = [_joined([*_told_in(text, told), *each]) for text, each in zip(texts, found, strict=True)]
    return mask_all(texts, spans, language=commission.language)


def _told(commission: Commission, withheld: Collection[str]) -> Iterator[tuple[str, Kind]]:
    for name, kind in _TOLD.items():
        yield from ((words, kind) for words in _words_of(commission.contact.get(name)))
    for name in _words_of(commission.contact.get("name")):
        yield from ((part, Kind.NAME) for part in _parts_of_name(name))
    for key in ("title", "tax_number", "email", "note"):
        yield from ((words, Kind.OTHER) for words in _words_of(commission.invoice.get(key)))
    for key in dict.fromkeys((*_NAMING, *withheld)):
        yield from ((words, Kind.NAME) for words in _words_of(commission.form.get(key)))


def _words_of(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and len(each.strip()) >= _MIN_CHARACTERS:
            yield each.strip()


def _parts_of_name(name: str) -> Iterator[str]:
    """Return what of a name stands for all of it: each of its words, or a given name of two characters."""
    if _HAN_NAME.fullmatch(name):
        yield name[-2:]
    yield from (part for part in re.split(r"[\s·.,]+", name) if len(part) >= _MIN_CHARACTERS)


def _told_in(text: str, told: Mapping[str, Kind]) -> Iterator[Span]:
    # The longest first: an institution's name may hold a person's.
    for words in sorted(told, key=len, reverse=True):
        for match in re.finditer(_pattern_of(words, told[words]), text, re.IGNORECASE):
            yield Span(*match.span(), told[words])


def _pattern_of(words: str, kind: Kind) -> str:
    digits = re.sub(r"\D", "", words)
    if kind is Kind.PHONE and digits:
        # Written with blanks in one place and with hyphens in the other.
        return rf"(?<!\d){r'[ ()-]{0,2}'.join(digits)}(?!\d)"
    before = f"(?<!{_LETTER})" if re.match(_LETTER, words[0]) else ""
    after = f"(?!{_LETTER})" if re.match(_LETTER, words[-1]) else ""
    return before + re.escape(words) + after


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans by place; those that overlap become one, of the kind of the one given first."""
    joined: list[Span] = []
    for span in spans:
        touched = [each for each in joined if each.overlaps(span.start, span.end)]
        if touched:
            start = min(span.start, *(each.start for each in touched))
            end = max(span.end, *(each.end for each in touched))
            span = Span(start, end, touched[0].kind)
        joined = [each for each in joined if each not in touched] + [span]
    return sorted(joined)
