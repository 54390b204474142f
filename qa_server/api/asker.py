"""Who asks: dependencies that turn a request into a language, a campus network, a reader or a librarian."""

from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from qa_server.chat.floods import count_frames
from qa_server.desk import asking, signing_in
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, negotiate
from qa_server.people.addresses import network_of
from qa_server.people.errors import CsrfRefused, ReaderUnknown, Unauthenticated
from qa_server.people.rights import StaffMember
from qa_server.people.tokens import STAFF_COOKIE

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(auto_error=False, description="The reader's token, from POST /api/v1/readers.")
_cookie = APIKeyCookie(name=STAFF_COOKIE, auto_error=False, description="The staff session.")


def get_place(request: Request) -> Workplace:
    """Return the parts that use cases work with."""
    place: Workplace = request.app.state.place
    return place


def get_language(request: Request) -> Language:
    """Return the language of the answer, from Accept-Language."""
    return negotiate(request.headers.get("accept-language"))


def get_network(request: Request) -> str:
    """Return the campus network (IPv4 /24, IPv6 /56) the request comes from."""
    return network_of(request.client.host if request.client else "")


Place = Annotated[Workplace, Depends(get_place)]
AskedLanguage = Annotated[Language, Depends(get_language)]
Network = Annotated[str, Depends(get_network)]


def get_reader(
    place: Place, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> KnownReader:
    """Return the reader whose token came with the request, and count the request. Raises ReaderUnknown,
    TooManyRequests."""
    if credentials is None:
        raise ReaderUnknown()
    reader = asking.recognise(place, credentials.credentials)
    count_frames(place, reader)
    return reader


def get_known_reader(request: Request, place: Place) -> KnownReader | None:
    """Return the reader whose token came with the request, or None for somebody without one that is known."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        return asking.recognise(place, token.strip()) if scheme.lower() == "bearer" else None
    except ReaderUnknown:
        return None


def get_staff(
    request: Request,
    place: Place,
    token: Annotated[str | None, Depends(_cookie)],
    x_csrf_token: Annotated[str | None, Header(max_length=100)] = None,
) -> StaffMember:
    """Return the signed-in librarian, and count the request; a change also needs the session's CSRF token.

    Raises Unauthenticated, CsrfRefused, TooManyRequests.
    """
    if token is None:
        raise Unauthenticated()
    person = signing_in.recognise_staff(place, token)
    if request.method not in _SAFE_METHODS and not _is_same(x_csrf_token, person.csrf_token):
        raise CsrfRefused()
    count_frames(place, person)
    return person


def get_known_staff(place: Place, token: Annotated[str | None, Depends(_cookie)]) -> StaffMember | None:
    """Return the signed-in librarian, or None; for what may be shown to others, too."""
    try:
        return signing_in.recognise_staff(place, token) if token else None
    except Unauthenticated:
        return None


Reader = Annotated[KnownReader, Depends(get_reader)]
PerhapsStaff = Annotated[StaffMember | None, Depends(get_known_staff)]
Staff = Annotated[StaffMember, Depends(get_staff)]
PerhapsReader = Annotated[KnownReader | None, Depends(get_known_reader)]


def _is_same(given: str | None, expected: str) -> bool:
    return given is not None and compare_digest(given.encode(), expected.encode())
