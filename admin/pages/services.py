"""The services of a node: where each comes from, switched on or off, adapted, added; and what was published before."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.service_pages import differences_in_words, service_address
from admin.session import posted
from qa_server.desk.commissions.services import service_types
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/services"


@router.get("/console/network/{code}/services")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show every service that a node knows, offered or not. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/services")
def add(request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Begin a new service as a copy of another one."""
    typed = {name: str(sent.get(name, "")).strip() for name in ("service", "name_zh", "name_en", "like")}
    try:
        service_types.add(
            visitor.place,
            visitor.person,
            code,
            typed["service"],
            name_zh=typed["name_zh"],
            name_en=typed["name_en"],
            like=typed["like"],
        )
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=typed)
    return go_to(service_address(code, typed["service"]), done="drafted")


@router.post("/console/network/{code}/services/{service}/adapt")
def adapt(visitor: SignedInVisitor, code: str, service: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Begin a draft of the node's own, or go on with the one that is there."""
    service_types.adapt(visitor.place, visitor.person, code, service)
    return go_to(service_address(code, service), done="drafted")


@router.post("/console/network/{code}/services/{service}/offer")
def offer(
    request: Request, visitor: SignedInVisitor, code: str, service: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Switch a service on or off, and say which desk takes it."""
    is_offered = sent.get("is_offered") == "yes"
    try:
        desk = str(sent.get("desk", ""))
        desk_id = _id(desk) if desk else None
        service_types.offer(visitor.place, visitor.person, code, service, is_offered=is_offered, desk_id=desk_id)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code, _PART), done="offered" if is_offered else "switched_off")


@router.post("/console/network/{code}/services/{service}/inherit")
def inherit(
    request: Request, visitor: SignedInVisitor, code: str, service: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Give up the node's own version."""
    try:
        service_types.inherit(visitor.place, visitor.person, code, service)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code, _PART), done="inherited")


@router.get("/console/network/{code}/services/{service}/versions")
def versions(request: Request, visitor: SignedInVisitor, code: str, service: str) -> Response:
    """Show what the node published, newest first, with what each version changed."""
    found = service_types.versions(visitor.place, visitor.person, code, service)
    edited = service_types.editing(visitor.place, visitor.person, code, service)
    return render_node(
        request,
        visitor,
        "services/versions.html",
        code,
        service=service,
        edited=edited,
        versions=[(each, differences_in_words(visitor, each.changes, edited.definition)) for each in found],
    )


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    return render_node(
        request,
        visitor,
        "services/list.html",
        code,
        refusal=refusal,
        services=service_types.services_of(visitor.place, visitor.person, code),
        typed=typed or {"service": "", "name_zh": "", "name_en": "", "like": "topic_consultation"},
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None
