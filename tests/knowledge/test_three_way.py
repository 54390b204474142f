"""Two changes of one text: nothing of either is lost, and what only one side touched is not asked about."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.three_way import has_clash, merge, put_together

BASE = "开放时间。\n周末闭馆。\n电话不变。"
TEXTS = st.text(alphabet="甲乙。\n", max_size=14)


def test_changes_at_different_places_are_put_together() -> None:
    stretches = merge(BASE, "开放时间：八点。\n周末闭馆。\n电话不变。", "开放时间。\n周末闭馆。\n电话 8000。")
    assert not has_clash(stretches)
    assert put_together(stretches) == "开放时间：八点。\n周末闭馆。\n电话 8000。"


def test_where_both_changed_the_same_both_stay() -> None:
    stretches = merge(BASE, BASE.replace("闭馆", "开馆"), BASE.replace("闭馆", "半天"))
    assert has_clash(stretches)
    assert put_together(stretches) == "开放时间。\n周末开馆。\n周末半天。\n电话不变。"
    assert put_together(stretches, clashes="mine") == BASE.replace("闭馆", "半天")
    assert put_together(stretches, clashes="theirs") == BASE.replace("闭馆", "开馆")


def test_the_same_change_on_both_sides_is_taken_once() -> None:
    changed = BASE.replace("闭馆", "开馆")
    assert put_together(merge(BASE, changed, changed)) == changed


@given(TEXTS, TEXTS, TEXTS)
def test_the_stretches_spell_each_text(base: str, theirs: str, mine: str) -> None:
    stretches = merge(base, theirs, mine)
    assert "".join(each.base for each in stretches) == base
    assert "".join(each.theirs for each in stretches) == theirs
    assert "".join(each.mine for each in stretches) == mine


@given(TEXTS, TEXTS)
def test_a_change_of_one_side_alone_is_the_result(base: str, changed: str) -> None:
    for stretches in (merge(base, changed, base), merge(base, base, changed)):
        assert not has_clash(stretches)
        assert put_together(stretches) == changed


@given(TEXTS, TEXTS, TEXTS)
def test_nothing_that_either_side_added_is_lost(base: str, theirs: str, mine: str) -> None:
    stretches = merge(base, theirs, mine)
    merged = put_together(stretches)
    assert all(each.theirs in merged and each.mine in merged for each in stretches if each.taken == "clash")
