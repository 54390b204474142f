"""Join what keyword search and vector search found into one list with one score. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.keyword_index import KeywordHit

# Share of the vector side in the joint score. On tests/quality (730 questions, 300 articles) recall@5 is 0.85 with
# words alone, 0.94 from 0.2 to 0.5, 0.90 with vectors alone; from 0.5 on recall@1 falls while AUROC gains a little.
VECTOR_WEIGHT = 0.4


@dataclass(frozen=True)
class VectorHit:
    """An article's best passage by vector; `score` is the cosine."""

    number: int
    passage_number: int
    score: float


@dataclass(frozen=True)
class FusedHit:
    """An article with its joint score (0..1) and, from each side that found it, rank (from 1) and score."""

    number: int
    score: float
    keyword_rank: int | None
    vector_rank: int | None
    keyword_score: float
    vector_score: float
    passage_number: int | None


def fuse(
    keyword: Sequence[KeywordHit], vector: Sequence[VectorHit] | None, *, vector_weight: float = VECTOR_WEIGHT
) -> list[FusedHit]:
    """Return every article that either side found, best first.

    `vector` None means that there is no vector side: the score is then the keyword share alone. An article that only
    one side found gets nothing from the other.
    """
    by_keyword = {hit.number: (rank, hit) for rank, hit in enumerate(keyword, start=1)}
    by_vector = {hit.number: (rank, hit) for rank, hit in enumerate(vector or (), start=1)}
    weight = 0.0 if vector is None else vector_weight
    fused = [_join(number, by_keyword, by_vector, weight) for number in {**by_vector, **by_keyword}]
    return sorted(fused, key=lambda hit: (-hit.score, hit.number))


def _join(
    number: int,
    by_keyword: Mapping[int, tuple[int, KeywordHit]],
    by_vector: Mapping[int, tuple[int, VectorHit]],
    weight: float,
) -> FusedHit:
    keyword_rank, keyword = by_keyword.get(number, (None, None))
    vector_rank, vector = by_vector.get(number, (None, None))
    cosine = max(0.0, min(1.0, vector.score)) if vector else 0.0
    share = keyword.share if keyword else 0.0
    return FusedHit(
        number=number,
        score=weight * cosine + (1 - weight) * share,
        keyword_rank=keyword_rank,
        vector_rank=vector_rank,
        keyword_score=keyword.score if keyword else 0.0,
        vector_score=cosine,
        passage_number=vector.passage_number if vector else None,
    )
