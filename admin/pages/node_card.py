"""The library card of a node as it is written, checked, submitted, approved and corrected."""

from typing import Annotated, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.card_wording import CARD_STATES, LINE_KEYS, LINE_KIND_CHOICES, LINE_KINDS
from admin.form_pages import render_form
from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.session import posted
from qa_server.desk import administering, library_card
from qa_server.network.cards import REQUIRED_KEYS, LineFields, LineKind
from qa_server.network.errors import CardRefused
from storage.errors import AppError, Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Decision = Literal["submit", "approve", "send_back"]
_PART = "/card"
_KINDS: tuple[LineKind, ...] = get_args(LineKind)
_DECISIONS: tuple[Decision, ...] = get_args(Decision)
# What the page says after each decision.
_DONE = {"submit": "sent", "approve": "approved", "send_back": "sent_back"}


@router.get("/console/network/{code}/card")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show a card to those who may write or approve it. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/card/lines")
def set_line(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Write a line of the node's own card; writing is checking."""
    typed = {name: str(sent.get(name, "")).strip() for name in ("key", "kind", "text_zh", "text_en", "owner")}
    try:
        kind = next((kind for kind in _KINDS if kind == typed["kind"]), None)
        if kind is None:
            raise CardRefused(reason="Choose one of the values offered.")
        fields = LineFields(kind, typed["text_zh"], typed["text_en"])
        library_card.set_line(
            visitor.place, visitor.person, code, typed["key"], fields, owner=typed["owner"].lower() or None
        )
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=typed)
    return go_to(node_address(code, _PART), done="saved")


@router.post("/console/network/{code}/card/lines/{key}/check")
def check_line(visitor: SignedInVisitor, code: str, key: str, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Say that a line is still right. Raises NotFound, Forbidden."""
    library_card.check_line(visitor.place, visitor.person, code, key)
    return go_to(node_address(code, _PART), done="checked")


@router.post("/console/network/{code}/card/lines/{key}/remove")
def remove_line(visitor: SignedInVisitor, code: str, key: str, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Take a line of the node's own card away. Raises NotFound, Forbidden."""
    library_card.remove_line(visitor.place, visitor.person, code, key)
    return go_to(node_address(code, _PART), done="removed")


@router.post("/console/network/{code}/card")
def decide(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Submit the card, approve it, or send it back with what has to be better."""
    asked, note = str(sent.get("decision", "")), str(sent.get("note", ""))
    try:
        decision = next((each for each in _DECISIONS if each == asked), None)
        if decision is None:
            raise CardRefused(reason="Choose one of the values offered.")
        library_card.decide(visitor.place, visitor.person, code, decision, note=note)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, note=note)
    return go_to(node_address(code, _PART), done=_DONE[decision])


@router.post("/console/network/{code}/card/reports/{report_id}")
def resolve(
    visitor: SignedInVisitor, code: str, report_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Close a report with what was done. Raises NotFound."""
    library_card.resolve(visitor.place, visitor.person, report_id, answer=str(sent.get("answer", "")))
    return go_to(node_address(code, _PART), done="resolved")


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: dict[str, str] | None = None,
    note: str = "",
) -> Response:
    card = library_card.card(visitor.place, visitor.person, code)
    if not (card.may_edit or card.may_approve):
        raise Forbidden()
    found = [each for each in library_card.reports(visitor.place, visitor.person) if each.library == card.code]
    context: dict[str, object] = {
        "card": card,
        "reports": found,
        "typed": typed or {"key": "", "kind": "fact", "text_zh": "", "text_en": "", "owner": ""},
        "is_typed": typed is not None,
        "note": note,
        "required": [key for key in REQUIRED_KEYS if key in card.missing_keys],
        "kinds": LINE_KINDS,
        "kind_choices": LINE_KIND_CHOICES,
        "keys": LINE_KEYS,
        "states": CARD_STATES,
    }
    if _administers(visitor, code):
        return render_node(request, visitor, "card.html", code, refusal=refusal, frame="network/layout.html", **context)
    return render_form(
        request, visitor, "network/card.html", refusal=refusal, frame="card/editor_layout.html", **context
    )


def _administers(visitor: SignedInVisitor, code: str) -> bool:
    """Say whether the other tabs of the node are for the visitor too; a curator has the card alone."""
    try:
        administering.node(visitor.place, visitor.person, code)
    except Forbidden:
        return False
    return True
