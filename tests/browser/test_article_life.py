"""Two people write one article at once, the second merges, a third publishes: nothing is lost, readers find it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import sign_in
from tests.widget.test_access_in_browser import complaints

pytestmark = pytest.mark.browser

TITLE = "江州大学图书馆怎样办理续借，延长几天？"


def open_form(page: Page, demo: DemoServer) -> None:
    """Find the article and open its form."""
    page.goto(f"{demo.address}/console/articles?q=renewals.how&language=zh")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("link", name="编辑", exact=True).click()
    expect(page.get_by_role("heading", name="编辑条目")).to_be_visible()


def change(page: Page, before: str, after: str, note: str) -> None:
    """Change the answer and save it."""
    answer = page.locator("[name=answer]")
    answer.fill(answer.input_value().replace(before, after))
    page.locator("[name=change_note]").fill(note)
    page.get_by_role("button", name="保存为草稿").click()


@pytest.mark.timeout(300)
def test_two_changes_of_one_article_are_put_together_and_published(browser: Browser, demo: DemoServer) -> None:
    first, second = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "chen.mo")
    open_form(first, demo)
    open_form(second, demo)
    expect(second.locator("[data-editing]")).to_contain_text("正在编辑此条目")

    change(first, "教师可续 2 次", "教师可续 3 次", "教师次数")
    expect(first.get_by_role("status").first).to_contain_text("已保存为草稿")
    change(second, "到期前 10 天起开放", "到期前 7 天起开放", "提前天数")
    expect(second.get_by_role("heading", name="对方的版本")).to_be_visible()
    assert complaints(second) == []
    merged = second.locator("[name=answer]").input_value()
    assert "教师可续 3 次" in merged
    assert "到期前 7 天起开放" in merged
    # The browser was closed: the text is still there.
    second.goto(second.url.replace("/edit", "/merge"))
    expect(second.locator("[name=answer]")).to_have_value(merged)
    second.get_by_role("button", name="保存为草稿").click()
    second.get_by_role("button", name="提交审核").click()

    curator = sign_in(browser, demo, "zhou.qing")
    curator.goto(f"{demo.address}/console/articles/reviews")
    curator.get_by_role("link", name=TITLE).click()
    assert complaints(curator) == []
    curator.get_by_role("button", name="发布", exact=True).click()
    expect(curator.get_by_role("status").first).to_contain_text("已发布")
    expect(curator.get_by_text("教师可续 3 次")).to_be_visible()
    curator.goto(f"{curator.url.partition('?')[0]}?theme=dark")
    assert complaints(curator, only="color-contrast") == []
    for page in ("due", "test-questions", "reviews"):
        curator.goto(f"{demo.address}/console/articles/{page}")
        expect(curator.get_by_role("heading", level=1)).to_be_visible()
        assert complaints(curator) == []
    assert re.search(r"/console/articles/reviews$", curator.url)
