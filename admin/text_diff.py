"""A readable difference of two texts: words of Latin script, single characters of Chinese. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Pieces are compared as a whole: a run of Latin letters and digits, a run of blanks, a single other character.
_PIECE = re.compile(r"[A-Za-z0-9_]+|[^\S\n]+|\n|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Comparing takes up to (pieces before) x (pieces after) steps; above this a changed block is shown as a whole.
_MAX_STEPS = 1_000_000
# Blocks more different than this are easier read one after the other than mixed.
_LEAST_ALIKE = 0.35

Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Segment:
    """A stretch of text that stayed, went or came."""

    kind: Kind
    text: str


def difference(before: str, after: str) -> list[Segment]:
    """Return the segments that lead from one text to the other, in reading order, neighbours of one kind joined.

    Without the added ones they spell `before`, without the removed ones `after`.
    """
    old, new = _LINE.findall(before), _LINE.findall(after)
    segments: list[Segment] = []
    for is_equal, left, right in _blocks(old, new):
        segments += [Segment("same", left)] if is_equal else _within(left, right)
    return _joined(segments)


def has_changed(segments: Sequence[Segment]) -> bool:
    """Say whether anything went or came."""
    return any(segment.kind != "same" for segment in segments)


def _within(before: str, after: str) -> list[Segment]:
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    whole = [Segment("removed", before), Segment("added", after)]
    if len(old) * len(new) > _MAX_STEPS:
        return whole
    if SequenceMatcher(None, old, new, autojunk=False).ratio() < _LEAST_ALIKE:
        return whole
    segments: list[Segment] = []
    for is_equal, left, right in _blocks(old, new):
        segments += [Segment("same", left)] if is_equal else [Segment("removed", left), Segment("added", right)]
    return segments


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield tag == "equal", "".join(old[start:end]), "".join(new[new_start:new_end])


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in segments:
        if not segment.text:
            continue
        if joined and joined[-1].kind == segment.kind:
            joined[-1] = Segment(segment.kind, joined[-1].text + segment.text)
        else:
            joined.append(segment)
    return joined
