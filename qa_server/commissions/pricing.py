"""Reckons a price from a price list and the facts of a commission. Pure; decimals throughout, rounded half up.

Lines are taken in the list's order, then waivers, each of what the ones before left, then floor and ceiling.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from qa_server.commissions.definition import Condition, PriceLine, PriceRules, Waiver, Words
from qa_server.commissions.definition_checks import COUNT

CENT = Decimal("0.01")
# What the books hold; nothing a library sells comes near, but a reader may have typed any number.
MAX_TOTAL = Decimal("9999999.99")
MAX_QUANTITY = Decimal(100_000)
_HUNDRED = Decimal(100)
_FLOOR = Words(zh="最低收费", en="Minimum charge")
_CEILING = Words(zh="收费上限", en="Ceiling")

Fact = bool | int | str | Sequence[object] | Mapping[str, object] | None


@dataclass(frozen=True)
class Reckoned:
    """One line of a reckoning: how many at how much. Amounts of waivers and of the ceiling are negative."""

    key: str
    label: Words
    quantity: Decimal
    unit_amount: Decimal
    amount: Decimal
    unit: Words | None = None
    percent: Decimal | None = None


@dataclass(frozen=True)
class Reckoning:
    """A whole reckoning; `total` is never below zero, two places after the point."""

    currency: str
    lines: tuple[Reckoned, ...]
    total: Decimal


def reckon(
    rules: PriceRules, facts: Mapping[str, Fact], *, used_this_year: Mapping[str, int] | None = None
) -> Reckoning:
    """Return what a commission costs. `facts` are the values of its form; lists count by their length.

    `used_this_year` says how often the reader had each waiver that is bounded by the year; without it none was used.
    """
    lines: list[Reckoned] = []
    for line in rules.lines:
        if all(holds(condition, facts) for condition in line.when):
            reckoned = _line(line, facts, lines)
            lines.extend([reckoned] if reckoned.amount or not line.each else [])
    waived = _waived(rules, facts, lines, used_this_year or {})
    total = sum((each.amount for each in (*lines, *waived)), Decimal(0))
    bounds = _bounds(rules, total) if lines else []
    return Reckoning(
        rules.currency, (*lines, *waived, *bounds), total + sum((each.amount for each in bounds), Decimal(0))
    )


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    """Say whether a condition holds: the value, or one of several, is one of those named. True is not 1."""
    value = facts.get(condition.field)
    values = value if isinstance(value, list | tuple) else (value,)
    return any(type(each) is type(wanted) and each == wanted for each in values for wanted in condition.one_of)


def _line(line: PriceLine, facts: Mapping[str, Fact], above: Sequence[Reckoned]) -> Reckoned:
    counted = max(_count(line.each, facts) - line.included, Decimal(0))
    quantity = min(counted, MAX_QUANTITY if line.at_most is None else line.at_most)
    unit_amount = line.amount
    if line.percent is not None:
        base = sum((each.amount for each in above if not line.of or each.key in line.of), Decimal(0))
        unit_amount = _cents(base * line.percent / _HUNDRED)
    return Reckoned(
        line.key, line.label, quantity, unit_amount, _cents(quantity * unit_amount), line.unit, line.percent
    )


def _count(name: str | None, facts: Mapping[str, Fact]) -> Decimal:
    if name is None:
        return Decimal(1)
    value = facts.get(name, facts.get(name.removesuffix(COUNT)))
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return Decimal(0)
    return Decimal(value) if isinstance(value, int) else Decimal(len(value))


def _waived(
    rules: PriceRules, facts: Mapping[str, Fact], lines: Sequence[Reckoned], used: Mapping[str, int]
) -> list[Reckoned]:
    left = {each.key: each.amount for each in lines}
    waived: list[Reckoned] = []
    for waiver in rules.waivers:
        if not _applies(waiver, facts, used):
            continue
        less = Decimal(0)
        for key in waiver.of or tuple(left):
            part = _cents(left.get(key, Decimal(0)) * waiver.percent / _HUNDRED)
            left[key] = left.get(key, Decimal(0)) - part
            less += part
        if less:
            waived.append(Reckoned(waiver.key, waiver.label, Decimal(1), -less, -less, percent=waiver.percent))
    return waived


def _applies(waiver: Waiver, facts: Mapping[str, Fact], used: Mapping[str, int]) -> bool:
    is_left = waiver.yearly is None or used.get(waiver.key, 0) < waiver.yearly
    return is_left and all(holds(condition, facts) for condition in waiver.when)


def _bounds(rules: PriceRules, total: Decimal) -> list[Reckoned]:
    # What was waived as a whole stays free: a floor is no charge for a free service.
    if rules.floor is not None and Decimal(0) < total < rules.floor:
        more = rules.floor - total
        return [Reckoned("floor", _FLOOR, Decimal(1), more, more)]
    ceiling = MAX_TOTAL if rules.ceiling is None else rules.ceiling
    if total > ceiling:
        less = ceiling - total
        return [Reckoned("ceiling", _CEILING, Decimal(1), less, less)]
    return []


def _cents(amount: Decimal) -> Decimal:
    return min(amount, MAX_TOTAL).quantize(CENT, ROUND_HALF_UP)
