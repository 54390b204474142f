"""The window on pages of others: framed, printed, asleep, without a service, in small windows, from right to left."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PATIENCE
from tests.widget.foreign_site import ForeignSite
from tests.widget.reading import Reader
from tests.widget.service import Librarian, Service
from tests.widget.test_access_in_browser import _TARGETS, _TOO_WIDE, complaints

pytestmark = pytest.mark.browser

# A continued conversation has to be there so soon after waking, in milliseconds; far less on a free machine.
AFTER_WAKING = 15_000


def show(page: Page, html: str) -> None:
    """Show a page that the service's own origin seems to serve."""
    page.route("**/blank", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto(page.url.split("/demo")[0] + "/blank")


def test_page_without_a_service_does_not_notice(page: Page, foreign_site: ForeignSite) -> None:
    page.route("**/widget/v1/wenjin.js", lambda route: route.abort())
    page.goto(foreign_site.with_script)
    expect(page.locator("wenjin-chat")).to_have_count(0)
    assert page.evaluate("document.readyState") == "complete"


def test_inside_a_frame_the_window_works(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    line = f'<script type=module src="{service.address}/widget/v1/wenjin.js" data-library=JZU></script>'
    frame = f"<!doctype html><html lang=zh><body>{line}".replace("&", "&amp;").replace('"', "&quot;")
    show(page, f'<!doctype html><html lang=zh><body><iframe srcdoc="{frame}" width=600 height=700></iframe>')
    inside = page.frame_locator("iframe")
    inside.locator("wenjin-chat >> button[aria-haspopup=dialog]").click()
    inside.locator("#question").fill("框架里也能用吗？")
    inside.get_by_role("button", name="咨询馆员").last.click()
    expect(inside.locator(".queue")).to_be_visible()


def test_printed_page_shows_no_button(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    expect(Reader(page).button).to_be_visible()
    page.emulate_media(media="print")
    expect(Reader(page).button).to_be_hidden()


def test_phone_that_slept_continues_by_itself(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("锁屏之后还在吗？")
    librarian.claim(conversation)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    librarian.say(conversation, "还在。")
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    expect(reader.bubble("还在。")).to_be_visible(timeout=AFTER_WAKING)
    reader.say("谢谢")
    expect(reader.bubble("谢谢")).to_have_attribute("data-tick", "sent")


@pytest.mark.parametrize(("width", "height", "scale"), [(320, 568, 1), (640, 400, 2)])
def test_links_and_addresses_fit_small_windows(
    browser: Browser, service: Service, width: int, height: int, scale: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", device_scale_factor=scale
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{service.address}/ask/LIU?lang=en")
    page.locator("#question").fill("May I bring a visitor into the reading rooms of the old library building?")
    page.get_by_role("button", name="Ask a librarian").click()
    page.get_by_role("button", name="E-mail or another device").click()
    page.get_by_role("button", name="Make a private link").click()
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    panel = page.locator("wenjin-panel >> section.panel")
    assert panel.evaluate(_TOO_WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [size for size in panel.evaluate(_TARGETS) if min(size) < 24] == []
    assert complaints(page) == []
    context.close()


def test_page_written_from_right_to_left_has_the_button_on_its_other_side(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    line = f'<script type=module src="{service.address}/widget/v1/wenjin.js" data-library=JZU data-lang=en></script>'
    show(page, f'<!doctype html><html lang="ar" dir="rtl"><body>{line}')
    reader = Reader(page)
    expect(reader.button).to_be_visible()
    box = reader.button.bounding_box()
    assert box is not None
    assert box["x"] < 40
    reader.button.click()
    expect(reader.dialog).to_have_css("direction", "ltr")


def test_open_chat_loads_no_more_than_it_needs(page: Page, service: Service) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.split("/widget/v1/")[-1].partition("/")[2]))
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("要加载多少？")
    assert "ui/thread-view.js" in loaded
    later = {"ui/history-view.js", "ui/form-view.js", "ui/touch-view.js", "ui/after.js", "ui/identity-line.js"}
    assert later & set(loaded) == set()
    page.get_by_role("button", name="留邮箱或换设备").click()
    expect(page.get_by_role("button", name="生成私密链接")).to_be_visible()
    assert later & set(loaded) == {"ui/touch-view.js"}


def test_part_that_cannot_be_loaded_is_told_and_can_be_tried_again(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("网络不好时呢？")
    page.route("**/ui/touch-view.js", lambda route: route.abort())
    page.get_by_role("button", name="留邮箱或换设备").click()
    expect(reader.banner).to_have_text("这部分内容未能加载，请重试。")
    expect(reader.message).to_be_visible()
    page.unroute("**/ui/touch-view.js")
    page.get_by_role("button", name="留邮箱或换设备").click()
    expect(page.get_by_role("button", name="生成私密链接")).to_be_visible()
    expect(reader.banner).to_be_empty()
