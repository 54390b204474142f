"""The words around a hit, in pieces: a page marks those that were searched for and never makes markup of them."""

from collections.abc import Sequence

from knowledge.marking import marks
from qa_server.conversations.schemas import Wire

# Characters shown of one text: a line and a half of a list.
EXCERPT_CHARACTERS = 140
# What is shown before the first hit.
_BEFORE = 30


class Piece(Wire):
    """A part of a text; `is_hit` when it was searched for."""

    text: str
    is_hit: bool


def excerpt(query: str, texts: Sequence[str]) -> list[Piece]:
    """Return the part of the first text with the most words of the query, empty where none has any."""
    best: list[str] = []
    chosen = ""
    for text in texts:
        found = marks(query, text)
        if len(found) > len(best):
            best, chosen = found, text
    return pieces(_window(chosen, chosen.find(best[0])), best) if best else []


def pieces(text: str, hits: Sequence[str]) -> list[Piece]:
    """Cut a text at these parts of it; the longer part wins where two begin together."""
    found: list[Piece] = []
    start = place = 0
    ordered = sorted(hits, key=len, reverse=True)
    while place < len(text):
        hit = next((each for each in ordered if each and text.startswith(each, place)), None)
        if hit is None:
            place += 1
            continue
        found += [Piece(text=text[start:place], is_hit=False)] if place > start else []
        found.append(Piece(text=hit, is_hit=True))
        start = place = place + len(hit)
    return [*found, Piece(text=text[start:], is_hit=False)] if start < len(text) else found


def _window(text: str, hit: int) -> str:
    begins = max(0, hit - _BEFORE)
    ends = begins + EXCERPT_CHARACTERS
    shown = " ".join(text[begins:ends].split())
    return f"{'…' if begins else ''}{shown}{'…' if ends < len(text) else ''}"
