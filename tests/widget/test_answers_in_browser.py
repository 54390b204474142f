"""The public answers sites in a real browser: without scripts, and without a barrier that axe can find."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import PATIENCE
from tests.widget.service import Service
from tests.widget.test_access_in_browser import complaints

PAGES = (
    "/answers/",
    "/answers/JZU/",
    "/answers/JZU/topics/borrowing",
    "/answers/JZU/51",
    "/answers/JZU/search?q=怎么续借",
)


@pytest.mark.timeout(300)
@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width", "language"), [("light", 1280, "zh-CN"), ("dark", 390, "en")])
def test_pages_of_answers_have_no_barrier_that_axe_can_find(
    browser: Browser, service: Service, scheme: Literal["light", "dark"], width: int, language: str
) -> None:
    context = browser.new_context(
        locale=language, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(service.address + path)
        found[path] = complaints(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
    assert found == {path: [] for path in PAGES}


@pytest.mark.timeout(300)
@pytest.mark.browser
def test_a_reader_without_scripts_searches_reads_and_says_whether_it_helped(browser: Browser, service: Service) -> None:
    context = browser.new_context(locale="en", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{service.address}/answers/LIU/")
    page.get_by_role("searchbox").fill("How do I renew a book?")
    page.get_by_role("button", name="Search").click()
    page.locator("main .answer h2 a, main .lines a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Thank you")
    assert page.url.endswith("#verdict")
    context.close()
