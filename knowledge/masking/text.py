"""Text as the finders of personal details read it: one width, character by character, with zones left alone. Pure."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

# Full-width forms and the wide blank; every character stays one character, so that places in both texts agree.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
# Parts in which a number names a thing of the library, never a person.
_THINGS = re.compile(
    r"https?://[^\s，。；）)]+|www\.[^\s，。；）)]+"
    r"|\b10\.\d{4,9}/[^\s，。；）)]+"
    r"|\bISBN(?:-1[03])?[:号 ]*[\dXx][\dXx -]{8,16}|\bISSN[:号 ]*\d{4}-?\d{3}[\dXx]|\b97[89][- ]?\d[\d -]{8,12}\d"
    r"|《[^》]{1,80}》"
    r"|〔[^〕]{1,30}〕|\[(?:name|phone|ID number|card number|e-mail|account|plate|address|bank card|IP address|detail)"
    r"(?: \d+)?\]",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a personal detail is."""

    NAME = "name"
    PHONE = "phone"
    ID_CARD = "id_card"
    CARD_NUMBER = "card_number"
    EMAIL = "email"
    ACCOUNT = "account"
    PLATE = "plate"
    ADDRESS = "address"
    BANK_CARD = "bank_card"
    IP = "ip"
    OTHER = "other"


@dataclass(frozen=True, order=True)
class Span:
    """A personal detail in a text: from `start` to one past its last character."""

    start: int
    end: int
    kind: Kind

    def overlaps(self, start: int, end: int) -> bool:
        """Say whether any character lies in both."""
        return self.start < end and start < self.end


@dataclass(frozen=True)
class Reading:
    """A text made ready: `text` in one width, `things` the parts that no finder may touch."""

    text: str
    things: tuple[tuple[int, int], ...]

    def is_free(self, start: int, end: int) -> bool:
        """Say whether none of it belongs to a thing."""
        return not any(first < end and start < last for first, last in self.things)

    def before(self, place: int, characters: int) -> str:
        """Return what stands before a place, on the same line."""
        return self.text[max(0, place - characters) : place].rpartition("\n")[2]

    def after(self, place: int, characters: int) -> str:
        """Return what follows a place, on the same line."""
        return self.text[place : place + characters].partition("\n")[0]


def read(text: str, *, known: Collection[str] = ()) -> Reading:
    """Make a text ready; `known` are public words (a library's own telephone, its address) that are left alone."""
    narrow = text.translate(_NARROW)
    things = [match.span() for match in _THINGS.finditer(narrow)]
    things.extend(span for word in known for span in _places_of(word.translate(_NARROW), narrow))
    return Reading(narrow, tuple(things))


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return spans by place; of those that overlap the one that came first in the order given stays."""
    kept: list[Span] = []
    for span in spans:
        if not any(span.overlaps(other.start, other.end) for other in kept):
            kept.append(span)
    return sorted(kept)


def _places_of(word: str, text: str) -> Iterable[tuple[int, int]]:
    if len(word.strip()) < 4:
        return
    digits = re.sub(r"\D", "", word)
    # A telephone number is written with blanks in one place and with hyphens in the other.
    is_number = len(digits) >= 7 and len(digits) * 2 > len(word)
    pattern = r"[ ()-]{0,2}".join(digits) if is_number else re.escape(word.strip())
    for match in re.finditer(pattern, text, re.IGNORECASE):
        yield match.span()
