"""Makes the labelled transcripts: `python -m tests.masking.transcripts` writes the same `transcripts.jsonl` again.

All people are invented. Labels are characters of a message, from the first to one past the last.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.masking import templates
from tests.masking.people import People

FOLDER = Path(__file__).parent
TRANSCRIPTS = FOLDER / "transcripts.jsonl"
SEED = 20261124
# Each pair of sentences is filled this often.
_ROUNDS = {"tune": 4, "held_out": 4}
_SLOT = re.compile(r"<([a-z_.]+)>")
_LABEL = re.compile(r"\[\[([a-z_]+)\|(.+?)\]\]")


def all_transcripts() -> list[dict[str, Any]]:
    """Return the generated and the hand-written ones, numbered."""
    people = People(Random(SEED))
    chance = Random(SEED + 1)
    made = [*_generated(people, chance), *_handwritten()]
    return [{"id": f"t{number:04}", **each} for number, each in enumerate(made, start=1)]


def _generated(people: People, chance: Random) -> Iterator[dict[str, Any]]:
    sources = (
        ("tune", "zh", templates.TUNE_ZH, templates.OPENINGS_ZH, templates.CLOSINGS_ZH),
        ("tune", "en", templates.TUNE_EN, templates.OPENINGS_EN, templates.CLOSINGS_EN),
        ("held_out", "zh", templates.HELD_OUT_ZH, templates.OPENINGS_ZH, templates.CLOSINGS_ZH),
        ("held_out", "en", templates.HELD_OUT_EN, templates.OPENINGS_EN, templates.CLOSINGS_EN),
    )
    for part, language, pairs, openings, closings in sources:
        for question, answer in pairs:
            for _ in range(_ROUNDS[part]):
                lines = [("reader", _filled(question, people)), ("librarian", _filled(answer, people))]
                if opening := chance.choice(openings):
                    lines.insert(0, ("reader", opening))
                yield _transcript(part, language, [*lines, ("reader", chance.choice(closings))])


def _filled(text: str, people: People) -> str:
    return _SLOT.sub(lambda slot: f"[[{slot[1].partition('.')[0]}|{people.value(slot[1])}]]", text)


def _handwritten() -> Iterator[dict[str, Any]]:
    text = (FOLDER / "handwritten.txt").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for block in lines.strip().split("\n\n"):
        head, *said = block.strip().splitlines()
        part, language = head.split()
        authors = {"R": "reader", "L": "librarian"}
        yield _transcript(part, language, [(authors[line[0]], line[3:]) for line in said])


def _transcript(part: str, language: str, lines: Sequence[tuple[str, str]]) -> dict[str, Any]:
    messages: list[dict[str, str]] = []
    spans: list[dict[str, Any]] = []
    for place, (author, marked) in enumerate(lines):
        text, end = "", 0
        for label in _LABEL.finditer(marked):
            text += marked[end : label.start()]
            spans.append({"message": place, "start": len(text), "end": len(text) + len(label[2]), "kind": label[1]})
            text, end = text + label[2], label.end()
        messages.append({"author": author, "text": text + marked[end:]})
    return {"part": part, "language": language, "messages": messages, "spans": spans}


if __name__ == "__main__":
    with TRANSCRIPTS.open("w", encoding="utf-8") as file:
        for each in all_transcripts():
            file.write(json.dumps(each, ensure_ascii=False) + "\n")
