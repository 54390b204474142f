"""The personal details of an article: what is masked, putting back, masking by hand, publishing with a reason."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.mask_wording import DONE, KINDS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.pages.article import known_losers
from admin.session import posted
from knowledge.masking.text import Kind
from knowledge.models import ArticleState
from qa_server.desk.articles import curating, masking
from qa_server.desk.articles import publishing as article_publishing
from qa_server.desk.articles.rehearsing import PushesAside
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/console/articles/{article_id}/masks")
def show(request: Request, visitor: SignedInVisitor, article_id: UUID, done: str = "") -> Response:
    """Show the masks of an article and what else looks personal. Raises NotFound, Forbidden."""
    return _page(request, visitor, article_id, done=DONE.get(done))


@router.post("/console/articles/{article_id}/masks")
def mask(
    request: Request, visitor: SignedInVisitor, article_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Mask words of the article."""
    words, kind = str(sent.get("words", "")), str(sent.get("kind", ""))
    try:
        known = Kind(kind) if kind in set(Kind) else Kind.OTHER
        masking.mask_words(visitor.place, visitor.person, article_id, words=words, kind=known)
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal, words=words)
    return go_to(f"/console/articles/{article_id}/masks", done="masked")


@router.post("/console/articles/{article_id}/masks/put-back")
def put_back(
    request: Request, visitor: SignedInVisitor, article_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take a mask away again."""
    try:
        masking.put_back(visitor.place, visitor.person, article_id, placeholder=str(sent.get("placeholder", "")))
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}/masks", done="put_back")


@router.post("/console/articles/{article_id}/masks/publication")
def publish(
    request: Request, visitor: SignedInVisitor, article_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Publish although something looks personal, with the reason."""
    reason = str(sent.get("reason", ""))
    try:
        article_publishing.publish(
            visitor.place, visitor.person, article_id, details_reason=reason, knowingly=known_losers(sent)
        )
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal, again={"reason": reason})
    return go_to(f"/console/articles/{article_id}", done="published")


def _refused(
    request: Request,
    visitor: Visitor,
    article_id: UUID,
    refusal: AppError,
    *,
    words: str = "",
    again: dict[str, str] | None = None,
) -> Response:
    if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
        raise refusal
    return _page(request, visitor, article_id, refusal=refusal, words=words, again=again)


def _page(
    request: Request,
    visitor: Visitor,
    article_id: UUID,
    *,
    done: str | None = None,
    refusal: AppError | None = None,
    words: str = "",
    again: dict[str, str] | None = None,
) -> Response:
    rehearsal = refusal.rehearsal if isinstance(refusal, PushesAside) else None
    card = curating.article(visitor.place, visitor.person, article_id)
    return render(
        request,
        "draft/masks.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        card=card,
        sheet=masking.masks(visitor.place, visitor.person, article_id),
        may_publish=card.may_review and card.article.state == ArticleState.IN_REVIEW,
        done=done,
        refusal=visitor.say(refusal.message, **refusal.details) if refusal else None,
        words=words,
        rehearsal=rehearsal,
        anyway={"address": request.url.path, "fields": again or {}},
        kinds=KINDS,
    )
