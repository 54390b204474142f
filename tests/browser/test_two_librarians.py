"""Two librarians and two readers in browsers: races, lost lines, supervision, the end of a shift, trainees."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import at_desk, in_thread, open_widget, sign_in
from tests.widget.test_access_in_browser import complaints

# Announcements come within a moment; a machine under load takes its time.
SOON_MS = 60_000
# The first look for lost claims waits a lease after the start of a server.
SWEPT_MS = 180_000
FIRST, SECOND = "怎样预约研讨室？", "校友证在哪里办理？"

pytestmark = pytest.mark.browser


def ask(browser: Browser, demo: DemoServer, question: str) -> Page:
    """Ask a librarian at once, whatever was found; return the reader's page."""
    reader = open_widget(browser, demo)
    reader.get_by_role("textbox").last.fill(question)
    reader.get_by_role("button", name="咨询馆员").last.click(timeout=SOON_MS)
    expect(reader.get_by_text("您排在第")).to_be_visible(timeout=SOON_MS)
    return reader


def entry(page: Page, question: str) -> Locator:
    """Return a question in the lists on the left."""
    return page.locator("desk-queue").get_by_role("link", name=re.compile(re.escape(question)))


def claim(librarian: Page, question: str) -> None:
    """Open a question and claim it."""
    entry(librarian, question).click(timeout=SOON_MS)
    librarian.locator("desk-conversation").get_by_role("button", name=re.compile("^受理")).click()
    expect(librarian.get_by_role("button", name="办结…")).to_be_visible(timeout=SOON_MS)


def answer(librarian: Page, text: str) -> None:
    """Write an answer and send it."""
    librarian.get_by_label("您的答复").fill(text)
    librarian.get_by_label("您的答复").press("Enter")


def won_or_lost(page: Page, other: str) -> Locator:
    """Return what tells somebody who claimed that it worked, or that another person has it."""
    lost = page.get_by_text(re.compile(f"{other}.*(正在|已)"))
    return lost.or_(page.get_by_role("button", name="办结…")).filter(visible=True).first


@pytest.mark.timeout(600)
def test_of_two_who_claim_at_once_one_has_it_and_a_lost_line_loses_nothing(browser: Browser, demo: DemoServer) -> None:
    lin, chen = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "chen.mo")
    first, second = ask(browser, demo, FIRST), ask(browser, demo, SECOND)

    # Both press before either request has left: the server sees them at the same moment.
    held: list[Route] = []
    for page in (lin, chen):
        entry(page, FIRST).click(timeout=SOON_MS)
        page.route("**/claim", lambda route: held.append(route))
        page.locator("desk-conversation").get_by_role("button", name=re.compile("^受理")).click()
    while len(held) < 2:
        lin.wait_for_timeout(50)
    for route in held:
        route.continue_()
    for page in (lin, chen):
        page.unroute("**/claim")
    for page, other in ((lin, "陈墨"), (chen, "林悦")):
        expect(won_or_lost(page, other)).to_be_visible(timeout=SOON_MS)
    winner, loser = (lin, chen) if lin.get_by_role("button", name="办结…").is_visible() else (chen, lin)
    expect(loser.get_by_role("button", name="办结…")).to_be_hidden()
    expect(in_thread(first, "已接入")).to_have_count(1, timeout=SOON_MS)

    # The other one takes the other reader; nobody reads the wrong answer.
    claim(loser, SECOND)
    answer(loser, "校友证在校友会办理。")
    expect(in_thread(second, "校友证在校友会办理。")).to_be_visible(timeout=SOON_MS)
    expect(in_thread(first, "校友证在校友会办理。")).to_have_count(0)

    # The line of one librarian is cut: what both sides write meanwhile arrives once, in order.
    winner.context.set_offline(True)
    answer(winner, "请登录图书馆主页预约。")
    first.get_by_role("textbox").last.fill("需要几个人？")
    first.keyboard.press("Enter")
    expect(in_thread(first, "需要几个人？")).to_be_visible(timeout=SOON_MS)
    expect(in_thread(first, "请登录图书馆主页预约。")).to_have_count(0)
    winner.context.set_offline(False)
    expect(in_thread(first, "请登录图书馆主页预约。")).to_be_visible(timeout=SOON_MS)
    expect(at_desk(winner, "需要几个人？")).to_be_visible(timeout=SOON_MS)
    answer(winner, "三人以上。")
    expect(in_thread(first, "三人以上。")).to_be_visible(timeout=SOON_MS)
    for text in ("请登录图书馆主页预约。", "需要几个人？", "三人以上。"):
        expect(in_thread(first, text)).to_have_count(1)
        expect(at_desk(winner, text)).to_have_count(1)


