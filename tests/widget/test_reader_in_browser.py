"""The widget in a real browser: a conversation from both sides, on websites of others, through bad networks."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from qa_server.conversations import queries
from qa_server.conversations.draft_models import ReuseChoice
from qa_server.conversations.models import Conversation, Kind
from tests.widget.foreign_site import ForeignSite
from tests.widget.reading import Reader
from tests.widget.service import Librarian, Service, until

# On a machine that does much else a page takes many times as long.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# How long one thing may take without a socket, in milliseconds: less than a poll would wait if nothing cut it short.
ALMOST_AT_ONCE = 15_000


def stored_texts(service: Service, conversation_id: str) -> list[str]:
    """Return what the database holds of a conversation, without events."""
    with service.place.database.read() as session:
        messages = queries.messages_after(session, UUID(conversation_id), 0)
        return [message.body for message in messages if message.kind == Kind.TEXT]


def test_conversation_goes_both_ways_and_shows_what_became_of_each_message(
    page: Page, service: Service, librarian: Librarian
) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("特藏阅览室可以拍照吗？")
    expect(reader.bubble("特藏阅览室可以拍照吗？")).to_have_attribute("data-tick", "sent")
    librarian.claim(conversation)
    expect(page.get_by_role("heading", name="林悦")).to_be_visible()
    librarian.type(conversation)
    expect(page.get_by_text("馆员正在输入")).to_be_visible()
    librarian.say(conversation, "可以，不用闪光灯。\n详见 https://lib.example.edu/rules。")
    expect(page.get_by_text("馆员正在输入")).to_be_hidden()
    expect(page.get_by_role("link", name="https://lib.example.edu/rules")).to_have_attribute(
        "href", "https://lib.example.edu/rules"
    )
    reader.say("谢谢！")
    expect(reader.bubble("谢谢！")).to_have_attribute("data-tick", "sent")
    librarian.see(conversation, 4)
    expect(reader.bubble("谢谢！")).to_have_attribute("data-tick", "read")


def test_end_is_shown_and_can_be_rated_with_one_click(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("研讨室怎么预约？")
    librarian.claim(conversation)
    librarian.say(conversation, "在 App 里预约。")
    librarian.close(conversation)
    expect(page.locator("li.event", has_text="本次咨询已结束。")).to_be_visible()
    expect(reader.message).to_be_hidden()
    page.get_by_role("radio", name="4 星").check(force=True)
    expect(page.get_by_text("谢谢您的评价。")).to_be_visible()
    page.get_by_label("补充意见（选填）").fill("很清楚")
    page.get_by_role("button", name="提交意见").click()
    expect(page.get_by_text("谢谢，您的意见已收到。")).to_be_visible()
    with service.place.database.read() as session:
        kept = session.get_one(Conversation, UUID(conversation))
        assert (kept.rating, kept.rating_comment) == (4, "很清楚")
    page.get_by_role("button", name="提新问题").click()
    expect(reader.question).to_be_visible()


def test_reader_says_at_the_end_whether_the_answer_may_help_others(
    page: Page, service: Service, librarian: Librarian
) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("校友卡怎么办？")
    librarian.claim(conversation)
    librarian.close(conversation)
    tick = page.get_by_role("checkbox", name="这次解答可整理给其他读者参考")
    # As the library has it: used once masked, until the reader says otherwise.
    expect(tick).to_be_checked()
    tick.uncheck()
    expect(page.get_by_text("已记下：这次咨询只留在您与图书馆之间。")).to_be_visible()
    with service.place.database.read() as session:
        assert session.get_one(ReuseChoice, (UUID(conversation), "reader")).is_allowed is False
    # From then on it stands as said, also where earlier questions are read.
    page.get_by_role("button", name="提新问题").click()
    page.get_by_role("button", name="以前的提问").click()
    page.get_by_role("button", name="校友卡怎么办？").click()
    expect(tick).to_be_visible()
    expect(tick).not_to_be_checked()


def test_website_of_another_origin_with_strict_policy_and_hostile_styles_works(
    page: Page, foreign_site: ForeignSite, librarian: Librarian
) -> None:
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.goto(foreign_site.with_script)
    reader = Reader(page)
    box = reader.button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert 1280 - 40 < box["x"] + box["width"] <= 1280
    assert 800 - 40 < box["y"] + box["height"] <= 800
    conversation = reader.ask("怎么续借？")
    librarian.claim(conversation)
    librarian.say(conversation, "在我的图书馆里续借。")
    expect(reader.bubble("在我的图书馆里续借。")).to_be_visible()
    size = reader.dialog.bounding_box()
    assert size is not None
    assert size["width"] > 350
    assert [line for line in complaints if "favicon" not in line] == []


def test_page_with_a_base_tag_and_the_element_itself_works(page: Page, foreign_site: ForeignSite) -> None:
    page.goto(foreign_site.with_element)
    page.get_by_role("button", name="Ask a librarian").click()
    expect(page.get_by_role("dialog", name="Jiangzhou University Library")).to_be_visible()


def test_nothing_is_loaded_or_stored_before_the_reader_acts(page: Page, foreign_site: ForeignSite) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url.split("/", 3)[3]))
    page.goto(foreign_site.with_script)
    reader = Reader(page)
    expect(reader.button).to_be_visible()
    assert requests == ["script", "hostile.css", "widget/v1/wenjin.js"]
    reader.button.click()
    reader.question.fill("图书馆几点开门")
    expect(page.locator(".answers")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == []


def test_answer_is_found_while_typing_and_opened_in_place(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.button.click()
    reader.question.press_sequentially("图书馆几点开门", delay=30)
    hit = page.locator("details.answer").first
    expect(hit.locator("mark").first).to_be_visible()
    hit.locator("summary").click()
    expect(hit.locator(".rich li").first).to_be_visible()
    expect(hit.locator(".source")).to_contain_text("更新于")
    reader.question.fill("zqxj wvkp rtyh")
    expect(page.get_by_role("heading", name="没有足够接近的答案。")).to_be_visible()


def test_message_written_offline_is_kept_and_sent_once(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("可以代还吗？")
    librarian.claim(conversation)
    page.context.set_offline(True)
    reader.say("离线时写的")
    expect(reader.banner).to_contain_text("网络已断开")
    expect(reader.bubble("离线时写的")).to_have_attribute("data-tick", "sending")
    librarian.say(conversation, "断网期间的答复")
    page.context.set_offline(False)
    expect(reader.bubble("断网期间的答复")).to_be_visible()
    expect(reader.bubble("离线时写的")).to_have_attribute("data-tick", "sent")
    expect(reader.banner).to_be_empty()
    assert stored_texts(service, conversation) == ["可以代还吗？", "断网期间的答复", "离线时写的"]
    assert reader.bubbles() == ["可以代还吗？", "断网期间的答复", "离线时写的"]


def test_next_page_continues_the_conversation_where_it_was(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("期末开放到几点？")
    reader.message.fill("写到一半")
    page.goto(f"{service.address}/demo/JZU#hours")
    page.reload()
    expect(reader.bubble("期末开放到几点？")).to_be_visible()
    expect(reader.message).to_have_value("写到一半")
    librarian.claim(conversation)
    librarian.say(conversation, "到二十四点。")
    expect(reader.bubble("到二十四点。")).to_be_visible()


def test_two_tabs_agree_and_neither_sends_twice(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    first = Reader(page)
    second = Reader(page.context.new_page())
    second.page.goto(f"{service.address}/demo/JZU")
    second.button.click()
    expect(second.question).to_be_visible()
    conversation = first.ask("两个标签页")
    expect(second.bubble("两个标签页")).to_be_visible()
    first.say("来自第一页")
    second.say("来自第二页")
    librarian.claim(conversation)
    librarian.say(conversation, "都看到了")
    for reader in (first, second):
        expect(reader.bubble("都看到了")).to_be_visible()
    until(lambda: first.bubbles() == second.bubbles())
    assert sorted(stored_texts(service, conversation)) == sorted(["两个标签页", "来自第一页", "来自第二页", "都看到了"])


def test_where_sockets_are_cut_the_conversation_goes_on_over_http(
    page: Page, service: Service, librarian: Librarian
) -> None:
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url) if request.url.endswith("/api/v1/poll") else None)
    page.route_web_socket("**/ws/v1", lambda socket: socket.close())
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("校园代理会断开连接吗？")
    librarian.claim(conversation)
    expect(page.get_by_role("heading", name="林悦")).to_be_visible()
    librarian.say(conversation, "不要紧。")
    expect(reader.bubble("不要紧。")).to_be_visible(timeout=ALMOST_AT_ONCE)
    reader.say("收到")
    expect(reader.bubble("收到")).to_have_attribute("data-tick", "sent", timeout=ALMOST_AT_ONCE)
    librarian.see(conversation, 4)
    expect(reader.bubble("收到")).to_have_attribute("data-tick", "read", timeout=ALMOST_AT_ONCE)
    expect(reader.banner).to_be_empty()
    assert polls
    assert stored_texts(service, conversation) == ["校园代理会断开连接吗？", "不要紧。", "收到"]


def test_closed_window_tells_of_new_messages(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("稍后再看")
    librarian.claim(conversation)
    reader.dialog.press("Escape")
    librarian.say(conversation, "答复在这里")
    expect(reader.button).to_have_accessible_name("咨询馆员 (1 条新消息)")
    reader.button.click()
    expect(reader.bubble("答复在这里")).to_be_visible()
    expect(page.locator(".unread")).to_be_hidden()


def test_window_that_could_not_be_loaded_says_so_and_can_be_tried_again(page: Page, foreign_site: ForeignSite) -> None:
    page.goto(foreign_site.with_script)
    reader = Reader(page)
    page.route("**/widget/v1/**", lambda route: route.abort())
    reader.button.click()
    expect(page.get_by_role("alert")).to_have_text("咨询窗口未能加载。")
    page.unroute("**/widget/v1/**")
    page.get_by_role("button", name="重试").click()
    expect(reader.question).to_be_visible()


def test_unknown_library_and_silent_service_are_told_calmly(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/ask/NOPE?lang=zh")
    expect(page.get_by_role("alert")).to_contain_text("未找到该图书馆")
    page.route("**/api/v1/libraries/**", lambda route: route.abort())
    page.goto(f"{service.address}/ask/JZU?lang=zh")
    expect(page.get_by_role("alert")).to_contain_text("暂时无法连接服务")
    page.unroute("**/api/v1/libraries/**")
    page.get_by_role("button", name="重试").click()
    expect(Reader(page).question).to_be_visible()


def test_question_can_be_withdrawn_after_a_second_look(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("不用了")
    page.get_by_role("button", name="撤回提问").click()
    page.get_by_role("button", name="先不").click()
    expect(reader.message).to_be_visible()
    page.get_by_role("button", name="撤回提问").click()
    page.get_by_role("button", name="撤回", exact=True).click()
    expect(page.locator("li.event", has_text="您撤回了问题。")).to_be_visible()
    page.get_by_role("button", name="返回").click()
    page.get_by_role("button", name="以前的提问").click()
    expect(page.locator(".past li", has_text="不用了")).to_contain_text("已撤回")
