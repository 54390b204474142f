"""A librarian's day without a mouse: claim, answer with a suggestion, hand over, take, close, draft an article."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import in_thread, sign_in
from tests.browser.test_two_librarians import ask

# Announcements come within a moment; a machine under load takes its time.
SOON_MS = 60_000
QUESTION = "怎样预约研讨室？"
# From the beginning of a page to its end; more is a trap.
MOST_TABS = 80

pytestmark = pytest.mark.browser


def without_a_mouse(page: Page) -> None:
    """Let every press of a button of the mouse count."""
    page.evaluate("""() => {
        window.presses = 0;
        addEventListener("pointerdown", () => (window.presses += 1), { capture: true });
    }""")


def tab_to(page: Page, selector: str) -> None:
    """Go forward with the Tab key until an element has the focus."""
    for _ in range(MOST_TABS):
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached with the Tab key")


def claim_and_answer(librarian: Page, reader: Page) -> None:
    """Claim the next question and send the first suggestion with its source."""
    expect(librarian.locator("desk-queue")).to_contain_text(QUESTION, timeout=SOON_MS)
    librarian.keyboard.press("q")
    answer = librarian.get_by_label("您的答复")
    expect(answer).to_be_focused(timeout=SOON_MS)
    expect(librarian.locator("desk-suggestions .hit").first).to_be_visible(timeout=SOON_MS)
    librarian.keyboard.press("Alt+1")
    expect(answer).to_have_value(re.compile("来源："), timeout=SOON_MS)
    librarian.keyboard.press("Enter")
    expect(in_thread(reader, "来源：")).to_be_visible(timeout=SOON_MS)


def hand_over(librarian: Page, whom: str) -> None:
    """Hand the open question to one person by the sheet."""
    librarian.keyboard.press("Escape")
    librarian.keyboard.press("t")
    sheet = librarian.get_by_role("dialog", name="移交问题")
    expect(sheet.get_by_role("searchbox")).to_be_focused(timeout=SOON_MS)
    sheet.get_by_role("radio").first.wait_for(timeout=SOON_MS)
    librarian.keyboard.type(whom)
    librarian.keyboard.press("ArrowDown")
    tab_to(librarian, "textarea")
    librarian.keyboard.type("请接着答复。")
    librarian.keyboard.press("Control+Enter")
    expect(sheet).to_be_hidden(timeout=SOON_MS)


def take(colleague: Page) -> None:
    """Go to what is handed over and accept it."""
    expect(colleague.locator("desk-queue")).to_contain_text("来自 林悦", timeout=SOON_MS)
    colleague.keyboard.press("j")
    expect(colleague.get_by_role("region", name="移交")).to_contain_text("请接着答复。", timeout=SOON_MS)
    colleague.keyboard.press("a")
    expect(colleague.get_by_role("button", name="办结…")).to_be_visible(timeout=SOON_MS)


def close_with_a_draft(colleague: Page) -> None:
    """Close with READ level 2 and a descriptive code, and open the draft that comes of it."""
    colleague.keyboard.press("Escape")
    colleague.keyboard.press("x")
    sheet = colleague.get_by_role("dialog", name="办结咨询")
    expect(sheet).to_be_visible(timeout=SOON_MS)
    colleague.keyboard.press("2")
    tab_to(colleague, "[name=codes]")
    colleague.keyboard.press("Space")
    tab_to(colleague, "[name=draft]")
    colleague.keyboard.press("Space")
    colleague.keyboard.press("Control+Enter")
    expect(colleague.get_by_role("link", name="打开草稿")).to_be_focused(timeout=SOON_MS)


@pytest.mark.timeout(600)
def test_a_day_passes_without_a_mouse(browser: Browser, demo: DemoServer) -> None:
    lin, chen = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "chen.mo")
    for page in (lin, chen):
        without_a_mouse(page)
    reader = ask(browser, demo, QUESTION)

    claim_and_answer(lin, reader)
    hand_over(lin, "陈")
    take(chen)
    close_with_a_draft(chen)
    assert [page.evaluate("window.presses") for page in (lin, chen)] == [0, 0]

    # A draft opens as a page, which is saved from wherever one writes.
    chen.keyboard.press("Enter")
    expect(chen).to_have_url(re.compile(r"/console/articles/[0-9a-f-]{36}/edit"), timeout=SOON_MS)
    expect(chen.get_by_label("问题").first).to_have_value(QUESTION, timeout=SOON_MS)
    tab_to(chen, "[name=change_note]")
    chen.keyboard.type("核对过。")
    chen.keyboard.press("Control+Enter")
    expect(chen).to_have_url(re.compile(r"/console/articles/[0-9a-f-]{36}(\?|$)"), timeout=SOON_MS)
