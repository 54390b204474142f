"""The pages of a site: the first one, the lists, the search, the directory of libraries, and the site's colours."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request
from starlette.responses import Response

from qa_server.desk.answers import reading as public_answers
from qa_server.desk.answers import sites as public_sites
from qa_server.desk.answers.views import Listing
from qa_server.desk.facet_words import CLC_CLASSES, QUESTION_TYPES, TOPICS
from qa_server.people.addresses import network_of
from storage.errors import NotFound
from widget.answers.linked_data import breadcrumbs, item_list, website
from widget.answers.pages import Visit, cached, go_to, is_person, show, visit_of
from widget.reader_sites import place_of

# The word in the address of each facet: what it is called, and what its values are called.
FACETS = {
    "topics": ("Topics", TOPICS),
    "types": ("Kinds of questions", QUESTION_TYPES),
    "classes": ("Subjects", CLC_CLASSES),
}
_LONGEST_QUERY = 2_000

Page = Annotated[int, Query(ge=1, le=1_000_000)]
Words = Annotated[str, Query(max_length=_LONGEST_QUERY)]


def home(request: Request, code: str | None = None) -> Response:
    """Show the first page of a site, or lead from the root's code to the network's own address."""
    visit = visit_of(request, code)
    if code is not None and (visit.site.is_network or code != visit.site.code):
        return go_to(visit.path + _kept(request), is_for_good=True)
    found = public_answers.home(place_of(request), visit.site, visit.language)
    libraries, count = public_sites.sites(place_of(request)) if visit.site.is_network else ([], 0)
    return show(
        request,
        visit,
        "home.html",
        home=found,
        libraries=libraries[:12],
        library_count=count,
        data=website(visit),
    )


def category(kind: str) -> Callable[..., Response]:
    """Return the page of the answers of one topic, type or class, by the word in its address."""
    over, words = FACETS[kind]

    def show_category(request: Request, value: str, code: str | None = None, page: Page = 1) -> Response:
        visit = visit_of(request, code)
        if value not in words:
            raise NotFound()
        found = public_answers.listing(place_of(request), visit.site, visit.language, kind=kind, value=value, page=page)
        return _list_page(
            request, visit, found, title=visit.say(words[value]), path=f"{kind}/{value}", over=visit.say(over)
        )

    return show_category


def recent(request: Request, code: str | None = None, page: Page = 1) -> Response:
    """Show all answers, newest first."""
    visit = visit_of(request, code)
    found = public_answers.listing(place_of(request), visit.site, visit.language, page=page)
    return _list_page(request, visit, found, title=visit.say("All answers, newest first"), path="recent")


def popular(request: Request, code: str | None = None) -> Response:
    """Show the answers that are read most."""
    visit = visit_of(request, code)
    found = public_answers.popular(place_of(request), visit.site, visit.language)
    return _list_page(request, visit, found, title=visit.say("Read most"), path="popular")


def search(request: Request, code: str | None = None, q: Words = "") -> Response:
    """Search by meaning: an answer, suggestions, or nothing close enough and a librarian."""
    visit = visit_of(request, code)
    words = " ".join(q.split())
    if not words:
        return go_to(visit.path + _kept(request))
    network = network_of(request.client.host if request.client else "")
    found = public_answers.search(
        place_of(request), visit.site, words, visit.language, network=network, is_counted=is_person(request)
    )
    shown = words[: public_answers.MAX_QUERY_CHARACTERS]
    tail = "?" + urlencode({"q": shown})
    is_cut = len(words) > public_answers.MAX_QUERY_CHARACTERS
    return show(request, visit, "search.html", found=found, q=shown, tail=tail, is_cut=is_cut)


def directory(request: Request, q: Words = "", page: Page = 1) -> Response:
    """List the libraries that have a site."""
    visit = visit_of(request, None)
    libraries, total = public_sites.sites(place_of(request), text=q[:100], page=page)
    pages = max(1, -(-total // public_sites.DIRECTORY_PAGE))
    if page > pages:
        raise NotFound()
    return show(
        request, visit, "libraries.html", libraries=libraries, total=total, page=page, pages=pages, words=q[:100]
    )


def colours(request: Request, code: str | None = None) -> Response:
    """Send the colours of a library as a style sheet; a page may not carry styles of its own."""
    visit = visit_of(request, code)
    chosen = visit.site.colours
    if chosen is None:
        return cached(request, b"", "text/css")
    light = f"--accent: {chosen.accent}; --accent-strong: {chosen.strong}; --on-accent: #fff;"
    dark = f"--accent: {chosen.dark}; --accent-strong: {chosen.dark}; --on-accent: #10181a;"
    text = f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    return cached(request, text.encode(), "text/css")


def _list_page(request: Request, visit: Visit, found: Listing, *, title: str, path: str, over: str = "") -> Response:
    crumbs = [(visit.site.title(visit.language), visit.address), (title, visit.address + path)]
    return show(
        request,
        visit,
        "list.html",
        found=found,
        title=title,
        over=over,
        path=path,
        has_feed=path == "recent" or path.startswith("topics/"),
        data=[breadcrumbs(crumbs), item_list(visit, found.lines)],
    )


def _kept(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""
