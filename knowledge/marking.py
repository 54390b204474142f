"""Find the words of a text that a query shares with it, so that a reader sees why a hit is there."""

import re

from knowledge.tokens import fold, tokens

_LATIN_WORD = re.compile(r"[A-Za-z0-9]{2,}")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
# Marks shown for one text; more would colour the whole line.
MAX_MARKS = 8


def marks(query: str, text: str) -> list[str]:
    """Return substrings of `text` shared with `query`: Chinese runs of two characters or more, words of one stem.

    In the order of the text, each once, at most MAX_MARKS. Case, width and script are compared folded.
    """
    found = [*_latin_marks(query, text), *_han_marks(query, text)]
    return sorted(dict.fromkeys(found), key=text.find)[:MAX_MARKS]


def _latin_marks(query: str, text: str) -> list[str]:
    wanted = {token for token in tokens(query) if token.isascii() and len(token) > 1}
    return [word for word in _LATIN_WORD.findall(text) if wanted.intersection(tokens(word))]


def _han_marks(query: str, text: str) -> list[str]:
    folded_text, folded_query = fold(text), fold(query)
    if len(folded_text) != len(text):
        return []
    found: list[str] = []
    for run in _HAN_RUN.finditer(folded_text):
        start = run.start()
        while start < run.end() - 1:
            length = _longest_shared(folded_text[start : run.end()], folded_query)
            if length >= 2:
                found.append(text[start : start + length])
            start += max(length, 1)
    return found


def _longest_shared(run: str, query: str) -> int:
    length = 0
    while length < len(run) and run[: length + 1] in query:
        length += 1
    return length
