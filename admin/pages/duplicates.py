"""Articles that look alike: the list, two side by side, merged with one click, called no duplicates, parted again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from admin.wording import ARTICLE_STATES
from knowledge.content import MAX_ALTERNATES
from knowledge.duplicates import PAGE_SIZE
from knowledge.merging import joined
from knowledge.rendering import render_html
from knowledge.wordings import said_in
from qa_server.desk.articles import doubling
from qa_server.desk.articles import merging as merging_articles
from qa_server.desk.articles.doubling import PairCard, PairedArticle
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PAGE = "/console/articles/duplicates"
_MERGES = "/console/articles/merges"
_MOST_PAGES = 10_000
DONE = {
    "merged": "Merged. Readers find the article that goes on by the words of both.",
    "dismissed": "These two are not shown as duplicates again.",
    "parted": "Parted again. Each stands as it did.",
}


@router.get(_PAGE)
def show(request: Request, visitor: SignedInVisitor, page: str = "1", done: str = "") -> Response:
    """Show pairs of articles that look alike, closest first, and the merges made last."""
    number = min(int(page), _MOST_PAGES) if page.isdecimal() and int(page) > 0 else 1
    found = doubling.pairs(visitor.place, visitor.person, page=number)
    return render(
        request,
        "duplicates/page.html",
        seen_by=visitor,
        found=found,
        page=number,
        pages=max(1, -(-found.total // PAGE_SIZE)),
        merges=merging_articles.merges(visitor.place, visitor.person),
        states=ARTICLE_STATES,
        done=DONE.get(done),
        refusal=None,
    )


@router.get(_PAGE + "/{one}/{other}")
def show_pair(request: Request, visitor: SignedInVisitor, one: UUID, other: UUID, keep: str = "") -> Response:
    """Show two articles side by side. `keep` says which goes on: first or second, as they stand here."""
    return _pair(request, visitor, one, other, keep=keep)


@router.post(_PAGE + "/{one}/{other}/merge")
def merge(
    request: Request, visitor: SignedInVisitor, one: UUID, other: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Merge the two as chosen."""
    keep = "second" if sent.get("keep") == "second" else "first"
    article, survivor = (one, other) if keep == "second" else (other, one)
    chosen = tuple(str(each) for each in sent.getlist("alternates")) if "chosen" in sent else None
    try:
        merging_articles.merge(
            visitor.place,
            visitor.person,
            article,
            into=survivor,
            takes_answer=sent.get("answer") == "other",
            alternates=chosen,
        )
    except AppError as refusal:
        if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
            raise
        return _pair(request, visitor, one, other, keep=keep, refusal=refusal)
    return go_to(_PAGE, done="merged")


@router.post(_PAGE + "/{one}/{other}/dismissal")
def dismiss(
    request: Request, visitor: SignedInVisitor, one: UUID, other: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Remember that these are no duplicates."""
    doubling.dismiss(visitor.place, visitor.person, one, other)
    return go_to(_PAGE, done="dismissed")


@router.post(_MERGES + "/{merge_id}/undoing")
def undo(
    request: Request, visitor: SignedInVisitor, merge_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Part two merged articles again."""
    merging_articles.undo(visitor.place, visitor.person, merge_id)
    return go_to(_PAGE, done="parted")


def _pair(
    request: Request, visitor: Visitor, one: UUID, other: UUID, *, keep: str, refusal: AppError | None = None
) -> Response:
    card = doubling.pair(visitor.place, visitor.person, one, other)
    keep = keep if keep in ("first", "second") else _suggested(card)
    survivor, gone = (card.second, card.first) if keep == "second" else (card.first, card.second)
    return render(
        request,
        "duplicates/pair.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        card=card,
        keep=keep,
        survivor=survivor,
        gone=gone,
        may_merge=survivor.may_go_on and gone.may_merge_away,
        may_dismiss=survivor.may_go_on or gone.may_go_on,
        wordings=_wordings(survivor, gone),
        most=MAX_ALTERNATES,
        first_html=render_html(card.first.revision.answer),
        second_html=render_html(card.second.revision.answer),
        states=ARTICLE_STATES,
        refusal=visitor.say(refusal.message, **refusal.details) if refusal else None,
    )


def _suggested(card: PairCard) -> str:
    """Say which of two should go on: what readers see, what the person may change, then the older one."""
    first, second = (
        (each.article.published_revision is not None, each.may_go_on, -each.article.created_at.timestamp())
        for each in (card.first, card.second)
    )
    return "second" if second > first else "first"


def _wordings(survivor: PairedArticle, gone: PairedArticle) -> list[tuple[str, bool]]:
    """Return every other way to ask after the merge, and whether it comes from the article that goes."""
    kept, other = survivor.revision, gone.revision
    own = {said_in(text) for text in kept.alternates}
    every = joined(kept.question, kept.alternates, [other.question], other.alternates)
    return [(text, said_in(text) not in own) for text in every]
