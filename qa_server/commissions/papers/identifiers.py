"""DOI, ISSN and ISBN: the form they are kept in, and whether they can be right. Pure, asks no registry."""

import re
import unicodedata
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_LABEL = re.compile(r"^(?:(?:https?://)?(?:dx\.)?doi\.org/+|doi\s*[:=]?\s*)+", re.IGNORECASE)
_TRAILING = ".,;:'\"“”‘’。，、；：>》]}"
_CLOSING = {")": "(", "]": "[", ">": "<", "}": "{"}
_SEPARATORS = re.compile(r"[;,/、；，]|(?<=\w{4}-\w{4})\s+")


def tidy_doi(text: str) -> str:
    """Return a DOI without address, label, full-width characters and what follows it in a sentence.

    A text that holds no DOI comes back without blanks around it.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.lower().startswith(("http", "doi.org", "dx.doi.org", "www.")):
        plain = unquote(plain)
        found = _DOI.search(plain)
        plain = found[0] if found else plain
    plain = _DOI_LABEL.sub("", plain)
    return _without_tail(plain) if plain.startswith("10.") else plain


def is_doi(text: str) -> bool:
    """Say whether a tidied text has the form of a DOI."""
    return _DOI.fullmatch(text) is not None


def doi_key(text: str) -> str:
    """Return the form in which two DOIs are compared: letters count alike in either case."""
    return tidy_doi(text).lower()


def issns(text: str) -> list[str]:
    """Return the numbers of a field that may hold those of print and of the web."""
    return [number for part in _SEPARATORS.split(_folded(text)) if (number := part.strip())]


def is_issn(text: str) -> bool:
    """Say whether a text is an ISSN with a check digit that fits."""
    digits = _folded(text).replace("-", "")
    if not re.fullmatch(r"[0-9]{7}[0-9X]", digits):
        return False
    return sum(_value(digit) * weight for digit, weight in zip(digits, range(8, 0, -1), strict=True)) % 11 == 0


def is_isbn(text: str) -> bool:
    """Say whether a text is an ISBN of 10 or 13 digits with a check digit that fits."""
    digits = re.sub(r"[-\s]", "", _folded(text))
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        return sum(_value(digit) * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0
    if re.fullmatch(r"97[89][0-9]{10}", digits):
        return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
    return False


def looks_like_isbn(text: str) -> bool:
    """Say whether a number has the length of an ISBN rather than of an ISSN."""
    digits = re.sub(r"[^0-9X]", "", _folded(text))
    return len(digits) in {10, 13}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper().strip()
    plain = re.sub(r"[‐‑‒–—−]", "-", plain)
    return re.sub(r"^E?-?(?:ISSN|ISBN)(?:-1[03])?\s*:?\s*", "", plain)


def _without_tail(text: str) -> str:
    # A bracket belongs to the DOI where its opening does: 10.1016/S0140-6736(20)30183-5.
    # The count runs along, so that a thousand brackets cost no more than their length.
    balance = {close: text.count(opening) - text.count(close) for close, opening in _CLOSING.items()}
    end = len(text)
    while end:
        last = text[end - 1]
        if last in _CLOSING and balance[last] < 0:
            balance[last] += 1
        elif last in _CLOSING or last not in _TRAILING:
            break
        end -= 1
    return text[:end]


def _value(digit: str) -> int:
    return 10 if digit == "X" else int(digit)