@pytest.mark.timeout(600)
def test_a_supervisor_puts_first_takes_over_and_the_end_of_a_shift_gives_back(
    browser: Browser, demo: DemoServer, tmp_path: Path
) -> None:
    lin, shen = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "shen.an")
    ask(browser, demo, FIRST)
    second = ask(browser, demo, SECOND)

    # The later question comes first, with a reason that everybody at the desk can read.
    entry(shen, SECOND).click(timeout=SOON_MS)
    shen.get_by_role("button", name="提前处理…").click()
    sheet = shen.get_by_role("dialog", name="排队位置")
    sheet.get_by_label(re.compile("理由")).fill("今天截止办理")
    sheet.get_by_role("button", name="保存").click()
    expect(sheet).to_be_hidden(timeout=SOON_MS)
    waiting = lin.locator("desk-queue section").filter(has=lin.get_by_role("heading", name=re.compile("待受理")))
    expect(waiting.get_by_role("link").first).to_contain_text(SECOND, timeout=SOON_MS)
    claim(lin, SECOND)
    answer(lin, "您好，我看一下。")
    expect(in_thread(second, "您好，我看一下。")).to_be_visible(timeout=SOON_MS)
    lin.get_by_text("经过与理由").click()
    expect(lin.locator("desk-way")).to_contain_text("今天截止办理", timeout=SOON_MS)

    # Taken over: the reader keeps one thread, the first librarian sees who has it.
    shen.get_by_role("button", name="接管").click(timeout=SOON_MS)
    expect(shen.get_by_role("button", name="办结…")).to_be_visible(timeout=SOON_MS)
    expect(lin.get_by_role("button", name="办结…")).to_be_hidden(timeout=SOON_MS)
    answer(shen, "我是沈安，接着为您办理。")
    expect(in_thread(second, "我是沈安，接着为您办理。")).to_be_visible(timeout=SOON_MS)

    # And asked back: the holder keeps it with a word, and the asker reads it.
    lin.get_by_role("button", name="请求交还").click()
    strip = shen.get_by_role("region", name="移交")
    expect(strip).to_contain_text("林悦", timeout=SOON_MS)
    strip.get_by_role("button", name="不交还").click()
    strip.get_by_label("给移交人留言").fill("快办好了。")
    strip.get_by_role("button", name="不交还").click()
    expect(lin.get_by_role("region", name="移交")).to_contain_text("快办好了。", timeout=SOON_MS)

    # The shift ends before a first answer: the question waits again where its age puts it.
    claim(lin, FIRST)
    end_the_shift(tmp_path)
    expect(lin.get_by_role("button", name="办结…")).to_be_hidden(timeout=SWEPT_MS)
    expect(waiting.get_by_role("link").first).to_contain_text(FIRST, timeout=SOON_MS)
    claim(shen, FIRST)


def end_the_shift(folder: Path) -> None:
    """Let everybody at the desk have been on duty yesterday only, when the newest claim was made."""
    yesterday = datetime.now(UTC) + timedelta(hours=8) - timedelta(days=1)
    made = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    later = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    newest = (
        "SELECT id, desk_id, librarian_id FROM claims WHERE released_at IS NULL AND answer_due_at IS NOT NULL"
        " ORDER BY claimed_at DESC LIMIT 1"
    )
    with sqlite3.connect(folder / "demo.db", timeout=30) as database:
        [(claim_id, desk, librarian)] = database.execute(newest).fetchall()
        database.execute("DELETE FROM roster_exceptions WHERE desk_id = ?", (desk,))
        database.execute("DELETE FROM roster_slots WHERE desk_id = ?", (desk,))
        database.execute(
            "INSERT INTO roster_slots (id, desk_id, librarian_id, weekday, starts_minute, ends_minute, valid_from)"
            " VALUES (?, ?, ?, ?, 0, 1440, '2026-01-01')",
            (uuid4().hex, desk, librarian, yesterday.weekday()),
        )
        database.execute(
            "UPDATE claims SET claimed_at = ?, answer_due_at = ? WHERE id = ?",
            (made, later, claim_id),
        )


