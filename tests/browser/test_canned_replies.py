"""Canned replies in real browsers: typed with a slash, inserted, sent; one that closes; pages checked by axe."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import QUESTION, in_thread, open_widget, sign_in
from tests.browser.test_network_pages import choose, problems_of
from tests.widget.test_access_in_browser import complaints

# Announcements come within a moment; a machine under load takes its time.
SOON_MS = 60_000
GREETING = "您好，读者！我是林悦，很高兴为您解答。"
BEGUN = "林悦：详见宿舍楼公告"
FAREWELL = "这个问题需要江州大学图书馆"
PAGES = ("/console/replies", "/console/replies/new", "/console/network/JZU/replies")

pytestmark = pytest.mark.browser


def ask(browser: Browser, demo: DemoServer) -> Page:
    """Ask the question; return the reader's page."""
    reader = open_widget(browser, demo)
    reader.get_by_role("textbox").last.fill(QUESTION)
    reader.get_by_role("dialog").get_by_role("button", name="咨询馆员").click(timeout=SOON_MS)
    expect(reader.get_by_text("您排在第")).to_be_visible(timeout=SOON_MS)
    return reader


def replies(librarian: Page) -> Locator:
    """Return what the list of replies offers."""
    return librarian.get_by_role("listbox", name="常用语").get_by_role("option")


def write_an_own_reply(librarian: Page, demo: DemoServer) -> None:
    """Keep an own reply with a variable that nobody filled in for this library."""
    librarian.goto(f"{demo.address}/console/replies/new")
    librarian.get_by_label("缩写").fill("lamp")
    librarian.get_by_label("中文标题").fill("熄灯时间")
    librarian.get_by_role("textbox", name="中文", exact=True).fill("{librarian}：详见")
    librarian.get_by_role("button", name="{library_page}").click()
    librarian.get_by_role("button", name="保存").click()
    expect(librarian.get_by_role("status").filter(has_text="已添加")).to_be_visible(timeout=SOON_MS)


def insert_by_shortcut(librarian: Page, reader: Page) -> None:
    """Find a reply by its shortcut; Enter inserts and does not send, a second one sends."""
    answer = librarian.get_by_label("您的答复")
    answer.press_sequentially("/hi")
    expect(replies(librarian).first).to_contain_text("问候", timeout=SOON_MS)
    librarian.keyboard.press("ArrowDown")
    librarian.keyboard.press("ArrowUp")
    librarian.keyboard.press("Enter")
    expect(answer).to_have_value(GREETING)
    expect(replies(librarian)).to_have_count(0)
    librarian.keyboard.press("Enter")
    expect(in_thread(reader, GREETING)).to_be_visible(timeout=SOON_MS)


def fill_in_a_blank(librarian: Page) -> None:
    """What is not known is left blank and selected, so that typing fills it in."""
    answer = librarian.get_by_label("您的答复")
    answer.press_sequentially("/lamp")
    expect(replies(librarian).first).to_contain_text("我自己的", timeout=SOON_MS)
    librarian.keyboard.press("Tab")
    librarian.keyboard.insert_text("宿舍楼公告")
    expect(answer).to_have_value(BEGUN)


def slip(librarian: Page) -> None:
    """A shortcut of nothing is not sent by a slip; Escape leaves the list and the text; a draft outlives the page."""
    answer = librarian.get_by_label("您的答复")
    answer.press_sequentially(" /zzz")
    expect(librarian.get_by_text("没有找到常用语").first).to_be_visible()
    librarian.keyboard.press("Enter")
    expect(answer).to_have_value(f"{BEGUN} /zzz")
    librarian.keyboard.press("Escape")
    expect(librarian.locator(".composer .canned")).to_be_hidden()
    answer.fill(BEGUN)
    librarian.reload()
    expect(answer).to_have_value(BEGUN, timeout=SOON_MS)


