"""Put two changes of one text together: what only one side changed is taken, where both did, both are kept. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Lines are compared as a whole; a Chinese answer is often one long line, so its sentences are, too.
_UNIT = re.compile(r"[^\n。！？；]*[。！？；]+|[^\n。！？；]+|\n")
Taken = Literal["same", "theirs", "mine", "clash"]


@dataclass(frozen=True)
class Stretch:
    """A stretch of the merged text. Of a clash `base`, `theirs` and `mine` are all different."""

    taken: Taken
    base: str
    theirs: str
    mine: str


def merge(base: str, theirs: str, mine: str) -> list[Stretch]:
    """Return the stretches that lead through all three texts, in order.

    Joined over all stretches, `base`, `theirs` and `mine` each spell that text.
    """
    units = [_UNIT.findall(text) for text in (base, theirs, mine)]
    to_theirs, to_mine = _matches(units[0], units[1]), _matches(units[0], units[2])
    stretches: list[Stretch] = []
    start = (0, 0, 0)
    for place in range(len(units[0]) + 1):
        is_end = place == len(units[0])
        here = (place, to_theirs.get(place, -1), to_mine.get(place, -1))
        if is_end:
            here = (place, len(units[1]), len(units[2]))
        elif here[1] < 0 or here[2] < 0:
            continue
        _append(stretches, [_text(units[side], start[side], here[side]) for side in range(3)])
        if not is_end:
            unit = units[0][place]
            _append(stretches, [unit, unit, unit])
        start = (here[0] + 1, here[1] + 1, here[2] + 1)
    return stretches


def put_together(stretches: Sequence[Stretch], *, clashes: Literal["theirs", "mine", "both"] = "both") -> str:
    """Return the merged text. Where both changed the same, one is taken, or theirs and then mine."""
    return "".join(_chosen(stretch, clashes) for stretch in stretches)


def has_clash(stretches: Sequence[Stretch]) -> bool:
    """Say whether both sides changed the same stretch in different ways."""
    return any(stretch.taken == "clash" for stretch in stretches)


def _chosen(stretch: Stretch, clashes: str) -> str:
    if stretch.taken != "clash":
        return stretch.mine if stretch.taken == "mine" else stretch.theirs
    if clashes == "both":
        joint = "" if not stretch.theirs or stretch.theirs.endswith("\n") else "\n"
        return f"{stretch.theirs}{joint}{stretch.mine}"
    return stretch.mine if clashes == "mine" else stretch.theirs


def _matches(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Return which unit of the other text each unchanged unit of the base is."""
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def _text(units: Sequence[str], start: int, end: int) -> str:
    return "".join(units[start:end])


def _append(stretches: list[Stretch], texts: Sequence[str]) -> None:
    base, theirs, mine = texts
    if not (base or theirs or mine):
        return
    taken = _taken(base, theirs, mine)
    last = stretches[-1] if stretches else None
    if last is not None and last.taken == taken == "same":
        stretches[-1] = Stretch("same", last.base + base, last.theirs + theirs, last.mine + mine)
        return
    stretches.append(Stretch(taken, base, theirs, mine))


def _taken(base: str, theirs: str, mine: str) -> Taken:
    if theirs == mine:
        return "same"
    if theirs == base:
        return "mine"
    return "theirs" if mine == base else "clash"
