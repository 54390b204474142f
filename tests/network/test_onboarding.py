"""A library joins: it applies, the centre checks, approves or declines; nothing is made before, all of it after."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from qa_server.desk import administering, being_here, onboarding, staffing
from qa_server.desk.onboarding import ApplicationFields
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.network.errors import ApplicationRefused
from storage.errors import NotFound
from tests.network.conftest import Council
from tests.village import Village

FIELDS = ApplicationFields(
    parent="PRV",
    code="new",
    name_zh="新河大学图书馆",
    name_en="Xinhe University Library",
    language="zh",
    time_zone="Asia/Shanghai",
    web_origins=("https://lib.xinhe.example",),
    contact_name="馆长",
    contact_email="head@lib.xinhe.example",
    note="",
)
URL = "https://ask.example.edu/"


def test_an_approved_library_has_a_node_a_desk_settings_and_a_line_for_its_pages(
    place: Workplace, council: Council
) -> None:
    receipt = onboarding.apply(place, FIELDS, network="n")
    assert onboarding.apply(place, FIELDS, network="n").id == receipt.id
    with pytest.raises(ApplicationRefused):
        onboarding.approve(place, council.province, receipt.id, base_url=URL)
    checked = onboarding.check(place, council.province, receipt.id)
    assert (checked.state, checked.findings) == ("checked", [])
    joined = onboarding.approve(place, council.province, receipt.id, base_url=URL)
    assert joined.embed_code == (
        '<script type="module" src="https://ask.example.edu/widget/v1/wenjin.js" data-library="NEW"></script>'
    )
    assert being_here.library_now(place, "NEW").name_en == "Xinhe University Library"
    assert [desk.id for desk in staffing.desks_of_node(place, council.province, "NEW")] == [joined.desk_id]
    held = {each.key: each.value for each in administering.settings_of(place, council.province, "NEW")}
    assert held["web_origins"] == ["https://lib.xinhe.example"]
    assert onboarding.applications(place, council.province) == []
    assert [each.state for each in onboarding.applications(place, council.province, is_open=False)] == ["approved"]
    with pytest.raises(ApplicationRefused):
        onboarding.approve(place, council.province, receipt.id, base_url=URL)


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: replace(fields, code="AAA"),
        lambda fields: replace(fields, name_en="AAA Library"),
        lambda fields: replace(fields, time_zone="Moon/Base"),
        lambda fields: replace(fields, web_origins=("ftp://x",)),
        lambda fields: replace(fields, contact_email="nobody"),
    ],
)
def test_what_stands_in_the_way_is_found_and_keeps_it_from_being_approved(
    place: Workplace, council: Council, change: Callable[[ApplicationFields], ApplicationFields]
) -> None:
    receipt = onboarding.apply(place, change(FIELDS), network="n")
    checked = onboarding.check(place, council.province, receipt.id)
    assert (checked.state, len(checked.findings)) == ("applied", 1)
    with pytest.raises(ApplicationRefused):
        onboarding.approve(place, council.province, receipt.id, base_url=URL)
    with pytest.raises(ApplicationRefused):
        onboarding.decline(place, council.province, receipt.id, note=" ")
    assert onboarding.decline(place, council.province, receipt.id, note="请更正后再申请").state == "declined"


def test_applications_are_seen_and_decided_by_the_centre_they_go_to(
    place: Workplace, people: Village, council: Council
) -> None:
    receipt = onboarding.apply(place, FIELDS, network="n")
    assert [each.id for each in onboarding.applications(place, council.network)] == [receipt.id]
    for person in (council.library, people.lin):
        assert onboarding.applications(place, person) == []
        with pytest.raises(NotFound):
            onboarding.check(place, person, receipt.id)
    with pytest.raises(ApplicationRefused):
        onboarding.apply(place, replace(FIELDS, parent="AAA"), network="n")
    with pytest.raises(NotFound):
        onboarding.apply(place, replace(FIELDS, parent="NONE"), network="n")


def test_a_flood_of_applications_from_one_network_is_stopped(place: Workplace, people: Village) -> None:
    for number in range(20):
        onboarding.apply(place, replace(FIELDS, code=f"N{number}"), network="n")
    with pytest.raises(TooManyRequests):
        onboarding.apply(place, replace(FIELDS, code="ONEMORE"), network="n")
    assert onboarding.apply(place, replace(FIELDS, code="M1"), network="elsewhere").state == "applied"