def note_by_shortcut(librarian: Page) -> None:
    """A note takes replies too, but none that closes; leaving it brings the answer back as it was."""
    librarian.keyboard.press("Alt+n")
    note = librarian.get_by_label(re.compile("^给同事的备注"))
    expect(note).to_be_focused(timeout=SOON_MS)
    note.press_sequentially("/tohome")
    expect(librarian.get_by_text("没有找到常用语").first).to_be_visible(timeout=SOON_MS)
    librarian.keyboard.press("Escape")
    note.fill("")
    note.press_sequentially("/hi")
    expect(replies(librarian).first).to_contain_text("问候", timeout=SOON_MS)
    librarian.keyboard.press("Enter")
    expect(note).to_have_value(GREETING)
    assert complaints(librarian) == []
    note.fill("")
    librarian.keyboard.press("Alt+n")
    expect(librarian.get_by_label("您的答复")).to_have_value(BEGUN, timeout=SOON_MS)


def close_by_macro(librarian: Page) -> None:
    """A macro asks first: the sheet has its choices, and what was begun goes out with its words."""
    librarian.get_by_label("您的答复").focus()
    librarian.keyboard.press("Alt+/")
    librarian.get_by_role("combobox", name="查找常用语").fill("tohome")
    expect(replies(librarian).first).to_contain_text("由所属馆跟进", timeout=SOON_MS)
    assert complaints(librarian) == []
    librarian.keyboard.press("Enter")
    sheet = librarian.get_by_role("dialog", name="办结咨询")
    expect(sheet.get_by_role("radio", name=re.compile("^由所属馆跟进"))).to_be_checked(timeout=SOON_MS)
    expect(sheet.get_by_label("发给读者的话")).to_have_value(re.compile(f"^{BEGUN}\n\n{FAREWELL}"))
    sheet.get_by_label("馆舍与座位").check()
    sheet.get_by_label("给跟进同事的备注").fill("读者住三号楼。")
    assert complaints(librarian) == []
    librarian.keyboard.press("Control+Enter")
    expect(sheet).to_be_hidden(timeout=SOON_MS)


@pytest.mark.timeout(600)
def test_a_reply_is_typed_with_a_slash_and_a_macro_closes(browser: Browser, demo: DemoServer) -> None:
    librarian = sign_in(browser, demo, "lin.yue")
    write_an_own_reply(librarian, demo)
    librarian.goto(f"{demo.address}/console")
    reader = ask(browser, demo)
    librarian.get_by_role("link", name=re.compile(re.escape(QUESTION))).click(timeout=SOON_MS)
    librarian.get_by_role("button", name=re.compile("受理")).click()
    expect(librarian.get_by_label("您的答复")).to_be_focused(timeout=SOON_MS)

    insert_by_shortcut(librarian, reader)
    fill_in_a_blank(librarian)
    slip(librarian)
    note_by_shortcut(librarian)
    close_by_macro(librarian)

    expect(in_thread(reader, FAREWELL)).to_be_visible(timeout=SOON_MS)
    expect(librarian.get_by_text("由所属馆跟进 · READ 2")).to_be_visible(timeout=SOON_MS)
    expect(librarian.get_by_role("log").get_by_text("读者住三号楼。")).to_be_visible(timeout=SOON_MS)
    closing = librarian.locator(".talk-closing")
    for told in ("馆舍与座位", "林悦", "读者住三号楼。"):
        expect(closing).to_contain_text(told, timeout=SOON_MS)
    assert complaints(librarian) == []
    number = librarian.locator(".talk-number").inner_text()
    librarian.goto(f"{demo.address}/console/number/{number}")
    for told in ("馆舍与座位", "READ", "读者住三号楼。"):
        expect(librarian.locator("main")).to_contain_text(told, timeout=SOON_MS)
    librarian.goto(f"{demo.address}/console/replies")
    expect(librarian.get_by_role("row").filter(has_text="lamp").get_by_role("cell").nth(3)).to_contain_text("1")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_pages_of_replies_are_without_complaint(browser: Browser, demo: DemoServer, language: str, theme: str) -> None:
    page = sign_in(browser, demo, "zhou.qing")
    choose(page.context, demo.address, language=language, theme=theme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 860})
        assert [problem for path in PAGES for problem in problems_of(page, demo.address + path)] == []
