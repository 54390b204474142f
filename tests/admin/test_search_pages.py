"""The pages of the search, the record, wall screens and the reader's window."""

import re
from uuid import UUID

import pytest

from qa_server.desk import answering, asking, keeping_words
from qa_server.people.models import Role, RoleGrant
from tests.admin.conftest import Doors, Visit
from tests.commissions.village_work import submitted
from tests.village import Village, come_in, question

_LINK = re.compile(r"/wall#([A-Za-z0-9_-]{43})")
_FRAME = re.compile(r'<iframe[^>]* sandbox="allow-scripts"')


@pytest.fixture
def asked(doors: Doors, townsfolk: Village) -> UUID:
    """A question at library A with markup in it, and one at library B, both to be found by 续借."""
    ids = []
    for library, text in (("AAA", "怎么<b>续借</b>?"), ("BBB", "外馆续借")):
        reader, _ = come_in(doors.place, library)
        ids.append(asking.ask(doors.place, reader, question(text))[0].conversation.id)
    answering.claim(doors.place, townsfolk.lin, ids[0])
    keeping_words.take_up_missed(doors.place, is_whole=True)
    return ids[0]


@pytest.fixture
def dispatcher(doors: Doors, townsfolk: Village) -> Visit:
    """CHEN, who supervises library A."""
    with doors.place.database.write() as session:
        grant = RoleGrant(librarian_id=townsfolk.chen.id, library_id=townsfolk.library_a, role=Role.DISPATCHER)
        session.add(grant)
    return doors.sign_in("chen")


def test_the_search_marks_words_and_makes_no_markup_of_them(doors: Doors, asked: UUID) -> None:
    page = doors.sign_in("lin").client.get("/console/search?q=续借").text
    assert "怎么&lt;b&gt;<mark>续借</mark>&lt;/b&gt;?" in page
    assert f"/console/history/{asked}" in page
    assert "外馆" not in page
    assert "1 conversations" in page
    assert "外馆" in doors.sign_in("grace").read("/console/search?q=续借")


def test_a_filter_that_is_gone_is_named(doors: Doors, townsfolk: Village, asked: UUID) -> None:
    page = doors.sign_in("lin").read(f"/console/search?desk={townsfolk.desk_b}&library=ZZZ")
    assert "Nothing can be found: this is gone, or not yours to see: Desk, Home library." in page


def test_articles_are_searched_where_one_may_see_them(doors: Doors) -> None:
    page = doors.sign_in("grace").read("/console/search?in=articles&q=研讨室")
    assert "<mark>研讨室</mark>" in page
    assert "1 articles" in page
    assert "No article fits." in doors.sign_in("lin").read("/console/search?in=articles&q=研讨室")
    assert "not yours to see: Belongs to." in doors.sign_in("lin").read("/console/search?in=articles&owner=BBB")


def test_a_view_is_saved_begins_the_search_and_is_deleted(doors: Doors, asked: UUID) -> None:
    lin = doors.sign_in("lin")
    saved = lin.post("/console/search/views", q="续借", state="open", name="我的续借").headers["location"]
    view = saved.partition("view=")[2].partition("&")[0]
    assert "我的续借" in lin.read(saved)
    lin.post(f"/console/search/views/{view}", name="续借", default="1", pinned="1", q="续借")
    begun = lin.client.get("/console/search", follow_redirects=False)
    assert f"view={view}" in begun.headers["location"]
    assert lin.client.get("/console/search?all=1", follow_redirects=False).status_code == 200
    chen = doors.sign_in("chen")
    assert chen.post(f"/console/search/views/{view}", delete="1").status_code == 404
    lin.post(f"/console/search/views/{view}", delete="1")
    assert "我的续借" not in lin.read("/console/search")


def test_a_view_without_a_name_comes_back_with_the_reason(doors: Doors) -> None:
    refused = doors.sign_in("lin").post("/console/search/views", q="续借", name=" ")
    assert refused.status_code == 422
    assert "A view needs a name" in refused.text
    assert 'value="续借"' in refused.text


