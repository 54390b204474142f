"""The loop that everything serves, in two real browsers, with a server that dies in the middle of it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from qa_server.seeds.loader import DEMO_PASSWORD
from tests.browser.conftest import DemoServer

QUESTION = "宿舍几点熄灯？"
ANSWER = "熄灯时间由学生公寓管理；图书馆的通宵自习区整夜开放，凭校园卡进入。"
# A reconnect waits a random time of a few seconds; a busy machine adds some.
RECONNECT_MS = 30_000

pytestmark = pytest.mark.browser


def sign_in(browser: Browser, demo: DemoServer, login: str) -> Page:
    """Open the console in a browser of its own and sign in."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 820}).new_page()
    page.goto(f"{demo.address}/console/")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("待受理"))).to_be_visible()
    return page


def open_widget(browser: Browser, demo: DemoServer) -> Page:
    """Open the Chinese library page and its widget, on a phone."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 800}).new_page()
    page.goto(f"{demo.address}/demo/JZU")
    page.get_by_role("button", name="咨询馆员").click()
    return page


def say(page: Page, text: str) -> None:
    """Write into the composer and send."""
    page.get_by_role("textbox").last.fill(text)
    page.keyboard.press("Enter")


def in_thread(reader: Page, text: str) -> Locator:
    """Return the entries of the reader's thread with this text."""
    return reader.get_by_role("listitem").filter(has_text=text)


def at_desk(librarian: Page, text: str) -> Locator:
    """Return the messages of the librarian's open conversation with this text."""
    return librarian.locator(".said").filter(has_text=text)


@pytest.mark.timeout(600)
def test_a_reader_asks_a_librarian_answers_and_the_next_reader_finds_it(browser: Browser, demo: DemoServer) -> None:
    librarian = sign_in(browser, demo, "lin.yue")
    reader = open_widget(browser, demo)

    # Nothing published answers this, and the widget says so.
    reader.get_by_role("textbox").last.fill(QUESTION)
    expect(reader.get_by_role("heading", name="没有足够接近的答案")).to_be_visible()
    reader.get_by_role("button", name="咨询馆员").last.click()
    expect(reader.get_by_text("您排在第")).to_be_visible()

    librarian.get_by_role("link", name=re.compile(re.escape(QUESTION))).click()
    librarian.get_by_role("button", name=re.compile("受理")).click()
    expect(in_thread(reader, "林悦 已接入")).to_be_visible()
    say(librarian, "您好，正在为您查询。")
    expect(in_thread(reader, "您好，正在为您查询。")).to_be_visible()

    # The power fails. What is written meanwhile is sent once the server is back, once.
    demo.kill_and_start_again()
    say(reader, "好的，我等着")
    expect(at_desk(librarian, "好的，我等着")).to_be_visible(timeout=RECONNECT_MS)
    say(librarian, ANSWER)
    expect(in_thread(reader, ANSWER)).to_be_visible(timeout=RECONNECT_MS)
    for text in ("您好，正在为您查询。", "好的，我等着", ANSWER):
        expect(in_thread(reader, text)).to_have_count(1)
        expect(at_desk(librarian, text)).to_have_count(1)

    librarian.get_by_role("button", name="办结…").click()
    librarian.get_by_role("button", name="办结咨询").click()
    reader.get_by_role("radio", name=re.compile("^5")).check(force=True)
    expect(reader.get_by_label(re.compile("备注|意见|评论|说明"))).to_be_visible()

    # The exchange becomes a draft; its author cannot publish it, another person can.
    librarian.get_by_role("button", name=re.compile("起草")).click()
    expect(librarian).to_have_url(re.compile("/console/articles/"))
    article = librarian.url.split("?")[0].rstrip("/").removesuffix("/edit")
    librarian.goto(article)
    librarian.get_by_role("button", name="提交审核").click()
    expect(librarian.get_by_role("button", name="发布")).to_have_count(0)

    curator = sign_in(browser, demo, "zhou.qing")
    curator.goto(article)
    curator.get_by_role("button", name=re.compile("发布")).first.click()
    expect(curator.get_by_text("已发布").first).to_be_visible()

    next_reader = open_widget(browser, demo)
    next_reader.get_by_role("textbox").last.fill(QUESTION)
    expect(next_reader.get_by_text("学生公寓").last).to_be_visible()
    expect(next_reader.get_by_role("heading", name="没有足够接近的答案")).to_have_count(0)
