"""Choose among the variants of a topic: the nearest library's text, in the language of the question. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from knowledge.catalogue import Entry, Scope
from knowledge.fusion import FusedHit


class Entries(Protocol):
    """What is known of the articles that can be found: a Catalogue, or one with a candidate in it."""

    def find(self, number: int) -> Entry | None: ...

    def variants(self, key: str) -> list[Entry]: ...


@dataclass(frozen=True)
class TopicHit:
    """The variant that stands for a topic, with the best score any variant got."""

    entry: Entry
    found: FusedHit


def by_topic(
    hits: Iterable[FusedHit], entries: Entries, *, scope: Scope, languages: Sequence[str]
) -> Iterable[TopicHit]:
    """Yield each topic once, best first, as the variant of the nearest owner in scope.

    `languages` are those allowed, the preferred one first; empty allows all.
    """
    seen: set[str] = set()
    distance = {library: place for place, library in enumerate(scope.library_ids)}
    rank = {language: place for place, language in enumerate(languages)}
    for hit in hits:
        entry = entries.find(hit.number)
        if entry is None or entry.key in seen:
            continue
        variants = [each for each in entries.variants(entry.key) if each.audience <= scope.audience]
        chosen = _nearest(variants, distance, rank)
        if chosen is None:
            continue
        seen.add(entry.key)
        is_other = chosen.number != hit.number
        yield TopicHit(chosen, hit._replace(passage_number=None) if is_other else hit)


def _nearest(variants: Iterable[Entry], distance: Mapping[UUID, int], rank: Mapping[str, int]) -> Entry | None:
    allowed = [entry for entry in variants if entry.library_id in distance and (not rank or entry.language in rank)]
    if len(allowed) == 1:
        return allowed[0]
    return min(
        allowed,
        key=lambda entry: (rank.get(entry.language, 0), distance[entry.library_id], -entry.number),
        default=None,
    )
