"""A report in real browsers: written, read with a remark, signed, issued, and checked by anybody who has the file."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import sign_in
from tests.browser.test_network_pages import choose
from tests.widget.test_access_in_browser import complaints

# Announcements come within a moment; a machine under load takes its time.
SOON_MS = 60_000
TITLE = "冯可论文收录引用检索"
CONCLUSION = "经检索，3 篇论文中 2 篇被 SCIE 收录，2 篇被 EI 收录。"
OWN_WORDS = "EI 的检索由馆员另行核对。"
# Two rows of a spreadsheet, as it puts them on the clipboard.
ROWS = "篇名\tSCIE\tEI\nSparse attention on small devices\t收录\t收录\nA survey of edge inference\t收录\t"
NARROW: ViewportSize = {"width": 390, "height": 800}
WIDE: ViewportSize = {"width": 1280, "height": 820}
LOOKS = (("zh", "light", WIDE), ("en", "light", NARROW), ("zh", "dark", NARROW), ("en", "dark", WIDE))

pytestmark = pytest.mark.browser


def section(page: Page, key: str) -> Locator:
    """Return a part of the editor by its key."""
    return page.locator(f"report-section[data-key='{key}']")


def saved(page: Page) -> None:
    """Wait until everything is on the server."""
    expect(page.locator(".report-status")).to_have_text("已全部保存。", timeout=SOON_MS)


def open_report(page: Page, demo_address: str) -> str:
    """Open the report of the citation search; return its address."""
    page.goto(f"{demo_address}/console/commissions?q={TITLE}")
    page.get_by_role("link", name=TITLE).first.click()
    page.locator("nav.tabs").get_by_role("link", name="报告").click()
    return page.url.partition("?")[0]


def write(searcher: Page, address: str) -> str:
    """Begin the report, write what is lacking, paste a table; nothing is lost over a reload."""
    report = open_report(searcher, address)
    searcher.get_by_role("button", name="开始写报告").click()
    expect(searcher.locator(".report-lacking")).to_contain_text("尚待撰写", timeout=SOON_MS)
    searcher.locator(".report-lacking").get_by_role("link").last.click()
    expect(section(searcher, "conclusion").locator("textarea")).to_be_focused()
    searcher.keyboard.insert_text(CONCLUSION)
    searcher.reload()
    expect(section(searcher, "conclusion").locator("textarea")).to_have_value(CONCLUSION, timeout=SOON_MS)
    saved(searcher)
    paste(searcher)
    saved(searcher)
    expect(searcher.locator(".report-lacking")).to_have_text("必备部分均已写完。")
    return report


def paste(searcher: Page) -> None:
    """Paste rows of a spreadsheet into a new table, and go on by keyboard."""
    part = section(searcher, "journals")
    part.get_by_role("button", name="+ 表格").click()
    cell = part.get_by_label("第 1 列标题")
    cell.evaluate(
        """(field, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        ROWS,
    )
    last = part.get_by_label("EI，第 2 行")
    last.click()
    searcher.keyboard.press("Enter")
    expect(part.get_by_label("EI，第 3 行")).to_be_focused()
    part.get_by_role("button", name="移除第 3 行").click()
    expect(part.get_by_label("篇名，第 2 行")).to_have_value("A survey of edge inference")


def write_in_two_tabs(searcher: Page, report: str) -> None:
    """What a second tab wrote comes in, and where both wrote both texts are kept."""
    second = searcher.context.new_page()
    second.goto(report)
    section(second, "conclusion").locator("textarea").fill(f"{CONCLUSION}（第二窗口）")
    saved(second)
    section(searcher, "conclusion").locator("textarea").fill(f"{CONCLUSION}附件为凭。")
    expect(section(searcher, "conclusion").locator(".other-text")).to_have_text(
        f"{CONCLUSION}（第二窗口）", timeout=SOON_MS
    )
    expect(section(searcher, "conclusion").locator("textarea").first).to_have_value(f"{CONCLUSION}附件为凭。")
    section(searcher, "conclusion").get_by_role("button", name="知道了，保留我的").click()
    saved(searcher)
    second.close()


def bring_in(searcher: Page, report: str) -> None:
    """See what would go before form and log come in, choose a part, write on, and have it back."""
    searcher.goto(report)
    scope = section(searcher, "scope")
    scope.get_by_role("button", name="+ 正文").click()
    scope.locator("textarea").last.fill(OWN_WORDS)
    # Not saved yet: it is before the page of the changes opens.
    searcher.get_by_role("link", name="按委托单与检索记录更新").click()
    expect(searcher.locator("del").filter(has_text=OWN_WORDS)).to_be_visible(timeout=SOON_MS)
    choice = searcher.get_by_role("checkbox", name="检索数据库与时间")
    expect(choice).not_to_be_checked()
    choice.check()
    searcher.get_by_role("button", name="更新所选部分").click()
    expect(searcher.get_by_text("报告此前的内容已存为第 1 版。")).to_be_visible(timeout=SOON_MS)
    expect(scope.get_by_label("数据库，第 1 行")).to_be_visible()
    expect(scope.get_by_text(OWN_WORDS)).to_have_count(0)
    section(searcher, "citations").locator("textarea").fill("他引 3 次。")
    saved(searcher)
    searcher.get_by_role("button", name="撤回").click()
    expect(scope.locator("textarea").last).to_have_value(OWN_WORDS, timeout=SOON_MS)
    expect(section(searcher, "citations").locator("textarea")).to_have_value("他引 3 次。")


