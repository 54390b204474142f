"""The reader's side over HTTP: what is theirs, what stays private, what a form is told, what survives."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from openpyxl import Workbook
from starlette.testclient import TestClient

from qa_server.desk.asking import recognise
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.workplace import Workplace
from tests.commissions.reader_desk import ReaderDesk
from tests.commissions.village_work import CITATION_VALUES, CONTACT, searched, staff
from tests.conftest import make_app
from tests.fakes import Clock
from tests.village import Village, new_client_id

RIS = b"""TY  - JOUR
AU  - Wang, Xiaodu
TI  - On fords
JO  - Journal of Fords
PY  - 2024
VL  - 3
SP  - 1
EP  - 9
DO  - 10.5555/ford.1
ER  -
TY  - JOUR
AU  - Wang, Xiaodu
TI  - On fords again
JO  - Journal of Fords
PY  - 2024
VL  - 3
SP  - 10
EP  - 12
DO  - 10.5555/FORD.1
SN  - 1234-5678
ER  -
"""


@pytest.fixture
def here(client: TestClient, app: FastAPI) -> Workplace:
    """The parts behind the client."""
    found: Workplace = app.state.place
    return found


@pytest.fixture
def desk(client: TestClient, here: Workplace) -> ReaderDesk:
    """A reader of library A."""
    return ReaderDesk(client, here)


ROUTES: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "", {}),
    ("GET", "/definition", {}),
    ("GET", "/estimate", {}),
    ("GET", "/cancellation", {}),
    ("GET", "/payment", {}),
    ("PUT", "/form", {"json": {"values": {"title": "别人的"}}}),
    ("POST", "/submission", {"json": {"client_id": "c" * 32}}),
    ("POST", "/steps/cancel", {"json": {"client_id": "c" * 32}}),
    ("POST", "/steps/accept_quote", {"json": {"client_id": "c" * 32}}),
    ("POST", "/messages", {"json": {"client_id": "c" * 32, "body": "您好"}}),
    ("POST", "/seen", {"json": {"seq": 1}}),
    ("PUT", "/rating", {"json": {"stars": 1}}),
    ("POST", "/files", {"content": b"x", "headers": {"X-File-Name": "a.txt", "X-Client-Id": "c" * 32}}),
    ("POST", "/files/{file}/link", {}),
    ("DELETE", "/files/{file}", {}),
    ("DELETE", "", {}),
]


def test_another_readers_commission_is_not_there_on_any_route(
    client: TestClient, here: Workplace, desk: ReaderDesk
) -> None:
    commission_id = desk.submitted()
    file = desk.send_file(commission_id, "page.txt", b"first page").json()
    assert desk.read(commission_id)["files"][0]["id"] == file["id"]
    before = desk.read(commission_id)
    other = ReaderDesk(client, here)
    elsewhere = ReaderDesk(client, here, "BBB")

    for stranger in (other, elsewhere):
        for method, path, given in ROUTES:
            address = f"/commissions/{commission_id}{path.format(file=file['id'])}"
            assert stranger.ask(method, address, **json_copy(given)).status_code == 404, (method, path)
        assert stranger.ask("GET", "/commissions").json()["items"] == []
    for method, path, given in ROUTES:
        nobody = client.request(method, f"/api/v1/commissions/{commission_id}{path.format(file=file['id'])}", **given)
        assert nobody.status_code == 401, (method, path)
    assert desk.read(commission_id) == before


def test_notes_log_and_working_files_never_reach_the_reader(
    desk: ReaderDesk, here: Workplace, townsfolk: Village
) -> None:
    commission_id = desk.submitted()
    lin = townsfolk.lin
    staff(here, lin, UUID(commission_id), "accept")
    staff(here, lin, UUID(commission_id), "quote", offer=Offer())
    desk.step(commission_id, "accept_quote")
    staff(here, lin, UUID(commission_id), "begin")
    seen = desk.read(commission_id)
    desk.ask("POST", f"/commissions/{commission_id}/seen", json={"seq": seen["last_seq"]})

    searched(here, lin, UUID(commission_id))
    handling.say(
        here, lin, UUID(commission_id), client_id=new_client_id(), body="内部：先查 EI", is_note=True, language="zh"
    )

    inside = handling.read(here, lin, UUID(commission_id), language="zh")
    assert {"log", "note"} <= {entry.kind for entry in inside.entries}
    view = desk.read(commission_id)
    assert not {"log", "note"} & {entry["kind"] for entry in view["entries"]}
    assert not [entry for entry in view["entries"] if entry["is_private"]]
    assert "先查 EI" not in json.dumps(view, ensure_ascii=False)
    assert view["staff_form"] == {}
    # What cannot be seen is no news either.
    assert desk.ask("GET", "/commissions").json()["items"][0]["has_news"] is False


def test_a_page_that_knows_the_present_state_gets_no_second_copy(
    desk: ReaderDesk, here: Workplace, townsfolk: Village
) -> None:
    commission_id = desk.submitted()
    first = desk.ask("GET", f"/commissions/{commission_id}")
    known = {"If-None-Match": first.headers["etag"]}

    again = desk.ask("GET", f"/commissions/{commission_id}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert "no-store" in first.headers["cache-control"]

    staff(here, townsfolk.lin, UUID(commission_id), "accept")
    assert desk.ask("GET", f"/commissions/{commission_id}", headers=known).json()["state"] == "accepted"


def test_the_estimate_follows_the_form_as_it_is_saved(desk: ReaderDesk) -> None:
    commission_id = desk.begin()["id"]
    assert desk.save(commission_id, {"affiliation": "outside", "papers": CITATION_VALUES["papers"]}).status_code == 200
    estimate = desk.ask("GET", f"/commissions/{commission_id}/estimate").json()
    # 20 for the certificate, 10 for each of two papers.
    assert (estimate["total"], estimate["currency"], estimate["days"]) == ("40.00", "CNY", 3)

    desk.save(commission_id, {"affiliation": "outside", "papers": CITATION_VALUES["papers"], "speed": "rush"})
    rushed = desk.ask("GET", f"/commissions/{commission_id}/estimate").json()
    assert (rushed["total"], rushed["days"]) == ("60.00", 1)


def test_what_a_cancellation_costs_is_said_before_and_charged_after(
    desk: ReaderDesk, here: Workplace, townsfolk: Village
) -> None:
    commission_id = desk.submitted()
    assert desk.ask("GET", f"/commissions/{commission_id}/cancellation").json()["fee"] == "0.00"
    staff(here, townsfolk.lin, UUID(commission_id), "accept")
    staff(here, townsfolk.lin, UUID(commission_id), "quote", offer=Offer())
    desk.step(commission_id, "accept_quote")
    staff(here, townsfolk.lin, UUID(commission_id), "begin")

    said = desk.ask("GET", f"/commissions/{commission_id}/cancellation").json()
    done = desk.step(commission_id, "cancel").json()

    assert (said["fee"], said["percent"], said["agreed"]) == ("20.00", "50", "40.00")
    assert (done["state"], done["price"]) == ("cancelled", said["fee"])


def test_a_list_is_read_from_ris_and_its_doubles_and_wrong_numbers_are_told(desk: ReaderDesk) -> None:
    found = desk.read_list(RIS, "papers.ris").json()
    assert (found["form"], [paper["title"] for paper in found["papers"]]) == ("ris", ["On fords", "On fords again"])

    remarks = desk.ask("POST", "/paper-lists/remarks", json={"papers": found["papers"]}).json()

    told = {(each["paper"], each["code"]) for each in remarks}
    assert {(1, "same_doi"), (2, "same_doi"), (2, "issn_invalid")} <= told
    assert next(each for each in remarks if each["code"] == "same_doi" and each["paper"] == 2)["other"] == 1
    assert all("{" not in each["message"] and not each["message"].isascii() for each in remarks)


def test_a_pasted_list_and_a_sheet_are_read_and_a_formula_stays_a_value(desk: ReaderDesk) -> None:
    pasted = desk.read_list("[1] 王小渡. 渡口考[J]. 示例学报, 2024, 3(1): 1-9.".encode()).json()
    assert (pasted["papers"][0]["title"], pasted["papers"][0]["year"]) == ("渡口考", 2024)

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["题名", "作者", "刊名", "年"])
    sheet.append(["问津考", "王小渡", "示例学报", 2025])
    sheet.append(['=HYPERLINK("http://evil.example","click")', "某人", "某刊", 2025])
    content = BytesIO()
    book.save(content)
    read = desk.read_list(content.getvalue(), "papers.xlsx").json()
    assert read["papers"][0]["title"] == "问津考"
    assert "HYPERLINK" not in json.dumps(read["papers"])


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"%PDF-1.7 nothing", 422, "paper_list_type_unknown"),
        (b"   \n ", 422, "paper_list_empty"),
        (b"x" * 8_000_001, 413, "paper_list_too_large"),
        (b"PK\x03\x04 broken", 422, "paper_list_damaged"),
    ],
)
def test_a_list_that_is_none_is_refused_in_a_sentence(desk: ReaderDesk, content: bytes, status: int, code: str) -> None:
    refused = desk.read_list(content)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert not refused.json()["error"]["message"].isascii()


def test_a_list_is_read_for_known_readers_only(client: TestClient) -> None:
    assert client.post("/api/v1/paper-lists", content=RIS).status_code == 401
    assert client.post("/api/v1/paper-lists/remarks", json={"papers": []}).status_code == 401


def test_a_form_with_some_hundred_papers_is_kept_whole(desk: ReaderDesk) -> None:
    papers = [{"title": f"第 {number} 篇论渡口与津梁的长题名" * 6, "year": 2024} for number in range(500)]
    commission_id = desk.begin()["id"]

    saved = desk.save(commission_id, {"title": "五百篇", "papers": papers})

    assert saved.status_code == 200, saved.text
    assert len(desk.read(commission_id)["form"]["papers"]) == 500


def test_a_form_beyond_all_measure_is_refused_and_the_kept_one_stays(desk: ReaderDesk) -> None:
    commission_id = desk.begin()["id"]
    desk.save(commission_id, {"title": "原有"})
    refused = desk.ask(
        "PUT", f"/commissions/{commission_id}/form", content=b'{"values": {"title": "' + b"x" * 5_000_001 + b'"}}'
    )
    assert refused.status_code == 413
    assert desk.read(commission_id)["form"] == {"title": "原有"}


def test_two_tabs_that_save_in_turn_lose_nothing_unseen(desk: ReaderDesk) -> None:
    begun = desk.begin()
    first = desk.save(begun["id"], {"title": "甲"}, begun["revision"])
    stale = desk.save(begun["id"], {"title": "乙"}, begun["revision"])

    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "commission_changed")
    assert stale.json()["error"]["details"]["revision"] == first.json()["commission"]["revision"]
    assert desk.read(begun["id"])["form"]["title"] == "甲"


def test_a_conversation_fills_in_title_papers_and_address_for_its_own_reader_only(
    client: TestClient, here: Workplace, desk: ReaderDesk
) -> None:
    question = "想查收录，论文 https://doi.org/10.5555/ford.1 和 10.5555/ford.2。"
    asked = desk.ask(
        "POST", "/conversations", json={"question": question, "client_id": new_client_id(), "language": "zh"}
    )
    conversation = asked.json()["conversation"]["id"]
    desk.ask("PUT", f"/conversations/{conversation}/address", json={"email": "xiaodu@reader.example"})

    view = desk.begin(conversation_id=conversation)

    assert view["title"] == question
    assert [paper["doi"] for paper in view["form"]["papers"]] == ["10.5555/ford.1", "10.5555/ford.2"]
    assert view["contact"]["email"] == "xiaodu@reader.example"
    assert view["conversation_id"] == conversation
    other = ReaderDesk(client, here)
    body = {"service": "citation_search", "client_id": new_client_id(), "conversation_id": conversation}
    assert other.ask("POST", "/commissions", json=body).status_code == 404
    assert other.ask("GET", "/commissions").json()["items"] == []


def test_what_is_handed_in_twice_is_handed_in_once(desk: ReaderDesk) -> None:
    begun = {"service": "citation_search", "client_id": new_client_id()}
    first, second = (desk.ask("POST", "/commissions", json=begun) for _ in range(2))
    assert (first.status_code, second.status_code, first.json()["id"]) == (201, 200, second.json()["id"])
    client_id = new_client_id()

    once = desk.submit(first.json()["id"], client_id).json()
    twice = desk.submit(first.json()["id"], client_id).json()

    assert (once["state"], twice["revision"], len(twice["entries"])) == (
        "submitted",
        once["revision"],
        len(once["entries"]),
    )


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("virus.exe", b"MZ" + bytes(200), 415),
        ("empty.pdf", b"", 422),
        ("huge.pdf", b"%PDF-1.7" + bytes(21_000_000), 413),
    ],
)
def test_a_file_that_may_not_come_is_refused_and_the_form_stays(
    desk: ReaderDesk, name: str, content: bytes, status: int
) -> None:
    commission_id = desk.begin()["id"]
    desk.save(commission_id, {"title": "原有"})

    refused = desk.send_file(commission_id, name, content)

    assert refused.status_code == status
    assert not refused.json()["error"]["message"].isascii()
    view = desk.read(commission_id)
    assert (view["files"], view["form"]["title"]) == ([], "原有")


@pytest.fixture
def restarting(sqlite_url: str, clock: Clock, townsfolk: Village, client: TestClient) -> Iterator[TestClient]:
    """A second process on the same database, begun after the first was cut off."""
    with TestClient(make_app(sqlite_url, clock)) as opened:
        yield opened


def test_a_kill_between_any_two_steps_loses_nothing(
    desk: ReaderDesk, here: Workplace, townsfolk: Village, restarting: TestClient
) -> None:
    after = ReaderDesk(restarting, here, token=desk.token)
    commission_id = desk.begin()["id"]
    assert after.read(commission_id)["state"] == "draft"
    desk.save(commission_id, {"title": "半张表"})
    assert after.read(commission_id)["form"] == {"title": "半张表"}
    client_id = new_client_id()
    desk.submit(commission_id, client_id)
    # The answer was lost with the process: the browser sends the same again, to the next one.
    repeated = after.submit(commission_id, client_id).json()
    assert (repeated["state"], [entry["key"] for entry in repeated["entries"]].count("submit")) == ("submitted", 1)
    staff(here, townsfolk.lin, UUID(commission_id), "accept")
    staff(here, townsfolk.lin, UUID(commission_id), "quote", offer=Offer())
    accepted = {"client_id": new_client_id()}
    for each in (desk, after):
        answer = each.ask("POST", f"/commissions/{commission_id}/steps/accept_quote", json=accepted)
        assert answer.json()["state"] == "confirmed"
    said = {"client_id": new_client_id(), "body": "请尽快"}
    for each in (desk, after):
        view = each.ask("POST", f"/commissions/{commission_id}/messages", json=said).json()
        assert [entry["body"] for entry in view["entries"] if entry["kind"] == "message"] == ["请尽快"]


def test_a_quote_that_was_replaced_or_expired_is_refused_calmly(
    desk: ReaderDesk, here: Workplace, townsfolk: Village, clock: Clock
) -> None:
    commission_id = desk.submitted()
    staff(here, townsfolk.lin, UUID(commission_id), "accept")
    old = staff(here, townsfolk.lin, UUID(commission_id), "quote", offer=Offer()).quotes[0].id
    staff(here, townsfolk.lin, UUID(commission_id), "quote", offer=Offer(valid_days=1))

    replaced = desk.step(commission_id, "accept_quote", quote_id=str(old))
    clock.forward(days=3)
    expired = desk.step(commission_id, "accept_quote")

    assert (replaced.status_code, replaced.json()["error"]["code"]) == (409, "quote_replaced")
    assert (expired.status_code, expired.json()["error"]["code"]) == (409, "quote_expired")
    assert desk.read(commission_id)["price"] is None


def test_a_private_link_opens_ones_commissions_elsewhere(client: TestClient, here: Workplace, desk: ReaderDesk) -> None:
    commission_id = desk.submitted()
    token = desk.ask("POST", "/readers/links").json()["url"].partition("#my=")[2]
    assert recognise(here, token).id == recognise(here, desk.token).id

    there = ReaderDesk(client, here, token=token)

    assert there.read(commission_id)["contact"]["name"] == CONTACT.name
    desk.ask("POST", "/readers/links/withdrawal")
    assert there.ask("GET", f"/commissions/{commission_id}").status_code == 401


def json_copy(given: dict[str, Any]) -> dict[str, Any]:
    """Return what a call is given, so that one call does not change it for the next."""
    return {key: dict(value) if isinstance(value, dict) else value for key, value in given.items()}
