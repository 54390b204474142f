"""A question between two libraries: two librarians and a reader in real browsers, hand-overs of every outcome."""

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import QUESTION, at_desk, in_thread, open_widget, say, sign_in
from tests.browser.test_network_pages import NARROW, WIDE, choose, problems_of
from tests.widget.test_access_in_browser import complaints

# Announcements come within a moment; a machine under load takes its time.
SOON_MS = 60_000

pytestmark = pytest.mark.browser


def ask(browser: Browser, demo: DemoServer) -> Page:
    """Ask the question, to which nothing published answers; return the reader's page."""
    reader = open_widget(browser, demo)
    reader.get_by_role("textbox").last.fill(QUESTION)
    expect(reader.get_by_role("heading", name="没有足够接近的答案")).to_be_visible(timeout=SOON_MS)
    reader.get_by_role("button", name="咨询馆员").last.click()
    expect(reader.get_by_text("您排在第")).to_be_visible(timeout=SOON_MS)
    return reader


def offer(sender: Page, *, whom: str, note: str, is_warm: bool = False) -> None:
    """Hand the open question over by the sheet."""
    sender.get_by_role("button", name="移交…").click()
    sheet = sender.get_by_role("dialog", name="移交问题")
    sheet.get_by_role("searchbox").fill(whom)
    sheet.get_by_role("radio").first.wait_for(timeout=SOON_MS)
    sheet.get_by_role("radio").last.check()
    sheet.get_by_label("移交说明").fill(note)
    if is_warm:
        sheet.get_by_role("checkbox").check()
    sheet.get_by_role("button", name="移交").click()
    expect(sheet).to_be_hidden(timeout=SOON_MS)


def strip(page: Page) -> Locator:
    """Return the line that tells of a hand-over."""
    return page.get_by_role("region", name="移交")


def entry(page: Page) -> Locator:
    """Return the question in the lists on the left."""
    return page.locator("desk-queue").get_by_role("link", name=re.compile(re.escape(QUESTION)))


def let_time_pass(folder: Path) -> None:
    """Let the open hand-over run out, as if its two minutes were over; the server's sweeper finds it."""
    with sqlite3.connect(folder / "demo.db", timeout=30) as database:
        changed = database.execute(
            "UPDATE hand_overs SET expires_at = '2026-01-01 00:00:00.000000' WHERE state = 'offered'"
        )
        assert changed.rowcount == 1


def close_with_a_duty(librarian: Page) -> None:
    """Close the open conversation with a follow-up by the home library, due within eight hours."""
    librarian.get_by_role("button", name="办结…").click()
    sheet = librarian.get_by_role("dialog", name="办结咨询")
    sheet.get_by_role("radio", name=re.compile("^由所属馆跟进")).check()
    sheet.get_by_label("答复时限").select_option("8")
    sheet.get_by_role("button", name="办结咨询").click()
    expect(sheet).to_be_hidden(timeout=SOON_MS)


def take_up_the_duty(librarian: Page, demo: DemoServer) -> None:
    """Find what is owed in the list of duties, open it again and claim it."""
    librarian.goto(f"{demo.address}/console/duties")
    expect(librarian.get_by_role("row").filter(has_text=QUESTION)).to_contain_text("由所属馆跟进", timeout=SOON_MS)
    librarian.get_by_role("row").filter(has_text=QUESTION).get_by_role("button", name=re.compile("着手处理")).click()
    expect(librarian.get_by_role("heading", name=QUESTION)).to_be_visible(timeout=SOON_MS)
    librarian.get_by_role("button", name=re.compile("受理")).click()
    expect(librarian.get_by_role("button", name="办结…")).to_be_visible(timeout=SOON_MS)


