"""Articles that say the same: what is near while one writes, pairs that look alike, merging and parting."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from knowledge.content import MAX_ALTERNATES
from qa_server.api.asker import Place, Staff
from qa_server.api.libraries import MAX_QUERY_CHARACTERS
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles import doubling
from qa_server.desk.articles import merging as merging_articles
from qa_server.desk.articles.doubling import NearArticle, PairCard, PairedArticle
from qa_server.desk.articles.merging import MergeCard
from qa_server.desk.finding import OwnerView
from qa_server.network.queries import Owner

router = APIRouter(prefix="/api/v1/staff", tags=["duplicates"])

Wording = Annotated[str, Field(max_length=MAX_QUERY_CHARACTERS)]


class TextWritten(Wire):
    """What is being written; `besides` is the article that is edited."""

    question: Wording
    alternates: list[Wording] = Field(default_factory=list, max_length=2 * MAX_ALTERNATES)
    language: Literal["zh", "en"]
    besides: UUID | None = None


class NearView(Wire):
    """An article near to the text, and why: share of common pieces (0 to 1), cosine, asked in the same words."""

    id: UUID
    question: str
    language: str
    state: str
    library: OwnerView
    text_closeness: float
    meaning_closeness: float | None
    is_same: bool
    is_close: bool


class NearPage(Wire):
    """The nearest first."""

    items: list[NearView]


class PairedView(Wire):
    """One article of a pair."""

    id: UUID
    question: str
    language: str
    state: str
    library: OwnerView


class PairView(Wire):
    """Two articles that look alike."""

    first: PairedView
    second: PairedView
    text_closeness: float
    meaning_closeness: float | None


class PairPage(Wire):
    """Pairs, closest first, and how many there are in all."""

    items: list[PairView]
    total: int


class MergeOrder(Wire):
    """Where an article goes. `alternates` null keeps every wording of both; else those named stay."""

    into: UUID
    takes_answer: bool = Field(False, strict=True)
    alternates: list[Wording] | None = Field(None, max_length=2 * MAX_ALTERNATES)


class MergeId(Wire):
    """The merge that was made."""

    id: UUID


class MergeView(Wire):
    """A merge as the record shows it."""

    id: UUID
    article_id: UUID
    survivor_id: UUID
    question: str
    survivor_question: str
    merged_at: datetime
    undone_at: datetime | None
    may_undo: bool


class MergePage(Wire):
    """The newest first."""

    items: list[MergeView]


@router.post("/articles/near")
def find_near(place: Place, person: Staff, body: TextWritten) -> NearPage:
    """Return the articles nearest to a text, by word and by meaning, among those one may see."""
    found = doubling.near(
        place,
        person,
        question=body.question,
        alternates=body.alternates[:MAX_ALTERNATES],
        language=body.language,
        besides=body.besides,
    )
    return NearPage(items=[_near(each) for each in found])


@router.get("/duplicates")
def list_pairs(place: Place, person: Staff, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> PairPage:
    """Return a page of pairs of articles that look alike, as far as one sees both."""
    found = doubling.pairs(place, person, page=page)
    return PairPage(items=[_pair(card) for card in found.cards], total=found.total)


@router.put("/duplicates/{one}/{other}/dismissal", status_code=204)
def dismiss(place: Place, person: Staff, one: UUID, other: UUID) -> None:
    """Remember that two articles are no duplicates."""
    doubling.dismiss(place, person, one, other)


@router.delete("/duplicates/{one}/{other}/dismissal", status_code=204)
def take_back(place: Place, person: Staff, one: UUID, other: UUID) -> None:
    """Show a dismissed pair again."""
    doubling.take_back(place, person, one, other)


@router.post("/articles/{article_id}/merge", status_code=201)
def merge(place: Place, person: Staff, article_id: UUID, body: MergeOrder) -> MergeId:
    """Let an article go into another: its address, wordings, verdicts, proposals and test questions go along."""
    chosen = None if body.alternates is None else tuple(body.alternates)
    done = merging_articles.merge(
        place, person, article_id, into=body.into, takes_answer=body.takes_answer, alternates=chosen
    )
    return MergeId(id=done)


@router.get("/merges")
def list_merges(place: Place, person: Staff, article_id: UUID | None = None) -> MergePage:
    """Return the newest merges, of all articles one sees or of one."""
    return MergePage(items=[_merge(card) for card in merging_articles.merges(place, person, article_id=article_id)])


@router.delete("/merges/{merge_id}", status_code=204)
def undo(place: Place, person: Staff, merge_id: UUID) -> None:
    """Part two merged articles again, while neither has changed."""
    merging_articles.undo(place, person, merge_id)


def _near(each: NearArticle) -> NearView:
    return NearView(
        id=each.id,
        question=each.question,
        language=each.language,
        state=each.state,
        library=_owner(each.owner),
        text_closeness=each.text_closeness,
        meaning_closeness=each.meaning_closeness,
        is_same=each.is_same,
        is_close=each.is_close,
    )


def _pair(card: PairCard) -> PairView:
    return PairView(
        first=_paired(card.first),
        second=_paired(card.second),
        text_closeness=card.text_closeness,
        meaning_closeness=card.meaning_closeness,
    )


def _paired(each: PairedArticle) -> PairedView:
    return PairedView(
        id=each.article.id,
        question=each.revision.question,
        language=each.article.language,
        state=each.article.state,
        library=_owner(each.owner),
    )


def _merge(card: MergeCard) -> MergeView:
    return MergeView(
        id=card.id,
        article_id=card.article_id,
        survivor_id=card.survivor_id,
        question=card.question,
        survivor_question=card.survivor_question,
        merged_at=card.merged_at,
        undone_at=card.undone_at,
        may_undo=card.may_undo,
    )


def _owner(owner: Owner) -> OwnerView:
    return OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en)
