"""A reader's commissions in a real browser, in Chinese: forms that keep themselves, quotes, drafts, results."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from qa_server.commissions.models import FilePurpose
from qa_server.commissions.queries import PAGE_ENTRIES
from qa_server.desk import attaching, signing_in
from qa_server.desk.commissions import filing
from qa_server.desk.commissions.filing import Upload
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.people.rights import StaffMember
from tests.commissions.test_records import write as add_messages
from tests.commissions.village_work import searched, staff
from tests.conftest import PATIENCE
from tests.village import new_client_id
from tests.widget.service import MAX_FILE_BYTES, Service, running, sign_in
from tests.widget.test_access_in_browser import complaints

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PASTED = """[1] 王小渡, 李问津. 渡口与津梁考[J]. 示例学报, 2023, 81(4): 401-410.
[2] Wang X D. On fords. Journal of Fords, 2024, 12(3): 10-19. DOI: 10.5555/ford.2024.1"""
BIBTEX = b"""@article{ford, title={On fords}, author={Wang, Xiaodu}, journal={Journal of Fords}, year={2024},
 volume={12}, number={3}, pages={10--19}, doi={10.5555/FORD.2024.1}, issn={1234-5678}}
"""
TEXTS = {
    "院系或单位": "文学院",
    "委托名称": "王小渡论文收录引用检索",
    "作者中文姓名": "王小渡",
    "作者英文署名": "Wang, Xiaodu\nWang X D",
    "单位中文名称": "江州大学文学院",
}
TICKS = ("校外", "职称评定", "SCIE", "收录情况", "普通（3 个工作日）", "电子版")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with the demo network."""
    with running(tmp_path_factory.mktemp("services")) as started:
        yield started


