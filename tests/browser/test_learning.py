"""Words of readers become wordings of articles: said in the widget, sent from the desk, confirmed by a curator."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import open_widget, sign_in
from tests.widget.test_access_in_browser import complaints

pytestmark = pytest.mark.browser

READERS_WORDS = "图书馆早上最早几点能进去呀"
SENT_WORDS = "你们图书馆晚上开到几点钟呢"
CONFIRMED = "图书馆早上最早几点能进"
WAITING = "/console/articles/wordings"


def words_that_wait(curator: Page) -> list[str]:
    """Return what stands in the fields of the page."""
    return [field.input_value() for field in curator.locator(".wording-words").all()]


def judge_and_ask(reader: Page) -> None:
    """Say of an answer that it helped, then ask a librarian."""
    reader.get_by_role("textbox").last.fill(READERS_WORDS)
    answer = reader.locator("details.answer", has_text="开放时间").first
    if answer.get_attribute("open") is None:
        answer.locator("summary").click()
    answer.get_by_role("button", name="解决了", exact=True).click()
    expect(answer.get_by_role("status")).to_contain_text("谢谢")
    reader.get_by_role("textbox").last.fill(SENT_WORDS)
    reader.get_by_role("button", name="咨询馆员").last.click()
    expect(reader.get_by_text("您排在第")).to_be_visible()


def send_a_suggestion(librarian: Page) -> None:
    """Take the question, see why the suggestions are there, put the first into the answer and send it."""
    librarian.get_by_role("link", name=re.compile(re.escape(SENT_WORDS))).click()
    librarian.get_by_role("button", name=re.compile("受理")).click()
    first = librarian.locator(".hit").first
    expect(first.locator(".hit-why")).to_have_text(re.compile(r"^[01]\.\d\d · 关键词 #\d+ \(.+\) · 语义 #\d+ \(.+\)$"))
    expect(librarian.get_by_text(re.compile(r"达到 0\.\d\d 时向读者显示为解答"))).to_be_visible()
    first.get_by_role("button", name="插入").click()
    with librarian.expect_response("**/sent-articles") as noted:
        librarian.keyboard.press("Enter")
    assert noted.value.status == 204


@pytest.mark.timeout(240)
def test_words_of_readers_are_confirmed_by_keyboard_and_lead_the_next_reader_there(
    browser: Browser, demo: DemoServer
) -> None:
    librarian = sign_in(browser, demo, "lin.yue")
    judge_and_ask(open_widget(browser, demo))
    send_a_suggestion(librarian)

    curator = sign_in(browser, demo, "zhou.qing")
    curator.goto(f"{demo.address}/console/articles")
    curator.get_by_role("link", name=re.compile("待确认问法")).click()
    expect(curator.get_by_role("heading", name="待确认问法")).to_be_visible()
    assert set(words_that_wait(curator)) == {READERS_WORDS, SENT_WORDS}
    assert complaints(curator) == []
    curator.goto(f"{demo.address}{WAITING}?theme=dark")
    assert complaints(curator, only="color-contrast") == []

    # Down to the reader's words, edited, changed one's mind, edited again, confirmed; then the other one is rejected.
    fields = curator.locator(".wording-words")
    fields.first.focus()
    if fields.first.input_value() != READERS_WORDS:
        curator.keyboard.press("ArrowDown")
    curator.keyboard.type("什么")
    curator.keyboard.press("Escape")
    assert set(words_that_wait(curator)) == {READERS_WORDS, SENT_WORDS}
    curator.keyboard.press("Control+a")
    curator.keyboard.insert_text(CONFIRMED)
    curator.keyboard.press("Enter")
    expect(curator.get_by_role("status")).to_contain_text("已确认")
    expect(fields).to_have_count(1)
    expect(fields).to_be_focused()
    curator.keyboard.press("Alt+x")
    expect(curator.get_by_role("status")).to_contain_text("未采纳")
    assert complaints(curator) == []
    curator.get_by_role("button", name="撤回").click()
    expect(fields).to_have_value(SENT_WORDS)

    next_reader = open_widget(browser, demo)
    next_reader.get_by_role("textbox").last.fill(CONFIRMED)
    expect(next_reader.get_by_role("heading", name="最符合的答案")).to_be_visible()
