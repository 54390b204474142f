"""The nodes at which the person administers: the way into the tree, and each node's names and what lies below it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.form_pages import public_address
from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, go_to, render
from admin.session import posted
from admin.wording import LANGUAGES, LEVELS
from qa_server.desk import administering, library_card, onboarding, staffing
from qa_server.desk.administering import NodeView
from qa_server.network.models import Level
from qa_server.network.tree import NodeFields
from qa_server.people.rights import Right, nodes_with
from storage.errors import AppError, Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ORDER = tuple(Level)


@router.get("/console/network")
def show_all(request: Request, visitor: SignedInVisitor) -> Response:
    """List the nodes at which the person administers. Raises Forbidden for somebody who administers nowhere."""
    found = administering.nodes(visitor.place, visitor.person)
    if not found:
        raise Forbidden()
    return render(
        request,
        "network/page.html",
        seen_by=visitor,
        nodes=found,
        levels=LEVELS,
        applications=len(onboarding.applications(visitor.place, visitor.person)),
        cards=library_card.waiting_cards(visitor.place, visitor.person),
        leads_centre=bool(nodes_with(visitor.person, Right.ADMINISTER_TREE)),
    )


@router.get("/console/network/{code}")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show a node: its names, what is below it, and the line that embeds its desk. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}")
def save(request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Change a node's names, language and time zone."""
    fields = _fields(sent)
    try:
        administering.change_node(visitor.place, visitor.person, code, fields)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=fields)
    return go_to(node_address(code), done="saved")


@router.post("/console/network/{code}/nodes")
def add(request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Add a node below this one."""
    fields = _fields(sent)
    new_code, level = str(sent.get("code", "")).strip().upper(), str(sent.get("level", ""))
    try:
        if level not in _ORDER:
            raise Forbidden()
        administering.add_node(
            visitor.place, visitor.person, code=new_code, level=Level(level), parent=code, fields=fields
        )
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, added=fields, added_code=new_code)
    return go_to(node_address(new_code), done="added")


@router.post("/console/network/{code}/close")
def close(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Close a node for good; its open questions go up the tree. The code has to be typed once more."""
    if str(sent.get("confirm", "")).strip().upper() != code.upper():
        return go_to(node_address(code), done="")
    try:
        staffing.close_library(visitor.place, visitor.person, code)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code), done="closed")


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: NodeFields | None = None,
    added: NodeFields | None = None,
    added_code: str = "",
) -> Response:
    below = administering.nodes(visitor.place, visitor.person, below=code)
    node = administering.node(visitor.place, visitor.person, code)
    return render_node(
        request,
        visitor,
        "overview.html",
        code,
        refusal=refusal,
        below=below,
        fields=typed or NodeFields(node.name_zh, node.name_en, node.language, node.time_zone),
        added=added or NodeFields("", "", node.language, node.time_zone),
        added_code=added_code,
        levels_below=_levels_below(node),
        languages=LANGUAGES,
        embed_code=onboarding.embed_code_of(visitor.place, code, base_url=public_address(request, visitor)),
    )


def _levels_below(node: NodeView) -> dict[str, str]:
    return {level: LEVELS[level] for level in _ORDER[_ORDER.index(node.level) + 1 :]}


def _fields(sent: FormData) -> NodeFields:
    return NodeFields(
        name_zh=str(sent.get("name_zh", "")),
        name_en=str(sent.get("name_en", "")),
        language=str(sent.get("language", "")),
        time_zone=str(sent.get("time_zone", "")),
    )
