"""One answer on a page of its own, at one canonical address; and what a reader without scripts says of it."""

import re
from dataclasses import replace
from secrets import token_hex
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Form, Query, Request
from starlette.responses import Response

from qa_server.desk.answers import reading as public_answers
from qa_server.desk.answers.views import Elsewhere
from qa_server.desk.facet_words import TOPICS
from qa_server.people.addresses import network_of
from qa_server.people.errors import CsrfRefused
from storage.errors import NotFound
from widget.answers.linked_data import breadcrumbs, faq_page
from widget.answers.pages import Visit, go_to, is_person, show, visit_of
from widget.reader_sites import place_of

# What tells one browser from another when it judges answers; set by the first verdict, gone with the browser's window.
VERDICT_COOKIE = "wenjin_verdict"
_SECRET = re.compile(r"[0-9a-f]{32}")
# A number, and words for people after it, which may be anything.
_NUMBER = re.compile(r"(\d{1,19})(-.*)?", re.ASCII)
_LONGEST_QUERY = 2_000

Words = Annotated[str, Query(max_length=_LONGEST_QUERY)]


def article(request: Request, code: str, number: str, q: Words = "", said: str = "") -> Response:
    """Show an answer, or lead to where it is now."""
    visit = visit_of(request, code)
    wanted = _number(number)
    found = public_answers.answer(place_of(request), visit.site, wanted, is_counted=is_person(request) and not said)
    if isinstance(found, Elsewhere):
        return go_to(_path(visit, found.number), is_for_good=found.is_for_good)
    if number != str(wanted) or code != visit.site.code:
        return go_to(_path(visit, wanted), is_for_good=True)
    visit = _in_its_language(request, visit, found.article.language)
    canonical = visit.article(wanted, found.canonical_code)
    topic = found.article.service_topic
    crumbs = [
        (visit.site.title(visit.language), visit.address),
        (visit.say(TOPICS[topic]), f"{visit.address}topics/{topic}"),
        (found.article.question, canonical),
    ]
    return show(
        request,
        visit,
        "article.html",
        modified=None if said else found.article.published_at,
        page=found,
        canonical=canonical,
        words=" ".join(q.split())[: public_answers.MAX_QUERY_CHARACTERS],
        said=said if said in ("yes", "no") else "",
        is_past=found.article.valid_until is not None and found.article.valid_until <= place_of(request).clock(),
        data=[faq_page(visit, found, canonical=canonical), breadcrumbs(crumbs)],
    )


def verdict(
    request: Request,
    code: str,
    number: str,
    helpful: Annotated[str, Form(max_length=3)] = "",
    q: Annotated[str, Form(max_length=_LONGEST_QUERY)] = "",
) -> Response:
    """Note whether an answer helped, and show it again with thanks. Raises CsrfRefused, NotFound, TooManyRequests."""
    _require_same_site(request)
    visit = visit_of(request, code)
    wanted = _number(number)
    if helpful not in ("yes", "no"):
        return go_to(_path(visit, wanted), status=303)
    kept = request.cookies.get(VERDICT_COOKIE, "")
    secret = kept if _SECRET.fullmatch(kept) else token_hex(16)
    network = network_of(request.client.host if request.client else "")
    public_answers.judge(
        place_of(request),
        visit.site,
        wanted,
        is_helpful=helpful == "yes",
        words=q.strip()[: public_answers.MAX_QUERY_CHARACTERS],
        secret=secret,
        network=network,
    )
    answer = go_to(f"{_path(visit, wanted)}?{urlencode({'said': helpful})}#verdict", status=303)
    is_secure = place_of(request).settings.secure_cookies
    answer.set_cookie(
        VERDICT_COOKIE, secret, path=f"{visit.base}/answers", httponly=True, samesite="lax", secure=is_secure
    )
    return answer


def _number(text: str) -> int:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise NotFound()
    return int(found[1])


def _path(visit: Visit, number: int) -> str:
    return f"{visit.base}/answers/{visit.site.code}/{number}"


def _in_its_language(request: Request, visit: Visit, language: str) -> Visit:
    """Return the page in the language of its answer, unless the address wishes another or it is the same."""
    if "lang" in request.query_params or visit.language == language:
        return visit
    return replace(visit, tag="zh-CN" if language == "zh" else "en")


def _require_same_site(request: Request) -> None:
    fetch_site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if fetch_site is not None and fetch_site not in {"same-origin", "none"}:
        raise CsrfRefused()
    if fetch_site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise CsrfRefused()
