"""Cut an article into the passages that are found: its question, its alternates, its answer in pieces. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.content import MAX_ALTERNATES
from knowledge.rendering import plain_text

# A passage's id in the vector index is the article's number times this, plus the passage's own number.
PASSAGES_PER_ARTICLE = 32
_FIRST_ALTERNATE = 1
_FIRST_PIECE = _FIRST_ALTERNATE + MAX_ALTERNATES
_MAX_PIECES = PASSAGES_PER_ARTICLE - _FIRST_PIECE
# Longer pieces blur into an average of several subjects; models of 512 tokens hold them in any language.
MAX_PIECE_CHARACTERS = 400


@dataclass(frozen=True)
class Passage:
    """One text of an article. `number` is below PASSAGES_PER_ARTICLE and says which text it is."""

    number: int
    text: str

    @property
    def is_wording(self) -> bool:
        """Whether it is a way to ask, not a piece of the answer."""
        return self.number < _FIRST_PIECE


def passages_of(question: str, alternates: Sequence[str], answer: str) -> list[Passage]:
    """Return the passages in order of number; the same texts always give the same passages."""
    wordings = [Passage(0, question)]
    wordings += [Passage(_FIRST_ALTERNATE + place, text) for place, text in enumerate(alternates[:MAX_ALTERNATES])]
    pieces = _pieces(plain_text(answer))[:_MAX_PIECES]
    return wordings + [Passage(_FIRST_PIECE + place, text) for place, text in enumerate(pieces)]


def hash_text(text: str) -> str:
    """Return 64 hex digits that stand for the text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    current = ""
    for line in text.splitlines():
        for start in range(0, len(line), MAX_PIECE_CHARACTERS):
            part = line[start : start + MAX_PIECE_CHARACTERS]
            if current and len(current) + len(part) + 1 > MAX_PIECE_CHARACTERS:
                pieces.append(current)
                current = part
            else:
                current = f"{current}\n{part}" if current else part
    return [*pieces, current] if current else pieces
