"""Cascades as they are written: what is laid out, and what is refused with the reason."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from qa_server.routing.cascade import DeskNow, QuestionKind, Scene, SkipReason, advance, begin
from qa_server.routing.errors import CascadeRefused
from qa_server.routing.rules import (
    CascadeRule,
    DeskRef,
    Neighbourhood,
    check_rule,
    is_peak,
    plan_for,
    read_plan,
    read_rule,
    write_plan,
)

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
HOME, UP, NATION, LAW, EMPTY = (UUID(int=number) for number in range(1, 6))
NEAR = Neighbourhood(
    home=DeskRef(HOME, "AAA"),
    alliance=(),
    up=(DeskRef(UP, "PRV"), DeskRef(NATION, "NAT")),
    by_code={"AAA/2": DeskRef(LAW, "AAA/2"), "AAA/3": DeskRef(EMPTY, "AAA/3", staff=0)},
)


def scene(*, is_peak: bool = False, is_home_open: bool = True, **free: int) -> Scene:
    """Return a moment at which the named desks have this much room; a desk without staff is not named."""
    ids = {"home": HOME, "up": UP, "nation": NATION, "law": LAW}
    desks = {desk_id: DeskNow(name in free, free.get(name, 0)) for name, desk_id in ids.items()}
    return Scene(NOW, is_peak, is_home_open, desks)


def refusal(written: dict[str, Any], rules: dict[str, CascadeRule] | None = None) -> str:
    """Return why a rule is refused."""
    with pytest.raises(CascadeRefused) as refused:
        check_rule(read_rule(written), NEAR, (rules or {}).get)
    return str(refused.value.details["reason"])


def test_the_default_is_home_then_up_the_tree() -> None:
    plan = plan_for(CascadeRule(), NEAR, QuestionKind.GENERAL)
    assert [(step.code, step.relation) for step in plan.steps] == [("AAA", "home"), ("PRV", "up"), ("NAT", "up")]
    check_rule(CascadeRule(), NEAR)
    assert read_plan(write_plan(plan)) == plan


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"steps": []}, "end nowhere"),
        ({"steps": [{"desk": "home", "when": ["open"]}]}, "end nowhere"),
        ({"steps": [{"desk": "home", "kinds": ["local"]}]}, "end nowhere"),
        ({"steps": [{"desk": "home"}, {"desk": "ZZZ"}]}, "no desk with this code"),
        ({"steps": [{"desk": "home"}, {"desk": "AAA/3"}]}, "Nobody serves"),
        ({"steps": [{"desk": "home"}, {"desk": "home"}]}, "comes twice"),
        ({"steps": [{"desk": "home"}, {"continue": "LOOP"}]}, "circle"),
        ({"steps": [{"desk": "home"}, {"continue": "NONE"}]}, "no node"),
    ],
)
def test_a_cascade_that_cannot_work_is_refused_with_the_reason(written: dict[str, Any], reason: str) -> None:
    loop = read_rule({"steps": [{"continue": "LOOP"}]})
    assert reason in refusal(written, {"LOOP": loop})


@pytest.mark.parametrize(
    "written",
    [
        {"stepps": []},
        {"steps": [{"desk": "home", "wait_seconds": -1}]},
        {"steps": [{"desk": "home", "continue": "PRV"}]},
        {"steps": [{}]},
        {"steps": [{"desk": "home", "when": []}]},
        {"peak": [{"weekdays": [7], "from": "19:00", "to": "22:00"}]},
        {"peak": [{"weekdays": [1], "from": "22:00", "to": "19:00"}]},
    ],
)
def test_a_rule_that_is_not_understood_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(CascadeRefused):
        read_rule(written)


def test_the_head_start_depends_on_kind_peak_and_who_is_there() -> None:
    general = plan_for(CascadeRule(), NEAR, QuestionKind.GENERAL)
    local = plan_for(CascadeRule(), NEAR, QuestionKind.LOCAL)
    waits = [
        begin(general, scene(home=1)),
        begin(general, scene(home=1, is_peak=True)),
        begin(local, scene(home=1)),
        begin(local, scene()),
    ]
    assert [(moment - NOW).total_seconds() for moment in waits] == [40, 15, 180, 10]


def test_each_step_is_passed_over_for_its_own_reason() -> None:
    rule = read_rule(
        {
            "steps": [
                {"desk": "home"},
                {"desk": "AAA/2", "kinds": ["local"]},
                {"desk": "up", "minimum_free": 2, "when": ["peak"]},
            ]
        }
    )
    plan = plan_for(rule, NEAR, QuestionKind.GENERAL)
    calm = advance(plan, scene(home=1, law=3, up=3, nation=3), next_step=1, reached={HOME}, is_tracked=False)
    assert [each.reason for each in calm.skipped] == [SkipReason.KIND, SkipReason.TIME, SkipReason.TIME]
    busy = advance(plan, scene(home=1, up=1, is_peak=True), next_step=1, reached={HOME}, is_tracked=False)
    assert [each.reason for each in busy.skipped] == [SkipReason.KIND, SkipReason.FULL, SkipReason.NOT_STAFFED]
    assert (busy.reached, busy.is_nobody_there, busy.next_step) == (None, False, 0)
    found = advance(plan, scene(nation=2, is_peak=True), next_step=1, reached={HOME}, is_tracked=False)
    assert found.reached is not None
    assert (found.reached.desk_id, (found.due_at - NOW).total_seconds()) == (NATION, 15)


def test_busy_hours_are_those_of_the_librarys_own_clock() -> None:
    rule = read_rule({"peak": [{"weekdays": [1], "from": "19:00", "to": "22:00"}]})
    # Tuesday 20:00 in Shanghai.
    assert is_peak(rule, NOW, "Asia/Shanghai")
    assert not is_peak(rule, NOW, "UTC")
