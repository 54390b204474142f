"""One article as its readers will see it, and the steps of its life: submit, publish, send back, retire, restore."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from admin.wording import ARTICLE_STATES, CLC_CLASSES, LANGUAGES, QUESTION_TYPES, TOPICS
from knowledge.errors import OwnRevision
from knowledge.models import ArticleState
from knowledge.rendering import render_html
from qa_server.desk import curating, learning
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# What to say after each step.
DONE = {
    "saved": "Saved as a draft.",
    "submitted": "Submitted. Another person can publish it now.",
    "published": "Published. Readers find it from now on.",
    "returned": "Sent back to its author.",
    "retired": "Retired. Readers no longer find it.",
    "restored": "Restored. Its state says whether readers find it again or somebody has to look at it first.",
}
_OUT_OF_USE = (ArticleState.RETIRED, ArticleState.MERGED)
_ORIGIN = "conversation:"


@router.get("/console/articles/{article_id}")
def show(request: Request, visitor: SignedInVisitor, article_id: UUID, done: str = "") -> Response:
    """Show an article the person may see, with the steps the person may take. Raises NotFound."""
    return _show(request, visitor, article_id, done=DONE.get(done))


@router.post("/console/articles/{article_id}/submission")
def submit(
    request: Request, visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Ask for a review."""
    try:
        curating.submit(visitor.place, visitor.person, article_id)
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="submitted")


@router.post("/console/articles/{article_id}/publication")
def publish(
    request: Request, visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Make the newest revision what readers see."""
    try:
        curating.publish(visitor.place, visitor.person, article_id)
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="published")


@router.post("/console/articles/{article_id}/return")
def send_back(
    request: Request, visitor: SignedInVisitor, article_id: UUID, form: Annotated[FormData, Depends(posted)]
) -> Response:
    """Return it to its author with a reason; what was typed stays when the step is refused."""
    reason = str(form.get("reason", ""))
    try:
        curating.send_back(visitor.place, visitor.person, article_id, reason=reason)
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal, reason=reason)
    return go_to(f"/console/articles/{article_id}", done="returned")


@router.post("/console/articles/{article_id}/retirement")
def retire(
    request: Request, visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take it out of use."""
    try:
        curating.retire(visitor.place, visitor.person, article_id)
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="retired")


@router.post("/console/articles/{article_id}/restoration")
def restore(
    request: Request, visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Bring it back into use."""
    try:
        curating.restore(visitor.place, visitor.person, article_id)
    except AppError as refusal:
        return _refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="restored")


def _refused(request: Request, visitor: Visitor, article_id: UUID, refusal: AppError, *, reason: str = "") -> Response:
    if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
        raise refusal
    return _show(request, visitor, article_id, refusal=refusal, reason=reason)


def _show(
    request: Request,
    visitor: Visitor,
    article_id: UUID,
    *,
    done: str | None = None,
    refusal: AppError | None = None,
    reason: str = "",
) -> Response:
    card = curating.article(visitor.place, visitor.person, article_id)
    origin = card.article.origin or ""
    return render(
        request,
        "article/page.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        card=card,
        answer_html=render_html(card.revision.answer),
        is_own=card.revision.author_id == visitor.person.id,
        own_revision_message=OwnRevision.message,
        is_out_of_use=card.article.state in _OUT_OF_USE,
        may_restore=card.may_review and card.article.state in (*_OUT_OF_USE, ArticleState.NEEDS_REVIEW),
        conversation_id=origin.removeprefix(_ORIGIN) if origin.startswith(_ORIGIN) else None,
        verdicts=learning.verdicts(visitor.place, article_id),
        proposed=learning.count_proposed(visitor.place, visitor.person, article_id=article_id),
        done=done,
        refusal=visitor.say(refusal.message, **refusal.details) if refusal else None,
        reason=reason,
        states=ARTICLE_STATES,
        topics=TOPICS,
        types=QUESTION_TYPES,
        classes=CLC_CLASSES,
        languages=LANGUAGES,
    )
