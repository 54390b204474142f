"""Drafting with masks, an import and the statistics in a real browser, checked by axe in light and dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import sign_in
from tests.browser.test_network_pages import choose, unfold
from tests.widget.test_access_in_browser import complaints

pytestmark = pytest.mark.browser

NAME = "苏明远"
TABLE = "问题,答案\n怎么续借闭架图书？,请到一层总服务台办理。\n怎么打印大幅面海报？,请到三层文印室。\n,没有问题\n"


def check(page: Page) -> None:
    """Everything unfolded has to be without a complaint, in both themes."""
    unfold(page)
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        assert complaints(page) == []
    page.evaluate("document.documentElement.dataset.theme = 'light'")


@pytest.mark.timeout(240)
def test_a_curator_drafts_with_masks_imports_a_file_and_reads_the_figures(
    browser: Browser, demo: DemoServer, tmp_path: Path
) -> None:
    page = sign_in(browser, demo, "zhou.qing")
    choose(page.context, demo.address, language="en", theme="light")
    _draft_with_masks(page, demo)
    _import_a_file(page, demo, tmp_path)
    page.goto(f"{demo.address}/console/articles/statistics?library=JZU")
    expect(page.get_by_role("heading", name="Statistics of the knowledge base")).to_be_visible()
    check(page)


def _draft_with_masks(page: Page, demo: DemoServer) -> None:
    page.goto(f"{demo.address}/console/history")
    page.get_by_role("link", name="我上周在自助机还的书").first.click()
    page.get_by_role("link", name="Draft an article").click()
    line = page.locator(".draft-line", has_text="运筹学导论")
    expect(line).to_contain_text("〔姓名〕")
    line.get_by_label("Question").check()
    check(page)
    page.get_by_role("button", name="Make the draft").click()
    text = page.locator("[data-mask-text]")
    expect(text).to_contain_text("〔证卡号〕")
    check(page)
    page.get_by_role("button", name="Put back: 〔姓名〕").click()
    expect(text).to_contain_text(NAME)
    # Marked in the text with the mouse, the words stand in the field.
    page.locator("[data-mask-text] p").last.evaluate(
        """(shown, name) => {
            const walker = document.createTreeWalker(shown.parentElement, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(name);
                const node = walker.currentNode;
                if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + name.length);
            }
        }""",
        NAME,
    )
    expect(page.get_by_label("Words to mask")).to_have_value(NAME)
    page.get_by_role("button", name="Mask them").click()
    expect(text).not_to_contain_text(NAME)


def _import_a_file(page: Page, demo: DemoServer, folder: Path) -> None:
    file = folder / "faq.csv"
    file.write_text(TABLE, encoding="gb18030")
    page.goto(f"{demo.address}/console/articles/imports")
    check(page)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator("[name=field-question]")).to_have_value("问题")
    check(page)
    page.get_by_role("button", name="Dry run").click()
    # The page follows the work by itself.
    page.get_by_role("button", name="Make the drafts").wait_for()
    expect(page.get_by_text("Question: is empty")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Make the drafts").click()
    page.get_by_text("Take this import back").wait_for()
    expect(page.get_by_role("link", name="怎么打印大幅面海报")).to_be_visible()
    page.get_by_text("Take this import back").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("link", name="Taken back")).to_be_visible()
