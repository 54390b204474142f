"""Numbers of reports by a library's own pattern."""

import pytest

from qa_server.commissions.reports.errors import NumberDoesNotFit, NumberPatternRefused
from qa_server.commissions.reports.numbering import check_pattern, format_number

# 14 digits: year 4, province 2, agency 3, serial 5, as novelty reports were numbered by the national form.
NOVELTY_PATTERN = "{year}{province:2}{agency:3}{serial:5}"
GENERAL_PATTERN = "{library}-{service}-{year}-{serial:4}"

VALUES: dict[str, str | int] = {
    "year": 2026,
    "month": 3,
    "day": 9,
    "serial": 38,
    "province": "42",
    "agency": "101",
    "library": "DHU",
    "service": "CX",
}


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        (NOVELTY_PATTERN, "20264210100038"),
        (GENERAL_PATTERN, "DHU-CX-2026-0038"),
        ("{year:2}{month}{day}-{serial:3}", "260309-038"),
        ("查新字〔{year}〕第{serial}号", "查新字〔2026〕第38号"),
    ],
)
def test_a_number_is_made_from_its_pattern(pattern: str, number: str) -> None:
    check_pattern(pattern)
    assert format_number(pattern, VALUES) == number


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{year}",
        "{serial:5}",
        "{year}{serial}{serial}",
        "{year}{serial:0}",
        "{year}{serial:13}",
        "{year:3}{serial}",
        "{year}{month:3}{serial}",
        "{year}{serial}{reader}",
        "{year}{serial}{",
        "{year}{serial}{0}",
        "{year}{serial}{serial!r}",
        "{year.__class__}{serial}",
        "{year} {serial}",
        "{year}\n{serial}",
        "<b>{year}{serial}",
        "{year}{serial}" + "x" * 100,
    ],
)
def test_a_pattern_that_makes_no_single_number_is_refused(pattern: str) -> None:
    with pytest.raises(NumberPatternRefused):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("name", "value"),
    [("serial", 100_000), ("serial", -1), ("province", "420"), ("agency", ""), ("agency", "a/b"), ("year", 20260)],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str | int) -> None:
    with pytest.raises(NumberDoesNotFit, match=name):
        format_number(NOVELTY_PATTERN, {**VALUES, name: value})


def test_a_missing_value_is_named() -> None:
    with pytest.raises(NumberDoesNotFit, match="agency"):
        format_number(NOVELTY_PATTERN, {name: value for name, value in VALUES.items() if name != "agency"})


def test_serials_of_a_year_give_numbers_of_one_length_without_doubles() -> None:
    numbers = {format_number(NOVELTY_PATTERN, {**VALUES, "serial": serial}) for serial in range(1, 2_000)}
    assert len(numbers) == 1_999
    assert {len(number) for number in numbers} == {14}
