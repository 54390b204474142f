"""The accounts of a node: names, roles at nodes of the tree, passwords, and closing an account for good."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, go_to
from admin.session import posted
from admin.wording import LANGUAGES, ROLES
from qa_server.desk import accounts, staffing
from qa_server.desk.accounts import AccountFields, RoleAt
from qa_server.network.errors import PersonRefused
from qa_server.people.models import Role
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/people"


@router.get("/console/network/{code}/people")
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the accounts of a node. Raises NotFound, Forbidden."""
    return _page(request, visitor, code)


@router.post("/console/network/{code}/people")
def add(request: Request, visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Open an account at a node, as a librarian there."""
    login = str(sent.get("login", "")).strip().lower()
    password = str(sent.get("password", "")) or None
    try:
        accounts.open_account(visitor.place, visitor.person, login, _fields(sent, code), password=password)
        accounts.set_roles(visitor.place, visitor.person, login, [RoleAt(library=code.upper(), role=Role.LIBRARIAN)])
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal, typed=dict(sent))
    return go_to(node_address(code, _PART), done="added")


@router.post("/console/network/{code}/people/{login}")
def save(
    request: Request, visitor: SignedInVisitor, code: str, login: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Change somebody's names, roles and, when one is typed, the password, which ends every session of the person."""
    try:
        accounts.change_account(visitor.place, visitor.person, login, _fields(sent, code))
        accounts.set_roles(visitor.place, visitor.person, login, _roles(sent))
        if sent.get("password"):
            accounts.set_password(visitor.place, visitor.person, login, str(sent["password"]))
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code, _PART), done="saved")


@router.post("/console/network/{code}/people/{login}/close")
def close(
    request: Request, visitor: SignedInVisitor, code: str, login: str, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Close an account for good: what the person holds goes back to its queues."""
    try:
        staffing.remove_person(visitor.place, visitor.person, login)
    except AppError as refusal:
        return _page(request, visitor, code, refusal=refusal)
    return go_to(node_address(code, _PART), done="closed")


def _page(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    *,
    refusal: AppError | None = None,
    typed: dict[str, object] | None = None,
) -> Response:
    return render_node(
        request,
        visitor,
        "people.html",
        code,
        refusal=refusal,
        people=accounts.accounts_at(visitor.place, visitor.person, code),
        typed=typed or {},
        roles=ROLES,
        languages=LANGUAGES,
    )


def _fields(sent: FormData, code: str) -> AccountFields:
    return AccountFields(
        name_zh=str(sent.get("name_zh", "")),
        name_en=str(sent.get("name_en", "")),
        library=code.upper(),
        language=str(sent.get("language", "")),
    )


def _roles(sent: FormData) -> list[RoleAt]:
    """Read the lines of the form, such as `JZU curator`. Raises PersonRefused."""
    found: list[RoleAt] = []
    for library, role in zip(sent.getlist("role_library"), sent.getlist("role"), strict=False):
        if not str(library).strip():
            continue
        if str(role) not in set(Role):
            raise PersonRefused(reason="Choose one of the values offered.")
        found.append(RoleAt(library=str(library).strip().upper(), role=Role(str(role))))
    return found