def test_who_supervises_shares_a_view_with_the_desk(
    doors: Doors, townsfolk: Village, dispatcher: Visit, asked: UUID
) -> None:
    lin = doors.sign_in("lin")
    assert lin.post("/console/search/views", name="x", share=f"desk:{townsfolk.desk_a}").status_code == 403
    dispatcher.post("/console/search/views", name="全台", q="续借", share=f"desk:{townsfolk.desk_a}")
    assert "全台" in lin.read("/console/search")
    assert "全台" not in doors.sign_in("grace").read("/console/search")


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbfNumber"), ("xlsx", b"PK")])
def test_results_are_exported_by_a_form_of_the_page(doors: Doors, asked: UUID, form: str, begins: bytes) -> None:
    lin = doors.sign_in("lin")
    answer = lin.post("/console/search/export", q="续借", form=form)
    assert answer.content.startswith(begins)
    assert f".{form}" in answer.headers["content-disposition"]
    forged = lin.client.post("/console/search/export", data={"q": "续借", "form": form})
    assert forged.status_code == 403


def test_a_supervisor_opens_what_the_search_found(doors: Doors, dispatcher: Visit, townsfolk: Village) -> None:
    reader, _ = come_in(doors.place, "BBB")
    elsewhere = asking.ask(doors.place, reader, question("外馆"))[0].conversation.id
    assert dispatcher.client.get(f"/console/history/{elsewhere}").status_code == 404
    with doors.place.database.write() as session:
        session.add(RoleGrant(librarian_id=townsfolk.chen.id, library_id=townsfolk.library_b, role=Role.DISPATCHER))
    assert "外馆" in dispatcher.read(f"/console/history/{elsewhere}")


def test_the_record_shows_reads_and_leaves_as_csv(doors: Doors, centre: Visit, asked: UUID) -> None:
    doors.sign_in("lin").post("/console/search/export", q="续借", form="csv")
    page = centre.read("/console/network/AAA/changes?kind=exports")
    assert "Export finished" in page
    assert '<span class="quiet">Rows</span> 1</span>' in page
    taken = centre.post("/console/network/AAA/changes/export", kind="exports")
    assert "Export finished" in taken.text
    assert taken.text.startswith("\ufeffWhen,Node,Who")
    # Zhou works at library A: that the record was taken out stands there too.
    assert "record" in centre.read("/console/network/AAA/changes?kind=exports&login=zhou")
    assert doors.sign_in("lin").post("/console/network/AAA/changes/export").status_code == 403


