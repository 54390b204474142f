"""What every page of the public answers sites shares: language, address, template, policy, caching, and refusals."""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import RedirectResponse, Response

from qa_server.desk.answers.reading import AnswerGone
from qa_server.desk.answers.sites import Site, site_of
from qa_server.desk.facet_words import CLC_CLASSES, QUESTION_TYPES, TOPICS
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, in_traditional, is_traditional, negotiate, translate
from storage.errors import AppError, NotFound
from widget.answers.script_text import script
from widget.assets import release

TAGS = ("zh-CN", "zh-TW", "en")
HTML = "text/html; charset=utf-8"
# What a proxy may show again without asking, and for how long it may show it while it asks.
CACHING = "public, max-age=60, stale-while-revalidate=300"
_PROGRAM = re.compile(r"bot|crawl|spider|slurp|archiver|fetch|monitor|preview|curl|wget|python", re.IGNORECASE)
_TEMPLATES = Path(__file__).parent.parent / "templates"
# As for the other pages, but a library's logo may lie elsewhere, and scripts of the window talk to this server only.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:{pictures}",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


@dataclass(frozen=True)
class Visit:
    """Somebody on a site: where the site lies, and the language of the page."""

    site: Site
    tag: str
    root: str
    base: str

    @property
    def language(self) -> Language:
        """The language of texts, which is one of two."""
        return "en" if self.tag == "en" else "zh"

    @property
    def path(self) -> str:
        """The path of the site, with a slash at the end."""
        return f"{self.base}/answers/" + ("" if self.site.is_network else f"{self.site.code}/")

    @property
    def address(self) -> str:
        """The same as a whole address."""
        return self.root.removesuffix(self.base) + self.path

    def article(self, number: int, code: str | None = None) -> str:
        """Return the whole address of an answer, here or on the site of another node."""
        return f"{self.root}/answers/{code or self.site.code}/{number}"

    def say(self, message: str, **details: object) -> str:
        """Return a sentence in the language of the page."""
        text = translate(message, self.language, **details)
        return in_traditional(text) if self.tag == "zh-TW" else text


class AnswersRoute(APIRoute):
    """A route that answers a reader: a refusal is a page with a way on."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_for_reader(request: Request) -> Response:
            try:
                return await handle(request)
            except AppError as error:
                return problem(request, error)
            except RequestValidationError:
                return problem(request, NotFound())

        return handle_for_reader


def place_of(request: Request) -> Workplace:
    """Return what the use cases work with, as the application put it together."""
    place: Workplace = request.app.state.place
    return place


def root_of(request: Request) -> str:
    """Return the address of the service for readers, without a slash at the end."""
    configured: str = place_of(request).settings.public_url
    return (configured or str(request.base_url)).rstrip("/")


def visit_of(request: Request, code: str | None) -> Visit:
    """Return who looks at which site. Raises NotFound for a code without a site."""
    site = site_of(place_of(request), code)
    root = root_of(request)
    return Visit(site, tag_of(request, site.language), root, urlsplit(root).path)


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


def is_person(request: Request) -> bool:
    """Say whether a person looks, as far as a program that reads pages tells the truth about itself."""
    return request.method == "GET" and not _PROGRAM.search(request.headers.get("user-agent", ""))


def show(
    request: Request,
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    modified: datetime | None = None,
    **values: object,
) -> Response:
    """Answer with a page, or with 304 when the asker has exactly this one."""
    html = _environment().get_template(f"answers/{template}").render({**_shared(request, visit), **values})
    headers = {
        "Content-Security-Policy": _POLICY.format(pictures=_pictures(visit.site)),
        "Content-Language": visit.tag,
    }
    if status != 200:
        return Response(html, status, {**headers, "Cache-Control": "no-cache", "Vary": "Accept-Language"}, HTML)
    return cached(request, html.encode(), HTML, modified=modified, headers=headers)


def cached(
    request: Request,
    content: bytes,
    media_type: str,
    *,
    modified: datetime | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Send content that anybody may keep for a minute, or 304 when the asker has it already."""
    etag = f'W/"{sha256(content).hexdigest()[:20]}"'
    sent = {**(headers or {}), "Cache-Control": CACHING, "ETag": etag, "Vary": "Accept-Language"}
    if modified is not None:
        sent["Last-Modified"] = format_datetime(modified, usegmt=True)
    if _has_it(request, etag, modified):
        return Response(status_code=304, headers=sent)
    return Response(content, headers=sent, media_type=media_type)


def problem(request: Request, error: AppError) -> Response:
    """Answer with a page that says what is refused, and where to search instead."""
    visit = _visit_of_problem(request)
    if visit is None:
        return _bare_problem(request, error)
    headers = (
        {"Retry-After": str(error.details["retry_after_seconds"])} if "retry_after_seconds" in error.details else {}
    )
    response = show(
        request,
        visit,
        "problem.html",
        status=error.status,
        message=visit.say(error.message, **error.details),
        is_gone=isinstance(error, AnswerGone),
    )
    response.headers.update(headers)
    return response


def go_to(address: str, *, is_for_good: bool = False, status: int | None = None) -> RedirectResponse:
    """Lead elsewhere: for good, for now, or with a status of its own after a form."""
    headers = {"Cache-Control": CACHING if status is None else "no-store"}
    return RedirectResponse(address, status or (301 if is_for_good else 302), headers)


def dated(visit: Visit, moment: datetime) -> str:
    """Return the day of a moment where the library is."""
    return moment.astimezone(ZoneInfo(visit.site.time_zone)).strftime("%Y-%m-%d")


def _shared(request: Request, visit: Visit) -> dict[str, object]:
    return {
        "visit": visit,
        "site": visit.site,
        "language": visit.language,
        "tag": visit.tag,
        "_": visit.say,
        "assets": f"{visit.base}/widget/v1/{release().name}",
        "day": partial(dated, visit),
        "in_language": partial(_in_language, request),
        "here": urlsplit(visit.root)._replace(path="", query="").geturl() + request.url.path,
        "topics": TOPICS,
        "types": QUESTION_TYPES,
        "classes": CLC_CLASSES,
        "q": "",
        "page_query": partial(_with_page, visit.tag),
        "script": script,
    }


def _with_page(tag: str, page: int) -> str:
    return "?" + urlencode({"lang": tag, "page": page} if page > 1 else {"lang": tag})


def _in_language(request: Request, tag: str) -> str:
    kept = {name: value for name, value in request.query_params.items() if name in ("q", "page")}
    return "?" + urlencode(kept | {"lang": tag})


def _pictures(site: Site) -> str:
    if not site.logo_url:
        return ""
    parts = urlsplit(site.logo_url)
    return f" {parts.scheme}://{parts.netloc}"


def _has_it(request: Request, etag: str, modified: datetime | None) -> bool:
    asked = request.headers.get("if-none-match")
    if asked is not None:
        return etag in (each.strip() for each in asked.split(",")) or asked.strip() == "*"
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def _visit_of_problem(request: Request) -> Visit | None:
    for code in (request.path_params.get("code"), None):
        try:
            return visit_of(request, code)
        except AppError:
            continue
    return None


def _bare_problem(request: Request, error: AppError) -> Response:
    # No network yet, or its site is switched off: nothing to lead to.
    language = negotiate(request.headers.get("accept-language"))
    text = translate(error.message, language, **error.details)
    return Response(text, error.status, {"Cache-Control": "no-cache"}, "text/plain; charset=utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html", "xml"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
