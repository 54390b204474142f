"""Who is at the console: the staff cookie, the way in and out, and the two guards against forged requests."""

from hmac import compare_digest
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from qa_server.desk.signing_in import SignedIn, recognise_staff
from qa_server.desk.workplace import Workplace
from qa_server.people.errors import CsrfRefused, Unauthenticated
from qa_server.people.rights import StaffMember
from qa_server.people.tokens import STAFF_COOKIE

CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"


def place_of(request: Request) -> Workplace:
    """Return what the use cases work with, as the application put it together."""
    place: Workplace = request.app.state.place
    return place


def signed_in(request: Request) -> StaffMember:
    """Return the librarian behind the request's cookie. Raises Unauthenticated."""
    token = request.cookies.get(STAFF_COOKIE)
    if not token:
        raise Unauthenticated()
    return recognise_staff(place_of(request), token)


async def posted(request: Request, person: Annotated[StaffMember, Depends(signed_in)]) -> FormData:
    """Return the form of a change, once it is known to come from a page of ours. Raises CsrfRefused."""
    form = await request.form()
    given = request.headers.get(CSRF_HEADER) or form.get(CSRF_FIELD)
    if not isinstance(given, str) or not compare_digest(given.encode(), person.csrf_token.encode()):
        raise CsrfRefused()
    return form


def require_same_site(request: Request) -> None:
    """Refuse a form sent by a page of another site; guards sign-in, where no token is known yet. Raises CsrfRefused."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None and fetch_site not in {"same-origin", "none"}:
        raise CsrfRefused()
    origin = request.headers.get("origin")
    if fetch_site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise CsrfRefused()


def set_cookie(response: Response, opened: SignedIn, *, is_secure: bool) -> None:
    """Hand the session to the browser; scripts cannot read it, other sites cannot send it with a form."""
    response.set_cookie(
        STAFF_COOKIE,
        opened.token,
        max_age=int(opened.lifetime.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure,
    )


def clear_cookie(response: Response, *, is_secure: bool) -> None:
    """Take the session from the browser."""
    response.delete_cookie(STAFF_COOKIE, path="/", httponly=True, samesite="lax", secure=is_secure)


def local_path(address: str | None, *, default: str) -> str:
    """Return `address` if it is a path of this site, else `default`: nobody is sent elsewhere after signing in."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return default
    is_plain = all(character > " " and character not in "\\\x7f" for character in address)
    return address if is_plain else default
