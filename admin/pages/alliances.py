"""Alliances across the tree: their members, new ones, and who leaves."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.form_pages import render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from qa_server.desk import alliances
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/alliances"


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """List all alliances with their members. Raises Forbidden."""
    return _page(request, visitor)


@router.post(_ADDRESS)
def found(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Make an alliance."""
    typed = {name: str(sent.get(name, "")) for name in ("code", "name_zh", "name_en")}
    try:
        alliances.found_alliance(
            visitor.place, visitor.person, typed["code"], name_zh=typed["name_zh"], name_en=typed["name_en"]
        )
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal, typed=typed)
    return go_to(_ADDRESS, done="added")


@router.post(f"{_ADDRESS}/{{code}}/members")
def change_members(
    request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Let a library join an alliance, or take it out."""
    library, is_leaving = str(sent.get("library", "")), "remove" in sent
    change = alliances.remove_member if is_leaving else alliances.add_member
    try:
        change(visitor.place, visitor.person, code, library)
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal, typed_members={code: library})
    return go_to(_ADDRESS, done="removed" if is_leaving else "added")


def _page(
    request: Request,
    visitor: Visitor,
    *,
    refusal: AppError | None = None,
    typed: Mapping[str, str] | None = None,
    typed_members: Mapping[str, str] | None = None,
) -> Response:
    return render_form(
        request,
        visitor,
        "alliances/page.html",
        refusal=refusal,
        alliances=alliances.alliances(visitor.place, visitor.person),
        typed=typed or {},
        typed_members=typed_members or {},
    )
