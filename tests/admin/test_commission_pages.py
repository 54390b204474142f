"""The librarians' pages about commissions: shelves, one commission, its steps, its log, its price."""

import re
from uuid import UUID

import pytest
from sqlalchemy import func, select

from qa_server.commissions.definition import Operation
from qa_server.commissions.queries import PAGE_ENTRIES
from qa_server.desk import answering, asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting, working
from qa_server.people.audit import Action
from qa_server.people.audit_models import AuditEntry
from qa_server.people.queries import librarian_by_login, staff_member
from qa_server.people.rights import StaffMember
from tests.admin.conftest import Doors, Visit
from tests.commissions.test_records import write
from tests.commissions.village_work import answers, searched, staff, submitted, under_way
from tests.village import Village, come_in, new_client_id, question

PAGE = "/console/commissions"


@pytest.fixture
def asker(doors: Doors) -> KnownReader:
    """A reader of library A."""
    return come_in(doors.place)[0]


@pytest.fixture
def lin(doors: Doors) -> Visit:
    """LIN at a browser."""
    return doors.sign_in("lin")


def fields(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form with this action."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def press(visit: Visit, commission_id: UUID, key: str, **more: str) -> int:
    """Take a step as its form on the page does; return the status."""
    action = f"{PAGE}/{commission_id}/steps/{key}"
    hidden = fields(visit.read(f"{PAGE}/{commission_id}"), action)
    return visit.post(action, **{**hidden, **more}).status_code


def test_what_waits_stands_in_the_list_and_in_the_bar(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    submitted(doors.place, asker)

    page = lin.read(PAGE)

    assert "王小渡论文收录引用检索" in page
    assert re.search(r'Commissions <span class="tally"[^>]*>1</span>', page)
    assert "王小渡论文" not in doors.sign_in("grace").read(PAGE)


def test_a_search_by_number_or_words_looks_on_all_shelves(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    commission_id = submitted(doors.place, asker)
    number = handling.read(doors.place, doors_person(doors, "lin"), commission_id, language="en").number

    for words in (number, number[-5:], "收录引用", "王小渡 检索"):
        assert number in lin.read(f"{PAGE}?q={words}"), words
    assert "Nothing fits" in lin.read(f"{PAGE}?q=没有这样的课题")
    assert "Nothing fits" in lin.read(f"{PAGE}?q=检索&library=BBB")
    assert number in lin.read(f"{PAGE}?q=检索&library=AAA&service=citation_search")


def test_the_form_is_readable_and_its_papers_are_copied_as_ris(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    commission_id = submitted(doors.place, asker)

    page = lin.read(f"{PAGE}/{commission_id}")
    ris = lin.read(f"{PAGE}/{commission_id}/papers/papers.ris")

    assert "Promotion" in page or "promotion" in page
    assert "渡口考" in page
    assert "示例学报" in page
    assert "TI  - 渡口考" in ris
    assert "[1] 渡口考[J]. 示例学报, 2024" in lin.read(f"{PAGE}/{commission_id}/papers/papers.txt")


def test_how_to_reach_the_reader_is_shown_on_request_and_written_down(
    doors: Doors, townsfolk: Village, asker: KnownReader, lin: Visit
) -> None:
    commission_id = submitted(doors.place, asker)

    assert "13900000000" not in lin.read(f"{PAGE}/{commission_id}")
    assert looks(doors) == 0
    assert "13900000000" in lin.read(f"{PAGE}/{commission_id}?who=1")
    assert looks(doors) == 1


def test_a_step_pressed_twice_is_taken_once(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    commission_id = submitted(doors.place, asker)
    action = f"{PAGE}/{commission_id}/steps/accept"
    hidden = fields(lin.read(f"{PAGE}/{commission_id}"), action)

    first = lin.post(action, **hidden, days="5")
    second = lin.post(action, **hidden, days="5")

    assert (first.status_code, second.status_code) == (303, 303)
    view = handling.read(doors.place, doors_person(doors, "lin"), commission_id, language="en")
    assert [each.key for each in view.entries if each.kind == "transition"] == ["submit", "accept"]
    assert view.days == 5


def test_who_comes_second_is_told_the_name(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    commission_id = submitted(doors.place, asker)
    action = f"{PAGE}/{commission_id}/steps/accept"
    chen = doors.sign_in("chen")
    hidden = fields(chen.read(f"{PAGE}/{commission_id}"), action)
    assert press(lin, commission_id, "accept") == 303

    refused = chen.post(action, **hidden)

    assert refused.status_code == 409
    assert "Lin has already taken this commission" in refused.text


def test_a_return_names_the_fields_and_a_change_meanwhile_keeps_the_text(
    doors: Doors, asker: KnownReader, lin: Visit
) -> None:
    commission_id = submitted(doors.place, asker)
    action = f"{PAGE}/{commission_id}/steps/return_form"
    hidden = fields(lin.read(f"{PAGE}/{commission_id}"), action)
    requesting.say(doors.place, asker, commission_id, client_id=new_client_id(), body="补一句", language="zh")

    refused = lin.post(action, **hidden, reason="请写明第二篇的期刊")

    assert refused.status_code == 409
    assert "请写明第二篇的期刊" in refused.text
    assert "has just changed this commission" in refused.text
    assert press(lin, commission_id, "return_form", reason="请写明第二篇的期刊", lacking="papers") == 303
    seen = requesting.read(doors.place, asker, commission_id, language="zh")
    assert seen.state == "returned"
    assert seen.entries[-1].body == "请补充：论文列表\n请写明第二篇的期刊"


def test_the_quote_is_filled_from_the_price_list(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    commission_id = submitted(doors.place, asker)
    press(lin, commission_id, "accept")
    page = lin.read(f"{PAGE}/{commission_id}/quote")
    action = f"{PAGE}/{commission_id}/quote/quote"
    hidden = fields(page, action)
    assert 'value="40.00"' in page

    refused = lin.post(action, **hidden, total="30,00x", days="3", valid_days="7", note="老读者")
    assert refused.status_code == 422
    assert "老读者" in refused.text
    assert lin.post(action, **hidden, total="30.00", days="3", valid_days="7", note="老读者").status_code == 303

    quote = requesting.read(doors.place, asker, commission_id, language="zh").quotes[0]
    assert (str(quote.total), str(quote.reckoned), quote.note, quote.days) == ("30.00", "40.00", "老读者", 3)


def test_the_work_log_takes_steps_corrections_and_rows(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    person = doors_person(doors, "lin")
    commission_id = under_way(doors.place, asker, person)
    action = f"{PAGE}/{commission_id}/log"
    hidden = fields(lin.read(action), action)
    entry = {"database": "SCIE", "years": "2019–2025", "strategy": "AU=(Wang XD)", "hits": "12", "minutes": "20"}

    assert [lin.post(action, **hidden, **entry).status_code for _ in range(2)] == [303, 303]
    (first,) = working.log(doors.place, person, commission_id)
    hidden = fields(lin.read(f"{action}?fix={first.id}"), action)
    assert hidden["replaces"] == str(first.id)
    lin.post(action, **hidden, **{**entry, "hits": "13"})
    (corrected,) = working.log(doors.place, person, commission_id)
    assert (corrected.hits, [each.hits for each in corrected.earlier]) == (13, [12])

    rows = "数据库\t年限\t检索式\t命中\nEI\t2020-2025\tWN AU\t1,204\t7\t15\nCSCD\t\t作者=王小渡\t3"
    hidden = fields(lin.read(action).partition('id="rows"')[2], action)
    refused = lin.post(action, **hidden, rows="EI\t2020\tx\t很多")
    assert refused.status_code == 422
    assert "很多" in refused.text
    assert lin.post(action, **hidden, rows=rows).status_code == 303
    log = working.log(doors.place, person, commission_id)
    assert [(each.database, each.hits, each.minutes) for each in log] == [
        ("SCIE", 13, 20),
        ("EI", 1204, 15),
        ("CSCD", 3, 0),
    ]
    assert "In all 0 h 35 min" in lin.read(action)


def test_a_strategy_is_kept_used_and_removed(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    person = doors_person(doors, "lin")
    commission_id = under_way(doors.place, asker, person)
    searched(doors.place, person, commission_id)
    kept = {"title": "作者检索", "database": "SCIE", "strategy": "AU=(Wang XD)"}
    for _ in range(2):
        assert lin.post(f"{PAGE}/{commission_id}/strategies", **kept).status_code == 303
    (strategy,) = working.strategies(doors.place, person, commission_id)

    used = lin.post(f"{PAGE}/{commission_id}/strategies/{strategy.id}")

    assert used.status_code == 200
    assert 'value="SCIE"' in used.text
    assert working.strategies(doors.place, person, commission_id)[0].uses == 1
    lin.post(f"{PAGE}/{commission_id}/strategies/{strategy.id}", drop="1")
    assert working.strategies(doors.place, person, commission_id) == []


def test_a_note_stays_with_colleagues_and_a_message_does_not(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    commission_id = submitted(doors.place, asker)
    action = f"{PAGE}/{commission_id}/talk"
    hidden = fields(lin.read(action), action)
    lin.post(action, **hidden, body="请稍等，正在核对")
    hidden = fields(lin.read(action), action)
    lin.post(action, **hidden, body="这位读者上次没付款", note="1")

    assert "这位读者上次没付款" in lin.read(f"{PAGE}/{commission_id}/record")
    seen = [each.body for each in requesting.read(doors.place, asker, commission_id, language="zh").entries]
    assert "请稍等，正在核对" in seen
    assert "这位读者上次没付款" not in seen


def test_a_cancellation_tells_its_fee_before(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    commission_id = under_way(doors.place, asker, doors_person(doors, "lin"))

    assert "costs CNY 20.00 now" in lin.read(f"{PAGE}/{commission_id}")
    assert press(lin, commission_id, "cancel_by_library", reason="读者来电取消", at_readers_wish="1") == 303
    view = requesting.read(doors.place, asker, commission_id, language="zh")
    assert (view.state, str(view.price)) == ("cancelled", "20.00")


def test_a_draft_article_of_the_outcome_says_nothing_of_the_reader(
    doors: Doors, asker: KnownReader, lin: Visit
) -> None:
    person = doors_person(doors, "lin")
    commission_id = under_way(doors.place, asker, person)
    searched(doors.place, person, commission_id)
    answers(doors.place, asker, commission_id, Operation.CANCEL)
    page = lin.read(f"{PAGE}/{commission_id}/article")
    assert "王小渡" not in page.partition("<h2")[2]
    assert "AU=(Wang XD)" in page

    made = lin.post(
        f"{PAGE}/{commission_id}/article", question="怎么查某人的收录？", answer="王小渡老师（13900000000）这样查：AU="
    )

    assert made.status_code == 303
    article = lin.read(made.headers["location"].removesuffix("/edit"))
    assert "AU=" in article
    assert "王小渡" not in article
    assert "13900000000" not in article
    assert str(commission_id) not in article


def test_a_chat_becomes_a_draft_that_only_its_reader_sees(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    person = doors_person(doors, "lin")
    submitted(doors.place, asker)
    asked = asking.ask(doors.place, asker, question("想做一个课题的文献调研"))[0]
    answering.claim(doors.place, person, asked.conversation.id)
    address = f"/console/conversations/{asked.conversation.id}/commission"
    hidden = fields(lin.read(address), address)

    pages = [lin.post(address, **hidden, service="topic_consultation").text for _ in range(2)]

    assert all("Its address was written to the reader" in page for page in pages)
    mine = requesting.mine(doors.place, asker, language="zh")[0]
    drafts = [each for each in mine if each.state == "draft"]
    assert [each.title for each in drafts] == ["想做一个课题的文献调研"]
    thread = answering.desk_thread(doors.place, person, asked.conversation.id, 0)
    assert sum(str(drafts[0].id) in (each.body or "") for each in thread.messages) == 1
    assert lin.client.get(f"{PAGE}/{drafts[0].id}").status_code == 404


def test_every_tab_opens_for_who_has_it_and_for_nobody_else(doors: Doors, asker: KnownReader, lin: Visit) -> None:
    person = doors_person(doors, "lin")
    commission_id = under_way(doors.place, asker, person)
    searched(doors.place, person, commission_id)
    staff(doors.place, person, commission_id, "pause", reason="等材料")
    grace = doors.sign_in("grace")

    for tab in ("", "/talk", "/log", "/quote", "/report", "/record"):
        assert "王小渡论文收录引用检索" in lin.read(f"{PAGE}/{commission_id}{tab}")
        assert grace.client.get(f"{PAGE}/{commission_id}{tab}").status_code == 404, tab


def doors_person(doors: Doors, login: str) -> StaffMember:
    """Return somebody of the village as use cases know them."""
    with doors.place.database.read() as session:
        row = librarian_by_login(session, login)
        assert row is not None
        found = staff_member(session, row.id, csrf_token="csrf")
        assert found is not None
        return found


def looks(doors: Doors) -> int:
    """Return how often it was written down that somebody saw who a reader is."""
    with doors.place.database.read() as session:
        found = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == Action.SAW_READER)
        return session.scalar(found) or 0


def test_a_long_course_shows_its_newest_and_leads_to_what_was_before(
    doors: Doors, asker: KnownReader, lin: Visit
) -> None:
    commission_id = submitted(doors.place, asker)
    write(doors.place, commission_id, PAGE_ENTRIES + 20)

    for tab in ("record", "talk"):
        newest = lin.read(f"{PAGE}/{commission_id}/{tab}")
        (way,) = re.findall(rf'href="([^"]+/{tab}\?before=\d+)"', newest)
        earlier = lin.read(way)

        assert f"第 {PAGE_ENTRIES + 19} 条" in newest
        assert "第 0 条" not in newest
        assert "To the newest" not in newest
        assert "第 0 条" in earlier
        assert f"第 {PAGE_ENTRIES + 19} 条" not in earlier
        assert "To the newest" in earlier
        assert "Show earlier entries" not in earlier
    # An address that somebody wrote shows the newest.
    assert f"第 {PAGE_ENTRIES + 19} 条" in lin.read(f"{PAGE}/{commission_id}/record?before=x")