@pytest.mark.timeout(600)
def test_a_question_goes_between_two_libraries_and_nobody_drops_it(
    browser: Browser, demo: DemoServer, tmp_path: Path
) -> None:
    lin, fang = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "fang.zhi")
    reader = ask(browser, demo)
    entry(lin).click(timeout=SOON_MS)
    lin.get_by_role("button", name=re.compile("受理")).click()
    expect(in_thread(reader, "林悦 已接入")).to_be_visible(timeout=SOON_MS)

    # Declined with a word: the sender keeps it and reads why, the other desk loses sight of it.
    offer(lin, whom="方", note="读者想拍善本，请中心看看。")
    expect(entry(fang)).to_contain_text("来自 林悦", timeout=SOON_MS)
    entry(fang).click()
    expect(strip(fang)).to_contain_text("读者想拍善本，请中心看看。", timeout=SOON_MS)
    strip(fang).get_by_role("button", name="不接收").click()
    strip(fang).get_by_label("给移交人留言").fill("请先问本馆特藏部。")
    strip(fang).get_by_role("button", name="不接收").click()
    expect(strip(lin)).to_contain_text("请先问本馆特藏部。", timeout=SOON_MS)
    expect(entry(fang)).to_have_count(0, timeout=SOON_MS)
    strip(lin).get_by_role("button", name="知道了").click()
    expect(strip(lin)).to_be_hidden(timeout=SOON_MS)

    # Nobody answers: it runs out, and the sender still has it.
    offer(lin, whom="方", note="")
    expect(strip(lin)).to_contain_text("剩余", timeout=SOON_MS)
    let_time_pass(tmp_path)
    expect(strip(lin)).to_contain_text("未在时限内答复", timeout=SOON_MS)
    say(lin, "请稍等，我再联系国家中心。")
    expect(in_thread(reader, "请稍等，我再联系国家中心。")).to_be_visible(timeout=SOON_MS)

    # Together: both write until it is accepted, then only the one who took it.
    offer(lin, whom="方", note="一起看。", is_warm=True)
    entry(fang).click(timeout=SOON_MS)
    # What was said, the home library's card and the way it came go along to the other library.
    expect(at_desk(fang, "请稍等，我再联系国家中心。")).to_be_visible(timeout=SOON_MS)
    expect(fang.locator("desk-library")).to_contain_text("江州大学图书馆", timeout=SOON_MS)
    expect(fang.locator("desk-way")).to_contain_text("经过与理由", timeout=SOON_MS)
    fang.get_by_label("您的答复").fill("我是国家中心方志，先看一下。")
    fang.keyboard.press("Enter")
    expect(in_thread(reader, "我是国家中心方志，先看一下。")).to_be_visible(timeout=SOON_MS)
    strip(fang).get_by_role("button", name="接收问题").click()
    expect(fang.get_by_role("button", name="办结…")).to_be_visible(timeout=SOON_MS)
    expect(lin.get_by_role("button", name="办结…")).to_be_hidden(timeout=SOON_MS)

    # Home again, with a duty of the home library and a time that the reader is told.
    close_with_a_duty(fang)
    take_up_the_duty(lin, demo)
    lin.get_by_text("经过与理由").click()
    expect(lin.locator("desk-way")).to_contain_text("逾时未答复", timeout=SOON_MS)


@pytest.mark.timeout(600)
def test_the_sheets_and_pages_of_passing_on_are_for_everybody(browser: Browser, demo: DemoServer) -> None:
    lin, shen = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "shen.an")
    ask(browser, demo)
    entry(lin).click(timeout=SOON_MS)
    found = [f"waiting: {each}" for each in complaints(lin)]
    lin.keyboard.press("c")
    lin.get_by_role("button", name="移交…").click(timeout=SOON_MS)
    sheet = lin.get_by_role("dialog", name="移交问题")
    sheet.get_by_role("radio").first.wait_for(timeout=SOON_MS)
    found += [f"hand-over: {each}" for each in complaints(lin)]
    lin.keyboard.press("Escape")
    lin.get_by_role("button", name="办结…").click()
    lin.get_by_role("radio", name=re.compile("^转学科专家")).check()
    found += [f"closing: {each}" for each in complaints(lin)]
    lin.get_by_role("radio", name=re.compile("^由我跟进")).check()
    lin.get_by_role("button", name="办结咨询").click()
    expect(sheet).to_be_hidden(timeout=SOON_MS)
    for language, theme, size in (("zh", "light", WIDE), ("en", "dark", NARROW)):
        choose(shen.context, demo.address, language=language, theme=theme)
        shen.set_viewport_size({"width": size["width"], "height": size["height"]})
        for path in (
            "/console",
            "/console/duties",
            "/console/board",
            "/console/network/JZU/cascade?at=2026-11-29T02:00",
        ):
            found += [f"{language} {theme} {each}" for each in problems_of(shen, demo.address + path)]
    assert found == []
