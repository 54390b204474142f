"""One entry of the ledger: its questions, libraries and weeks; take it, draft an article, close it with proof."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.article_form import ArticleForm
from admin.bars import bars
from admin.ledger_wording import CLOSINGS, ENTRY_STATES, UNDONE
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.pages import article_edit
from admin.session import posted
from knowledge.content import MAX_ALTERNATES, MAX_QUESTION_CHARACTERS
from knowledge.ledger.models import MAX_REASON_CHARACTERS
from knowledge.wordings import said_in
from qa_server.desk.ledger import proof as ledger_proof
from qa_server.desk.ledger import work as ledger_work
from qa_server.desk.ledger.views import EntryPage, Proof
from qa_server.people.errors import Unauthenticated
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PAGE = "/console/articles/unanswered"
# What to say after each step.
DONE = {
    "taken": "You answer for this entry now.",
    "assigned": "Assigned.",
    "returned": "Given back to the curators of its node.",
    "closed": "Closed. New questions that the article does not answer open it again.",
    "declined": "Closed without an answer.",
    "reopened": "Open again.",
}


@router.get(_PAGE + "/{entry_id}")
def show(
    request: Request,
    visitor: SignedInVisitor,
    entry_id: UUID,
    article: UUID | None = None,
    q: str = "",
    done: str = "",
) -> Response:
    """Show an entry; with an article also which of its questions find that one, with `q` the articles near to it.

    Raises NotFound.
    """
    return _show(request, visitor, entry_id, article=article, sought=q, done=DONE.get(done))


@router.get(_PAGE + "/{entry_id}/draft")
def draft(request: Request, visitor: SignedInVisitor, entry_id: UUID) -> Response:
    """Show the form of a new article with the entry's most typical question and its other wordings filled in."""
    page = ledger_work.entry(visitor.place, visitor.person, entry_id)
    wordings = _distinct([page.card.seen.typical or "", *(each.words for each in page.asked)])
    owner = page.card.node.code if page.card.may_assign and page.card.node else visitor.home.code
    form = ArticleForm(
        question=wordings[0] if wordings else "",
        alternates="\n".join(wordings[1 : MAX_ALTERNATES + 1]),
        language=page.card.seen.language or visitor.home.language,
        owner=owner,
    )
    return article_edit.show_prefilled(request, visitor, form)


@router.post(_PAGE + "/{entry_id}/owner")
def assign(
    request: Request, visitor: SignedInVisitor, entry_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take the entry, give it to a curator, or give it back to all of them."""
    login = str(sent.get("login", ""))
    try:
        if "take" in sent:
            ledger_work.take(visitor.place, visitor.person, entry_id)
        else:
            ledger_work.assign(visitor.place, visitor.person, entry_id, login)
    except AppError as refusal:
        return _refused(request, visitor, entry_id, refusal)
    return go_to(f"{_PAGE}/{entry_id}", done="taken" if "take" in sent else "assigned" if login else "returned")


@router.post(_PAGE + "/{entry_id}/closing")
def close(
    request: Request, visitor: SignedInVisitor, entry_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Close it with an article that is tested now, or without an answer; what was typed stays when it is refused."""
    article, reason = _id_or_none(str(sent.get("article", ""))), str(sent.get("reason", ""))
    try:
        if article is None:
            ledger_proof.decline(visitor.place, visitor.person, entry_id, reason=reason)
        else:
            ledger_proof.close(visitor.place, visitor.person, entry_id, article, reason=reason)
    except AppError as refusal:
        return _refused(request, visitor, entry_id, refusal, article=article, reason=reason)
    return go_to(f"{_PAGE}/{entry_id}", done="closed" if article else "declined")


@router.post(_PAGE + "/closings/{closing_id}/reopening")
def reopen(
    request: Request, visitor: SignedInVisitor, closing_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take a closing back."""
    entry_id = ledger_proof.reopen(visitor.place, visitor.person, closing_id)
    return go_to(f"{_PAGE}/{entry_id}", done="reopened")


def _refused(
    request: Request,
    visitor: Visitor,
    entry_id: UUID,
    refusal: AppError,
    *,
    article: UUID | None = None,
    reason: str = "",
) -> Response:
    if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
        raise refusal
    return _show(request, visitor, entry_id, article=article, refusal=refusal, reason=reason)


def _show(
    request: Request,
    visitor: Visitor,
    entry_id: UUID,
    *,
    article: UUID | None = None,
    sought: str = "",
    done: str | None = None,
    refusal: AppError | None = None,
    reason: str = "",
) -> Response:
    page = ledger_work.entry(visitor.place, visitor.person, entry_id)
    return render(
        request,
        "ledger/entry.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        page=page,
        near=ledger_work.nearest(visitor.place, page, sought=sought[:MAX_QUESTION_CHARACTERS].strip()),
        sought=sought[:MAX_QUESTION_CHARACTERS],
        proof=_proof(visitor, page, article),
        bars=bars([(week.isoformat(), asked) for week, asked in page.weeks]),
        done=done,
        refusal=visitor.say(refusal.message, **refusal.details) if refusal else None,
        reason=reason,
        limit=MAX_REASON_CHARACTERS,
        states=ENTRY_STATES,
        closings=CLOSINGS,
        undone=UNDONE,
    )


def _proof(visitor: Visitor, page: EntryPage, article: UUID | None) -> Proof | None:
    if article is None or not page.may_close:
        return None
    return ledger_proof.test(visitor.place, visitor.person, page.card.seen.entry.id, article)


def _distinct(wordings: list[str]) -> list[str]:
    return list({said_in(words): words for words in reversed(wordings) if words}.values())[::-1]


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
