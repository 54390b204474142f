"""One article as its readers will see it, with all there is about it, and the steps to readers and away."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.article_wording import DONE as LIFE_DONE
from admin.article_wording import LAYER_LEVELS, REASONS, VISIBILITIES
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from admin.text_diff import difference
from admin.wording import ARTICLE_STATES, CLC_CLASSES, LANGUAGES, QUESTION_TYPES, TOPICS
from knowledge.errors import OwnRevision
from knowledge.facets import content_of
from knowledge.models import OUT_OF_USE, ArticleState
from knowledge.rendering import render_html
from qa_server.desk.articles import curating, drafting, learning, rehearsing
from qa_server.desk.articles import layers as article_layers
from qa_server.desk.articles import publishing as article_publishing
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles import talk as article_talk
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.articles.rehearsing import PushesAside, Rehearsal
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What to say after each step.
DONE = {
    "saved": "Saved as a draft.",
    "submitted": "Submitted. Another person can publish it now.",
    "published": "Published. Readers find it from now on.",
    "published_by_words": "Published. Readers find it by its words now, and by meaning as soon as the encoder is back.",
    "published_later": "Published. The search cannot be reached just now: readers find it as soon as it is back.",
    "returned": "Sent back to its author.",
    "retired": "Retired. Readers no longer find it.",
    "restored": "Restored. Its state says whether readers find it again or somebody has to look at it first.",
}


@router.get("/console/articles/{article_id}")
def show(request: Request, visitor: SignedInVisitor, article_id: UUID, done: str = "", merged: str = "") -> Response:
    """Show an article the person may see, with the steps one may take; a merged one leads on. Raises NotFound."""
    moved = None if merged else article_layers.moved_to(visitor.place, visitor.person, article_id)
    if moved is not None:
        return go_to(f"/console/articles/{moved}", came_from=article_id)
    return show_article(request, visitor, article_id, done=DONE.get(done) or LIFE_DONE.get(done))


@router.post("/console/articles/{article_id}/submission")
def submit(
    request: Request, visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Ask for a review."""
    try:
        curating.submit(visitor.place, visitor.person, article_id)
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="submitted")


@router.get("/console/articles/{article_id}/rehearsal")
def try_text(request: Request, visitor: SignedInVisitor, article_id: UUID) -> Response:
    """Show an article with what its publication would do to test questions."""
    found = rehearsing.rehearse(visitor.place, visitor.person, article_id)
    return show_article(request, visitor, article_id, rehearsal=found)


@router.post("/console/articles/{article_id}/publication")
def publish(
    request: Request, visitor: SignedInVisitor, article_id: UUID, form: Annotated[FormData, Depends(posted)]
) -> Response:
    """Make the newest revision what readers see."""
    try:
        came = article_publishing.publish(visitor.place, visitor.person, article_id, knowingly=known_losers(form))
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal)
    done = {"found": "published", "by_words": "published_by_words", "later": "published_later"}[came.found]
    return go_to(f"/console/articles/{article_id}", done=done)


@router.post("/console/articles/{article_id}/return")
def send_back(
    request: Request, visitor: SignedInVisitor, article_id: UUID, form: Annotated[FormData, Depends(posted)]
) -> Response:
    """Return it to its author with a reason; what was typed stays when the step is refused."""
    reason = str(form.get("reason", ""))
    try:
        curating.send_back(visitor.place, visitor.person, article_id, reason=reason)
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal, reason=reason)
    return go_to(f"/console/articles/{article_id}", done="returned")


@router.post("/console/articles/{article_id}/retirement")
def retire(
    request: Request, visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take it out of use."""
    try:
        curating.retire(visitor.place, visitor.person, article_id)
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="retired")


@router.post("/console/articles/{article_id}/restoration")
def restore(
    request: Request, visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Bring it back into use."""
    try:
        curating.restore(visitor.place, visitor.person, article_id)
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="restored")


def known_losers(form: FormData) -> set[UUID]:
    """Return the test questions of which the publisher said that they may fail."""
    return {UUID(str(each)) for each in form.getlist("knowingly") if _ID.fullmatch(str(each))}


def refused(
    request: Request,
    visitor: Visitor,
    article_id: UUID,
    refusal: AppError,
    *,
    reason: str = "",
    again: dict[str, str] | None = None,
) -> Response:
    """Show the article again with why a step was refused. Raises what says that there is nothing to show.

    `again` are the fields of the form, for a publication that may be sent once more, knowingly.
    """
    if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
        raise refusal
    rehearsal = refusal.rehearsal if isinstance(refusal, PushesAside) else None
    anyway: dict[str, object] | None = {"address": request.url.path, "fields": again or {}} if rehearsal else None
    return show_article(
        request, visitor, article_id, refusal=refusal, reason=reason, rehearsal=rehearsal, anyway=anyway
    )


def show_article(
    request: Request,
    visitor: Visitor,
    article_id: UUID,
    *,
    done: str | None = None,
    refusal: AppError | None = None,
    reason: str = "",
    rehearsal: Rehearsal | None = None,
    anyway: dict[str, object] | None = None,
) -> Response:
    """Show an article with all the person may see of it, and what a step brought. Raises NotFound."""
    card = curating.article(visitor.place, visitor.person, article_id)
    return render(
        request,
        "article/page.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        card=card,
        content=content_of(card.article, card.revision),
        answer_html=render_html(card.revision.answer),
        **_life(visitor, article_id),
        came_from=_came_from(request),
        difference=difference,
        is_own=card.revision.author_id == visitor.person.id,
        own_revision_message=OwnRevision.message,
        is_out_of_use=card.article.state in OUT_OF_USE,
        may_restore=card.may_delete and card.article.state in OUT_OF_USE,
        may_confirm=card.article.state in (ArticleState.PUBLISHED, ArticleState.NEEDS_REVIEW) and card.may_review,
        conversation_id=drafting.origin_of(visitor.place, visitor.person, article_id),
        verdicts=learning.verdicts(visitor.place, article_id),
        proposed=learning.count_proposed(visitor.place, visitor.person, article_id=article_id),
        done=done,
        refusal=visitor.say(refusal.message, **refusal.details) if refusal else None,
        reason=reason,
        rehearsal=rehearsal,
        anyway=anyway,
        states=ARTICLE_STATES,
        topics=TOPICS,
        types=QUESTION_TYPES,
        classes=CLC_CLASSES,
        languages=LANGUAGES,
    )


def _came_from(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params.get("came_from", ""))
    except ValueError:
        return None


def _life(visitor: Visitor, article_id: UUID) -> dict[str, object]:
    place, person = visitor.place, visitor.person
    return {
        "doubts": article_reviews.reasons_of(place, person, article_id),
        "reviewers": article_reviews.reviewers(place, person, article_id),
        "layering": article_layers.view(place, person, article_id),
        "trials": article_trials.of_article(place, person, article_id),
        "pushed_aside": article_trials.pushed_aside(place, person, article_id),
        "talk": article_talk.talk(place, person, article_id),
        "editing_now": article_talk.editing_now(place, person, article_id),
        "visibilities": VISIBILITIES,
        "reasons_named": REASONS,
        "levels": LAYER_LEVELS,
    }
