"""What a library sets about its window, and what readers fill in: inherited, checked, kept, seen by staff."""

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.conversations.errors import ConversationEnded, ConversationNotEnded, FieldInvalid, FieldMissing
from qa_server.conversations.service import Question
from qa_server.desk import asking, filling_in
from qa_server.desk.widget_settings import widget_settings
from qa_server.desk.workplace import Workplace
from qa_server.network import widget_settings as keys
from qa_server.network.colours import DARK_INK, DARK_PAPER, contrast, light_enough
from qa_server.network.errors import SettingInvalid
from qa_server.network.node_settings import set_value
from tests.village import Village, come_in, new_client_id, question

STATUS = {
    "key": "status",
    "kind": "choice",
    "label_zh": "身份",
    "label_en": "Status",
    "is_required": True,
    "choices": [{"zh": "本科生", "en": "Undergraduate"}, {"zh": "教师", "en": "Teacher"}],
}
SPEED = {"key": "speed", "kind": "text", "label_zh": "答复够快吗？", "label_en": "Was it quick?"}


def put(place: Workplace, library_id: Any, key: str, value: Any) -> None:
    """Set something at a node."""
    with place.database.write() as session:
        set_value(session, library_id, key, value, is_locked=False, by=None, now=place.clock())


def asked_with(**fields: str) -> Question:
    """Return a question with filled-in fields."""
    return Question("怎么续借？", new_client_id(), "zh", fields=fields)


def test_what_a_centre_sets_reaches_its_libraries_until_they_set_their_own(place: Workplace, people: Village) -> None:
    assert widget_settings(place, "AAA").colours is None
    put(place, people.nation, "widget.colour", "#7a1f2b")
    put(place, people.library_b, "widget.colour", "#123")
    colours = {code: widget_settings(place, code).colours for code in ("AAA", "BBB")}
    assert {code: found.accent if found else "" for code, found in colours.items()} == {
        "AAA": "#7a1f2b",
        "BBB": "#112233",
    }


@pytest.mark.parametrize("colour", ["#000000", "#0d5c63", "#7a1f2b", "#0000ff", "#767676", "#123456"])
def test_a_colour_that_may_be_set_can_be_read_in_the_light_and_in_the_dark(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 4.5
    assert contrast(light_enough(colour), DARK_PAPER) >= 4.5
    assert contrast(light_enough(colour), DARK_INK) >= 4.5


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("widget.colour", "#ffe000"),
        ("widget.colour", "red"),
        ("widget.logo_url", "http://lib.example.edu/logo.png"),
        ("widget.logo_url", 'https://lib.example.edu/"x'),
        ("widget.side", "left"),
        ("widget.form_fields", [SPEED | {"kind": "password"}]),
        ("widget.form_fields", [STATUS | {"choices": []}]),
        ("widget.form_fields", [STATUS, STATUS]),
        ("widget.form_fields", [SPEED | {"label_en": ""}]),
        ("widget.form_fields", [SPEED | {"when": "never"}]),
        ("widget.questionnaire", [SPEED | {"when": "always"}]),
        ("widget.questionnaire", [SPEED] * 9),
        ("widget.questionnaire", "none"),
    ],
)
def test_what_would_not_work_cannot_be_set(place: Workplace, people: Village, key: str, value: Any) -> None:
    with pytest.raises(SettingInvalid):
        put(place, people.library_a, key, value)


def test_fields_are_checked_kept_with_their_labels_and_seen_by_staff(place: Workplace, people: Village) -> None:
    put(place, people.library_a, "widget.form_fields", [STATUS])
    reader, _ = come_in(place)
    with pytest.raises(FieldMissing, match="身份"):
        asking.ask(place, reader, asked_with())
    with pytest.raises(FieldInvalid, match="身份"):
        asking.ask(place, reader, asked_with(status="校长"))
    with pytest.raises(FieldInvalid, match="电子邮箱"):
        asking.ask(place, reader, asked_with(status="教师", email="nobody"))
    thread, _ = asking.ask(place, reader, asked_with(status="教师", email="a.b@lib.example.edu", unknown="x"))
    card = filling_in.reader_card(place, people.lin, thread.conversation.id)
    assert [(each.label_zh, each.value) for each in card.fields] == [
        ("身份", "教师"),
        ("电子邮箱", "a.b@lib.example.edu"),
    ]
    assert asking.my_questions(place, reader, before=None).items == [thread.conversation]


def test_without_settings_nothing_is_asked_for(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    thread, is_new = asking.ask(place, reader, asked_with())
    assert is_new
    assert filling_in.reader_card(place, people.lin, thread.conversation.id).fields == []


def test_questionnaire_is_answered_after_the_end_and_may_be_changed(place: Workplace, people: Village) -> None:
    put(place, people.library_a, "widget.questionnaire", [SPEED])
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question())
    conversation = thread.conversation.id
    with pytest.raises(ConversationNotEnded):
        filling_in.answer_questionnaire(place, reader, conversation, {"speed": "很快"})
    asking.withdraw(place, reader, conversation)
    for answer in ("很快", "还可以"):
        filling_in.answer_questionnaire(place, reader, conversation, {"speed": answer})
    assert [each.value for each in filling_in.reader_card(place, people.lin, conversation).answers] == ["还可以"]


def test_refusals_are_told_in_the_chinese_that_the_reader_reads(client: TestClient, townsfolk: Village) -> None:
    told = {}
    for language in ("zh-CN", "zh-TW,zh;q=0.9", "zh-Hant", "en"):
        refused = client.get("/api/v1/conversations", headers={"Accept-Language": language})
        told[refused.headers["content-language"]] = refused.json()["error"]["message"]
    assert told["zh"] == "本页面已无法识别您的会话，请重新提问。"
    assert told["zh-TW"] == "本頁面已無法識別您的會話，請重新提問。"
    assert told["en"].startswith("This page no longer knows you")


def test_settings_are_open_to_every_page_and_sent_again_only_when_they_changed(
    client: TestClient, app: FastAPI, townsfolk: Village
) -> None:
    first = client.get("/api/v1/libraries/aaa/widget", headers={"Origin": "https://lib.example.edu"})
    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["cache-control"] == "public, max-age=60"
    etag = {"If-None-Match": first.headers["etag"]}
    assert client.get("/api/v1/libraries/AAA/widget", headers=etag).status_code == 304
    put(app.state.place, townsfolk.library_a, keys.GREETING_ZH.key, "欢迎")
    changed = client.get("/api/v1/libraries/AAA/widget", headers=etag)
    assert (changed.status_code, changed.json()["greeting_zh"]) == (200, "欢迎")
    assert client.get("/api/v1/libraries/NONE/widget").status_code == 404


def test_an_address_can_be_left_beside_a_waiting_question_and_taken_back(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question())
    conversation = thread.conversation.id
    filling_in.leave_address(place, reader, conversation, "reader@lib.example.edu")
    assert [each.value for each in filling_in.reader_card(place, people.lin, conversation).fields] == [
        "reader@lib.example.edu"
    ]
    with pytest.raises(FieldInvalid):
        filling_in.leave_address(place, reader, conversation, "nobody@")
    filling_in.leave_address(place, reader, conversation, "")
    assert filling_in.reader_card(place, people.lin, conversation).fields == []
    asking.withdraw(place, reader, conversation)
    with pytest.raises(ConversationEnded):
        filling_in.leave_address(place, reader, conversation, "reader@lib.example.edu")
