"""Published price lists as data: two of certificates, two of novelty searches; rounding, waivers, bounds."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_server.commissions.definition import PriceRules
from qa_server.commissions.pricing import MAX_TOTAL, Fact, Reckoning, reckon
from qa_server.commissions.shipped import shipped


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def line(key: str, amount: str = "0", **more: object) -> dict[str, Any]:
    return {"key": key, "label": words(key), "amount": amount, **more}


def when(field: str, *values: bool | int | str) -> dict[str, Any]:
    return {"when": [{"field": field, "one_of": list(values)}]}


def rules(*lines: Mapping[str, object], **more: object) -> PriceRules:
    """Return a price list from JSON, as a library has it."""
    return PriceRules.model_validate({"lines": lines, **more})


# 20 yuan a report and 10 an item.
CERTIFICATE_BY_ITEM = rules(line("report", "20"), line("papers", "10", each="papers_count"))
# 20 yuan a report and 2 a record; one report a person and year is free.
CERTIFICATE_BY_RECORD = rules(
    line("report", "20"),
    line("records", "2", each="records"),
    waivers=[{"key": "first", "label": words("first"), "percent": "100", "yearly": 1}],
)
# 800 domestic, 2,000 with foreign; 3 points included, each further one 300 or 600; rush 100 or 200 a day.
NOVELTY = rules(
    line("domestic", "800", **when("scope", "domestic")),
    line("international", "2000", **when("scope", "international")),
    line("more_domestic", "300", each="points_count", included="3", **when("scope", "domestic")),
    line("more_international", "600", each="points_count", included="3", **when("scope", "international")),
    line("rush_domestic", "100", each="rush_days", **when("scope", "domestic")),
    line("rush_international", "200", each="rush_days", **when("scope", "international")),
    order="before",
)
OTHER_NOVELTY = rules(
    line("domestic", "1000", **when("scope", "domestic")),
    line("international", "1500", **when("scope", "international")),
    order="before",
)


def papers(count: int) -> dict[str, Fact]:
    return {"papers": [{"title": str(number)} for number in range(count)]}


def points(scope: str, count: int, rush_days: int = 0) -> dict[str, Fact]:
    return {"scope": scope, "points": [str(number) for number in range(count)], "rush_days": rush_days}


@pytest.mark.parametrize(
    ("price_list", "facts", "total"),
    [
        (CERTIFICATE_BY_ITEM, papers(0), "20.00"),
        (CERTIFICATE_BY_ITEM, papers(1), "30.00"),
        (CERTIFICATE_BY_ITEM, papers(10), "120.00"),
        (CERTIFICATE_BY_ITEM, papers(137), "1390.00"),
        (NOVELTY, points("domestic", 1), "800.00"),
        (NOVELTY, points("domestic", 3), "800.00"),
        (NOVELTY, points("domestic", 4), "1100.00"),
        (NOVELTY, points("domestic", 5, 2), "1600.00"),
        (NOVELTY, points("international", 3), "2000.00"),
        (NOVELTY, points("international", 5), "3200.00"),
        (NOVELTY, points("international", 5, 3), "3800.00"),
        (OTHER_NOVELTY, points("domestic", 5, 3), "1000.00"),
        (OTHER_NOVELTY, points("international", 9), "1500.00"),
        # Nothing is chosen yet: nothing is owed yet.
        (NOVELTY, {}, "0.00"),
    ],
)
def test_published_price_lists_give_their_totals(price_list: PriceRules, facts: dict[str, Fact], total: str) -> None:
    assert reckon(price_list, facts).total == Decimal(total)


@pytest.mark.parametrize(
    ("records", "used", "total"),
    [(0, 0, "0.00"), (30, 0, "0.00"), (30, 1, "80.00"), (0, 1, "20.00"), (7, 5, "34.00")],
)
def test_one_report_a_year_is_free_and_the_next_is_not(records: int, used: int, total: str) -> None:
    reckoning = reckon(CERTIFICATE_BY_RECORD, {"records": records}, used_this_year={"first": used})

    assert reckoning.total == Decimal(total)
    assert ("first" in {each.key for each in reckoning.lines}) == (used == 0)


@pytest.mark.parametrize(
    ("code", "facts", "total"),
    [
        ("citation_search", {"affiliation": "outside", "speed": "normal", **papers(4)}, "60.00"),
        ("citation_search", {"affiliation": "outside", "speed": "rush", **papers(4)}, "90.00"),
        ("citation_search", {"affiliation": "own", "speed": "rush", **papers(4)}, "0.00"),
        ("novelty_search", {"affiliation": "own", **points("international", 4, 1)}, "2800.00"),
        ("topic_consultation", {"affiliation": "outside", "hours": 12}, "960.00"),
        ("topic_consultation", {"affiliation": "affiliated", "hours": 12}, "480.00"),
        ("topic_consultation", {"affiliation": "own", "hours": 12}, "0.00"),
        ("proxy_search", {"affiliation": "outside", "reach": "network", **papers(3)}, "6.00"),
        ("proxy_search", {"affiliation": "outside", "reach": "abroad", **papers(3)}, "30.00"),
        ("document_delivery", {"affiliation": "outside", "speed": "normal", "page_count": 11}, "3.30"),
        ("document_delivery", {"affiliation": "outside", "speed": "rush", "page_count": 11}, "13.30"),
    ],
)
def test_the_shipped_price_lists_give_their_totals(code: str, facts: dict[str, Fact], total: str) -> None:
    assert reckon(shipped()[code].prices, facts).total == Decimal(total)


@pytest.mark.parametrize(
    ("percent", "base", "total"),
    [("50", "0.01", "0.02"), ("33.33", "10.00", "13.33"), ("12.5", "0.20", "0.23"), ("0.5", "1.00", "1.01")],
)
def test_a_surcharge_is_rounded_half_up_to_the_cent(percent: str, base: str, total: str) -> None:
    price_list = rules(line("base", base), line("rush", percent=percent))

    assert reckon(price_list, {}).total == Decimal(total)


def test_a_surcharge_counts_only_the_lines_it_names() -> None:
    price_list = rules(
        line("report", "20"), line("papers", "10", each="papers_count"), line("rush", percent="50", of=["report"])
    )

    assert reckon(price_list, papers(3)).total == Decimal("60.00")


def test_waivers_take_each_from_what_those_before_left_and_never_more_than_there_is() -> None:
    half = {"label": words("half"), "percent": "50"}
    price_list = rules(line("work", "100"), waivers=[{"key": "first", **half}, {"key": "second", **half}])
    whole = {"label": words("all"), "percent": "100"}
    twice = rules(line("work", "100"), waivers=[{"key": "first", **whole}, {"key": "second", **whole}])

    assert reckon(price_list, {}).total == Decimal("25.00")
    assert reckon(twice, {}).total == Decimal("0.00")


@pytest.mark.parametrize(
    ("count", "total"), [(0, "0.00"), (1, "30.00"), (3, "30.00"), (4, "40.00"), (20, "200.00"), (21, "200.00")]
)
def test_floor_and_ceiling_bound_the_total_but_charge_nothing_for_nothing(count: int, total: str) -> None:
    price_list = rules(line("papers", "10", each="papers_count"), floor="30", ceiling="200")

    assert reckon(price_list, papers(count)).total == Decimal(total)


@pytest.mark.parametrize(("count", "total"), [(2, "20.00"), (5, "50.00"), (6, "50.00")])
def test_a_line_counts_at_most_so_many(count: int, total: str) -> None:
    assert reckon(rules(line("papers", "10", each="papers_count", at_most="5")), papers(count)).total == Decimal(total)


def test_yes_is_not_the_number_one() -> None:
    price_list = rules(line("rush", "10", **when("is_urgent", True)))

    assert reckon(price_list, {"is_urgent": True}).total == Decimal("10.00")
    assert reckon(price_list, {"is_urgent": 1}).total == Decimal("0.00")


_AMOUNTS = st.decimals(0, 1_000_000, places=2, allow_nan=False, allow_infinity=False).map(str)
_PERCENTS = st.decimals("0.01", 100, places=2, allow_nan=False, allow_infinity=False).map(str)


@st.composite
def price_lists(draw: st.DrawFn) -> PriceRules:
    """Return any price list over the facts `count` and `entries`."""
    names = [f"line{number}" for number in range(draw(st.integers(0, 5)))]
    lines = []
    for at, name in enumerate(names):
        each = draw(st.sampled_from([None, "count", "entries_count"]))
        one = line(name, draw(_AMOUNTS), each=each, included=draw(st.integers(0, 5)))
        if at and draw(st.booleans()):
            one["percent"] = draw(_PERCENTS)
        lines.append(one)
    waivers = [
        {
            "key": f"waiver{number}",
            "label": words("waiver"),
            "percent": draw(_PERCENTS),
            "yearly": draw(st.none() | st.integers(1, 3)),
        }
        for number in range(draw(st.integers(0, 3)))
    ]
    floor, ceiling = sorted((Decimal(draw(_AMOUNTS)), Decimal(draw(_AMOUNTS))))
    bounds = draw(st.sampled_from([{}, {"floor": str(floor)}, {"floor": str(floor), "ceiling": str(ceiling)}]))
    return rules(*lines, waivers=waivers, **bounds)


def reckoned(price_list: PriceRules, count: int, entries: int, used: int) -> Reckoning:
    facts: dict[str, Fact] = {"count": count, "entries": [str(number) for number in range(entries)]}
    return reckon(price_list, facts, used_this_year={f"waiver{number}": used for number in range(3)})


@given(price_lists(), st.integers(-(10**9), 10**9), st.integers(0, 50), st.integers(0, 5))
def test_a_total_is_never_negative_and_is_the_sum_of_its_lines(
    price_list: PriceRules, count: int, entries: int, used: int
) -> None:
    reckoning = reckoned(price_list, count, entries, used)

    assert Decimal(0) <= reckoning.total <= MAX_TOTAL
    assert reckoning.total == sum((each.amount for each in reckoning.lines), Decimal(0))
    assert reckoning.total == reckoning.total.quantize(Decimal("0.01"))
    if price_list.ceiling is not None:
        assert reckoning.total <= price_list.ceiling
    if price_list.floor is not None and reckoning.total:
        assert reckoning.total >= price_list.floor


@given(price_lists(), st.integers(0, 1000), st.integers(0, 50))
def test_it_is_never_cheaper_once_the_waivers_are_used_up(price_list: PriceRules, count: int, entries: int) -> None:
    without_floor = price_list.model_copy(update={"floor": None})

    fresh, spent = reckoned(without_floor, count, entries, 0), reckoned(without_floor, count, entries, 3)

    assert fresh.total <= spent.total
