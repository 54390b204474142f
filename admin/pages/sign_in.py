"""Signing in and out. Works without scripts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.page import PageRoute, SignedInVisitor, go_to, render
from admin.preferences import language_of
from admin.session import (
    clear_cookie,
    local_path,
    place_of,
    posted,
    require_same_site,
    set_cookie,
)
from qa_server.desk import signing_in
from qa_server.i18n import translate
from qa_server.people.addresses import network_of
from qa_server.people.errors import SignInPaused, SignInRefused
from qa_server.people.tokens import STAFF_COOKIE

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_HOME = "/console"


@router.get("/console/sign-in")
def show(request: Request, next: str = _HOME) -> Response:
    """Show the form. `next` is where to go afterwards."""
    return _form(request, next_path=next)


@router.post("/console/sign-in")
def sign_in(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next_path: Annotated[str, Form(alias="next")] = _HOME,
) -> Response:
    """Open a session and go on, or show the form again with the reason."""
    require_same_site(request)
    place = place_of(request)
    network = network_of(request.client.host if request.client else "")
    try:
        opened = signing_in.sign_in(place, login=login.strip(), password=password, network=network)
    except (SignInRefused, SignInPaused) as refusal:
        return _form(request, next_path=next_path, login=login, refusal=refusal)
    response = go_to(local_path(next_path, default=_HOME))
    set_cookie(response, opened, is_secure=place.settings.secure_cookies)
    return response


@router.post("/console/sign-out")
def sign_out(request: Request, _: Annotated[FormData, Depends(posted)]) -> Response:
    """End the session behind the cookie."""
    place = place_of(request)
    signing_in.sign_out(place, request.cookies.get(STAFF_COOKIE, ""))
    response = go_to("/console/sign-in")
    clear_cookie(response, is_secure=place.settings.secure_cookies)
    return response


@router.get("/console/signed-in")
def signed_in_again(request: Request, visitor: SignedInVisitor) -> Response:
    """Tell the other tabs that their person is back; they kept every draft."""
    return render(request, "sign-in/back.html", seen_by=visitor)


def _form(
    request: Request, *, next_path: str, login: str = "", refusal: SignInRefused | SignInPaused | None = None
) -> Response:
    language = language_of(request, None)
    reason = translate(refusal.message, language, **refusal.details) if refusal else None
    return render(
        request,
        "sign-in/page.html",
        status=refusal.status if refusal else 200,
        next_path=local_path(next_path, default=_HOME),
        login=login[:64],
        reason=reason,
    )
