"""The steps of an article's life beyond writing and publishing: reviews, dates, talk, layers, test questions."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.article_form import end_of_day
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.pages.article import known_losers, refused
from admin.session import posted
from knowledge.errors import MomentPast
from knowledge.life_models import ReasonKind
from qa_server.desk.articles import curating
from qa_server.desk.articles import layers as article_layers
from qa_server.desk.articles import publishing as article_publishing
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles import talk as article_talk
from qa_server.desk.articles import trials as article_trials
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Sent = Annotated[FormData, Depends(posted)]


@router.post("/console/articles/{article_id}/unpublication")
def unpublish(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Take it away from readers, with a reason."""
    reason = str(form.get("reason", ""))
    return _step(
        request,
        visitor,
        article_id,
        lambda: curating.unpublish(visitor.place, visitor.person, article_id, reason=reason),
        "unpublished",
    )


@router.post("/console/articles/{article_id}/plan")
def plan(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Approve it and have it published later, or call that off."""
    place, person = visitor.place, visitor.person
    if "call_off" in form:
        return _step(
            request, visitor, article_id, lambda: article_reviews.call_off(place, person, article_id), "called_off"
        )

    at = str(form.get("at", ""))
    try:
        moment = _moment(visitor, at)
        article_publishing.plan(place, person, article_id, at=moment, knowingly=known_losers(form))
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal, again={"at": at})
    return go_to(f"/console/articles/{article_id}", done="planned")


@router.post("/console/articles/{article_id}/confirmation")
def confirm(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Say that it still holds, until a day or without end."""

    def confirmed() -> None:
        until = end_of_day(str(form.get("valid_until", "")), visitor.home.zone)
        article_reviews.confirm(visitor.place, visitor.person, article_id, valid_until=until)

    return _step(request, visitor, article_id, confirmed, "confirmed")


@router.post("/console/articles/{article_id}/doubt")
def doubt(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Ask for a look at it."""
    why = str(form.get("why", ""))
    return _step(
        request,
        visitor,
        article_id,
        lambda: article_reviews.ask_again(visitor.place, visitor.person, article_id, why=why),
        "questioned",
    )


@router.post("/console/articles/{article_id}/dismissal")
def dismiss(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Set one reason aside."""
    try:
        kind = ReasonKind(str(form.get("kind", "")))
    except ValueError:
        raise NotFound() from None
    return _step(
        request,
        visitor,
        article_id,
        lambda: article_reviews.dismiss(visitor.place, visitor.person, article_id, kind),
        "dismissed",
    )


@router.post("/console/articles/{article_id}/reviewer")
def assign(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Ask somebody to review it."""

    def assigned() -> None:
        reviewer = _id(str(form.get("reviewer", "")))
        article_reviews.assign(visitor.place, visitor.person, article_id, reviewer_id=reviewer)

    return _step(request, visitor, article_id, assigned, "assigned")


@router.post("/console/articles/{article_id}/comments")
def comment(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Say something, or close a thread."""
    place, person = visitor.place, visitor.person
    thread = _id(str(form.get("thread", "")))
    if "resolve" in form and thread is not None:
        return _step(
            request,
            visitor,
            article_id,
            lambda: article_talk.resolve(place, person, article_id, thread),
            "resolved",
        )

    def said() -> None:
        article_talk.comment(place, person, article_id, body=str(form.get("body", "")), thread_id=thread)

    return _step(request, visitor, article_id, said, "commented")


@router.post("/console/articles/{article_id}/overrides")
def override(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Draft an own answer for another owner and go on writing it."""
    try:
        copied = article_layers.override(
            visitor.place, visitor.person, article_id, owner_code=str(form.get("owner", ""))
        )
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{copied}", done="overrides")


@router.post("/console/articles/{article_id}/layer")
def settle_layer(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Keep the own answer, or take over the changed one below."""
    place, person = visitor.place, visitor.person
    if "take_over" in form:
        note = visitor.say("Taken over from the answer it stands in for")
        return _step(
            request,
            visitor,
            article_id,
            lambda: article_layers.take_over(place, person, article_id, note=note),
            "layer_taken",
        )
    return _step(
        request, visitor, article_id, lambda: article_layers.still_right(place, person, article_id), "layer_kept"
    )


@router.post("/console/articles/{article_id}/test-questions")
def change_trials(request: Request, visitor: SignedInVisitor, article_id: UUID, form: Sent) -> Response:
    """Add a test question, take one out, or ask them now."""
    place, person = visitor.place, visitor.person
    if "run" in form:
        return _step(
            request, visitor, article_id, lambda: article_trials.try_article(place, person, article_id), "tried"
        )
    removed = _id(str(form.get("remove", "")))
    if removed is not None:
        return _step(
            request,
            visitor,
            article_id,
            lambda: article_trials.remove(place, person, article_id, removed),
            "trial_removed",
        )
    top = str(form.get("top", ""))

    def added() -> None:
        article_trials.add(
            place,
            person,
            article_id,
            words=str(form.get("words", "")),
            top=int(top) if top.isdecimal() else 0,
            library_code=str(form.get("library", "")).strip(),
        )

    return _step(request, visitor, article_id, added, "trial_added")


@router.post("/console/articles/{article_id}/editor")
def edits_now(visitor: SignedInVisitor, article_id: UUID, form: Sent) -> dict[str, list[str]]:
    """Note that one has the form open, or has closed it; return who else has."""
    if "closed" in form:
        article_talk.stops_editing(visitor.place, visitor.person, article_id)
        return {"names": []}
    others = article_talk.edits_now(visitor.place, visitor.person, article_id)
    return {"names": [each.name_zh if visitor.language == "zh" else each.name_en for each in others]}


def _step(request: Request, visitor: Visitor, article_id: UUID, step: Callable[[], object], done: str) -> Response:
    try:
        step()
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done=done)


def _moment(visitor: Visitor, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=visitor.home.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MomentPast() from None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
