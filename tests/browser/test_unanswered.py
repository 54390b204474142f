"""A search in vain reaches the curator's ledger; pages of the ledger and of look-alikes in a real browser, by axe."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import open_widget, sign_in
from tests.widget.test_access_in_browser import complaints

pytestmark = pytest.mark.browser

IN_VAIN = "宠物乌龟寄存的笼子在哪里领"
LEDGER = "/console/articles/unanswered"
PAIRS = "/console/articles/duplicates"
# The background looks every ten seconds; a busy machine takes longer.
LOOKS = 60


def search_in_vain(reader: Page) -> None:
    """Type a question that nothing answers and leave it standing until the page has reported it."""
    with reader.expect_response("**/unanswered-searches") as reported:
        reader.get_by_role("textbox").last.fill(IN_VAIN)
        expect(reader.get_by_text("没有足够接近的答案").last).to_be_visible()
    assert reported.value.status == 204


def look_until(page: Page, address: str, text: str) -> None:
    """Load a page again until the background has brought this text there."""
    for _ in range(LOOKS):
        page.goto(address)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(1_000)
    expect(page.get_by_text(text).first).to_be_visible()


def is_accessible(page: Page, address: str) -> bool:
    """Say whether axe finds nothing on a page in light and dark."""
    for theme in ("light", "dark"):
        page.goto(f"{address}{'&' if '?' in address else '?'}theme={theme}")
        found = complaints(page)
        assert found == [], (address, theme, found)
    return True


@pytest.mark.timeout(400)
def test_a_search_in_vain_is_sorted_in_and_its_pages_are_accessible(browser: Browser, demo: DemoServer) -> None:
    search_in_vain(open_widget(browser, demo))
    curator = sign_in(browser, demo, "zhou.qing")
    look_until(curator, demo.address + LEDGER, IN_VAIN)
    curator.get_by_role("link", name=IN_VAIN).click()
    entry = curator.url
    expect(curator.get_by_role("heading", name=IN_VAIN)).to_be_visible()
    curator.get_by_role("link", name="据此起草条目").click()
    expect(curator.get_by_label("问题", exact=True)).to_have_value(IN_VAIN)

    # What is there already is named while one writes.
    curator.get_by_label("问题", exact=True).fill("江州大学图书馆哪里可以打印怎样收费")
    near = curator.locator("near-articles")
    expect(near.get_by_text("可能已有此内容")).to_be_visible()
    expect(near.get_by_role("link").first).to_contain_text("打印")

    for address in (demo.address + LEDGER, entry, f"{demo.address}{LEDGER}/figures"):
        assert is_accessible(curator, address)
    look_until(curator, demo.address + PAIRS, "比较")
    curator.get_by_role("link", name="比较").first.click()
    assert is_accessible(curator, curator.url)
    curator.get_by_role("button", name="合并", exact=True).click()
    expect(curator.get_by_role("status")).to_contain_text("已合并")
    curator.get_by_role("button", name="拆开").first.click()
    expect(curator.get_by_role("status")).to_contain_text("已拆开")
