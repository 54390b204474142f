"""From a chat on a library's own website to the pages of its services, which lie elsewhere."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.widget.foreign_site import ForeignSite
from tests.widget.reading import Reader
from tests.widget.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_chat_on_another_site_goes_on_as_a_commission_without_a_token_in_the_address(
    page: Page, foreign_site: ForeignSite, service: Service
) -> None:
    page.goto(foreign_site.with_script)
    reader = Reader(page)
    reader.ask("请帮我查收录：10.5555/ford.2024.1")
    addresses: list[str] = []
    page.context.on("request", lambda request: addresses.append(request.url))
    page.get_by_role("button", name="转为委托").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="查收查引").click()

    form = opened.value
    expect(form.get_by_label(re.compile("^委托名称"))).to_have_value("请帮我查收录：10.5555/ford.2024.1")
    assert form.url.startswith(f"{service.address}/services/")
    # The private link was taken out of the address, and never went to a server.
    assert "#" not in form.url
    token = form.evaluate("Object.entries(sessionStorage).find(([key]) => key.endsWith('.link.reader'))[1]")
    assert all(token.strip('"{}:').split('"')[-1] not in each for each in addresses)


def test_my_questions_lead_to_my_commissions(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    Reader(page).ask("查收查引在哪里办理？")
    page.get_by_role("button", name="返回").click()
    page.get_by_role("button", name="以前的提问").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="我的委托").click()
    expect(opened.value.get_by_role("heading", name="我的委托")).to_be_visible()
