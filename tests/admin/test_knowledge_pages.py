"""The pages around the knowledge base: drafting with masks, imports, statistics; as a browser without scripts."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, talking
from qa_server.desk.articles import drafting, measuring
from qa_server.desk.articles import importing as importing_articles
from qa_server.desk.workplace import Workplace
from tests.admin.conftest import Doors
from tests.village import Village, come_in, new_client_id, question

PAGE_CSV = "题目,解答\n怎么预约研讨间？,在小程序里预约。\n图书馆几点开门？,八点。\n,没有问题\n"


@pytest.fixture
def place(doors: Doors) -> Workplace:
    """The parts behind the pages."""
    return doors.place


@pytest.fixture
def talk(place: Workplace, townsfolk: Village) -> UUID:
    """An exchange with a name and a telephone number."""
    reader, _ = come_in(place)
    asked = question("我叫周雨桐，电话13912345678，校友可以进馆吗？")
    conversation = asking.ask(place, reader, asked)[0].conversation.id
    answering.claim(place, townsfolk.lin, conversation)
    talking.say_as_librarian(
        place, townsfolk.lin, conversation, client_id=new_client_id(), body="周雨桐同学，校友凭卡进馆。"
    )
    answering.close(place, townsfolk.lin, conversation, resolution=Resolution.ANSWERED, read_level=2)
    return conversation


def signed_in(doors: Doors, login: str) -> tuple[TestClient, str]:
    """Return the browser of a person, and the token that its forms carry."""
    visit = doors.sign_in(login)
    return visit.client, visit.csrf_token


def test_a_conversation_becomes_a_draft_without_a_script(doors: Doors, talk: UUID) -> None:
    client, token = signed_in(doors, "lin")
    sheet = client.get(f"/console/history/{talk}/draft").text
    assert "〔姓名〕" in sheet
    assert "13912345678" in sheet  # The original, for the person to judge.
    shown = re.findall(r'name="shown" value="([^"]+)"', sheet)
    assert len(shown) == 2
    parts = dict(re.findall(r'name="(part-\d+)" value="(\w+)" checked', sheet))
    values = {"csrf_token": token, **parts, "shown": shown, "masked": ["〔姓名〕"]}
    preview = client.post(f"/console/history/{talk}/draft", data={**values, "preview": "1"}).text
    assert "〔电话〕，" not in preview
    made = client.post(f"/console/history/{talk}/draft", data={**values, "masked": shown}, follow_redirects=False)
    assert made.status_code == 303
    masks = client.get(made.headers["location"]).text
    assert "周雨桐" in masks
    address = made.headers["location"].partition("?")[0]
    back = client.post(f"{address}/put-back", data={"csrf_token": token, "placeholder": "〔姓名〕"})
    assert "周雨桐" in back.text
    assert "Looks personal" in back.text
    again = client.post(address, data={"csrf_token": token, "words": "周雨桐", "kind": "name"})
    assert "Masked, in every revision." in again.text
    assert client.post(address, data={"csrf_token": token, "words": "不在文中", "kind": "name"}).status_code == 422


def test_a_private_conversation_says_so_and_offers_no_draft(doors: Doors, talk: UUID) -> None:
    client, token = signed_in(doors, "lin")
    client.post(f"/console/history/{talk}/private", data={"csrf_token": token, "is_private": "yes"})
    page = client.get(f"/console/history/{talk}/draft")
    assert page.status_code == 409
    assert "marked private" in page.text
    assert "Make the draft" not in page.text
    client.post(f"/console/history/{talk}/private", data={"csrf_token": token, "is_private": "no"})
    assert client.get(f"/console/history/{talk}/draft").status_code == 200


def test_the_draft_leads_back_to_its_conversation_for_who_may_see_it(
    doors: Doors, townsfolk: Village, place: Workplace, talk: UUID
) -> None:
    article = drafting.draft(place, townsfolk.lin, talk)
    client, _ = signed_in(doors, "lin")
    page = client.get(f"/console/articles/{article}").text
    assert f"/console/history/{talk}" in page
    assert f"/console/articles/{article}/masks" in page


def test_an_import_goes_from_file_to_drafts_and_back(doors: Doors, place: Workplace) -> None:
    client, token = signed_in(doors, "zhou")
    file = {"file": ("常见问题.csv", PAGE_CSV.encode("gb18030"), "text/csv")}
    sent = {"csrf_token": token, "library": "AAA"}
    read = client.post("/console/articles/imports", data=sent, files=file, follow_redirects=False)
    assert read.status_code == 303
    address = read.headers["location"]
    assert "常见问题.csv" in client.get(address).text
    mapping = {"csrf_token": token, "field-question": "题目", "field-answer": "解答"}
    assert client.post(f"{address}/check", data={**mapping, "field-answer": ""}).status_code == 422
    client.post(f"{address}/check", data=mapping)
    wait(lambda: client.get(f"{address}/progress").json()["state"] == "checked", place)
    report = client.get(address).text
    assert "like this article" in report
    assert "Question: " in report
    client.post(f"{address}/run", data={"csrf_token": token, "submit": "on"})
    wait(lambda: client.get(f"{address}/progress").json()["state"] == "done", place)
    assert "怎么预约研讨间" in client.get("/console/articles?state=in_review").text
    client.post(f"{address}/undo", data={"csrf_token": token})
    wait(lambda: client.get(f"{address}/progress").json()["state"] == "undone", place)
    assert "怎么预约研讨间" not in client.get("/console/articles").text
    assert client.get("/console/articles/imports").text.count("常见问题.csv") == 1


def test_a_file_that_is_none_and_a_forged_form_are_refused(doors: Doors) -> None:
    client, token = signed_in(doors, "zhou")
    bad = {"file": ("a.pdf", b"%PDF", "application/pdf")}
    refused = client.post("/console/articles/imports", data={"csrf_token": token, "library": "AAA"}, files=bad)
    assert refused.status_code == 422
    assert "it has to be .csv" in refused.text
    forged = client.post("/console/articles/imports", data={"csrf_token": "x", "library": "AAA"}, files=bad)
    assert forged.status_code == 403


def test_an_export_is_a_file_and_is_written_down(doors: Doors) -> None:
    client, _ = signed_in(doors, "grace")
    saved = client.get("/console/articles/export?library=BBB&format=csv")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert "哪里有安静的研讨室" in saved.text
    assert client.get("/console/articles/export?library=AAA&format=csv").status_code == 403


def test_statistics_are_a_page_and_a_file(doors: Doors, place: Workplace) -> None:
    client, _ = signed_in(doors, "grace")
    client.get("/api/v1/libraries/BBB/answers", params={"q": "哪里有安静的研讨室"})
    measuring.write_down(place)
    page = client.get("/console/articles/statistics")
    assert page.status_code == 200
    assert "哪里有安静的研讨室" in page.text
    assert "Coverage" in client.get("/console/articles/statistics/file?days=7").text
    assert client.get("/console/articles/statistics/file?format=xlsx").content[:2] == b"PK"
    assert client.get("/console/articles/statistics?library=AAA").status_code == 403


def wait(is_so: Callable[[], bool], place: Workplace) -> None:
    """Work on what waits, as the service does beside its requests, until it is so."""
    for _ in range(200):
        if is_so():
            return
        importing_articles.go_on(place)
    raise AssertionError("the import did not come to its end")
