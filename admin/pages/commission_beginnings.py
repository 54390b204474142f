"""How a commission begins at the desk, and how it ends in the knowledge base: out of a chat, and as a draft article."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_pages import PAGE, may_stay, plain
from admin.form_pages import public_address, render_form
from admin.mask_wording import KINDS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from qa_server.desk.commissions import article_drafting, beginning
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_CHAT = "/console/conversations/{conversation_id}/commission"


@router.get(_CHAT)
def propose(request: Request, visitor: SignedInVisitor, conversation_id: UUID) -> Response:
    """Show what a conversation can be made. Raises NotFound."""
    return _proposal(request, visitor, conversation_id)


@router.post(_CHAT)
def begin(
    request: Request, visitor: SignedInVisitor, conversation_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Begin the draft for the reader; sent twice it is begun once."""
    given = plain(sent)
    try:
        begun = beginning.begin(
            visitor.place,
            visitor.person,
            conversation_id,
            given.get("service", ""),
            client_id=given.get("client_id", "")[:64],
        )
    except AppError as error:
        if not may_stay(error):
            raise
        return _proposal(request, visitor, conversation_id, refusal=error)
    return render_form(
        request,
        visitor,
        "commissions/begun.html",
        begun=begun,
        begun_address=public_address(request, visitor) + begun.path,
        conversation_id=conversation_id,
    )


@router.get(PAGE + "/{commission_id}/article")
def show_article(request: Request, visitor: SignedInVisitor, commission_id: UUID) -> Response:
    """Show what an article of this commission could say, everything about the reader masked."""
    return _article(request, visitor, commission_id)


@router.post(PAGE + "/{commission_id}/article")
def draft_article(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Make the draft, or show once more what would be masked in what was typed."""
    given = plain(sent)
    question, answer = given.get("question", ""), given.get("answer", "")
    if "preview" in given:
        return _article(request, visitor, commission_id, typed=(question, answer))
    try:
        made = article_drafting.draft(visitor.place, visitor.person, commission_id, question=question, answer=answer)
    except AppError as error:
        if not may_stay(error):
            raise
        return _article(request, visitor, commission_id, typed=(question, answer), refusal=error)
    return go_to(f"/console/articles/{made}/edit")


def _proposal(
    request: Request, visitor: Visitor, conversation_id: UUID, *, refusal: AppError | None = None
) -> Response:
    found = beginning.proposal(visitor.place, visitor.person, conversation_id, language=visitor.language)
    return render_form(
        request, visitor, "commissions/begin.html", refusal=refusal, proposal=found, client_id=uuid4().hex
    )


def _article(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    *,
    typed: tuple[str, str] | None = None,
    refusal: AppError | None = None,
) -> Response:
    question, answer = typed or (None, None)
    proposal = None
    try:
        proposal = article_drafting.proposal(
            visitor.place, visitor.person, commission_id, question=question, answer=answer
        )
    except AppError as error:
        if not may_stay(error):
            raise
        refusal = refusal or error
    return render_form(
        request,
        visitor,
        "commissions/article.html",
        refusal=refusal,
        proposal=proposal,
        commission_id=commission_id,
        kinds=KINDS,
    )
