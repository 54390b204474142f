"""Tidy texts that come out of files: one line, no control characters; pages and names as they are compared. Pure."""

import re
import unicodedata

# Controls, formats such as zero-width blanks, halves of pairs, what is not assigned. Private ones are rare names.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn"})
_DASHES = re.compile(r"\s*(?:[‐‑‒–—―−~～〜－]|-{1,3})\s*")
_PAGES_LABEL = re.compile(r"^(?:pp?\.?|pages?|页码?|第)\s*[:：]?\s*(?=\S*\d)|\s*页$", re.IGNORECASE)


def cleaned(text: str) -> str:
    """Return the text in one line: blanks joined, none around it, no characters that nobody sees."""
    if text.isprintable():
        return " ".join(text.split())
    shown = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_shown(char))
    return " ".join(shown.split())


def tidy_pages(text: str) -> str:
    """Return pages with plain dashes and without the word for pages: `pp. 12–18` is `12-18`."""
    return _DASHES.sub("-", _PAGES_LABEL.sub("", text.strip())).strip(" .,;，。；")


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in _DROPPED
