"""What a library set about its window, and what pages tell it, in a real browser."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from qa_server.conversations.form_models import ConversationForm
from qa_server.desk import identifying
from qa_server.network.queries import library_by_code
from qa_server.people.identity_tokens import sign
from qa_server.people.reader_models import ReaderIdentity
from tests.conftest import PATIENCE
from tests.widget.foreign_site import ForeignSite
from tests.widget.reading import Reader
from tests.widget.service import Librarian, Service, until
from tests.widget.settings import DEPARTMENT, MORE, QUICK, STATUS, clear, put
from tests.widget.test_access_in_browser import complaints

pytestmark = pytest.mark.browser

WINE = "#7a1f2b"
# Where the page's own script keeps what the window told it.
LISTEN = """window.told = [];
for (const name of ["ready", "open", "close", "message", "rating", "identity", "identity-refused"])
  document.addEventListener("wenjin-" + name, ({ detail }) => told.push([name, detail]));"""


@pytest.fixture
def library(service: Service) -> Iterator[Service]:
    """The service, whose library LHNU has set nothing at the end."""
    yield service
    clear(service, "LHNU")


def form_of(service: Service, conversation: str) -> ConversationForm:
    """Return what was filled in beside a conversation."""
    with service.place.database.read() as session:
        return session.get_one(ConversationForm, UUID(conversation))


def current(page: Page, library: str = "LHNU") -> str:
    """Return the id of the conversation that this browser is in."""
    kept = f"wenjin.v1.{library}.current"
    page.wait_for_function("(key) => localStorage[key]", arg=kept)
    return str(page.evaluate("(key) => JSON.parse(localStorage[key]).id", kept))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390), ("light", 320)])
def test_fields_are_asked_for_before_the_question_in_the_librarys_colours(
    browser: Browser, library: Service, scheme: str, width: int
) -> None:
    put(library, "LHNU", form_fields=[STATUS, DEPARTMENT], colour=WINE, greeting_zh="临湖师大图书馆欢迎您")
    dark = scheme == "dark"
    context = browser.new_context(
        locale="zh-CN", viewport={"width": width, "height": 640}, color_scheme="dark" if dark else "light"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{library.address}/ask/LHNU?lang=zh")
    expect(page.get_by_role("heading", name="临湖师大图书馆欢迎您")).to_be_visible()
    page.locator("#question").fill("怎么预约研讨室？")
    page.get_by_role("button", name="咨询馆员").click()
    expect(page.get_by_label("身份")).to_be_focused()
    page.get_by_role("button", name="提交问题").click()
    expect(page.get_by_text("请填写此项。")).to_be_visible()
    expect(page.get_by_label("身份")).to_be_focused()
    assert complaints(page, only="color-contrast" if dark else None) == []
    page.get_by_label("身份").select_option("教师")
    page.get_by_label("院系").fill("文学院")
    page.get_by_role("button", name="提交问题").click()
    page.locator(".queue").wait_for()
    kept = form_of(library, current(page))
    assert [each["value"] for each in kept.fields] == ["教师", "文学院"]
    context.close()


def test_colour_and_side_are_there_before_the_window_is_opened(page: Page, library: Service) -> None:
    put(library, "LHNU", colour=WINE, side="start")
    page.route(
        "**/blank", lambda route: route.fulfill(body="<!doctype html><html lang=zh><body>", content_type="text/html")
    )
    page.goto(f"{library.address}/blank")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    address = f"{library.address}/widget/v1/wenjin.js?library=LHNU"
    page.evaluate(
        """(src) => { const line = document.createElement("script");
        line.type = "module"; line.src = src; line.dataset.library = "LHNU"; document.body.append(line); }""",
        address,
    )
    button = Reader(page).button
    expect(button).to_have_css("background-color", "rgb(122, 31, 43)")
    box = button.bounding_box()
    assert box is not None
    assert box["x"] < 40
    assert requests == [address]


def test_questionnaire_of_the_library_comes_after_the_conversation(
    page: Page, service: Service, librarian: Librarian
) -> None:
    put(service, "JZU", questionnaire=[QUICK, MORE])
    try:
        page.goto(f"{service.address}/demo/JZU")
        reader = Reader(page)
        conversation = reader.ask("问卷什么时候出现？")
        librarian.claim(conversation)
        librarian.close(conversation)
        page.get_by_label("答复是否及时？").select_option("及时")
        page.get_by_label("还需要哪些服务？").fill("夜间咨询")
        assert complaints(page) == []
        page.get_by_role("button", name="提交问卷").click()
        expect(page.get_by_text("谢谢，您的问卷已收到。")).to_be_visible()
        assert [each["value"] for each in form_of(service, conversation).answers] == ["及时", "夜间咨询"]
    finally:
        clear(service, "JZU")


def test_page_hears_what_happens_and_can_open_fill_and_close(
    page: Page, service: Service, foreign_site: ForeignSite, librarian: Librarian
) -> None:
    page.add_init_script(LISTEN)
    page.goto(foreign_site.with_script)
    chat = page.locator("wenjin-chat")
    until(lambda: ["ready", None] in page.evaluate("told"))
    chat.evaluate("(chat) => chat.prefill({ question: '来自网页的问题' })")
    chat.evaluate("(chat) => chat.open()")
    reader = Reader(page)
    expect(reader.question).to_have_value("来自网页的问题")
    page.get_by_role("button", name="咨询馆员").last.click()
    page.locator(".queue").wait_for()
    conversation = reader.conversation_id()
    librarian.claim(conversation)
    librarian.say(conversation, "看到了。")
    expect(reader.bubble("看到了。")).to_be_visible()
    librarian.close(conversation)
    page.get_by_role("radio", name="5 星").check(force=True)
    expect(page.get_by_text("谢谢您的评价。")).to_be_visible()
    chat.evaluate("(chat) => chat.close()")
    told = page.evaluate("told")
    assert [name for name, _ in told] == ["ready", "open", "message", "rating", "close"]
    message, rating = told[2][1], told[3][1]
    assert (message["author"], sorted(message)) == ("librarian", ["at", "author", "number"])
    assert rating == {"stars": 5, "hasComment": False}


def test_page_changes_the_language_and_the_conversation_goes_on(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("可以换语言吗？")
    page.locator("wenjin-chat").evaluate("(chat) => chat.setLanguage('zh-TW')")
    expect(page.get_by_role("button", name="撤回提問")).to_be_visible()
    expect(reader.dialog).to_have_attribute("lang", "zh-TW")
    expect(reader.bubble("可以换语言吗？")).to_be_visible()
    page.locator("wenjin-chat").evaluate("(chat) => chat.setLanguage('en')")
    expect(page.get_by_role("button", name="Withdraw the question")).to_be_visible()
    expect(reader.bubble("可以换语言吗？")).to_be_visible()


def test_signed_in_reader_is_named_only_after_agreeing(page: Page, service: Service) -> None:
    place = service.place
    with place.database.write() as session:
        secret = identifying.new_secret(session, library_by_code(session, "JZU").id, now=place.clock()).encode()
    expires = int((place.clock() + timedelta(minutes=10)).timestamp())
    claims = {"sub": "20260117", "name": "王小雨", "aud": "wenjin:JZU", "exp": expires, "jti": uuid4().hex}
    page.add_init_script(LISTEN)
    page.goto(f"{service.address}/demo/JZU")
    page.locator("wenjin-chat").evaluate("(chat, token) => chat.identify(token)", sign(claims, b"wrong"))
    reader = Reader(page)
    reader.button.click()
    until(lambda: any(name == "identity-refused" for name, _ in page.evaluate("told")))
    agree = page.get_by_label("让馆员知道我是：王小雨")
    expect(agree).to_be_hidden()
    page.locator("wenjin-chat").evaluate("(chat, token) => chat.identify(token)", sign(claims, secret))
    expect(agree).to_be_visible()
    expect(agree).not_to_be_checked()
    assert ["identity", {"name": "王小雨"}] in page.evaluate("told")
    assert page.evaluate("localStorage.length") == 0
    assert complaints(page) == []
    agree.check()
    until(lambda: names(service) == ["王小雨"])
    agree.uncheck()
    until(lambda: names(service) == [])


def names(service: Service) -> list[str]:
    """Return who is known by name."""
    with service.place.database.read() as session:
        return [row.name for row in session.query(ReaderIdentity)]


def test_private_link_opens_the_questions_elsewhere_and_can_be_switched_off(
    page: Page, browser: Browser, service: Service, librarian: Librarian
) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("在手机上继续看")
    page.get_by_role("button", name="留邮箱或换设备").click()
    page.locator("#address").fill("reader@lib.example.edu")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已随问题保存。")).to_be_visible()
    page.get_by_role("button", name="生成私密链接").click()
    expect(page.get_by_role("img", name="链接的二维码")).to_be_visible()
    assert complaints(page) == []
    link = page.get_by_label("私密链接", exact=True).input_value()
    page.get_by_role("button", name="返回").click()
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 780})
    context.set_default_timeout(PATIENCE)
    phone = context.new_page()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(link)
    phone.locator(".past button").click()
    there = Reader(phone)
    expect(there.bubble("在手机上继续看")).to_be_visible()
    there.say("手机上写的")
    expect(reader.bubble("手机上写的")).to_be_attached()
    token = link.partition("#my=")[2]
    assert len(token) > 40
    assert [url for url in asked if token in url] == []
    assert token not in phone.url
    assert phone.evaluate("localStorage.length") == 0
    phone.reload()
    expect(phone.locator(".past li, li.message").first).to_be_visible()
    page.get_by_role("button", name="留邮箱或换设备").click()
    page.get_by_role("button", name="停用我的链接").click()
    expect(page.get_by_text("您的链接已停用。")).to_be_visible()
    phone.goto("about:blank")
    phone.goto(f"{service.address}/ask/JZU")
    expect(phone.get_by_text(re.compile("此私密链接已失效|请重新提问"))).to_be_visible()
    assert [each["value"] for each in form_of(service, conversation).fields] == ["reader@lib.example.edu"]
    context.close()


def test_little_markdown_of_librarians_is_shown_and_readers_words_stay_as_they_are(
    page: Page, service: Service, librarian: Librarian
) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("**星号** 和 `反引号`")
    assert reader.bubbles() == ["**星号** 和 `反引号`"]
    librarian.claim(conversation)
    librarian.say(
        conversation,
        "步骤：\n1. 打开[馆藏目录](https://opac.example.edu)\n2. 查 `G250.7/W45`\n<img src=x onerror=alert(1)>",
    )
    answer = page.locator("li.message.theirs .rich")
    expect(answer.locator("ol > li")).to_have_count(2)
    expect(answer.locator("code")).to_have_text("G250.7/W45")
    expect(answer.get_by_role("link", name="馆藏目录")).to_have_attribute("href", "https://opac.example.edu")
    expect(answer.locator("img")).to_have_count(0)
    expect(answer).to_contain_text("<img src=x onerror=alert(1)>")
