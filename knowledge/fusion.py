"""Join what keyword search and vector search found into one list with one score. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from knowledge.keyword_index import KeywordHit

# Share of the vector side in the joint score. On the labelled set (not the quality set) recall@1 is 0.67 with words
# alone, 0.84 with vectors alone, 0.87 from 0.5 to 0.7; docs/retrieval-quality.md has the other ways that were measured.
VECTOR_WEIGHT = 0.6


class VectorHit(NamedTuple):
    """An article's best passage by vector; `score` is the cosine."""

    number: int
    passage_number: int
    score: float


class FusedHit(NamedTuple):
    """An article with its joint score (0..1) and, from each side that found it, rank (from 1) and score.

    `keyword_share` (0..1) is what the keyword side adds to the joint score, before its weight.
    """

    number: int
    score: float
    keyword_rank: int | None
    vector_rank: int | None
    keyword_score: float
    vector_score: float
    passage_number: int | None
    keyword_share: float = 0.0


def fuse(
    keyword: Sequence[KeywordHit], vector: Sequence[VectorHit] | None, *, vector_weight: float = VECTOR_WEIGHT
) -> Iterator[FusedHit]:
    """Yield every article that either side found, best first.

    `vector` None means that there is no vector side: the score is then the keyword share alone. An article that only
    one side found gets nothing from the other.
    """
    by_keyword = {hit.number: (rank, hit) for rank, hit in enumerate(keyword, start=1)}
    by_vector = {hit.number: (rank, hit) for rank, hit in enumerate(vector or (), start=1)}
    weight = 0.0 if vector is None else vector_weight
    scores = {number: (1 - weight) * hit.share for number, (_, hit) in by_keyword.items()}
    for number, (_, close) in by_vector.items():
        scores[number] = scores.get(number, 0.0) + weight * _cosine(close)
    for number, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        yield _join(number, score, by_keyword, by_vector)


def _join(
    number: int,
    score: float,
    by_keyword: Mapping[int, tuple[int, KeywordHit]],
    by_vector: Mapping[int, tuple[int, VectorHit]],
) -> FusedHit:
    keyword_rank, keyword = by_keyword.get(number, (None, None))
    vector_rank, vector = by_vector.get(number, (None, None))
    return FusedHit(
        number=number,
        score=score,
        keyword_rank=keyword_rank,
        vector_rank=vector_rank,
        keyword_score=keyword.score if keyword else 0.0,
        vector_score=_cosine(vector) if vector else 0.0,
        passage_number=vector.passage_number if vector else None,
        keyword_share=keyword.share if keyword else 0.0,
    )


def _cosine(hit: VectorHit) -> float:
    return max(0.0, min(1.0, hit.score))
