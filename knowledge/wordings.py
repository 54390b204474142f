"""A reader's words as a possible wording: made plain, compared by what they say, checked for personal details. Pure.

The check is coarse on purpose: it drops some harmless words (an ISBN, a date with a time) rather than keep a phone
number. It knows no names of people; the curator who confirms a wording sees those.
"""

import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256

from knowledge.content import MAX_QUESTION_CHARACTERS
from knowledge.tokens import fold

_SAID = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+|https?://\S*[?&]\S")
# Cards of students and readers have seven digits and more; a year with a month has six.
_DIGIT_RUN = re.compile(r"[\d〇零一二三四五六七八九幺]{7}")
# A number as people write it, in groups: 139 1234 5678, 010-6275-1051. Two years in a row (2025-2026) have eight.
_DIGIT_GROUPS = re.compile(r"\d(?:[ .·()-]{0,2}\d){8}")


def plain_words(text: str) -> str | None:
    """Return the text in one line without control characters, or None if it is no wording: empty or too long."""
    spaced = "".join(" " if unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} else each for each in text)
    words = " ".join(spaced.split())
    return words if 0 < len(words) <= MAX_QUESTION_CHARACTERS and said_in(words) else None


def said_in(words: str) -> str:
    """Return letters and digits alone, in one width, case and script: two wordings with the same say the same."""
    return "".join(_SAID.findall(fold(words)))


def is_known(words: str, wordings: Iterable[str]) -> bool:
    """Say whether one of the wordings says the same already."""
    said = said_in(words)
    return any(said_in(wording) == said for wording in wordings)


def hash_of(words: str) -> str:
    """Return what finds the same words again, of one length however long they are."""
    return sha256(said_in(words).encode()).hexdigest()


def has_personal_details(words: str) -> bool:
    """Say whether the words hold an e-mail address, a long number (phone, card, identity) or a link with parameters."""
    plain = unicodedata.normalize("NFKC", words)
    return any(pattern.search(plain) for pattern in (_ADDRESS, _DIGIT_RUN, _DIGIT_GROUPS))
