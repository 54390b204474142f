"""Cases for practice: a made-up reader who asks, answers back, and a model answer. Shipped as data; pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "practice_cases.json"


@dataclass(frozen=True)
class Step:
    """What the reader says to the next answer: `says` where it has one of the words `hears`, else `otherwise`."""

    hears: tuple[str, ...]
    says: str
    otherwise: str | None


@dataclass(frozen=True)
class Case:
    """A reader to practise with. `level` is 1 (plain) to 3 (hard); `points` are what a good answer does."""

    key: str
    language: str
    level: int
    title: str
    reader: str
    question: str
    steps: tuple[Step, ...]
    model_answer: str
    points: tuple[str, ...]


@cache
def cases() -> tuple[Case, ...]:
    """Return all cases, in the order of their file."""
    return tuple(_case(row) for row in json.loads(_FILE.read_text(encoding="utf-8")))


def case_named(key: str | None) -> Case | None:
    """Return the case with this key, or None."""
    return next((case for case in cases() if case.key == key), None)


def reply(steps: Sequence[Step], step: int, answer: str) -> str | None:
    """Return what the reader says to an answer, None when the reader has nothing more to say. `step` counts from 0."""
    if step >= len(steps):
        return None
    heard = steps[step]
    said = answer.casefold()
    if heard.otherwise is None or not heard.hears or any(word.casefold() in said for word in heard.hears):
        return heard.says
    return heard.otherwise


def seconds_to_type(line: str) -> int:
    """Return how long a reader takes to write a line, 2 to 8 seconds: long enough to feel like somebody."""
    return min(8, 2 + len(line) // 12)


def _case(row: dict[str, Any]) -> Case:
    steps = tuple(Step(tuple(each["hears"]), each["says"], each["otherwise"]) for each in row["steps"])
    return Case(**{**row, "steps": steps, "points": tuple(row["points"])})
