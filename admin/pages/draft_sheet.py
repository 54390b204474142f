"""From a conversation to a draft: which messages are question and answer, what is masked, and the draft of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.mask_wording import KINDS, PARTS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from knowledge.rendering import render_html
from qa_server.desk.articles import drafting, reuse
from qa_server.desk.articles.drafting import Choice
from qa_server.desk.articles.exchange import Part
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "part-"


@router.get("/console/history/{conversation_id}/draft")
def show(request: Request, visitor: SignedInVisitor, conversation_id: UUID) -> Response:
    """Show the conversation laid out as proposed. Raises NotFound."""
    return _page(request, visitor, conversation_id, Choice())


@router.post("/console/history/{conversation_id}/draft")
def draft(
    request: Request, visitor: SignedInVisitor, conversation_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Make the draft of what was chosen and open it, or show what would come of it."""
    choice = _choice(sent)
    if "preview" in sent:
        return _page(request, visitor, conversation_id, choice)
    try:
        article_id = drafting.draft(visitor.place, visitor.person, conversation_id, choice)
    except AppError as refusal:
        if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
            raise
        return _page(request, visitor, conversation_id, choice, refusal=refusal)
    return go_to(f"/console/articles/{article_id}/masks", done="drafted")


@router.post("/console/history/{conversation_id}/private")
def mark_private(
    visitor: SignedInVisitor, conversation_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Keep the conversation out of the knowledge base, or take that back."""
    is_private = sent.get("is_private") == "yes"
    reuse.mark_private(visitor.place, visitor.person, conversation_id, is_private=is_private)
    return go_to(f"/console/history/{conversation_id}/draft")


def _choice(sent: FormData) -> Choice:
    parts = {
        int(name.removeprefix(_PART)): Part(str(value))
        for name, value in sent.items()
        if name.startswith(_PART) and name.removeprefix(_PART).isdecimal() and value in set(Part)
    }
    shown = {str(each) for each in sent.getlist("shown")}
    kept = {str(each) for each in sent.getlist("masked")}
    return Choice(parts or None, frozenset(shown - kept))


def _page(
    request: Request,
    visitor: Visitor,
    conversation_id: UUID,
    choice: Choice,
    *,
    refusal: AppError | None = None,
) -> Response:
    consent = reuse.standing(visitor.place, visitor.person, conversation_id)
    sheet = None
    try:
        sheet = drafting.sheet(visitor.place, visitor.person, conversation_id, choice)
    except AppError as refused:
        if refused.code in ("not_found", "unauthenticated"):
            raise
        refusal = refusal or refused
    return render(
        request,
        "draft/page.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        conversation_id=conversation_id,
        sheet=sheet,
        answer_html=render_html(sheet.answer) if sheet else "",
        refusal=visitor.say(refusal.message, **refusal.details) if refusal else None,
        is_private=consent.staff is False,
        consent=consent,
        kinds=KINDS,
        parts=PARTS,
    )
