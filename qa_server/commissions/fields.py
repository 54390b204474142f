"""Checks what somebody filled into the form of a service. Pure: no clock, no database.

A field that its condition hides is neither asked for nor kept. Names, e-mail and telephone of the reader are the
commission's `contact`, not part of its form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, cast

from qa_server.commissions.definition import FieldDef, FieldKind, ServiceDefinition
from qa_server.commissions.definition_checks import Problem
from qa_server.commissions.pricing import Fact, holds
from qa_server.commissions.values import Read, Value, read_papers, read_value

# Characters of a whole form: some hundred papers with all they say, and long texts beside them.
MAX_FORM_CHARACTERS = 1_500_000
# Unknown names told one by one; a client that sends more is broken in a way that the first ones show.
MAX_UNKNOWN = 5
_NAME_SHOWN = 40
_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Checked:
    """What is kept of a form, by field, and what is wrong with it, in the order of the form."""

    values: dict[str, Value]
    problems: list[Problem]


def check_values(
    definition: ServiceDefinition,
    values: Mapping[str, object],
    *,
    by: Literal["reader", "staff"],
    today: date,
    beside: Mapping[str, object] = _NOTHING,
    partly: bool = False,
    papers: Callable[[object], Read] = read_papers,
) -> Checked:
    """Return what is kept of the fields that this side fills in, and what is wrong.

    `beside` are the values of the other side: conditions may ask for them. With `partly`, as for a draft, nothing is
    required and too few is not told; what is wrong is told all the same. A text that is too long is kept up to
    `values.MAX_TEXT`, and never silently. `today` is the library's date.
    """
    fields = {field.key: field for field in definition.fields if field.by == by}
    form = _Form(fields, values, today, beside, papers, partly)
    for field in fields.values():
        form.take(field)
    unknown = [key for key in values if key not in fields][:MAX_UNKNOWN]
    told = [Problem(key[:_NAME_SHOWN], "There is no such field.", {}) for key in map(str, unknown)]
    return Checked(
        {key: form.kept[key] for key in fields if key in form.kept},
        [*told, *(form.problems[key] for key in fields if key in form.problems)],
    )


class _Form:
    """Takes the fields of a form, each after the one that its condition asks for."""

    def __init__(
        self,
        fields: Mapping[str, FieldDef],
        values: Mapping[str, object],
        today: date,
        beside: Mapping[str, object],
        papers: Callable[[object], Read],
        partly: bool,
    ) -> None:
        self._fields, self._values, self._today = fields, values, today
        self._beside, self._papers, self._partly = beside, papers, partly
        self._seen: set[str] = set()
        self._characters = 0
        self.kept: dict[str, Value] = {}
        self.problems: dict[str, Problem] = {}

    def take(self, field: FieldDef) -> None:
        if field.key in self._seen:
            return
        self._seen.add(field.key)
        if field.when is not None:
            if (asked := self._fields.get(field.when.field)) is not None:
                self.take(asked)
            facts = cast(Mapping[str, Fact], {**self._beside, **self.kept})
            if not holds(field.when, facts):
                return
        read = read_value(field, self._values.get(field.key), today=self._today, papers=self._papers)
        self._keep(field, read)
        self._tell(field, read)

    def _keep(self, field: FieldDef, read: Read) -> None:
        if read.value is None or read.value == []:
            return
        self._characters += _characters(read.value)
        if self._characters > MAX_FORM_CHARACTERS:
            self.problems[field.key] = Problem(field.key, "The form is too large; this was not kept.", {})
            return
        self.kept[field.key] = read.value

    def _tell(self, field: FieldDef, read: Read) -> None:
        if field.key in self.problems:
            return
        if read.sentence:
            # Too few is no mistake in a form that is still being written.
            if not (self._partly and "least" in read.details):
                self.problems[field.key] = Problem(field.key, read.sentence, dict(read.details))
        elif field.required and not self._partly and self.kept.get(field.key) in (None, False):
            sentence = "Please confirm this." if field.kind is FieldKind.BOOLEAN else "Please fill this in."
            self.problems[field.key] = Problem(field.key, sentence, {})


def _characters(value: Value | dict[str, object]) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(_characters(cast(Value, each)) for each in value)
    if isinstance(value, dict):
        return sum(_characters(cast(Value, each)) for each in value.values())
    return 1
