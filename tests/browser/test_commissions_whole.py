"""Each of the five services from the reader's form to its end, both sides in real browsers, in Chinese."""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from qa_server.desk import administering, signing_in
from qa_server.desk.commissions.reports.report_course import REPORT_AGENCY
from qa_server.main import compose
from qa_server.people.rights import StaffMember
from qa_server.people.tokens import STAFF_COOKIE
from tests.browser.test_services_reader import PASTED, TEXTS, TICKS, in_state, tick, write
from tests.commissions.village_work import written_report
from tests.conftest import PATIENCE
from tests.widget.service import Service, running, sign_in
from tests.widget.test_access_in_browser import complaints

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
READER = {"姓名": "王小渡", "电子邮箱": "xiaodu@reader.example"}
# Where pictures of the main moments go, for whoever wants to look at them.
_SHOTS = os.environ.get("WENJIN_TEST_SHOTS", "")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with the demo network."""
    with running(tmp_path_factory.mktemp("whole"), compose) as started:
        yield started


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Browsers that are opened; an error that nobody caught in any of them fails the test."""
    opened: list[BrowserContext] = []
    errors: list[str] = []
    opened_by = [opened, errors]
    yield opened
    for each in opened:
        each.close()
    assert opened_by[1] == []


class Sides:
    """The reader's page and those of librarians, about one commission."""

    def __init__(self, browser: Browser, service: Service, contexts: list[BrowserContext]) -> None:
        self._browser, self._service, self._contexts = browser, service, contexts
        self._desks: dict[str, Page] = {}
        self._people: dict[str, StaffMember] = {}
        self.reader = self._context().new_page()
        self.commission_id = UUID(int=0)

    def open_form(self, code: str) -> Page:
        """Open the reader's form of a service."""
        self.reader.goto(f"{self._service.address}/services/JZU/{code}")
        expect(self.reader.get_by_role("button", name="提交委托")).to_be_visible()
        return self.reader

    def submit(self) -> None:
        """Hand the form in, and wait until the library has it."""
        self.reader.get_by_role("button", name="提交委托").click()
        in_state(self.reader, "待受理")
        found = re.search(r"/c/([0-9a-f-]{36})", self.reader.url)
        assert found is not None
        self.commission_id = UUID(found[1])

    def desk(self, login: str, part: str = "") -> Page:
        """Return the page of a librarian about the commission, as it is now."""
        if login not in self._desks:
            token = sign_in(self._service, login)
            self._people[login] = signing_in.recognise_staff(self._service.place, token)
            context = self._context()
            context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": self._service.address}])
            self._desks[login] = context.new_page()
        page = self._desks[login]
        page.goto(f"{self._service.address}/console/commissions/{self.commission_id}{part}")
        return page

    def person(self, login: str) -> StaffMember:
        """Return who a librarian is, to do what is no matter of this test."""
        self.desk(login)
        return self._people[login]

    def take(self, login: str, label: str) -> Page:
        """Let a librarian take a step of the side, without a word."""
        page = self.desk(login)
        side = page.get_by_role("region", name="现在要做的")
        summary = side.locator("summary", has_text=re.compile(f"^{label} …$"))
        button = side.get_by_role("button", name=label, exact=True)
        expect(summary.or_(button).first).to_be_visible()
        if summary.count():
            summary.click()
        button.click()
        return done(page)

    def quote(self, login: str, **counted: str) -> None:
        """Fill the library's part in, and send the quote that the price list gives."""
        page = self.desk(login, "/quote")
        for field, value in counted.items():
            page.locator(f"input[name=f_{field}]").fill(value)
        if counted:
            page.get_by_role("button", name="保存并重新计价").click()
            done(page)
        page.get_by_role("button", name="发出报价").click()
        done(page)

    def log(self, login: str, database: str) -> None:
        """Write a step of the search down."""
        page = self.desk(login, "/log")
        page.get_by_label("数据库", exact=True).fill(database)
        page.get_by_label("检索式", exact=True).fill("AU=(Wang XD) AND OG=(Jiangzhou)")
        page.get_by_label("命中", exact=True).fill("12")
        page.get_by_label("检索式", exact=True).press("Control+Enter")
        expect(page.locator(".log-entry")).to_have_count(1)

    def add_result(self, login: str, name: str) -> None:
        """Add a file as the result."""
        page = self.desk(login, "/talk")
        page.get_by_label("用途").select_option(label="成果")
        page.get_by_label("添加文件").set_input_files(paper(name))
        expect(page.get_by_role("link", name=name)).to_be_visible()

    def report(self, login: str) -> None:
        """Begin the report and write what only a person can say."""
        written_report(self._service.place, self.person(login), self.commission_id)

    def answer(self, label: str, state: str) -> None:
        """Let the reader press a step, and wait for what comes of it."""
        self.reader.get_by_role("button", name=label, exact=True).first.click()
        in_state(self.reader, state)

    def look(self, name: str, login: str = "") -> None:
        """Keep a picture where somebody asked for one, wide and narrow."""
        page = self._desks[login] if login else self.reader
        for width in (1280, 390) if _SHOTS else ():
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=str(Path(_SHOTS) / f"{name}-{width}.png"), full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})

    def _context(self) -> BrowserContext:
        size = {"width": 1280, "height": 900}
        opened = self._browser.new_context(locale="zh-CN", viewport=size, timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
        opened.set_default_timeout(PATIENCE)
        self._contexts.append(opened)
        return opened


@pytest.fixture
def sides(browser: Browser, service: Service, contexts: list[BrowserContext]) -> Sides:
    """A reader who has nothing yet, and librarians who come when they are called."""
    return Sides(browser, service, contexts)


def paper(name: str) -> FilePayload:
    """Return a small PDF as a browser sends it."""
    return FilePayload(name=name, mimeType="application/pdf", buffer=PDF)


def done(page: Page) -> Page:
    """Wait until the page says that something was done."""
    expect(page.locator(".notice-good[role=status]")).to_be_visible()
    return page


def fetched(page: Page, link: Locator) -> bytes:
    """Press something that downloads a file; return its content."""
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def test_a_topic_consultation_is_quoted_reviewed_paid_and_accepted(sides: Sides) -> None:
    page = sides.open_form("topic_consultation")
    write(
        page,
        {
            "课题名称": "渡口与城市的文献",
            "研究背景与目的": "准备一门通识课，想了解渡口与城市书写的研究情况。",
            **READER,
        },
    )
    write(page, {"中文检索词": "渡口", "院系或单位": "江边中学"})
    page.get_by_label(re.compile("^学科（中图法大类）")).first.select_option("I")
    tick(page, "综述", "校外")
    sides.submit()

    sides.take("lin.yue", "受理")
    sides.quote("lin.yue", hours="10")
    in_state(sides.reader, "已报价")
    sides.answer("接受报价", "已确认")
    sides.take("lin.yue", "开始检索")
    sides.log("lin.yue", "中国知网")
    sides.report("lin.yue")
    sides.take("lin.yue", "送审")
    sides.take("zhou.qing", "审核通过，请读者付款")
    sides.take("zhou.qing", "确认到账")
    sides.add_result("lin.yue", "综述.pdf")
    sides.take("lin.yue", "交付")

    in_state(sides.reader, "已交付")
    assert fetched(sides.reader, sides.reader.get_by_role("button", name="综述.pdf")).startswith(b"%PDF")
    sides.look("topic-delivered")
    sides.answer("确认验收", "已办结")


def test_a_citation_search_ends_with_a_sealed_report_as_word_and_pdf(sides: Sides) -> None:
    page = sides.open_form("citation_search")
    write(page, {**TEXTS, **READER})
    tick(page, *TICKS)
    page.get_by_role("button", name="粘贴列表").click()
    page.get_by_label("在此粘贴列表").fill(PASTED)
    page.get_by_role("button", name="读取列表").click()
    expect(page.locator(".paper")).to_have_count(2)
    sides.submit()

    sides.take("lin.yue", "受理")
    sides.quote("lin.yue")
    in_state(sides.reader, "已报价")
    sides.answer("接受报价", "已确认")
    sides.take("lin.yue", "开始检索")
    sides.log("lin.yue", "SCIE")
    sides.report("lin.yue")
    sides.take("lin.yue", "送审")
    sides.take("zhou.qing", "审核通过")
    sides.take("zhou.qing", "签字盖章，请读者付款")
    issue(sides)
    sides.take("zhou.qing", "确认到账")
    sides.take("lin.yue", "交付")

    in_state(sides.reader, "已交付")
    sides.look("citation-delivered")
    opened_as_word_and_pdf(sides.reader)
    sides.answer("确认验收", "已办结")


def test_a_novelty_search_is_paid_before_and_reviewed_by_a_second_person(sides: Sides, service: Service) -> None:
    page = sides.open_form("novelty_search")
    essentials = (
        "本项目研究古渡口遗址的数字化保护，建立三维模型与文献索引的关联，提出面向公众的展示方法，并验证其效果。" * 2
    )
    write(
        page,
        {"项目名称（中文）": "古渡口数字化保护研究", "科学技术要点": essentials, "院系或单位": "江边研究所", **READER},
    )
    write(
        page,
        {"查新点": "渡口三维建模\n文献索引关联\n公众展示方法\n遗址验证\n多语导览", "中文检索词": "渡口\n数字化保护"},
    )
    page.get_by_label(re.compile("^学科（中图法大类）")).first.select_option("T")
    tick(page, "国内", "立项", "有无相同或类似研究", "校外", "电子版")
    page.get_by_role("group", name=re.compile("内容和材料真实")).get_by_role("checkbox").check()
    sides.submit()

    sides.take("lin.yue", "受理")
    quoting = sides.desk("lin.yue", "/quote")
    # Two points over the three that are included.
    expect(quoting.locator(".reckoning").first).to_contain_text("查新点")
    sides.look("novelty-quote", "lin.yue")
    sides.quote("lin.yue")
    in_state(sides.reader, "已报价")
    sides.reader.get_by_role("button", name=re.compile("^接受报价")).first.click()
    in_state(sides.reader, "待付款")
    sides.reader.locator("#proof-input").set_input_files(paper("付款凭证.pdf"))
    expect(sides.reader.get_by_text("付款凭证已收到").first).to_be_visible()
    sides.look("novelty-proof")
    sides.take("zhou.qing", "确认到账")
    sides.take("lin.yue", "开始检索")
    sides.log("lin.yue", "国家科技报告库")
    sides.report("lin.yue")
    sides.take("lin.yue", "送审")
    # Whoever searched does not review.
    expect(sides.desk("lin.yue").get_by_role("button", name="审核通过", exact=True)).to_have_count(0)
    sides.take("zhou.qing", "审核通过")
    # Its number is part of the report's.
    chief = sides.person("zhou.qing")
    administering.set_setting(service.place, chief, "JZU", REPORT_AGENCY.key, "32001", is_locked=False)
    sides.take("zhou.qing", "签字盖章")
    issue(sides)
    sides.take("lin.yue", "交付")

    in_state(sides.reader, "已交付")
    opened_as_word_and_pdf(sides.reader)
    sides.look("novelty-delivered")
    sides.answer("确认验收", "已办结")


def test_a_proxy_search_ends_with_its_result(sides: Sides) -> None:
    page = sides.open_form("proxy_search")
    write(page, {"代查事项": "查一篇旧文的馆藏地", "院系或单位": "文学院", **READER})
    tick(page, "馆藏地", "成员馆", "本校师生")
    page.get_by_role("button", name="添加一篇论文").click()
    page.get_by_label("题名", exact=True).fill("津渡志")
    sides.submit()

    sides.take("lin.yue", "受理")
    sides.quote("lin.yue")
    in_state(sides.reader, "已报价")
    sides.answer("接受报价", "已确认")
    sides.take("lin.yue", "开始查找")
    sides.log("lin.yue", "联合目录")
    sides.add_result("lin.yue", "代查结果.pdf")
    charged = sides.desk("lin.yue").get_by_role("button", name="完成，请读者付款", exact=True)
    if charged.count() and not sides.desk("lin.yue").get_by_role("button", name="交付", exact=True).count():
        sides.take("lin.yue", "完成，请读者付款")
        sides.take("zhou.qing", "确认到账")
    sides.take("lin.yue", "交付")

    in_state(sides.reader, "已交付")
    assert fetched(sides.reader, sides.reader.get_by_role("button", name="代查结果.pdf")).startswith(b"%PDF")
    sides.answer("确认验收", "已办结")


def test_a_document_is_delivered_by_a_second_library_that_does_not_learn_for_whom(
    sides: Sides, service: Service
) -> None:
    page = sides.open_form("document_delivery")
    tick(page, "期刊论文")
    write(page, {"题名": "渡口与书院", "刊名或会议录名": "示例学报", **READER})
    for key, value in {"year": "2020", "issue": "2", "pages": "1-12"}.items():
        page.locator(f"#f-v-{key}").fill(value)
    tick(page, "科研", "普通（3 个工作日）", "校外")
    page.get_by_role("group", name=re.compile("遵守著作权法")).get_by_role("checkbox").check()
    sides.submit()
    listed = sides.desk("zhou.qing")
    listed.goto(f"{service.address}/console/network/JZU/suppliers?to=LHNU")
    adding = listed.locator("#add-library")
    adding.locator("select[name=library]").select_option("LHNU")
    adding.locator("input[name=subsidy_percent]").fill("50")
    adding.get_by_role("button", name="添加", exact=True).click()
    done(listed)
    sides.look("suppliers", "zhou.qing")

    home = sides.take("lin.yue", "受理，核查本馆")
    expect(home.get_by_text("未超出复制限制和限额。")).to_be_visible()
    sides.look("delivery-dispatch", "lin.yue")
    home.locator("#supply").get_by_role("button", name="转入调度").click()
    done(home)
    in_state(sides.reader, "待供方受理")

    theirs = sides.take("xu.ning", "同意提供")
    expect(theirs.get_by_text("渡口与书院").first).to_be_visible()
    expect(theirs.get_by_text("王小渡")).to_have_count(0)
    theirs.locator("#supply input[type=file]").first.set_input_files(paper("渡口与书院.pdf"))
    expect(theirs.get_by_role("link", name="渡口与书院.pdf")).to_be_visible()
    theirs.get_by_label("复制页数").fill("12")
    sides.look("delivery-supplier", "xu.ning")
    theirs.locator("#supply").get_by_role("button", name="传递", exact=True).click()
    done(theirs)

    in_state(sides.reader, "已传递")
    sides.look("delivery-delivered")
    assert fetched(sides.reader, sides.reader.get_by_role("button", name="渡口与书院.pdf")).startswith(b"%PDF")
    deliver_again(sides)
    sides.answer("确认收到", "已收到")
    sides.take("lin.yue", "结算，请读者付款")
    sides.take("zhou.qing", "确认到账")
    expect(sides.take("lin.yue", "办结").get_by_text("馆际已结算")).to_be_visible()
    settled = sides.desk("zhou.qing")
    settled.goto(f"{service.address}/console/settlements?library=JZU")
    expect(settled.get_by_role("region", name="应付供方").first).to_contain_text("1.80")
    sides.look("delivery-settlement", "zhou.qing")
    in_state(sides.reader, "已办结")


def deliver_again(sides: Sides) -> None:
    """Let the reader object and the supplier, who learns why and not from whom, put it right."""
    objects(sides.reader, "我是王小渡：第 7 页缺失，请重发。")
    again = sides.desk("xu.ning")
    expect(again.locator("#objection")).to_contain_text("第 7 页缺失，请重发。")
    expect(again.get_by_text("王小渡")).to_have_count(0)
    assert complaints(again) == []
    again.locator("#supply input[type=file]").first.set_input_files(paper("渡口与书院-补全.pdf"))
    expect(again.get_by_role("link", name="渡口与书院-补全.pdf")).to_be_visible()
    sides.look("delivery-objection", "xu.ning")
    again.locator("#supply").get_by_role("button", name="重新传递", exact=True).click()
    done(again)
    in_state(sides.reader, "已传递")
    expect(sides.reader.get_by_role("button", name="渡口与书院-补全.pdf")).to_be_visible()


def objects(page: Page, reason: str) -> None:
    """Say what is wrong with the copy."""
    page.get_by_role("button", name="反映问题").click()
    page.get_by_label("原因（图书馆会看到）").fill(reason)
    page.get_by_role("button", name="反映问题").last.click()
    in_state(page, "问题处理中")


def issue(sides: Sides) -> None:
    """Let the signer have the files drawn, where that did not begin by itself."""
    page = sides.desk("zhou.qing", "/report")
    button = page.locator('form[action$="/report/issue"] button')
    files = page.locator("a.with-clip", has_text=re.compile("^(PDF|Word)$"))
    expect(button.or_(files).first).to_be_visible()
    if button.count():
        button.click()
    expect(files).to_have_count(2, timeout=4 * PATIENCE)
    sides.look("report-issued", "zhou.qing")


def opened_as_word_and_pdf(page: Page) -> None:
    """Fetch the report in both forms, and open both."""
    pdf = fetched(page, page.get_by_role("button", name=re.compile(r"\.pdf$")).first)
    assert pdf.startswith(b"%PDF")
    word = fetched(page, page.get_by_role("button", name=re.compile(r"\.docx$")).first)
    assert "word/document.xml" in ZipFile(BytesIO(word)).namelist()
