"""Libraries that want to join: the public form, the centre's list, and what stays in a form that is refused."""

import re

import pytest

from tests.admin.conftest import Doors, Visit

FIELDS = {
    "parent": "PRV",
    "code": "new",
    "name_zh": "新河大学图书馆",
    "name_en": "Xinhe University Library",
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "web_origins": "https://lib.xinhe.example\nhttps://www.xinhe.example",
    "contact_name": "The head",
    "contact_email": "head@lib.xinhe.example",
    "note": "We have <two> branches.",
}
LIST = "/console/applications"


def application_of(page: str) -> str:
    """Return the id of the only application that can be checked on the page."""
    found: list[str] = re.findall(r'action="/console/applications/([0-9a-f-]{36})/check"', page)
    assert len(found) == 1
    return found[0]


def test_an_application_goes_from_the_public_form_to_a_node_with_its_line(doors: Doors, centre: Visit) -> None:
    stranger = doors.stranger()
    assert "PRV Library" in stranger.get("/join").text
    assert "AAA Library" not in stranger.get("/join").text
    sent = stranger.post("/join", data=FIELDS)
    assert sent.status_code == 200
    assert "Its number" in sent.text
    page = centre.client.get(LIST).text
    assert "We have &lt;two&gt; branches." in page
    assert "https://www.xinhe.example" in page
    number = application_of(page)
    assert number in sent.text
    assert centre.post(f"{LIST}/{number}/approve").status_code == 409
    assert centre.post(f"{LIST}/{number}/check").status_code == 303
    joined = centre.post(f"{LIST}/{number}/approve")
    assert "data-library=&#34;NEW&#34;" in joined.text
    assert "Xinhe University Library" in centre.read("/console/network/NEW")
    assert "No application is waiting" in centre.read(LIST)
    assert centre.post(f"{LIST}/{number}/approve").status_code == 409


def test_what_stands_in_the_way_is_said_and_declining_needs_a_reason(doors: Doors, centre: Visit) -> None:
    doors.stranger().post("/join", data={**FIELDS, "code": "AAA", "time_zone": "Mars/Olympus"})
    page = centre.read(LIST)
    assert "The code is in use already." in page
    number = application_of(page)
    centre.post(f"{LIST}/{number}/check")
    assert centre.post(f"{LIST}/{number}/approve").status_code == 409
    silent = centre.post(f"{LIST}/{number}/decline", note=" ")
    assert silent.status_code == 409
    assert "Say why" in silent.text
    assert centre.post(f"{LIST}/{number}/decline", note="A twin.").status_code == 303
    assert "A twin." in centre.read(LIST)


@pytest.mark.parametrize(
    "wrong", [{"name_zh": ""}, {"code": "TOOLONGCODE"}, {"contact_name": " "}, {"parent": "NONE"}, {"parent": "AAA"}]
)
def test_a_form_that_is_refused_says_why_and_keeps_what_was_typed(doors: Doors, wrong: dict[str, str]) -> None:
    refused = doors.stranger().post("/join", data={**FIELDS, **wrong})
    assert refused.status_code in (404, 409)
    assert 'role="alert"' in refused.text
    assert 'value="Xinhe University Library"' in refused.text
    assert "https://www.xinhe.example</textarea>" in refused.text


def test_the_form_takes_nothing_from_other_sites_and_stops_a_flood(doors: Doors) -> None:
    stranger = doors.stranger()
    assert stranger.post("/join", data=FIELDS, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    answers = [stranger.post("/join", data={**FIELDS, "code": f"N{count}"}).status_code for count in range(21)]
    assert answers == [200] * 20 + [429]


def test_applications_are_for_centres_only(doors: Doors, centre: Visit) -> None:
    doors.stranger().post("/join", data=FIELDS)
    number = application_of(centre.read(LIST))
    librarian = doors.sign_in("lin")
    assert librarian.client.get(LIST).status_code == 403
    for step in ("check", "approve", "decline"):
        assert librarian.post(f"{LIST}/{number}/{step}", note="no").status_code in (403, 404)
    assert application_of(centre.read(LIST)) == number


def test_the_language_of_the_form_is_chosen_by_a_link_and_kept(doors: Doors) -> None:
    stranger = doors.stranger()
    assert "申请加入问津" in stranger.get("/join?lang=zh").text
    assert "申请加入问津" in stranger.get("/join").text