def is_for_everybody(page: Page, *addresses: str) -> None:
    """Fit a phone and a screen, light and dark, in both languages."""
    root = "{0.scheme}://{0.netloc}".format(urlsplit(addresses[0]))
    for address in addresses:
        for language, theme, size in LOOKS:
            choose(page.context, root, language=language, theme=theme)
            page.set_viewport_size(size)
            page.goto(address)
            expect(page.locator("main h1")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, theme, size)
            assert complaints(page) == [], (address, language, theme, size)
    choose(page.context, root, language="zh", theme="light")
    page.set_viewport_size(WIDE)


def step(page: Page, name: str) -> None:
    """Take a step of the commission from the page of the report."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".notice-good")).to_be_visible(timeout=SOON_MS)


def review(reviewer: Page, searcher: Page, report: str) -> None:
    """Remark on the conclusion; it passes only after the searcher has seen to it."""
    reviewer.goto(report)
    expect(reviewer.locator("report-editor")).to_have_count(0)
    reviewer.get_by_text("对“检索结论”提出意见").click()
    reviewer.locator(".remark-form[open] textarea").fill("请写明检索日期。")
    reviewer.locator(".remark-form[open]").get_by_role("button", name="提交意见").click()
    expect(reviewer.locator(".remark-body")).to_have_text("请写明检索日期。", timeout=SOON_MS)
    reviewer.get_by_role("button", name="审核通过", exact=True).click()
    expect(reviewer.get_by_role("alert")).to_contain_text("1", timeout=SOON_MS)
    searcher.goto(report)
    searcher.get_by_role("button", name="标为已处理").click()
    expect(searcher.locator(".remark-settled")).to_be_visible(timeout=SOON_MS)
    reviewer.goto(report)
    step(reviewer, "审核通过")


def sign(signer: Page) -> tuple[str, bytes]:
    """Sign; the files are drawn by themselves. Return the address of the check page and the PDF."""
    signer.get_by_role("button", name="签字盖章", exact=True).click()
    link = signer.get_by_role("link", name="打开核验页")
    expect(link).to_be_visible(timeout=SOON_MS)
    with signer.expect_download() as waiting:
        signer.locator(".facts").get_by_role("link", name="PDF").click()
    return str(link.get_attribute("href")), Path(waiting.value.path()).read_bytes()


def check(browser: Browser, address: str, pdf: bytes) -> None:
    """Anybody compares the file: the one that was issued, and one that somebody changed."""
    anybody = browser.new_context(locale="zh-CN", viewport=NARROW).new_page()
    anybody.goto(address)
    expect(anybody.get_by_text("SHA-256")).to_be_visible()
    choice = anybody.locator("input[type=file]")
    choice.set_input_files({"name": "报告.pdf", "mimeType": "application/pdf", "buffer": pdf})
    expect(anybody.get_by_role("status")).to_contain_text("未被改动", timeout=SOON_MS)
    choice.set_input_files({"name": "报告.pdf", "mimeType": "application/pdf", "buffer": pdf + b"\n"})
    expect(anybody.get_by_role("status")).to_contain_text("不一致", timeout=SOON_MS)
    for scheme in ("light", "dark"):
        for size in (NARROW, WIDE):
            anybody.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            anybody.set_viewport_size(size)
            assert anybody.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert complaints(anybody) == []


@pytest.mark.timeout(600)
def test_a_report_is_written_reviewed_signed_and_checked(browser: Browser, demo: DemoServer) -> None:
    searcher = sign_in(browser, demo, "chen.mo")
    report = write(searcher, demo.address)
    write_in_two_tabs(searcher, report)
    bring_in(searcher, report)
    is_for_everybody(searcher, report, f"{report}?since=1", f"{report}/parts", f"{report}/parts?version=1")
    searcher.goto(report)
    searcher.get_by_role("button", name="预览", exact=True).click()
    expect(searcher.frame_locator("iframe").get_by_text("附件为凭")).to_be_visible(timeout=SOON_MS)
    searcher.goto(report)
    step(searcher, "送审")
    chief = sign_in(browser, demo, "zhou.qing")
    review(chief, searcher, report)
    is_for_everybody(chief, report)
    chief.goto(report)
    path, pdf = sign(chief)
    assert pdf.startswith(b"%PDF")
    is_for_everybody(chief, report)
    check(browser, f"{demo.address}{path}", pdf)
