"""Applications of libraries to join: check, approve, decline; and the line for the pages of one that has joined."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.application_wording import APPLICATION_STATES
from admin.form_pages import public_address, render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from qa_server.desk import onboarding
from qa_server.desk.onboarding import Joined
from qa_server.people.rights import Right, nodes_with
from storage.errors import AppError, Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/applications"


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """List applications below the centres one administers, undecided ones first. Raises Forbidden."""
    return _page(request, visitor)


@router.post(f"{_ADDRESS}/{{application_id}}/check")
def check(visitor: SignedInVisitor, application_id: UUID, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Look whether anything stands in the way. Raises NotFound, ApplicationRefused."""
    onboarding.check(visitor.place, visitor.person, application_id)
    return go_to(_ADDRESS, done="saved")


@router.post(f"{_ADDRESS}/{{application_id}}/approve")
def approve(
    request: Request, visitor: SignedInVisitor, application_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Make the node and its desk; show the line for its pages."""
    try:
        joined = onboarding.approve(
            visitor.place, visitor.person, application_id, base_url=public_address(request, visitor)
        )
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal)
    return _page(request, visitor, joined=joined)


@router.post(f"{_ADDRESS}/{{application_id}}/decline")
def decline(
    request: Request, visitor: SignedInVisitor, application_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Turn an application down with the reason."""
    note = str(sent.get("note", ""))
    try:
        onboarding.decline(visitor.place, visitor.person, application_id, note=note)
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal, notes={application_id: note})
    return go_to(_ADDRESS, done="declined")


def _page(
    request: Request,
    visitor: Visitor,
    *,
    refusal: AppError | None = None,
    joined: Joined | None = None,
    notes: Mapping[UUID, str] | None = None,
) -> Response:
    if not nodes_with(visitor.person, Right.ADMINISTER_TREE):
        raise Forbidden()
    return render_form(
        request,
        visitor,
        "applications/page.html",
        refusal=refusal,
        joined=joined,
        waiting=onboarding.applications(visitor.place, visitor.person),
        decided=onboarding.applications(visitor.place, visitor.person, is_open=False)[::-1],
        notes=notes or {},
        states=APPLICATION_STATES,
    )
