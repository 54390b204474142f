"""A topic consultation at the librarian's desk in a real browser, from the intake to the delivery, in Chinese.

The reader's side goes by the interface that the reader's pages use.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import ANSWER_SECONDS, DemoServer
from tests.browser.test_hand_over import SOON_MS
from tests.browser.test_loop import sign_in
from tests.widget.test_access_in_browser import complaints

TITLE = "渡口与城市：文学地理研究的文献"
VALUES = {
    "title": TITLE,
    "subject": "I",
    "background": "准备一门通识课，想了解近二十年渡口意象与城市书写的研究。",
    "keywords_zh": ["渡口", "文学地理"],
    "product": "review",
    "affiliation": "outside",
    "department": "江边中学",
    "known_papers": [
        {"title": "渡口考", "authors": ["王小渡"], "journal": "示例学报", "year": 2024, "doi": "10.5555/dk.1"}
    ],
}
CONTACT = {"name": "王小渡", "email": "xiaodu@reader.example", "phone": "13900001234", "organisation": "江边中学"}
STRATEGY = "SU=('渡口' + '津渡') * '文学地理'"
ROWS = "\n".join(
    (
        "数据库\t年限\t检索式\t命中\t选用\t用时",
        "万方\t2005-2026\t主题:渡口\t98\t12\t25",
        "JSTOR\t\tferry AND literature\t41\t5\t20",
    )
)

pytestmark = pytest.mark.browser


class ReaderByInterface:
    """A reader of the Chinese library, with a token and a commission."""

    def __init__(self, demo: DemoServer) -> None:
        self._demo = demo
        self._token = ""
        self._token = str(self.ask("POST", "/readers", {"library": "JZU", "language": "zh"})["token"])
        begun = self.ask("POST", "/commissions", {"service": "topic_consultation", "client_id": uuid4().hex})
        self.path = f"/commissions/{begun['id']}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the interface; return its answer."""
        headers = {"Content-Type": "application/json", "Accept-Language": "zh"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self._demo.address}/api/v1{path}", content, headers, method=method)  # noqa: S310 - ours
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - ours
            return json.load(answer)

    def submit(self) -> None:
        """Hand the form in."""
        self.ask("POST", f"{self.path}/submission", {"client_id": uuid4().hex, "values": VALUES, "contact": CONTACT})

    def step(self, name: str, **more: Any) -> Any:
        """Take one of the reader's own steps."""
        return self.ask("POST", f"{self.path}/steps/{name}", {"client_id": uuid4().hex, **more})

    def read(self) -> Any:
        """Return the commission as the reader sees it."""
        return self.ask("GET", self.path)


def tab(page: Page, name: str) -> None:
    """Open a part of the commission."""
    page.get_by_role("navigation", name="此委托的各部分").get_by_role("link", name=name).click()


def steps(page: Page) -> Any:
    """Return the card of the steps."""
    return page.get_by_role("region", name="现在要做的")


def send_file(page: Page, purpose: str, name: str) -> None:
    """Add a file under messages and files."""
    tab(page, "消息与文件")
    page.get_by_label("用途").select_option(label=purpose)
    page.get_by_label("添加文件").set_input_files(
        [FilePayload(name=name, mimeType="text/plain", buffer="一、检索范围\n二、主要观点\n".encode())]
    )
    expect(page.get_by_role("link", name=name)).to_be_visible(timeout=SOON_MS)


def write_report(page: Page, path: str) -> None:
    """Compose the report and fill in what only a person can say, as the report's page does."""
    done = page.evaluate(
        """async (path) => {
          const token = document.querySelector('meta[name="csrf-token"]').content;
          const headers = { "X-CSRF-Token": token, "Content-Type": "application/json" };
          const sheet = await (await fetch(path, { method: "POST", headers })).json();
          for (const section of sheet.content.sections) {
            const says = section.blocks.some((each) => each.text?.trim() || each.rows?.length || each.entries?.length);
            if (!says) section.blocks = [{ text: "所见文献的要点如下。", is_markdown: false }];
          }
          const body = JSON.stringify({ content: sheet.content, revision: sheet.revision });
          return (await fetch(path, { method: "PUT", headers, body })).status;
        }""",
        f"/api/v1/staff{path}/report",
    )
    assert done == 200


