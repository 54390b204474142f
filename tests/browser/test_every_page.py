"""Every page that the console's router knows, in both languages, light and dark, wide and narrow, for two people.

A page that no link leads to in the demo needs a line in `made`; what is no page stands in NOT_PAGES with what sees it.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

import pytest
from fastapi import APIRouter
from playwright.sync_api import APIResponse, Browser, Page
from starlette.routing import compile_path

from admin.pages import router as console
from tests.browser.conftest import DemoServer
from tests.browser.test_loop import sign_in
from tests.browser.test_network_pages import choose, problems_of, problems_on_a_phone

pytestmark = pytest.mark.browser

# Answers for scripts and files to save, by how their address ends.
_NO_PAGE = re.compile(r"\.json$|/file$|/files/|/static/|\.\{form\}$|/progress$|/export$")
# Addresses that lead on, and pages with tests of their own.
NOT_PAGES = frozenset(
    {
        "/console/libraries/{code}/card",
        "/console/number/{number}",
        # The reader's window: looked at with the widget, and framed by the page beside it.
        "/console/network/{code}/widget/preview",
        # Only there while two people have changed the same article: test_article_life.
        "/console/articles/{article_id}/merge",
    }
)
# Pages of single commissions: the demo's are looked at where a link leads to them, every kind in tests of their own.
_OF_ONE_COMMISSION = re.compile(r"/console/.*commission.*\{|/console/.*\{.*commission")
# Beside links: what stands in a menu of scripts, and words that find something.
BEGINNINGS = ("/console", "/console/search?all=1&q=%E6%A0%A1%E5%A4%96", "/console/practice", "/console/preferences")
NODES = ("/console/network/JZU", "/console/board/JSPC/screens")
TABLE = "问题,答案\n怎么打印大幅面海报？,总馆一层文印室可以打印。\n"
# What a new article needs.
DRAFT: dict[str, str | bytes] = {
    "question": "大幅面海报在哪里打印？",
    "answer": "总馆一层文印室。",
    "service_topic": "other",
    "question_type": "policy",
    "visibility": "public",
    "language": "zh",
    "owner": "JZU",
    "key": "printing.poster",
}
# A machine under load takes its time.
SOON_SECONDS = 120
_LINK = re.compile(r'href="(/(?:console|join|wall)[^"#]*)"')
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, who asks for pages without showing them."""

    page: Page
    address: str

    def get(self, path: str) -> APIResponse:
        """Return an answer as it is, not what it leads to."""
        return self.page.request.get(self.address + path, max_redirects=0)

    def post(self, path: str, fields: dict[str, str | bytes], *, files: dict[str, str] | None = None) -> str:
        """Send a form as its page would; return where it leads."""
        token = _TOKEN.search(self.get("/console/articles").text())
        assert token is not None
        parts: dict[str, object] = {"csrf_token": token[1], **fields}
        if files:
            name, text = next(iter(files.items()))
            parts[name] = {"name": "faq.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
        answer = self.page.request.post(self.address + path, multipart=parts, max_redirects=0)  # type: ignore[arg-type]
        assert answer.status == 303, answer.text()
        return answer.headers["location"].partition("?")[0]

    def call(self, path: str) -> None:
        """Do something over the interface of staff."""
        token = _TOKEN.search(self.get("/console/articles").text())
        assert token is not None
        answer = self.page.request.post(self.address + path, headers={"X-CSRF-Token": token[1]})
        assert answer.ok, answer.text()


def templates() -> list[str]:
    """Return the paths of all pages of the router."""
    found = [each for each in _gets(console.router()) if each not in NOT_PAGES and not _NO_PAGE.search(each)]
    assert len(found) > 50
    return found


def _gets(router: APIRouter) -> Iterator[str]:
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _gets(inner)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield route.path  # type: ignore[attr-defined]


def made(visitor: Visitor) -> list[str]:
    """Make what the demo has none of, each with a page of its own; return their addresses."""
    practice = visitor.post("/console/practice", {"case": "zh.renewal"}).rpartition("/")[2]
    visitor.call(f"/api/v1/staff/practice/{practice}/end")
    reply = {"shortcut": "lamp", "title_zh": "熄灯", "text_zh": "{librarian}：十一点熄灯。", "category": "answer"}
    visitor.post("/console/replies/new", {**reply, "version": "0"})
    return [f"/console/practice/{practice}", *_links(visitor.get("/console/replies").text())]


def made_by_a_curator(visitor: Visitor) -> list[str]:
    """Make an import, a draft and a source to harvest; wait for the ledger of what was asked in vain."""
    drafted = visitor.post("/console/articles/new", DRAFT).partition("/edit")[0]
    imported = visitor.post("/console/articles/imports", {"library": "JZU"}, files={"file": TABLE})
    source = {"address": "https://repository.example.edu/oai", "set_spec": "", "name": "机构库", "library": "JZU"}
    choices = {"language": "zh", "service_topic": "other", "every_hours": "0"}
    # The ledger is written a moment after a server has started.
    deadline = time.monotonic() + SOON_SECONDS
    while "/console/articles/unanswered/0" not in visitor.get("/console/articles/unanswered").text():
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return [imported, drafted, visitor.post("/console/harvests", {**source, **choices})]


def found_by(visitor: Visitor, beginnings: Iterable[str]) -> dict[str, str]:
    """Follow links from these addresses; return one address for each template that this person may see."""
    known = {each: compile_path(each)[0] for each in templates()}
    found: dict[str, str] = {}
    waiting = [*beginnings, *(each for each in known if "{" not in each)]
    for path in waiting:
        template = next((each for each, pattern in known.items() if pattern.match(urlsplit(path).path)), None)
        if template is None or template in found:
            continue
        answer = visitor.get(path)
        assert answer.status < 500, path
        if answer.status != 200:
            continue
        found[template] = path
        waiting += _links(answer.text())
    return found


def _links(text: str) -> list[str]:
    return [unescape(each) for each in _LINK.findall(text)]


def complaints_about(visitor: Visitor, paths: Iterable[str], *, language: str, theme: str) -> list[str]:
    """Return what axe finds on pages in a language and a theme, and which are wider than their window, or than a phone.

    A dark page is a light one in other colours: only those are looked at again.
    """
    choose(visitor.page.context, visitor.address, language=language, theme=theme)
    only = "color-contrast" if theme == "dark" else None
    found: list[str] = []
    for path in paths:
        found += problems_of(visitor.page, visitor.address + path, only=only)
        found += problems_on_a_phone(visitor.page)
    return [f"{language} {theme} {each}" for each in found]


@pytest.mark.timeout(600)
def test_every_page_of_the_console_is_for_everybody(browser: Browser, demo: DemoServer) -> None:
    administrator = Visitor(sign_in(browser, demo, "shen.an"), demo.address)
    librarian = Visitor(sign_in(browser, demo, "lin.yue"), demo.address)
    all_of_it = [*BEGINNINGS, *NODES, *made(administrator), *made_by_a_curator(administrator)]
    seen = found_by(administrator, all_of_it)
    seen_by_librarian = found_by(librarian, [*BEGINNINGS, *made(librarian)])
    assert [each for each in templates() if each not in seen and not _OF_ONE_COMMISSION.match(each)] == []
    assert len(seen_by_librarian) > 30
    found = complaints_about(administrator, seen.values(), language="zh", theme="light")
    found += complaints_about(administrator, seen.values(), language="en", theme="dark")
    found += complaints_about(librarian, seen_by_librarian.values(), language="zh", theme="dark")
    found += complaints_about(librarian, seen_by_librarian.values(), language="en", theme="light")
    assert not found, "\n".join(found)