@pytest.fixture(scope="module")
def lin(service: Service) -> StaffMember:
    """Lin Yue of Jiangzhou University Library."""
    return signing_in.recognise_staff(service.place, sign_in(service, "lin.yue"))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser, Chinese. Fails on an error that nobody caught."""
    opened = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}, timezone_id="Asia/Shanghai")
    opened.set_default_timeout(PATIENCE)
    errors: list[str] = []
    opened.on("weberror", lambda error: errors.append(str(error.error)))
    yield opened
    opened.close()
    assert errors == []


def open_form(context: BrowserContext, service: Service, code: str) -> Page:
    """Open the form of a service."""
    page = context.new_page()
    page.goto(f"{service.address}/services/JZU/{code}")
    expect(page.get_by_role("button", name="提交委托")).to_be_visible()
    return page


def write(page: Page, texts: dict[str, str]) -> None:
    """Fill texts in by their labels."""
    for label, text in texts.items():
        page.get_by_label(re.compile(f"^{label}")).first.fill(text)


def tick(page: Page, *labels: str) -> None:
    """Choose by the labels of ticks."""
    for label in labels:
        page.locator(".tick", has_text=re.compile(f"^{re.escape(label)}$")).first.click()


def saved(page: Page) -> None:
    """Wait until everything is saved."""
    expect(page.locator(".keeping")).to_have_attribute("data-state", "saved")
    expect(page.locator(".keeping")).to_contain_text("已保存")


def in_state(page: Page, state: str) -> None:
    """Wait until the page tells this state, without a reload."""
    expect(page.locator(".now .state")).to_have_text(state, timeout=4 * PATIENCE)


def commission_of(page: Page) -> UUID:
    """Return which commission the page is about, from its address."""
    found = re.search(r"/c/([0-9a-f-]{36})", page.url)
    assert found is not None, page.url
    return UUID(found[1])


def hand_over(service: Service, person: StaffMember, commission_id: UUID, purpose: FilePurpose, name: str) -> None:
    """Put a file of the staff to a commission."""
    place = service.place
    with attaching.store_of(place.settings).incoming() as path:
        path.write_bytes(b"%PDF-1.4\n%%EOF\n")
        taken = attaching.take_in(place, path, name)
    filing.keep(place, person, commission_id, taken, Upload(purpose, new_client_id()))


def fill_in_citation_search(page: Page) -> None:
    """Fill the form in, with a pasted list and an uploaded one that doubles a paper of it."""
    write(page, TEXTS)
    tick(page, *TICKS)
    page.get_by_role("button", name="粘贴列表").click()
    page.get_by_label("在此粘贴列表").fill(PASTED)
    page.get_by_role("button", name="读取列表").click()
    expect(page.locator(".paper")).to_have_count(2)
    upload: FilePayload = {"name": "papers.bib", "mimeType": "application/x-bibtex", "buffer": BIBTEX}
    page.locator("#f-v-papers-file").set_input_files(upload)
    expect(page.locator(".paper")).to_have_count(3)


def correct(page: Page, reason: str) -> None:
    """Ask for a correction of the draft."""
    page.get_by_role("button", name="请更正").click()
    page.get_by_label("原因（图书馆会看到）").fill(reason)
    assert complaints(page) == []
    page.get_by_role("button", name="请更正").last.click()
    in_state(page, "检索中")
    expect(page.locator(".timeline")).to_contain_text(reason)


def test_a_citation_search_from_the_form_to_a_draft_that_is_corrected(
    context: BrowserContext, service: Service, lin: StaffMember
) -> None:
    page = open_form(context, service, "citation_search")
    assert complaints(page) == []
    fill_in_citation_search(page)
    expect(page.locator(".paper .serious").filter(has_text="DOI").first).to_be_visible()
    expect(page.locator(".paper").nth(2).locator(".serious")).to_have_count(2)
    page.get_by_role("button", name="移除: 第 3 篇").click()
    saved(page)
    expect(page.locator(".estimate .total")).to_contain_text("40.00")
    assert complaints(page) == []

    # Nothing is lost by a reload, and what is missing is told at its field.
    page.reload()
    expect(page.get_by_label(re.compile("^委托名称"))).to_have_value(TEXTS["委托名称"])
    expect(page.locator(".paper")).to_have_count(2)
    page.get_by_role("button", name="提交委托").click()
    expect(page.locator(".summary")).to_contain_text("还有 1 处")
    assert complaints(page) == []
    page.locator(".summary a").click()
    page.keyboard.type("王小渡")
    write(page, {"电子邮箱": "xiaodu@reader.example"})
    page.get_by_role("button", name="提交委托").dblclick()
    in_state(page, "待受理")
    commission_id = commission_of(page)

    staff(service.place, lin, commission_id, "accept")
    staff(service.place, lin, commission_id, "quote", offer=Offer())
    in_state(page, "已报价")
    expect(page.locator(".quote .total")).to_contain_text("40.00")
    assert complaints(page) == []
    page.get_by_role("button", name="取消委托…").click()
    expect(page.get_by_text("现在取消不收费用。")).to_be_visible()
    page.get_by_role("button", name="返回").click()
    page.get_by_role("button", name="接受报价").click()
    in_state(page, "已确认")

    staff(service.place, lin, commission_id, "begin")
    searched(service.place, lin, commission_id)
    hand_over(service, lin, commission_id, FilePurpose.DRAFT, "初稿.pdf")
    staff(service.place, lin, commission_id, "send_draft")
    in_state(page, "初稿待确认")
    expect(page.get_by_role("button", name="初稿.pdf")).to_be_visible()
    correct(page, "第一篇的卷号有误。")
    page.get_by_label("给图书馆留言").fill("请问周五前能完成吗？")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator(".messages li.mine")).to_have_count(1)


def test_a_proxy_search_is_delivered_accepted_and_rated(
    context: BrowserContext, service: Service, lin: StaffMember
) -> None:
    page = open_form(context, service, "proxy_search")
    write(page, {"代查事项": "查一篇旧文的馆藏地", "姓名": "王小渡", "电话": "13900000000", "院系或单位": "文学院"})
    tick(page, "馆藏地", "成员馆", "本校师生")
    page.get_by_role("button", name="添加一篇论文").click()
    page.get_by_label("题名", exact=True).fill("津渡志")
    assert complaints(page) == []
    page.get_by_role("button", name="提交委托").click()
    in_state(page, "待受理")
    commission_id = commission_of(page)
    staff(service.place, lin, commission_id, "accept")
    staff(service.place, lin, commission_id, "quote", offer=Offer())
    in_state(page, "已报价")
    page.get_by_role("button", name="接受报价").click()
    in_state(page, "已确认")
    staff(service.place, lin, commission_id, "begin")
    searched(service.place, lin, commission_id)
    hand_over(service, lin, commission_id, FilePurpose.RESULT, "代查结果.pdf")
    expect(page.get_by_role("button", name="代查结果.pdf")).to_have_count(0)
    staff(service.place, lin, commission_id, "deliver")

    in_state(page, "已交付")
    expect(page.get_by_text("到期未提出即自动办结")).to_be_visible()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="代查结果.pdf").click()
    assert fetched.value.suggested_filename == "代查结果.pdf"
    assert complaints(page) == []
    page.locator(".rating .tick").nth(4).click()
    page.locator(".rating").get_by_role("button", name="发送").click()
    expect(page.get_by_text("您可以随时修改评价")).to_be_visible()
    page.locator(".steps .way button").first.click()
    in_state(page, "已办结")

    page.goto(f"{service.address}/services/JZU/mine")
    expect(page.get_by_role("link", name="查一篇旧文的馆藏地")).to_be_visible()
    assert complaints(page) == []


def test_a_long_record_is_read_on_backwards(context: BrowserContext, service: Service) -> None:
    page = open_form(context, service, "proxy_search")
    write(page, {"代查事项": "查一篇旧文的馆藏地", "姓名": "王小渡", "电话": "13900000000", "院系或单位": "文学院"})
    tick(page, "馆藏地", "成员馆", "本校师生")
    page.get_by_role("button", name="添加一篇论文").click()
    page.get_by_label("题名", exact=True).fill("津渡志")
    page.get_by_role("button", name="提交委托").click()
    in_state(page, "待受理")
    add_messages(service.place, commission_of(page), PAGE_ENTRIES + 20)
    messages = page.locator(".messages li")
    expect(messages).to_have_count(PAGE_ENTRIES, timeout=4 * PATIENCE)
    expect(page.locator(".timeline")).not_to_contain_text("提交")

    page.get_by_role("button", name="显示更早的消息").click()

    expect(messages).to_have_count(PAGE_ENTRIES + 20)
    expect(messages.first).to_contain_text("第 0 条")
    expect(page.get_by_role("button", name="显示更早的消息")).to_be_hidden()
    expect(page.locator(".timeline")).to_contain_text("提交")
    assert complaints(page) == []
    add_messages(service.place, commission_of(page), 1)
    expect(messages).to_have_count(PAGE_ENTRIES + 21, timeout=4 * PATIENCE)


def test_two_windows_on_one_form_keep_both_texts(context: BrowserContext, service: Service) -> None:
    first = open_form(context, service, "topic_consultation")
    title = "#f-v-title"
    first.locator(title).fill("起初的题目")
    saved(first)
    second = context.new_page()
    second.goto(first.url)
    expect(second.locator(title)).to_have_value("起初的题目")
    second.locator(title).fill("第二个窗口的题目")
    saved(second)

    first.locator(title).fill("第一个窗口的题目")
    expect(first.locator(".other:visible")).to_contain_text("第二个窗口的题目")
    expect(first.locator(title)).to_have_value("第一个窗口的题目")
    assert complaints(first) == []
    first.get_by_role("button", name="保留此处内容").click()
    saved(first)

    second.reload()
    expect(second.locator(title)).to_have_value("第一个窗口的题目")


def test_without_network_the_form_waits_and_a_file_that_may_not_come_is_refused_before_it_is_sent(
    context: BrowserContext, service: Service
) -> None:
    page = open_form(context, service, "citation_search")
    write(page, {"委托名称": "断网之前"})
    saved(page)
    context.set_offline(True)
    write(page, {"委托名称": "断网时写的"})
    expect(page.locator(".keeping")).to_contain_text("连接中断")
    context.set_offline(False)
    saved(page)
    page.reload()
    expect(page.get_by_label(re.compile("^委托名称"))).to_have_value("断网时写的")

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/files" in request.url else None)
    for name, content, told in (
        ("program.exe", b"MZ", "不能上传"),
        ("large.pdf", b"%PDF-1.4" + bytes(MAX_FILE_BYTES), "每个文件最大"),
    ):
        page.locator("#f-v-attachments-input").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        expect(page.get_by_text(told)).to_be_visible()
    assert sent == []
    # The name says one thing and the content another: only the server sees that.
    page.locator("#f-v-attachments-input").set_input_files(
        {"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(200)}
    )
    expect(page.locator(".files-part .problem")).to_contain_text("page.pdf")
    assert sent
    expect(page.get_by_label(re.compile("^委托名称"))).to_have_value("断网时写的")
    page.locator("#f-v-attachments-input").set_input_files(
        {"name": "first.txt", "mimeType": "text/plain", "buffer": "首页".encode()}
    )
    expect(page.get_by_role("button", name="first.txt", exact=True)).to_be_visible()
    saved(page)
    assert complaints(page) == []


def test_a_conversation_becomes_a_commission_and_my_questions_lead_to_it(
    context: BrowserContext, service: Service
) -> None:
    page = context.new_page()
    page.goto(f"{service.address}/ask/JZU")
    page.locator("#question").fill("请帮我查收录：10.5555/ford.2024.1")
    page.get_by_role("button", name="咨询馆员").last.click()
    page.locator(".queue").wait_for()
    page.get_by_role("button", name="转为委托").click()
    with context.expect_page() as opened:
        page.get_by_role("button", name="查收查引").click()
    form = opened.value
    expect(form.get_by_label(re.compile("^委托名称"))).to_have_value("请帮我查收录：10.5555/ford.2024.1")
    expect(form.locator(".paper")).to_contain_text("10.5555/ford.2024.1")
    assert "token" not in form.url
    assert complaints(page) == []
