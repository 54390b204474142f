"""Proposed wordings: what readers asked and an article answered, for its curators to confirm, edit or reject."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from knowledge.content import MAX_QUESTION_CHARACTERS
from qa_server.desk.articles import learning
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PAGE = "/console/articles/wordings"


@router.get(_PAGE)
def show(
    request: Request,
    visitor: SignedInVisitor,
    article: UUID | None = None,
    done: str = "",
    wording: str = "",
    at: str = "",
) -> Response:
    """Show what waits for the person, of all articles or of one; the field at place `at` gets the cursor."""
    return _page(request, visitor, article, done=done, decided=wording, at=_number(at))


@router.post(_PAGE + "/{wording_id}/confirmation")
def confirm(
    request: Request, visitor: SignedInVisitor, wording_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Publish the wording as it stands in the field; what was typed stays when it is refused."""
    words = str(sent.get("words", ""))
    try:
        learning.confirm(visitor.place, visitor.person, wording_id, words=words)
    except AppError as refusal:
        return _refused(request, visitor, sent, refusal, (wording_id, words))
    return _go_on(sent, wording_id, "confirmed")


@router.post(_PAGE + "/{wording_id}/rejection")
def reject(
    request: Request, visitor: SignedInVisitor, wording_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Set the wording aside."""
    try:
        learning.reject(visitor.place, visitor.person, wording_id)
    except AppError as refusal:
        return _refused(request, visitor, sent, refusal, (wording_id, str(sent.get("words", ""))))
    return _go_on(sent, wording_id, "rejected")


@router.post(_PAGE + "/{wording_id}/restoration")
def reopen(
    request: Request, visitor: SignedInVisitor, wording_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take a rejection back."""
    try:
        learning.reopen(visitor.place, visitor.person, wording_id)
    except AppError as refusal:
        return _refused(request, visitor, sent, refusal, (wording_id, ""))
    return _go_on(sent, wording_id, "reopened")


def _go_on(sent: FormData, wording_id: UUID, done: str) -> Response:
    kept = {"article": str(_article(sent) or ""), "at": _number(str(sent.get("at", ""))), "wording": wording_id}
    return go_to(_PAGE, done=done, **{name: value for name, value in kept.items() if value not in (None, "")})


def _refused(
    request: Request, visitor: Visitor, sent: FormData, refusal: AppError, tried: tuple[UUID, str]
) -> Response:
    if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
        raise refusal
    return _page(request, visitor, _article(sent), refusal=refusal, tried=tried, at=_number(str(sent.get("at", ""))))


def _page(
    request: Request,
    visitor: Visitor,
    article_id: UUID | None,
    *,
    done: str = "",
    decided: str = "",
    at: int | None = None,
    refusal: AppError | None = None,
    tried: tuple[UUID, str] | None = None,
) -> Response:
    found = learning.proposed(visitor.place, visitor.person, article_id=article_id)
    shown = sum(len(card.wordings) for card in found.cards)
    return render(
        request,
        "wordings/page.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        found=found,
        shown=shown,
        article_id=article_id,
        done=done,
        decided=_id_or_none(decided),
        at=min(at, shown - 1) if at is not None and shown else None,
        refusal=visitor.say(refusal.message, **refusal.details) if refusal else None,
        tried=tried,
        limit=MAX_QUESTION_CHARACTERS,
    )


def _article(sent: FormData) -> UUID | None:
    return _id_or_none(str(sent.get("article", "")))


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 5 else None
