"""A library puts its published price list in, tries it out and publishes it, in a real browser, in Chinese."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import sign_in
from tests.browser.test_network_pages import choose, problems_of

pytestmark = pytest.mark.browser

SERVICES = "/console/network/JZU/services"
CITATION = f"{SERVICES}/citation_search"


def change_line(page: Page, demo: DemoServer, key: str, **entries: str) -> None:
    """Open a line of the price list, change its entries, save."""
    page.goto(f"{demo.address}{CITATION}/prices?item={key}")
    row = page.locator("td[colspan] form")
    for name, value in entries.items():
        field = row.locator(f"[name='{name}']")
        if field.evaluate("it => it.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    row.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


@pytest.mark.timeout(420)
def test_a_library_puts_in_its_price_list_tries_it_out_and_publishes_it(browser: Browser, demo: DemoServer) -> None:
    page = sign_in(browser, demo, "shen.an")
    page.goto(f"{demo.address}{SERVICES}")
    page.locator("#service-citation_search").get_by_role("button", name="建立本馆版本").click()
    expect(page.get_by_role("status").first).to_contain_text("草稿已建立")

    # 20 yuan a report and 2 a record; one report a year is free, whoever asks.
    change_line(
        page, demo, "papers", **{"label.zh": "检索记录", "label.en": "Records", "amount": "2", "each": "records"}
    )
    page.goto(f"{demo.address}{CITATION}/prices?item=first_free")
    page.locator("td[colspan] [name=when]").fill("")
    page.locator("td[colspan]").get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()

    page.goto(f"{demo.address}{CITATION}/trial")
    page.get_by_label("您的身份").select_option("outside")
    page.get_by_label("检出记录数").fill("30")
    page.get_by_label(re.compile("本年度已用完")).check()
    page.get_by_role("button", name="校验并计价").click()
    expect(page.locator("tfoot")).to_contain_text("80.00")
    page.get_by_label(re.compile("本年度已用完")).uncheck()
    page.get_by_role("button", name="校验并计价").click()
    expect(page.locator("tfoot")).to_contain_text("0.00")
    expect(page.get_by_role("button", name="提交委托")).to_be_disabled()

    page.goto(f"{demo.address}{CITATION}")
    expect(page.locator("table").first).to_contain_text("2.00")
    page.get_by_label("修改内容和原因").fill("按本馆公布的价目")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已发布")
    page.goto(f"{demo.address}{SERVICES}")
    expect(page.locator("#service-citation_search")).to_contain_text("本节点")

    page.get_by_role("button", name="建立本馆版本").first.click()
    found: list[str] = []
    for language, theme, width in (("zh", "light", 1280), ("en", "dark", 390)):
        choose(page.context, demo.address, language=language, theme=theme)
        page.set_viewport_size({"width": width, "height": 860})
        for path in ("", "/topic_consultation/prices?item=work", "/topic_consultation/transitions?item=submit"):
            found += problems_of(page, demo.address + SERVICES + path)
        found += problems_of(page, demo.address + CITATION + "/trial")
    assert found == []