@pytest.mark.timeout(600)
def test_a_trainees_answer_is_read_by_the_mentor_before_the_reader_gets_it(browser: Browser, demo: DemoServer) -> None:
    train(browser, demo)
    lin, chen = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "chen.mo")
    reader = ask(browser, demo, FIRST)
    claim(chen, FIRST)
    answer(chen, "网上预约即可。")
    expect(chen.get_by_text("等待 林悦 审核")).to_be_visible(timeout=SOON_MS)
    found = [f"trainee: {each}" for each in complaints(chen)]

    # The mentor is asked, and gives it back with a word; the reader has seen none of it.
    expect(entry(lin, FIRST)).to_contain_text("有答复待审核", timeout=SOON_MS)
    entry(lin, FIRST).click()
    review = lin.get_by_role("region", name="待审核的答复")
    expect(review.get_by_label("将要发送的答复")).to_have_value("网上预约即可。", timeout=SOON_MS)
    found += [f"mentor: {each}" for each in complaints(lin)]
    review.get_by_label("给见习馆员的意见").fill("请写明地址。")
    review.get_by_role("button", name="退回").click()
    expect(chen.get_by_text("请写明地址。")).to_be_visible(timeout=SOON_MS)
    expect(in_thread(reader, "网上预约即可。")).to_have_count(0)

    # Written anew, changed by the mentor, sent as the trainee's.
    chen.get_by_role("button", name="重新撰写").click()
    answer(chen, "请在图书馆主页“空间预约”预约。")
    review.get_by_label("将要发送的答复").fill("请在图书馆主页“空间预约”预约，三人起。")
    review.get_by_role("button", name="发送", exact=True).click()
    expect(in_thread(reader, "三人起。")).to_be_visible(timeout=SOON_MS)
    expect(at_desk(chen, "三人起。")).to_be_visible(timeout=SOON_MS)
    expect(at_desk(chen, "三人起。")).to_contain_text("陈墨")
    expect(review).to_be_hidden(timeout=SOON_MS)

    # The notice of what came back waits for the trainee until it is seen; colleagues talk beside it.
    chen.locator("#show-colleagues").click()
    expect(chen.get_by_role("button", name=re.compile("退回了您的一条答复"))).to_be_visible(timeout=SOON_MS)
    chen.get_by_label("给同事的消息").press_sequentially("谢谢 @林")
    chen.get_by_role("listbox", name="同事").get_by_role("option", name="林悦").wait_for(timeout=SOON_MS)
    chen.keyboard.press("Enter")
    chen.keyboard.press("Enter")
    found += [f"talk: {each}" for each in complaints(chen)]
    lin.get_by_role("button", name=re.compile("同事，")).click(timeout=SOON_MS)
    expect(lin.get_by_role("log", name="同事消息")).to_contain_text("谢谢 @林悦", timeout=SOON_MS)
    assert found == []


def train(browser: Browser, demo: DemoServer) -> None:
    """Make CHEN MO a trainee of LIN YUE's, and let the library ask for reviews, as its administrator."""
    zhou = sign_in(browser, demo, "zhou.qing")
    zhou.goto(f"{demo.address}/console/network/JZU/desks")
    row = zhou.get_by_role("row").filter(has_text="chen.mo")
    row.get_by_text("修改").click()
    row.get_by_label("值台角色").select_option("trainee")
    row.get_by_label(re.compile("带教馆员")).select_option("lin.yue")
    row.get_by_role("button", name="保存").click()
    expect(zhou.get_by_role("row").filter(has_text="chen.mo")).to_contain_text("带教：林悦", timeout=SOON_MS)
    zhou.goto(f"{demo.address}/console/network/JZU/settings")
    setting = zhou.locator("#reviews_trainees")
    setting.get_by_role("combobox").select_option("true")
    setting.get_by_role("button", name="保存").click()
    expect(zhou.locator("#reviews_trainees").get_by_role("combobox")).to_have_value("true", timeout=SOON_MS)