@pytest.mark.timeout(900)
def test_a_topic_consultation_goes_from_the_intake_to_the_delivery(browser: Browser, demo: DemoServer) -> None:
    reader = ReaderByInterface(demo)
    reader.submit()
    lin = sign_in(browser, demo, "lin.yue")

    told = find_by_keyboard(lin)
    take_in(lin, reader)
    told += offer_a_price(lin, reader)
    # A power cut in the middle of writing loses nothing.
    told += write_the_log(lin, demo.kill_and_start_again)
    told += show_a_draft(lin, reader)
    zhou = sign_in(browser, demo, "zhou.qing")
    told += pass_the_review(lin, zhou, f"{demo.address}/console{reader.path}/report")
    told += hand_out(lin, reader)

    assert told == []


def find_by_keyboard(lin: Page) -> list[str]:
    """Find the commission by the search and open it: slash, words, Enter, j, Enter."""
    lin.get_by_role("navigation", name="页面").get_by_role("link", name=re.compile("^委托")).click()
    told = complaints(lin)
    lin.keyboard.press("/")
    lin.keyboard.type("渡口 文学地理")
    lin.keyboard.press("Enter")
    expect(lin.get_by_role("link", name=TITLE)).to_be_visible(timeout=SOON_MS)
    lin.locator("h1").click()
    lin.keyboard.press("j")
    lin.keyboard.press("Enter")
    expect(lin.get_by_role("heading", name=TITLE)).to_be_visible(timeout=SOON_MS)
    expect(lin.get_by_role("link", name="DOI")).to_have_attribute("href", "https://doi.org/10.5555/dk.1")
    return told + complaints(lin)


def take_in(lin: Page, reader: ReaderByInterface) -> None:
    """Send the form back for one thing, and take it up when it comes again."""
    steps(lin).get_by_text("退回补正 …").click()
    steps(lin).get_by_text("需要补充的项目").click()
    steps(lin).get_by_label("英文检索词").check()
    steps(lin).get_by_label("理由").first.fill("请补充英文检索词。")
    steps(lin).get_by_role("button", name="退回补正").click()
    expect(lin.get_by_text("正等待读者处理")).to_be_visible(timeout=SOON_MS)
    assert reader.read()["entries"][-1]["body"] == "请补充：英文检索词\n请补充英文检索词。"
    completed = {**VALUES, "keywords_en": ["ferry", "literary geography"]}
    reader.ask("POST", f"{reader.path}/submission", {"client_id": uuid4().hex, "values": completed})
    lin.reload()
    steps(lin).get_by_text("受理 …", exact=True).click()
    steps(lin).get_by_label("工作日").fill("12")
    steps(lin).get_by_role("button", name="受理", exact=True).click()
    expect(lin.get_by_text("已受理").first).to_be_visible(timeout=SOON_MS)


def offer_a_price(lin: Page, reader: ReaderByInterface) -> list[str]:
    """Fill in the library's part, quote by the list, and begin once the reader has accepted."""
    tab(lin, "报价")
    lin.get_by_label("预计工时").fill("10")
    lin.get_by_role("button", name="保存并重新计价").click()
    expect(lin.get_by_label("合计")).to_have_value("800.00", timeout=SOON_MS)
    told = complaints(lin)
    lin.get_by_role("button", name="发出报价").click()
    expect(lin.get_by_text("待答复")).to_be_visible(timeout=SOON_MS)
    assert reader.step("accept_quote")["state"] == "confirmed"
    lin.reload()
    steps(lin).get_by_role("button", name="开始检索").click()
    expect(lin.get_by_text("检索中").first).to_be_visible(timeout=SOON_MS)
    return told


