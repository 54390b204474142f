"""What every page of the public answers sites shares: language, address, template, policy, caching, and refusals."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from hashlib import sha256
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from qa_server.desk.answers.reading import AnswerGone
from qa_server.desk.answers.sites import Site, site_of
from qa_server.desk.facet_words import CLC_CLASSES, QUESTION_TYPES, TOPICS
from storage.errors import AppError
from widget.answers.script_text import script
from widget.assets import release
from widget.pages import policy
from widget.reader_sites import HTML, ReaderRoute, ReaderVisit, bare_problem, environment, place_of, whence

# What a proxy may show again without asking, and for how long it may show it while it asks.
CACHING = "public, max-age=60, stale-while-revalidate=300"
_PROGRAM = re.compile(r"bot|crawl|spider|slurp|archiver|fetch|monitor|preview|curl|wget|python", re.IGNORECASE)


@dataclass(frozen=True)
class Visit(ReaderVisit):
    """Somebody on a site: where the site lies, and the language of the page."""

    site: Site

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


class AnswersRoute(ReaderRoute):
    """A route of the answers sites."""

    def refuse(self, request: Request, error: AppError) -> Response:
        """Answer with a page that leads on."""
        return problem(request, error)


def visit_of(request: Request, code: str | None) -> Visit:
    """Return who looks at which site. Raises NotFound for a code without a site."""
    site = site_of(place_of(request), code)
    return Visit(**whence(request, site.language), site=site)


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
    html = environment().get_template(f"answers/{template}").render({**_shared(request, visit), **values})
    headers = {
        "Content-Security-Policy": policy(logo_url=visit.site.logo_url),
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
        return bare_problem(request, error)
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
