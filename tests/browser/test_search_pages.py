"""The search, the record, the reader's window with its preview, and a wall screen that loses its connection."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import sign_in
from tests.browser.test_network_pages import choose, problems_of

pytestmark = pytest.mark.browser

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
PAGES = (
    "/console/search?all=1&q=%E6%A0%A1%E5%A4%96",
    "/console/search?in=articles&q=%E5%80%9F",
    "/console/network/JZU/changes",
    "/console/network/JZU/widget",
    "/console/board?node=JSPC",
    "/console/board/JSPC/screens",
)


def linked_address(page: Page, demo: DemoServer) -> str:
    """Link a screen and return the address that is shown once."""
    page.goto(f"{demo.address}/console/board/JSPC/screens")
    page.locator("[name=name]").fill("大厅")
    page.locator("main form.inline-form button").click()
    return page.locator("pre.secret").inner_text().strip()


def test_pages_of_the_search_are_usable_by_everybody(browser: Browser, demo: DemoServer) -> None:
    found: list[str] = []
    page = sign_in(browser, demo, "shen.an")
    for language, theme, size in (("zh", "light", WIDE), ("en", "dark", NARROW)):
        page.set_viewport_size(size)
        choose(page.context, demo.address, language=language, theme=theme)
        for path in PAGES:
            found += [f"{language} {theme}: {each}" for each in problems_of(page, f"{demo.address}{path}")]
    assert found == []


def test_the_preview_is_the_real_window_with_what_is_typed(browser: Browser, demo: DemoServer) -> None:
    page = sign_in(browser, demo, "shen.an")
    page.goto(f"{demo.address}/console/network/JZU/widget")
    frame = page.frame_locator("#window-frame")
    expect(frame.get_by_text("您想咨询什么？")).to_be_visible()
    page.locator("[name='widget.greeting_zh']").fill("江大图书馆欢迎您提问")
    expect(frame.get_by_text("江大图书馆欢迎您提问")).to_be_visible()
    page.reload()
    expect(page.locator("[name='widget.greeting_zh']")).not_to_have_value("江大图书馆欢迎您提问")


def test_the_preview_leaves_the_keyboard_to_whoever_types(browser: Browser, demo: DemoServer) -> None:
    page = sign_in(browser, demo, "shen.an")
    page.goto(f"{demo.address}/console/network/JZU/widget")
    frame = page.frame_locator("#window-frame")
    # Whoever has looked around in the preview has left a focus there.
    frame.get_by_role("textbox").first.click()
    greeting = page.locator("[name='widget.greeting_zh']")
    greeting.click()
    for so_far, letter in (("您", "您"), ("您好", "好"), ("您好！", "！")):
        page.keyboard.insert_text(letter)
        expect(frame.get_by_text(so_far, exact=True)).to_be_visible()
        expect(greeting).to_be_focused()
    expect(greeting).to_have_value("您好！")


def test_a_wall_screen_needs_nobody_and_says_when_its_numbers_are_old(browser: Browser, demo: DemoServer) -> None:
    administrator = sign_in(browser, demo, "shen.an")
    address = linked_address(administrator, demo)
    assert "/wall#" in address
    context = browser.new_context(viewport=WIDE, locale="zh-CN")
    wall = context.new_page()
    wall.goto(address)
    expect(wall.locator("#wall-name")).to_have_text("江苏省中心")
    expect(wall.locator("#wall-sums dd")).to_have_count(5)
    # Nobody in the room can read the token off the address.
    assert wall.url.endswith("/wall")
    context.set_offline(True)
    expect(wall.locator("#wall-stale")).to_contain_text("数据停在", timeout=60_000)
    expect(wall.locator("#wall-sums dd")).to_have_count(5)
    context.set_offline(False)
    expect(wall.locator("#wall-stale")).to_be_hidden(timeout=90_000)
    wall.reload()
    expect(wall.locator("#wall-name")).to_have_text("江苏省中心")
    administrator.goto(f"{demo.address}/console/board/JSPC/screens")
    administrator.locator("main td form button").click()
    expect(wall.locator("#wall-stale")).to_contain_text("不再接入", timeout=60_000)
    expect(wall.locator("#wall-sums dd")).to_have_count(0)
