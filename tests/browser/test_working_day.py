"""A working day in real browsers: two screens of one person, colleagues, alerts, the palette, a session that ends."""

import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from qa_server.seeds.loader import DEMO_PASSWORD
from tests.browser.conftest import DemoServer
from tests.browser.test_hand_over import SOON_MS, entry
from tests.browser.test_loop import QUESTION, RECONNECT_MS, at_desk, in_thread, open_widget, say, sign_in
from tests.widget.test_access_in_browser import complaints

DRAFT = "您好，这句话还没有写完"

pytestmark = pytest.mark.browser


def ask(browser: Browser, demo: DemoServer) -> Page:
    """Ask a librarian the question, whatever the knowledge base has for it; return the reader's page."""
    reader = open_widget(browser, demo)
    reader.get_by_role("textbox").last.fill(QUESTION)
    expect(reader.get_by_role("heading", name=re.compile("答案"))).to_be_visible(timeout=SOON_MS)
    reader.get_by_role("button", name="咨询馆员").last.click()
    expect(reader.get_by_text("您排在第")).to_be_visible(timeout=SOON_MS)
    return reader


def working(page: Page) -> Locator:
    """Return the summary of the menu that says what the person is."""
    return page.locator("details.working > summary")


def be(page: Page, name: str) -> None:
    """Choose what to be, in the bar."""
    working(page).click()
    page.locator("details.working").get_by_role("button", name=re.compile(f"^{name}")).click()