def write_the_log(lin: Page, cut_the_power: Callable[[], None]) -> list[str]:
    """Write one step by keyboard, correct it, and take rows over from a spreadsheet."""
    tab(lin, "检索记录")
    lin.get_by_label("数据库", exact=True).fill("中国知网")
    lin.get_by_label("检索式", exact=True).fill(STRATEGY)
    lin.get_by_label("命中", exact=True).fill("186")
    lin.get_by_label(re.compile("^用时")).fill("30")
    cut_the_power()
    lin.get_by_label("检索式", exact=True).press("Control+Enter")
    expect(lin.locator(".log-entry")).to_have_count(1, timeout=SOON_MS)
    lin.get_by_role("link", name="更正").click()
    lin.get_by_label("命中", exact=True).fill("187")
    lin.get_by_role("button", name=re.compile("^更正")).click()
    expect(lin.locator(".log-entry")).to_contain_text("命中 187", timeout=SOON_MS)
    lin.get_by_text("从表格粘贴多行").click()
    lin.get_by_label("每行一条").fill(ROWS)
    lin.get_by_role("button", name="录入这些行").click()
    expect(lin.locator(".log-entry")).to_have_count(3, timeout=SOON_MS)
    expect(lin.get_by_text("合计 1 小时 15 分")).to_be_visible()
    return complaints(lin)


def show_a_draft(lin: Page, reader: ReaderByInterface) -> list[str]:
    """Send a draft, which the reader sees with the step and not before, and approves."""
    send_file(lin, "初稿", "初稿.txt")
    assert [each["name"] for each in reader.read()["files"]] == []
    told = complaints(lin)
    write_report(lin, reader.path)
    lin.reload()
    steps(lin).get_by_role("button", name="发送初稿").click()
    expect(lin.get_by_text("正等待读者处理")).to_be_visible(timeout=SOON_MS)
    assert [each["name"] for each in reader.read()["files"]] == ["初稿.txt"]
    assert reader.step("approve_draft")["state"] == "in_review"
    return told


def pass_the_review(lin: Page, zhou: Page, address: str) -> list[str]:
    """Let a colleague pass the report, which its searcher cannot, and confirm the payment."""
    lin.reload()
    expect(steps(lin).get_by_role("button", name=re.compile("审核通过"))).to_have_count(0)
    zhou.goto(address)
    expect(steps(zhou)).to_be_visible(timeout=SOON_MS)
    told = complaints(zhou)
    steps(zhou).get_by_role("button", name=re.compile("^审核通过")).first.click()
    expect(zhou.get_by_text("成果待付款").first).to_be_visible(timeout=SOON_MS)
    steps(zhou).get_by_text(re.compile("^确认到账")).first.click()
    expect(zhou.get_by_text("待交付").first).to_be_visible(timeout=SOON_MS)
    return told


def hand_out(lin: Page, reader: ReaderByInterface) -> list[str]:
    """Deliver the result, which the reader accepts."""
    send_file(lin, "成果", "成果.txt")
    lin.reload()
    steps(lin).get_by_role("button", name="交付", exact=True).click()
    expect(lin.get_by_text("已交付").first).to_be_visible(timeout=SOON_MS)
    assert {"初稿.txt", "成果.txt"} <= {each["name"] for each in reader.read()["files"]}
    assert reader.step("accept_result")["state"] == "closed"
    tab(lin, "办理过程")
    expect(lin.locator(".timeline-entry").filter(has_text="确认验收")).to_be_visible(timeout=SOON_MS)
    return complaints(lin)


@pytest.mark.timeout(600)
def test_the_pages_of_a_commission_fit_a_phone(browser: Browser, demo: DemoServer) -> None:
    page = sign_in(browser, demo, "lin.yue")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{demo.address}/console/commissions?shelf=running")
    page.get_by_role("link", name=re.compile("数字健康素养")).click()
    told: list[str] = []
    for name in ("表单", "消息与文件", "检索记录", "报价", "报告", "办理过程"):
        tab(page, name)
        told += complaints(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
    assert told == []
