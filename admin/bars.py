"""Bars of a small chart, as numbers for an SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 240, 56
_GAP = 4


@dataclass(frozen=True)
class Bar:
    """One bar: its place and size in units of the chart, its number and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    value: int
    label: str


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """Return a bar for each labelled number, scaled to the largest; nothing is a line at the bottom."""
    most = max((value for _, value in values), default=0) or 1
    width = (WIDTH - _GAP * (len(values) - 1)) / max(1, len(values))
    made = []
    for place, (label, value) in enumerate(values):
        height = max(1.0, HEIGHT * value / most)
        x = place * (width + _GAP)
        made.append(Bar(round(x, 1), round(HEIGHT - height, 1), round(width, 1), round(height, 1), value, label))
    return made
