"""A price list in plain words: each line with its amount, what is included, and when it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from qa_server.commissions.definition import (
    Condition,
    FieldDef,
    PaymentOrder,
    PriceLine,
    ServiceDefinition,
    Waiver,
    Words,
)

_ORDERS = {
    PaymentOrder.BEFORE: "You pay before the work begins.",
    PaymentOrder.AFTER: "You pay when the result is ready.",
    PaymentOrder.FREE: "This service is free of charge.",
    PaymentOrder.AGENT: "You settle with your own library, which passes the work on.",
}
# Whole amounts are written without their cents, as price lists on paper are.
_CENTS = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One line of a price list: what it is for, how much, and what else is to be known."""

    label: str
    amount: str
    notes: list[str]


class PriceWords:
    """The words of one service's price list, in one language. `say` translates, `words` chooses a library's text."""

    def __init__(
        self,
        say: Callable[..., str],
        words: Callable[[Words | None], str],
        language: str,
        definition: ServiceDefinition,
    ) -> None:
        self._say, self._words, self._language = say, words, language
        self._definition = definition
        self._prices = definition.prices

    @property
    def lines(self) -> list[Line]:
        """The lines in the list's order, then what lessens the price."""
        return [*map(self._line, self._prices.lines), *map(self._waiver, self._prices.waivers)]

    @property
    def notes(self) -> list[str]:
        """What holds for the list as a whole."""
        prices = self._prices
        notes = [_ORDERS[prices.order]] if prices.lines else [_ORDERS[PaymentOrder.FREE]]
        told = [self._say(each) for each in notes]
        if prices.floor is not None:
            told.append(self._say("At least {amount}.", amount=self._money(prices.floor)))
        if prices.ceiling is not None:
            told.append(self._say("At most {amount}.", amount=self._money(prices.ceiling)))
        if prices.lines:
            told.append(
                self._say(
                    "A quote holds for {days} days; nothing is owed before you accept it.", days=prices.valid_days
                )
            )
        return [*told, *self._cancellation()]

    @property
    def speeds(self) -> list[Line]:
        """How many working days each speed takes."""
        speeds = self._definition.clock.speeds
        return [Line(self._words(each.label) if len(speeds) > 1 else "", self._days(each.days), []) for each in speeds]

    def _line(self, line: PriceLine) -> Line:
        notes = [self._condition(each) for each in line.when]
        if line.included:
            notes.append(self._say("the first {count} are included", count=_plain(line.included)))
        if line.at_most is not None:
            notes.append(self._say("counted up to {count}", count=_plain(line.at_most)))
        if line.percent is not None:
            amount = self._say("{percent}% on top", percent=_plain(line.percent))
        else:
            amount = self._money(line.amount)
            if line.unit is not None:
                amount = self._say("{amount} per {unit}", amount=amount, unit=self._words(line.unit))
        return Line(self._words(line.label), amount, notes)

    def _waiver(self, waiver: Waiver) -> Line:
        is_free = waiver.percent == 100
        amount = self._say("free") if is_free else self._say("{percent}% less", percent=_plain(waiver.percent))
        notes = [self._condition(each) for each in waiver.when]
        if waiver.yearly is not None:
            notes.append(self._say("{count} times a year at most", count=waiver.yearly))
        return Line(self._words(waiver.label), amount, notes)

    def _condition(self, condition: Condition) -> str:
        field = next((each for each in self._definition.fields if each.key == condition.field), None)
        if field is None:
            return ""
        values = self._say(", ").join(self._value(field, each) for each in condition.one_of)
        return self._say("{field}: {values}", field=self._words(field.label), values=values)

    def _value(self, field: FieldDef, value: bool | int | str) -> str:
        if isinstance(value, bool):
            return self._say("yes") if value else self._say("no")
        chosen = next((each for each in field.choices if each.key == value), None)
        return self._words(chosen.label) if chosen else str(value)

    def _cancellation(self) -> list[str]:
        parts = [
            self._say("{state}: {percent}%", state=self._words(self._definition.state(key).label), percent=_plain(part))
            for key, part in self._prices.cancellation.items()
            if part
        ]
        if not parts:
            return [self._say("Cancelling is free.")] if self._prices.lines else []
        told = self._say("Cancelling is free until the work begins; after that it costs a part of the agreed price")
        return [f"{told}{self._say(': ')}{self._say(', ').join(parts)}"]

    def _days(self, days: int) -> str:
        return self._say("1 working day") if days == 1 else self._say("{count} working days", count=days)

    def _money(self, amount: Decimal) -> str:
        written = str(amount.quantize(_CENTS))
        written = written.removesuffix(".00")
        if self._prices.currency == "CNY" and self._language == "zh":
            return f"{written} 元"
        return f"{self._prices.currency} {written}"


def _plain(number: Decimal) -> str:
    """Return a number without zeros that say nothing."""
    return f"{number.normalize():f}"
