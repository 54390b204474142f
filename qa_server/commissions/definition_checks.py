"""Whether a definition makes sense: every name is known, every state can be reached and left, the clock can end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from qa_server.commissions.definition import (
    EVENTS,
    Actor,
    Condition,
    FieldDef,
    FieldKind,
    Need,
    Operation,
    PriceRules,
    ServiceDefinition,
    Transition,
)
from qa_server.commissions.reports.content import ServiceCode
from qa_server.commissions.reports.errors import NumberPatternRefused
from qa_server.commissions.reports.numbering import check_pattern
from qa_server.network.desks import CLC_CLASSES

_WITH_CHOICES = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
_COUNTED = frozenset({FieldKind.PAPERS, FieldKind.TERMS, FieldKind.CHOICES, FieldKind.FILES})
_CHOSEN = frozenset({FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.BOOLEAN, FieldKind.INTEGER, FieldKind.SUBJECT})
_OF_REPORT = frozenset({Need.REPORT_READY, Need.REPORT_PASSED})
# How a fact is called that counts the entries of a list.
COUNT = "_count"


@dataclass(frozen=True)
class Problem:
    """What is wrong, where; `sentence` is English with {placeholders} and the key of its translation."""

    where: str
    sentence: str
    details: Mapping[str, object]


def problems(definition: ServiceDefinition) -> list[Problem]:
    """Return everything that keeps a definition from being published, in the order of its parts; empty when sound."""
    return [
        *_doubles(definition),
        *_fields(definition),
        *_graph(definition),
        *_clock(definition),
        *_prices(definition, definition.prices),
        *_report(definition),
    ]


def facts_of(definition: ServiceDefinition) -> set[str]:
    """Return the names that price lines may count: whole numbers, and the lengths of lists."""
    numbers = {field.key for field in definition.fields if field.kind is FieldKind.INTEGER}
    return numbers | {field.key + COUNT for field in definition.fields if field.kind in _COUNTED}


def reachable(definition: ServiceDefinition) -> set[str]:
    """Return the states that can be reached from the first one."""
    found, level = {definition.first_state}, {definition.first_state}
    while level:
        level = {each.to for each in definition.transitions if set(each.from_) & level} - found
        found |= level
    return found


def ending(definition: ServiceDefinition) -> set[str]:
    """Return the states from which an end can be reached, ends themselves included."""
    found = {state.key for state in definition.states if state.is_end}
    while more := {start for each in definition.transitions if each.to in found for start in each.from_} - found:
        found |= more
    return found


def _problem(where: str, sentence: str, **details: object) -> Problem:
    return Problem(where, sentence, details)


def _doubles(definition: ServiceDefinition) -> Iterator[Problem]:
    for where, keys in (
        ("sections", [each.key for each in definition.sections]),
        ("fields", [each.key for each in definition.fields]),
        ("states", [each.key for each in definition.states]),
        ("transitions", [each.key for each in definition.transitions]),
        (
            "prices",
            [*(line.key for line in definition.prices.lines), *(each.key for each in definition.prices.waivers)],
        ),
        ("speeds", [each.key for each in definition.clock.speeds]),
    ):
        for key, count in Counter(keys).items():
            if count > 1:
                yield _problem(where, "{key} is there twice.", key=key)


def _fields(definition: ServiceDefinition) -> Iterator[Problem]:
    sections = {section.key for section in definition.sections}
    for field in definition.fields:
        if field.section not in sections:
            yield _problem(field.key, "There is no section {key}.", key=field.section)
        yield from _limits(field)
        if field.when is not None:
            yield from _condition(definition, field.key, field.when)
            if _asks_itself(definition, field):
                yield _problem(field.key, "The conditions of these fields go round in a circle.")
    yield from _named(definition, "title_field", definition.title_field, {FieldKind.TEXT, FieldKind.PARAGRAPH})
    if definition.subject_field is not None:
        yield from _named(definition, "subject_field", definition.subject_field, {FieldKind.SUBJECT})
    if definition.clock.speed_field is not None:
        yield from _named(definition, "clock", definition.clock.speed_field, {FieldKind.CHOICE})


def _limits(field: FieldDef) -> Iterator[Problem]:
    if (field.kind in _WITH_CHOICES) != bool(field.choices):
        yield _problem(field.key, "Choices belong to fields of choice, and those need some.")
    for key, count in Counter(choice.key for choice in field.choices).items():
        if count > 1:
            yield _problem(field.key, "{key} is there twice.", key=key)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield _problem(field.key, "The least is more than the most.")


def _asks_itself(definition: ServiceDefinition, field: FieldDef) -> bool:
    """Say whether following the conditions of a field leads back to it."""
    asked: FieldDef | None = field
    for _ in definition.fields:
        asked = _field(definition, asked.when.field) if asked is not None and asked.when is not None else None
        if asked is not None and asked.key == field.key:
            return True
    return False


def _named(definition: ServiceDefinition, where: str, key: str, kinds: set[FieldKind]) -> Iterator[Problem]:
    field = _field(definition, key)
    if field is None or field.kind not in kinds:
        yield _problem(where, "There is no fitting field {key}.", key=key)


def _condition(definition: ServiceDefinition, where: str, condition: Condition) -> Iterator[Problem]:
    field = _field(definition, condition.field)
    if field is None or field.kind not in _CHOSEN or field.key == where:
        yield _problem(where, "There is no fitting field {key}.", key=condition.field)
    else:
        for value in condition.one_of:
            if not _can_hold(field, value):
                yield _problem(where, "{key} is not a choice of that field.", key=str(value))


def _can_hold(field: FieldDef, value: bool | int | str) -> bool:
    """Say whether a field can ever have a value; True is no number."""
    if field.kind is FieldKind.BOOLEAN:
        return isinstance(value, bool)
    if field.kind is FieldKind.INTEGER:
        return isinstance(value, int) and not isinstance(value, bool)
    if field.kind is FieldKind.SUBJECT:
        return value in CLC_CLASSES
    return value in {choice.key for choice in field.choices}


def _graph(definition: ServiceDefinition) -> Iterator[Problem]:
    states = {state.key for state in definition.states}
    if definition.first_state not in states:
        yield _problem("first_state", "There is no state {key}.", key=definition.first_state)
    for transition in definition.transitions:
        for key in sorted({*transition.from_, transition.to} - states):
            yield _problem(transition.key, "There is no state {key}.", key=key)
    for key in sorted(states - reachable(definition)):
        yield _problem(key, "Nothing leads to this state.")
    for key in sorted(states - ending(definition)):
        yield _problem(key, "From this state no end can be reached.")
    yield from _starts(definition)
    yield from _never_taken(definition)


def _never_taken(definition: ServiceDefinition) -> Iterator[Problem]:
    """Find ways that another with the same operation stands before, open whenever they are."""
    for at, later in enumerate(definition.transitions):
        for earlier in definition.transitions[:at]:
            is_same = later.does is not None and earlier.does is later.does
            if is_same and _shadows(earlier, later):
                yield _problem(later.key, "{key} is taken wherever this could be.", key=earlier.key)


def _shadows(earlier: Transition, later: Transition) -> bool:
    shared = set(earlier.from_) & set(later.from_) and set(earlier.by) & set(later.by)
    return bool(shared) and set(earlier.needs) <= set(later.needs)


def _starts(definition: ServiceDefinition) -> Iterator[Problem]:
    first = [each for each in definition.transitions if definition.first_state in each.from_]
    if not any(each.does is Operation.SUBMIT and Actor.READER in each.by for each in first):
        yield _problem("first_state", "The reader has to be able to submit from the first state.")
    for state in definition.states:
        if state.is_end and state.is_form_open:
            yield _problem(state.key, "The form cannot be open at an end.")
    ends = {state.key for state in definition.states if state.is_end}
    for each in definition.transitions:
        if set(each.from_) & ends and each.to not in ends:
            yield _problem(each.key, "No way leads back from an end.")


def _clock(definition: ServiceDefinition) -> Iterator[Problem]:
    clock = definition.clock
    known = {each.key for each in definition.transitions} | EVENTS
    for key in (*clock.starts_on, *clock.pauses_on, *clock.resumes_on, *clock.stops_on):
        if key not in known:
            yield _problem("clock", "There is no transition {key}.", key=key)
    if bool(clock.pauses_on) != bool(clock.resumes_on):
        yield _problem("clock", "A clock that pauses has to go on again.")
    if clock.speed_field is not None and (field := _field(definition, clock.speed_field)) is not None:
        for key in sorted({choice.key for choice in field.choices} ^ {speed.key for speed in clock.speeds}):
            yield _problem("clock", "The speeds and the choices of that field differ: {key}.", key=key)


def _prices(definition: ServiceDefinition, prices: PriceRules) -> Iterator[Problem]:
    facts, above = facts_of(definition), set[str]()
    for line in prices.lines:
        if line.each is not None and line.each not in facts:
            yield _problem(line.key, "There is nothing called {key} to count.", key=line.each)
        yield from (
            _problem(line.key, "{key} does not stand above this line.", key=key) for key in line.of if key not in above
        )
        yield from _conditions(definition, line.key, line.when)
        above.add(line.key)
    for waiver in prices.waivers:
        yield from (_problem(waiver.key, "There is no line {key}.", key=key) for key in waiver.of if key not in above)
        yield from _conditions(definition, waiver.key, waiver.when)
    if prices.floor is not None and prices.ceiling is not None and prices.floor > prices.ceiling:
        yield _problem("prices", "The least is more than the most.")
    states = {state.key for state in definition.states}
    for key in sorted(set(prices.cancellation) - states):
        yield _problem("prices", "There is no state {key}.", key=key)


def _report(definition: ServiceDefinition) -> Iterator[Problem]:
    report = definition.report
    if report is None:
        for each in definition.transitions:
            if _OF_REPORT & set(each.needs):
                yield _problem(each.key, "This step waits for a report, and the service has none.")
        return
    try:
        check_pattern(report.number)
    except NumberPatternRefused as error:
        yield Problem("report.number", error.message, error.details)
    if report.template not in get_args(ServiceCode):
        yield _problem("report.template", "There is no form of a report called {key}.", key=report.template)


def _conditions(definition: ServiceDefinition, where: str, conditions: Iterable[Condition]) -> Iterator[Problem]:
    for condition in conditions:
        yield from _condition(definition, where, condition)


def _field(definition: ServiceDefinition, key: str) -> FieldDef | None:
    return next((field for field in definition.fields if field.key == key), None)
