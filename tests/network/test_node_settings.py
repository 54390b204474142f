"""Settings down the tree: nearer wins, a lock wins over nearer, every change is written down."""

import pytest

from qa_server.desk import administering
from qa_server.desk.administering import SettingView
from qa_server.desk.workplace import Workplace
from qa_server.i18n import translate
from qa_server.network.errors import SettingInvalid, SettingLocked, SettingUnknown
from qa_server.network.node_settings import effective, effective_for
from qa_server.network.setting_definitions import Definition, boolean, define, definitions
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden
from tests.network.conftest import Council
from tests.village import Village

KEY = "promised_answer_hours"


def held(place: Workplace, person: StaffMember, code: str, key: str = KEY) -> SettingView:
    """Return what holds at a node."""
    return next(each for each in administering.settings_of(place, person, code) if each.key == key)


def test_a_default_holds_until_a_node_sets_a_value_and_the_nearest_one_wins(place: Workplace, council: Council) -> None:
    assert (held(place, council.library, "AAA").value, held(place, council.library, "AAA").origin) == (24, None)
    administering.set_setting(place, council.network, "NAT", KEY, 48, is_locked=False)
    administering.set_setting(place, council.province, "PRV", KEY, 12, is_locked=False)
    found = held(place, council.library, "AAA")
    assert found.origin is not None
    assert (found.value, found.origin.code, found.is_own, found.may_change) == (12, "PRV", False, True)
    administering.set_setting(place, council.library, "AAA", KEY, 8, is_locked=False)
    assert (held(place, council.library, "AAA").value, held(place, council.library, "AAA").is_own) == (8, True)
    administering.clear_setting(place, council.library, "AAA", KEY)
    assert held(place, council.library, "AAA").value == 12


def test_a_lock_holds_below_over_what_was_set_there_before_and_forbids_setting(
    place: Workplace, council: Council
) -> None:
    administering.set_setting(place, council.library, "AAA", KEY, 8, is_locked=False)
    administering.set_setting(place, council.network, "NAT", KEY, 48, is_locked=True)
    found = held(place, council.library, "AAA")
    assert found.locked_by is not None
    assert (found.value, found.locked_by.code, found.may_change) == (48, "NAT", False)
    with pytest.raises(SettingLocked, match="NAT") as refused:
        administering.set_setting(place, council.library, "AAA", KEY, 12, is_locked=False)
    # The refusal names the node in the language of the sentence.
    assert "NAT Library (NAT)" in translate(refused.value.message, "en", **refused.value.details)
    assert "NAT图书馆 (NAT)" in translate(refused.value.message, "zh", **refused.value.details)
    with pytest.raises(SettingLocked, match="NAT"):
        administering.clear_setting(place, council.library, "AAA", KEY)
    administering.set_setting(place, council.network, "NAT", KEY, 48, is_locked=False)
    assert held(place, council.library, "AAA").value == 8


def test_many_nodes_at_once_get_what_each_gets_alone(place: Workplace, people: Village, council: Council) -> None:
    administering.set_setting(place, council.province, "PRV", KEY, 12, is_locked=False)
    administering.set_setting(place, council.library, "AAA", KEY, 8, is_locked=False)
    ids = [people.nation, people.library_a, people.library_b]
    with place.database.read() as session:
        together = effective_for(session, ids, KEY)
        assert together == {node: effective(session, node, KEY) for node in ids}
    assert [together[node].value for node in ids] == [24, 8, 12]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (KEY, 9),
        (KEY, "24"),
        (KEY, 24.0),
        ("names_answering_library", 1),
        ("languages", []),
        ("languages", ["zh", "fr"]),
        ("web_origins", ["https://lib.example.edu.cn/path"]),
        ("web_origins", "https://lib.example.edu.cn"),
        ("card_fresh_days", True),
        ("card_fresh_days", 10**9),
        ("contact_phone", "two\nlines"),
        ("contact_phone", {"a": 1}),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_reason(
    place: Workplace, council: Council, key: str, value: object
) -> None:
    with pytest.raises(SettingInvalid) as refused:
        administering.set_setting(place, council.library, "AAA", key, value, is_locked=False)
    assert refused.value.details["reason"]
    assert held(place, council.library, "AAA", key).origin is None


def test_an_origin_is_stored_in_one_form(place: Workplace, council: Council) -> None:
    wanted = ["HTTPS://Lib.Example.edu.cn/", "https://lib.example.edu.cn"]
    view = administering.set_setting(place, council.library, "AAA", "web_origins", wanted, is_locked=False)
    assert view.value == ["https://lib.example.edu.cn"]


def test_an_unknown_key_and_somebody_without_the_right_are_refused(
    place: Workplace, people: Village, council: Council
) -> None:
    with pytest.raises(SettingUnknown):
        administering.set_setting(place, council.library, "AAA", "colour_of_the_sky", 1, is_locked=False)
    for person, code in [(people.zhou, "AAA"), (council.library, "BBB"), (council.province, "NAT")]:
        with pytest.raises(Forbidden):
            administering.set_setting(place, person, code, KEY, 8, is_locked=False)


def test_every_change_is_written_down_with_before_and_after(place: Workplace, council: Council) -> None:
    administering.set_setting(place, council.library, "AAA", KEY, 8, is_locked=False)
    administering.set_setting(place, council.library, "AAA", KEY, 8, is_locked=False)
    administering.set_setting(place, council.library, "AAA", KEY, 12, is_locked=True)
    found = administering.changes(place, council.library, "AAA").items
    assert [(each.subject, each.subject_key, each.action) for each in found] == [("setting", KEY, "set")] * 2
    assert (found[0].old, found[0].new) == (
        {"value": 8, "is_locked": False},
        {"value": 12, "is_locked": True},
    )
    assert found[0].by == "Head"


def test_a_key_is_defined_once_and_every_definition_is_labelled_in_both_languages() -> None:
    known = definitions()
    assert all(each.label_zh and each.label_en and not each.label_zh.isascii() for each in known)
    with pytest.raises(ValueError, match="twice"):
        define(Definition(known[0].key, "boolean", False, boolean, "再次", "Again"))
