"""The widget for everybody: keyboard alone, screen readers, small screens, large text, calm motion."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.conftest import PATIENCE
from tests.widget.reading import Reader
from tests.widget.service import Librarian, Service

# On a machine that does much else a page takes many times as long.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
# What is cut off or hidden on purpose may be wider than its box.
_TOO_WIDE = """(panel) => [...panel.querySelectorAll("*")]
  .filter((each) => each.clientWidth > 0 && !each.matches(".hidden, .grow, textarea, input, span"))
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 120))"""
_TARGETS = """(panel) => [...panel.querySelectorAll("button, summary, input")]
  .map((each) => each.getBoundingClientRect())
  .filter((each) => each.width > 0)
  .map((each) => [each.width, each.height])"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def complaints(page: Page, *, only: str | None = None) -> list[str]:
    """Return what axe finds on the page as it is now, by all rules or one. Skips without axe (npm ci)."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    # Half-faded colours of an opening window are not what a reader reads.
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})))")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("(runOnly) => axe.run({ runOnly, resultTypes: ['violations'] })", [only] if only else RULES)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def record(name: str) -> FilePayload:
    """Return a small file."""
    return {"name": name, "mimeType": "text/plain", "buffer": b"MZ" + bytes(9) if name.endswith(".exe") else b"record"}


def look_for_answers(reader: Reader, found: Callable[[], list[str]]) -> None:
    """Open the widget, find answers, find none."""
    page = reader.page
    reader.button.click()
    expect(reader.question).to_be_visible()
    assert found() == []
    reader.question.fill("图书馆几点开门")
    page.locator("summary").first.click()
    assert found() == []
    reader.question.fill("zqxj wvkp rtyh")
    expect(page.locator(".results .notice")).to_be_visible()
    assert found() == []


def ask_and_talk(reader: Reader, librarian: Librarian, found: Callable[[], list[str]]) -> str:
    """Ask, wait, talk; return the conversation."""
    page = reader.page
    page.get_by_role("button", name="咨询馆员").last.click()
    page.locator(".queue").wait_for()
    assert found() == []
    conversation = reader.conversation_id()
    librarian.claim(conversation)
    librarian.say(conversation, "您好，见 https://lib.example.edu 。")
    librarian.type(conversation)
    reader.say("谢谢")
    expect(reader.bubble("谢谢")).to_have_attribute("data-tick", "sent")
    assert found() == []
    return conversation


def change_and_send_files(
    reader: Reader, librarian: Librarian, conversation: str, found: Callable[[], list[str]]
) -> None:
    """Open the menu of an own message and its editor, then send and refuse files."""
    page = reader.page
    own = page.locator("li.message.mine").last
    own.get_by_role("button", name="修改或撤回").click()
    assert found() == []
    own.get_by_role("button", name="修改", exact=True).click()
    assert found() == []
    own.get_by_role("button", name="取消").click()
    librarian.send_file(conversation, "指南.txt", b"guide")
    reader.chooser.set_input_files([record("题录.txt"), record("setup.exe")])
    expect(reader.bubble("setup.exe").get_by_role("alert")).to_be_visible()
    page.route("**/attachments", lambda route: None)
    reader.chooser.set_input_files([record("正在发送.txt")])
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert found() == []


def end_and_rate(reader: Reader, librarian: Librarian, conversation: str, found: Callable[[], list[str]]) -> None:
    """Ask for the end, lose the network, be closed, rate, look at earlier questions."""
    page = reader.page
    page.get_by_role("button", name="结束咨询").click()
    assert found() == []
    page.context.set_offline(True)
    expect(reader.banner).to_contain_text("网络已断开")
    assert found() == []
    page.context.set_offline(False)
    librarian.close(conversation)
    page.get_by_role("radio", name="5 星").check(force=True)
    expect(page.get_by_text("谢谢您的评价。")).to_be_visible()
    assert found() == []
    page.get_by_role("button", name="返回").click()
    page.get_by_role("button", name="以前的提问").click()
    expect(page.locator(".past li")).to_be_visible()
    assert found() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_widget_has_a_barrier_that_axe_can_find(
    browser: Browser, service: Service, librarian: Librarian, scheme: str
) -> None:
    context = browser.new_context(
        locale="zh-CN", color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    # What is dark has the same structure: its colours are what is to be looked at.
    found = partial(complaints, page, only="color-contrast" if scheme == "dark" else None)
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    assert found() == []
    look_for_answers(reader, found)
    conversation = ask_and_talk(reader, librarian, found)
    change_and_send_files(reader, librarian, conversation, found)
    end_and_rate(reader, librarian, conversation, found)
    context.close()


@pytest.mark.parametrize("path", ["/", "/demo/LIU", "/ask/JZU", "/ask/NOPE"])
def test_pages_have_no_barrier_that_axe_can_find(page: Page, service: Service, path: str) -> None:
    page.goto(service.address + path)
    if path.startswith("/ask"):
        expect(page.locator("#question, .notice").locator("visible=true").first).to_be_visible()
    assert complaints(page) == []


def test_main_job_is_done_by_keyboard_alone_and_focus_returns(
    page: Page, service: Service, librarian: Librarian
) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.button.focus()
    page.keyboard.press("Enter")
    expect(reader.question).to_be_focused()
    page.keyboard.type("图书馆几点开门")
    expect(page.locator("details.answer").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("details.answer").first).to_have_attribute("open", "")
    ask = page.get_by_role("button", name="咨询馆员").last
    for _ in range(12):
        if ask.evaluate("(button) => button.getRootNode().activeElement === button"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(reader.message).to_be_focused()
    librarian.claim(reader.conversation_id())
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Enter")
    expect(reader.bubble("第一行\n第二行")).to_have_attribute("data-tick", "sent")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="先不")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="结束咨询")).to_be_focused()
    page.keyboard.press("Escape")
    expect(reader.dialog).to_be_hidden()
    expect(reader.button).to_be_focused()


def test_enter_that_ends_an_input_method_does_not_send(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("输入法")
    reader.message.focus()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    reader.message.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    reader.message.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    devtools.send("Input.insertText", {"text": "你好"})
    expect(reader.message).to_have_value("你好")
    assert reader.bubbles() == ["输入法"]
    reader.message.press("Enter")
    expect(reader.bubble("你好")).to_be_visible()


def test_new_messages_are_said_once_and_old_ones_are_not(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("会读出来吗？")
    live = page.locator("[aria-live=polite]")
    librarian.claim(conversation)
    librarian.say(conversation, "会的。")
    expect(live.locator("p")).to_have_text(["林悦 已接入。", "林悦: 会的。"])
    page.reload()
    expect(reader.bubble("会的。")).to_be_visible()
    expect(live.locator("p")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 780), (640, 360)])
def test_small_screens_and_large_zoom_need_no_sideways_scrolling(
    browser: Browser, service: Service, width: int, height: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{service.address}/demo/LIU")
    reader = Reader(page)
    reader.button.click()
    reader.dialog.wait_for()
    reader.question.fill("How long may undergraduates keep the books that they have borrowed from here?")
    page.locator(".answers").wait_for()
    box = reader.dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["height"]) == (0, width, height)
    assert reader.dialog.evaluate(_TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [size for size in reader.dialog.evaluate(_TARGETS) if min(size) < 24] == []
    context.close()