def another_screen(page: Page, demo: DemoServer, path: str) -> Page:
    """Open a second page of the same person on a machine of its own."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 820})
    context.add_cookies([each for each in page.context.cookies() if each["name"] == "wenjin_staff"])  # type: ignore[misc]
    opened = context.new_page()
    opened.goto(f"{demo.address}{path}")
    return opened


def run_command(page: Page, typed: str) -> None:
    """Choose the first command of the palette for what is typed."""
    page.keyboard.press("Control+KeyK")
    field = page.get_by_role("combobox", name="打开页面、打开咨询、执行操作")
    field.fill(typed)
    palette = page.get_by_role("dialog", name="命令")
    expect(palette.get_by_role("option").first).to_be_visible(timeout=SOON_MS)
    page.keyboard.press("Enter")


@pytest.mark.timeout(600)
def test_one_person_on_two_screens_and_a_colleague_see_the_same_without_reloading(
    browser: Browser, demo: DemoServer
) -> None:
    lin, chen = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "chen.mo")
    desk = another_screen(lin, demo, "/console")
    lin.goto(f"{demo.address}/console/history")

    # The person reads in the history and hears of a question all the same.
    reader = ask(browser, demo)
    expect(lin).to_have_title(re.compile(r"^\(1\) "), timeout=SOON_MS)
    expect(entry(desk)).to_be_visible(timeout=SOON_MS)
    # By the initials of its Chinese name, from a page beside the desk.
    run_command(lin, "slxyg")
    expect(lin).to_have_url(re.compile("/console/conversations/"), timeout=SOON_MS)
    expect(in_thread(reader, "林悦 已接入")).to_be_visible(timeout=SOON_MS)
    mine = desk.get_by_role("region", name=re.compile("^我的"))
    expect(mine.get_by_role("link", name=re.compile(QUESTION))).to_be_visible(timeout=SOON_MS)
    say(reader, "急着用")
    expect(mine.locator(".unread")).to_have_text("1", timeout=SOON_MS)

    # Who else looks, and who writes.
    entry(chen).click(timeout=SOON_MS)
    expect(chen.locator(".talk-lookers")).to_contain_text("林悦 也在看", timeout=SOON_MS)
    expect(lin.locator(".talk-lookers")).to_contain_text("陈墨 也在看", timeout=SOON_MS)
    lin.get_by_label("您的答复").press_sequentially("正在")
    expect(chen.locator(".talk-lookers")).to_contain_text("林悦 正在此处输入", timeout=SOON_MS)
    lin.get_by_label("您的答复").fill("")

    # What one is follows the person, and the colleague sees it.
    chen.goto(f"{demo.address}/console")
    be(lin, "仅内部")
    for screen in (lin, desk):
        expect(working(screen)).to_contain_text("仅内部", timeout=SOON_MS)
    expect(chen.get_by_role("region", name="同台馆员").get_by_role("listitem").filter(has_text="林悦")).to_contain_text(
        "仅内部 · 在办 1/3", timeout=SOON_MS
    )
    be(desk, "离线")
    sheet = desk.get_by_role("dialog", name="要离线吗？")
    expect(sheet).to_contain_text("1 个咨询", timeout=SOON_MS)
    sheet.get_by_role("button", name="改为离开，保留咨询").click()
    for screen in (lin, desk):
        expect(working(screen)).to_contain_text("离开", timeout=SOON_MS)
    lin.reload()
    expect(working(lin)).to_contain_text("离开", timeout=SOON_MS)
    assert [*complaints(lin), *complaints(chen)] == []


@pytest.mark.timeout(600)
def test_a_session_that_ends_eats_no_draft(browser: Browser, demo: DemoServer, tmp_path: Path) -> None:
    lin = sign_in(browser, demo, "lin.yue")
    reader = ask(browser, demo)
    lin.keyboard.press("q")
    answer = lin.get_by_label("您的答复")
    expect(answer).to_be_focused(timeout=SOON_MS)
    answer.fill(DRAFT)

    with sqlite3.connect(tmp_path / "demo.db", timeout=30) as database:
        database.execute("DELETE FROM staff_sessions")
    demo.kill_and_start_again()
    expect(lin.get_by_text("登录已过期。您输入的内容都已保留。")).to_be_visible(timeout=RECONNECT_MS)
    expect(answer).to_have_value(DRAFT)

    with lin.context.expect_page() as opened:
        lin.get_by_role("link", name="在新标签页重新登录").click()
    door = opened.value
    door.get_by_label("用户名").fill("lin.yue")
    door.get_by_label("密码").fill(DEMO_PASSWORD)
    with door.expect_event("close", timeout=SOON_MS):
        door.keyboard.press("Enter")
    expect(lin.get_by_text("登录已过期。您输入的内容都已保留。")).to_be_hidden(timeout=SOON_MS)
    expect(answer).to_have_value(DRAFT)
    # And on a page that is loaded anew.
    lin.reload()
    expect(answer).to_have_value(DRAFT, timeout=SOON_MS)
    answer.press("Enter")
    expect(in_thread(reader, DRAFT)).to_be_visible(timeout=RECONNECT_MS)
    # The changes of the new session are taken as well.
    lin.get_by_role("button", name="办结…").click()
    lin.get_by_role("dialog", name="办结咨询").get_by_role("button", name="办结咨询").click()
    expect(in_thread(reader, DRAFT)).to_be_visible()


@pytest.mark.timeout(600)
def test_the_essentials_work_on_a_phone(browser: Browser, demo: DemoServer) -> None:
    reader = ask(browser, demo)
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 800}, has_touch=True)
    phone = context.new_page()
    phone.goto(f"{demo.address}/console")
    phone.get_by_label("用户名").fill("lin.yue")
    phone.get_by_label("密码").fill(DEMO_PASSWORD)
    phone.keyboard.press("Enter")
    entry(phone).tap(timeout=SOON_MS)
    phone.get_by_role("button", name=re.compile("^受理")).tap()
    answer = phone.get_by_label("您的答复")
    answer.fill("请看自习区的通知。", timeout=SOON_MS)
    phone.get_by_role("button", name="发送", exact=True).first.tap()
    expect(in_thread(reader, "请看自习区的通知。")).to_be_visible(timeout=SOON_MS)
    say(reader, "谢谢")
    expect(at_desk(phone, "谢谢")).to_be_visible(timeout=SOON_MS)
    working(phone).tap()
    expect(phone.locator("details.working").get_by_role("button", name=re.compile("^离开"))).to_be_in_viewport()
    working(phone).tap()
    assert complaints(phone) == []
    phone.get_by_role("button", name="办结…").tap()
    phone.get_by_role("dialog", name="办结咨询").get_by_role("button", name="办结咨询").tap()
    expect(phone.get_by_role("dialog", name="办结咨询")).to_be_hidden(timeout=SOON_MS)
    is_wide = phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not is_wide
