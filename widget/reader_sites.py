"""What the sites that readers visit share: who visits and from where, the language, refusals as pages."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment
from starlette.responses import Response

from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, in_traditional, is_traditional, negotiate, translate
from storage.errors import AppError, NotFound
from widget.pages import new_environment

TAGS = ("zh-CN", "zh-TW", "en")
HTML = "text/html; charset=utf-8"


class Whence(TypedDict):
    """The language tag of a page, the address of the service, and the path of that address."""

    tag: str
    root: str
    base: str


@dataclass(frozen=True)
class ReaderVisit:
    """Somebody on a site of readers: the language of the page, and where the service lies."""

    tag: str
    root: str
    base: str

    @property
    def language(self) -> Language:
        """The language of texts, which is one of two."""
        return "en" if self.tag == "en" else "zh"

    def say(self, message: str, **details: object) -> str:
        """Return a sentence in the language of the page."""
        return self.written(translate(message, self.language, **details))

    def written(self, text: str) -> str:
        """Return a text as it is written where the reader is."""
        return in_traditional(text) if self.tag == "zh-TW" else text


class ReaderRoute(APIRoute):
    """A route that answers a reader: a refusal is a page with a way on."""

    def refuse(self, request: Request, error: AppError) -> Response:
        """Answer with a page that says what is refused; each site has its own."""
        raise NotImplementedError

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with refusals as pages."""
        handle = super().get_route_handler()

        async def handle_for_reader(request: Request) -> Response:
            try:
                return await handle(request)
            except AppError as error:
                return self.refuse(request, error)
            except RequestValidationError:
                return self.refuse(request, NotFound())

        return handle_for_reader


def place_of(request: Request) -> Workplace:
    """Return what the use cases work with, as the application put it together."""
    place: Workplace = request.app.state.place
    return place


def root_of(request: Request) -> str:
    """Return the address of the service for readers, without a slash at the end."""
    configured: str = place_of(request).settings.public_url
    return (configured or str(request.base_url)).rstrip("/")


def whence(request: Request, usual: str) -> Whence:
    """Return from where a page is asked for, and in which language; `usual` is the site's own."""
    root = root_of(request)
    return {"tag": tag_of(request, usual), "root": root, "base": urlsplit(root).path}


def tag_of(request: Request, usual: str) -> str:
    """Return the language tag of a page: as the address wishes, else the browser, else the site's own language."""
    wish = request.query_params.get("lang", "")
    if wish in TAGS or wish == "zh":
        return "zh-CN" if wish == "zh" else wish
    header = request.headers.get("accept-language")
    if not header or header.strip() == "*":
        return "en" if usual == "en" else "zh-CN"
    if is_traditional(header):
        return "zh-TW"
    return "en" if negotiate(header) == "en" else "zh-CN"


def bare_problem(request: Request, error: AppError) -> Response:
    """Answer in plain words where there is no site to lead to: no network yet, or it is switched off."""
    language = negotiate(request.headers.get("accept-language"))
    text = translate(error.message, language, **error.details)
    return Response(text, error.status, {"Cache-Control": "no-cache"}, "text/plain; charset=utf-8")


@cache
def environment() -> Environment:
    """Return what renders the pages of these sites."""
    return new_environment()
