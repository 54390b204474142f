"""Measures the finders of personal details on labelled transcripts: what is caught, and what is masked without need."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.masking.details import find_all
from knowledge.masking.text import Kind, Span


@dataclass(frozen=True)
class LabelledTalk:
    """The messages of one talk with the labels of each. `part` says whether rules may be tuned on it."""

    id: str
    part: str
    texts: tuple[str, ...]
    labels: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Fault:
    """A detail that was missed, or words masked without need."""

    talk: str
    kind: Kind
    words: str
    is_missed: bool


@dataclass
class Measures:
    """Counts by kind. Caught is a label all of whose characters are masked; needed is a mask that meets a label."""

    talks: int = 0
    labelled: Counter[Kind] = field(default_factory=Counter)
    caught: Counter[Kind] = field(default_factory=Counter)
    masked: Counter[Kind] = field(default_factory=Counter)
    needed: Counter[Kind] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def recall(self, kind: Kind | None = None) -> float:
        """Return the share of labels that were caught, 0 to 1; 1 where there is none."""
        return _share(self.caught, self.labelled, kind)

    def precision(self, kind: Kind | None = None) -> float:
        """Return the share of masks that were needed, 0 to 1; 1 where there is none."""
        return _share(self.needed, self.masked, kind)


class TranscriptsInvalid(ValueError):
    """A line of the file is no labelled transcript."""


def read_talks(path: Path) -> Iterator[LabelledTalk]:
    """Read JSON lines: id, part, messages (text), spans (message, start, end, kind). Raises TranscriptsInvalid."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield _talk(json.loads(line))
            except (KeyError, TypeError, ValueError, IndexError) as error:
                raise TranscriptsInvalid(f"line {number}: {error}") from error


def measure(talks: Iterable[LabelledTalk]) -> Measures:
    """Return how well the details of these talks are found."""
    measures = Measures()
    for talk in talks:
        measures.talks += 1
        for text, labels, found in zip(talk.texts, talk.labels, find_all(talk.texts), strict=True):
            _compare(measures, talk.id, text, labels, found)
    return measures


def _compare(measures: Measures, talk: str, text: str, labels: Sequence[Span], found: Sequence[Span]) -> None:
    covered = {place for span in found for place in range(span.start, span.end)}
    for label in labels:
        measures.labelled[label.kind] += 1
        if all(place in covered for place in range(label.start, label.end) if not text[place].isspace()):
            measures.caught[label.kind] += 1
        else:
            measures.faults.append(Fault(talk, label.kind, text[label.start : label.end], True))
    for span in found:
        measures.masked[span.kind] += 1
        if any(span.overlaps(label.start, label.end) for label in labels):
            measures.needed[span.kind] += 1
        else:
            measures.faults.append(Fault(talk, span.kind, text[span.start : span.end], False))


def _talk(row: dict[str, object]) -> LabelledTalk:
    messages, spans = row["messages"], row["spans"]
    if not isinstance(messages, list) or not isinstance(spans, list):
        raise ValueError("messages and spans are lists")
    texts = tuple(str(each["text"]) for each in messages)
    labels: list[list[Span]] = [[] for _ in texts]
    for each in spans:
        labels[each["message"]].append(Span(int(each["start"]), int(each["end"]), Kind(each["kind"])))
    return LabelledTalk(str(row["id"]), str(row.get("part", "")), texts, tuple(map(tuple, labels)))


def _share(part: Counter[Kind], whole: Counter[Kind], kind: Kind | None) -> float:
    of = whole.total() if kind is None else whole[kind]
    return 1.0 if of == 0 else (part.total() if kind is None else part[kind]) / of
