"""The pages of the network in a real browser: both languages, light and dark, wide and narrow, checked by axe."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import open_widget, sign_in
from tests.widget.test_access_in_browser import complaints

pytestmark = pytest.mark.browser

ASKED = "校园卡补办之后怎么激活借书权限"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PAGES = (
    "/console/network",
    "/console/network/LHNU/card",
    "/console/network/LHNU/desks",
    "/console/libraries/JZU",
    "/console/shifts",
    "/console/applications",
    "/console/alliances",
    "/join",
)
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A page that hides what is too wide for it, as the desk does, is no wider than its window: its parts are measured as
# well. What stands in a row that scrolls by itself is reached.
_STICKING_OUT = """() => {
  const inScroller = (part) => {
    for (let box = part.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== "visible") return true;
    return false;
  };
  const isOut = (part) => part.checkVisibility() && part.getBoundingClientRect().right > innerWidth + 1;
  return [...document.querySelectorAll("body *")]
    .filter((part) => isOut(part) && !inScroller(part))
    .map((part) => part.outerHTML.slice(0, 120));
}"""


def unfold(page: Page) -> None:
    """Open everything that is folded, but the menu that covers the page."""
    page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")


def choose(context: BrowserContext, address: str, *, language: str, theme: str) -> None:
    """Choose language and theme for the console and the form beside it, as their links would."""
    cookies = {"wenjin_language": language, "wenjin_theme": theme}
    for path in ("/console", "/join"):
        for name, value in cookies.items():
            context.add_cookies([{"name": name, "value": value, "domain": urlsplit(address).hostname, "path": path}])


def roster_of(page: Page, demo: DemoServer) -> str:
    """Return the path of the roster of a library's desk."""
    page.goto(f"{demo.address}/console/network/LHNU/desks")
    path = page.locator("a[href$='/roster']").first.get_attribute("href")
    assert path is not None
    return path


def fill_in(page: Page, demo: DemoServer) -> None:
    """Apply as a library and report an error, so that every page has something to show."""
    page.goto(f"{demo.address}/join")
    for name, value in {
        "name_zh": "新河大学图书馆",
        "name_en": "Xinhe University Library",
        "code": "XHU",
        "contact_name": "The head",
        "contact_email": "head@xinhe.example",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=parent]").select_option("JSPC")
    page.locator("form button[type=submit]").last.click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(f"{demo.address}/console/libraries/LHNU")
    page.locator("summary", has_text=re.compile("报错")).first.click()
    page.locator("textarea").first.fill("借期已改为 40 天。")
    page.locator("textarea").first.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()


def problems_of(page: Page, address: str, *, only: str | None = None) -> list[str]:
    """Return what axe finds on a page, everything unfolded, and whether it is wider than its window."""
    page.goto(address)
    unfold(page)
    path = urlsplit(address).path
    overflow = page.evaluate(_OVERFLOW)
    found = [f"{path}: {overflow} pixels too wide"] if overflow > 0 else []
    return [*found, *(f"{path}: {each}" for each in complaints(page, only=only))]


def problems_on_a_phone(page: Page) -> list[str]:
    """Return what of the page as it is now lies beside a narrow window, reached only by moving the whole page."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    path = urlsplit(page.url).path
    overflow = page.evaluate(_OVERFLOW)
    found = [f"{path}: {overflow} pixels wider than a phone"] if overflow > 0 else []
    found += [f"{path}: sticks out on a phone: {each}" for each in page.evaluate(_STICKING_OUT)]
    page.set_viewport_size(size)
    return found


@pytest.mark.timeout(600)
def test_pages_of_the_network_are_for_everybody(browser: Browser, demo: DemoServer) -> None:
    page = sign_in(browser, demo, "shen.an")
    fill_in(page, demo)
    paths = (*PAGES, roster_of(page, demo))
    found: list[str] = []
    for language, theme, size in (
        ("zh", "light", WIDE),
        ("en", "light", NARROW),
        ("zh", "dark", NARROW),
        ("en", "dark", WIDE),
    ):
        choose(page.context, demo.address, language=language, theme=theme)
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for path in paths:
            only = "color-contrast" if theme == "dark" else None
            found += [f"{language} {theme} {each}" for each in problems_of(page, demo.address + path, only=only)]
    assert found == []


@pytest.mark.timeout(240)
def test_a_sentence_of_the_card_is_copied_and_one_goes_into_the_answer(browser: Browser, demo: DemoServer) -> None:
    page = sign_in(browser, demo, "lin.yue")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{demo.address}/console/libraries/JZU")
    page.get_by_role("button", name="复制中文").nth(1).click()
    expect(page.get_by_role("button", name="✓ 复制中文")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied
    assert page.get_by_text(copied, exact=True).count() > 0

    page.goto(f"{demo.address}/console")
    expect(page.get_by_role("heading", name=re.compile("待受理"))).to_be_visible()
    reader = open_widget(browser, demo)
    reader.get_by_role("textbox").last.fill(ASKED)
    reader.get_by_role("button", name="咨询馆员").last.click()
    page.get_by_role("link", name=re.compile(ASKED)).click()
    page.get_by_role("button", name=re.compile("受理")).click()
    card = page.locator("desk-library")
    expect(card.get_by_text("正在开放")).to_be_visible()
    card.get_by_role("button", name="插入中文").last.click()
    answer = page.get_by_label("您的答复")
    expect(answer).to_have_value(re.compile("我的图书馆"))
    expect(answer).to_be_focused()
    assert complaints(page) == []

    # English words are the longer ones: everything that is done with a conversation is within reach on a phone.
    choose(page.context, demo.address, language="en", theme="light")
    page.reload()
    expect(page.get_by_role("button", name="Close…")).to_be_visible()
    assert problems_on_a_phone(page) == []
