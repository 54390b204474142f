"""What every page of the console shares: who looks, how it is rendered, and how a refusal looks to a person."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from admin.library_cards import LibraryCard, home_card
from admin.preferences import keep_choice, language_of, theme_of
from admin.session import local_path, place_of, signed_in
from admin.static_files import static_files
from admin.working_bar import bar_of
from qa_server.desk.commissions.handling import count_waiting
from qa_server.desk.noticing import unseen_count
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.people.errors import Unauthenticated
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.errors import AppError, NotFound

_TEMPLATES = Path(__file__).parent / "templates"
# Everything from this site only; the sockets of the desk are of the same origin. No inline script or style at all.
_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
_TIME_FORMAT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Visitor:
    """A librarian on a page, with the own library, whose time zone the page shows times in."""

    place: Workplace
    person: StaffMember
    home: LibraryCard
    language: Language

    @property
    def administers(self) -> bool:
        """Say whether the person administers a node."""
        return bool(nodes_with(self.person, Right.ADMINISTER_LIBRARY))

    @property
    def curates(self) -> bool:
        """Say whether the person reviews the articles of a node."""
        return bool(nodes_with(self.person, Right.REVIEW_ARTICLES))

    @property
    def supervises(self) -> bool:
        """Say whether the person supervises the desks of a node."""
        return bool(nodes_with(self.person, Right.SUPERVISE))

    @property
    def unseen(self) -> int:
        """Return how many mentions, returned answers and invitations the person has not seen."""
        return unseen_count(self.place, self.person)

    @property
    def commissions(self) -> int:
        """Return how many commissions wait to be taken up."""
        return count_waiting(self.place, self.person)

    def say(self, message: str, **details: object) -> str:
        """Return a sentence in the visitor's language."""
        return translate(message, self.language, **details)


def visitor(request: Request, person: Annotated[StaffMember, Depends(signed_in)]) -> Visitor:
    """Return the signed-in librarian as the pages need them. Raises Unauthenticated."""
    place, language = place_of(request), language_of(request, person)
    # Names that come ready made are in the language of the page, whatever the account says.
    seen_as = replace(person, language=language)
    return Visitor(place, seen_as, home_card(place, person), language)


SignedInVisitor = Annotated[Visitor, Depends(visitor)]


class PageRoute(APIRoute):
    """A route that answers a person: refusals are pages, and whoever is not signed in is asked to."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_for_person(request: Request) -> Response:
            kept = keep_choice(request)
            if kept is not None:
                return kept
            try:
                return await handle(request)
            except Unauthenticated as error:
                return _ask_to_sign_in(request, error)
            except AppError as error:
                return problem(request, error)
            except RequestValidationError:
                # An address with a broken id leads nowhere.
                return problem(request, NotFound())

        return handle_for_person


def render(
    request: Request, template: str, *, seen_by: Visitor | None = None, status: int = 200, **context: object
) -> HTMLResponse:
    """Answer with a page in the visitor's language. Nothing of it is kept by proxies or the browser's cache."""
    language = seen_by.language if seen_by else language_of(request, None)
    html = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            theme=theme_of(request),
            t=partial(translate, language=language),
            moment=partial(_moment, seen_by),
            visitor=seen_by,
            bar=bar_of(seen_by.place, seen_by.person, seen_by.home.zone, language) if seen_by else None,
            path=request.url.path,
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            with_query=partial(_with_query, request),
            **context,
        )
    )
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Content-Language": language}
    return HTMLResponse(html, status_code=status, headers=headers)


def problem(request: Request, error: AppError) -> Response:
    """Answer with a page that says what is refused and where to go on."""
    language = language_of(request, None)
    message = translate(error.message, language, **error.details)
    return render(request, "problem/page.html", status=error.status, message=message)


def go_to(path: str, **query: object) -> RedirectResponse:
    """Send the browser on to a page of the console after a change."""
    return RedirectResponse(f"{path}?{urlencode(query, doseq=True)}" if query else path, status_code=303)


def _ask_to_sign_in(request: Request, error: Unauthenticated) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return problem(request, error)
    # A form cannot be sent again after signing in; its page can be shown again, and has kept what was typed.
    asked = request.headers.get("referer", "") if request.method == "POST" else str(request.url)
    parts = urlsplit(asked)
    back = local_path(parts.path + (f"?{parts.query}" if parts.query else ""), default="/console")
    return go_to("/console/sign-in", next=back)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Lists of codes keep their order on the way to the scripts.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    environment.globals["static"] = lambda path: static_files().address(path)
    return environment


def _moment(seen_by: Visitor | None, value: datetime) -> str:
    return value.astimezone(seen_by.home.zone if seen_by else None).strftime(_TIME_FORMAT)


def _with_query(request: Request, **changes: object) -> str:
    kept = {name: value for name, value in request.query_params.items() if name not in changes}
    added = {name: str(value) for name, value in changes.items() if value not in (None, "")}
    return "?" + urlencode(kept | added)