def test_a_display_gets_numbers_by_its_link_and_nothing_when_it_is_revoked(
    doors: Doors, centre: Visit, asked: UUID
) -> None:
    made = centre.post("/console/board/AAA/screens", name="Hall")
    token = _LINK.search(made.text)
    assert token is not None
    display = doors.stranger()
    page = display.get("/wall")
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "AAA" not in page.text
    answer = display.get("/api/v1/wall", headers={"Authorization": f"Bearer {token.group(1)}"})
    assert answer.json()["totals"]["active"] == 1
    assert "续借" not in answer.text
    screens = centre.read("/console/board/AAA/screens")
    assert token.group(1) not in screens
    revoke = re.search(r'action="(/console/board/AAA/screens/[^"]+/revoke)"', screens)
    assert revoke is not None
    centre.post(revoke.group(1))
    gone = display.get("/api/v1/wall", headers={"Authorization": f"Bearer {token.group(1)}"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (401, "display_unknown")
    assert display.get("/api/v1/wall").status_code == 401


def test_the_wall_of_a_node_is_for_who_supervises_it(doors: Doors, dispatcher: Visit, asked: UUID) -> None:
    assert "board/AAA/wall.json" in dispatcher.read("/console/board/AAA/wall")
    assert dispatcher.client.get("/console/board/AAA/wall.json").json()["totals"]["active"] == 1
    assert dispatcher.client.get("/console/board/BBB/wall.json").status_code == 403
    assert doors.sign_in("lin").client.get("/console/board/AAA/wall").status_code == 403


def test_the_window_is_set_with_rows_and_the_page_of_readers_follows(doors: Doors, centre: Visit) -> None:
    page = centre.read("/console/network/AAA/widget")
    assert _FRAME.search(page)
    assert 'data-library="AAA"' in page
    fields = {
        "widget.colour": "#0d5c63",
        "widget.side": "start",
        "widget.greeting_en": "Ask us",
        "field-sent": "1",
        "field-0-kind": "choice",
        "field-0-label_zh": "身份",
        "field-0-label_en": "Your status",
        "field-0-choices": "教师 | Teacher\n学生 | Student\n",
        "field-0-is_required": "1",
        "field-1-kind": "text",
        "question-sent": "1",
        "web_origins": "https://lib.example.edu.cn",
    }
    assert centre.post("/console/network/AAA/widget", **fields).headers["location"].endswith("done=saved")
    told = doors.stranger().get("/api/v1/libraries/AAA/widget").json()
    assert (told["side"], told["greeting_en"]) == ("start", "Ask us")
    (field,) = told["form_fields"]
    assert (field["key"], field["is_required"]) == ("your_status", True)
    assert field["choices"] == [{"zh": "教师", "en": "Teacher"}, {"zh": "学生", "en": "Student"}]
    again = centre.read("/console/network/AAA/widget")
    assert "教师 | Teacher" in again
    centre.post("/console/network/AAA/widget", inherit="1")
    assert doors.stranger().get("/api/v1/libraries/AAA/widget").json()["form_fields"] == []


def test_a_window_that_does_not_fit_is_refused_and_shown_as_typed(doors: Doors, centre: Visit) -> None:
    refused = centre.post("/console/network/AAA/widget", **{"widget.colour": "#ffff00", "widget.greeting_en": "Typed"})
    assert refused.status_code == 422
    assert "Choose a darker one." in refused.text
    assert "Typed" in refused.text
    assert doors.stranger().get("/api/v1/libraries/AAA/widget").json()["greeting_en"] is None


def test_a_draft_of_the_window_is_told_and_not_saved(doors: Doors, centre: Visit) -> None:
    typed = {"widget.greeting_en": "Draft", "widget.colour": "#ffff00"}
    told = centre.post("/console/network/AAA/widget/draft", **typed).json()
    assert told["settings"]["greeting_en"] == "Draft"
    assert "darker" in told["problems"]["widget.colour"]
    assert doors.stranger().get("/api/v1/libraries/AAA/widget").json()["greeting_en"] is None
    assert doors.sign_in("lin").post("/console/network/AAA/widget/draft", **typed).status_code == 403


def test_the_preview_may_be_framed_by_its_own_page_only(doors: Doors, centre: Visit) -> None:
    answer = centre.client.get("/console/network/AAA/widget/preview")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert '<wenjin-chat library="AAA"' in answer.text
    assert doors.sign_in("lin").client.get("/console/network/AAA/widget/preview").status_code == 403


def test_commissions_are_searched_saved_as_a_view_and_exported(doors: Doors) -> None:
    submitted(doors.place, come_in(doors.place)[0])
    lin = doors.sign_in("lin")

    page = lin.read("/console/search?in=commissions&q=收录引用")

    assert "<mark>收录引用</mark>" in page
    assert "1 commissions" in page
    assert '<a href="/console/search?in=commissions" aria-current="page">' in page
    assert "No commission fits." in lin.read("/console/search?in=commissions&state=is-ended")
    assert "not yours to see: Library or node, Holder." in lin.read(
        "/console/search?in=commissions&node=ZZZ&holder=nobody"
    )
    assert "No commission fits." in doors.sign_in("grace").read("/console/search?in=commissions")
    given = {"in": "commissions", "q": "收录引用", "service": "citation_search"}
    saved = lin.post("/console/search/views", **given, name="我的查收").headers["location"]
    assert "<mark>收录引用</mark>" in lin.read(saved)
    view = saved.partition("view=")[2].partition("&")[0]
    refill = {"in": "commissions", "state": "is-open", "name": "在办", "refill": "1"}
    lin.post(f"/console/search/views/{view}", **refill)
    again = lin.read("/console/search?in=commissions")
    assert f"in=commissions&state=is-open&view={view}" in again
    for form, begins in (("csv", b"\xef\xbb\xbfNumber,Service"), ("xlsx", b"PK")):
        answer = lin.post("/console/search/export", **given, form=form)
        assert answer.content.startswith(begins)
        assert "wenjin-commissions-" in answer.headers["content-disposition"]
