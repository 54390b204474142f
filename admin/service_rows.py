"""Parts of a service as rows of a table, in the language of the person who looks. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from admin import service_wording as words
from qa_server.commissions.definition import (
    Condition,
    FieldDef,
    PriceLine,
    Section,
    ServiceDefinition,
    Speed,
    StateDef,
    Transition,
    Waiver,
)

Say = Callable[[str], str]
Parts = Sequence[Section | FieldDef | PriceLine | Waiver | Speed | StateDef | Transition]

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "sections": ("Name", "Help"),
    "fields": ("Name", "Kind of entry", "Section", "Required", "Shown only if"),
    "lines": ("Name", "Price", "Counted by", "Only if"),
    "waivers": ("Name", "Less", "Only of these lines", "Only if"),
    "speeds": ("Name", "Working days"),
    "states": ("Name", "What the reader reads", "Who has to act"),
    "transitions": ("Name", "Starts from", "Leads to", "Who may", "Possible only if"),
}
TITLES: Mapping[str, str] = {
    "sections": "Sections",
    "fields": "Fields",
    "lines": "Price lines",
    "waivers": "Waivers",
    "speeds": "Speeds",
    "states": "States",
    "transitions": "Steps",
}
# What forms beside the tables are called.
FORM_TITLES: Mapping[str, str] = {
    "report": "Report",
    "delivery": "Delivery",
    "prices": "The price list",
    "times": "The clock",
}


def parts_of(definition: ServiceDefinition, group: str) -> Parts:
    """Return the parts of a list, in order."""
    found: Mapping[str, Parts] = {
        "sections": definition.sections,
        "fields": definition.fields,
        "lines": definition.prices.lines,
        "waivers": definition.prices.waivers,
        "speeds": definition.clock.speeds,
        "states": definition.states,
        "transitions": definition.transitions,
    }
    return found[group]


def cells(part: Any, definition: ServiceDefinition, language: str, say: Say) -> list[str]:
    """Return what stands in the row of a part, as its headings say."""
    name = part.label.in_(language)
    match part:
        case FieldDef():
            section = next((each.label.in_(language) for each in definition.sections if each.key == part.section), "")
            required = say("yes") if part.required else ""
            kind = say(words.FIELD_KINDS[part.kind])
            office = f" · {say(words.FIELD_SIDES['staff'])}" if part.by == "staff" else ""
            return [
                name,
                kind + office,
                section,
                required,
                conditions([part.when] if part.when else [], definition, language),
            ]
        case PriceLine():
            unit = f" / {part.unit.in_(language)}" if part.unit else ""
            price = f"{part.percent} %" if part.percent is not None else f"{part.amount}{unit}"
            return [name, price, _counted(part, definition, language), conditions(part.when, definition, language)]
        case Waiver():
            lines = {line.key: line.label.in_(language) for line in definition.prices.lines}
            of = ", ".join(lines.get(key, key) for key in part.of)
            return [name, f"{part.percent} %", of, conditions(part.when, definition, language)]
        case Speed():
            return [name, str(part.days)]
        case StateDef():
            return [name, part.told.in_(language), say(words.ACTS[part.acts])]
        case Transition():
            states = {state.key: state.label.in_(language) for state in definition.states}
            return [
                name,
                _listed([states.get(key, key) for key in part.from_]),
                states.get(part.to, part.to),
                _listed([say(words.ACTORS[actor]) for actor in part.by]),
                _listed([say(words.NEEDS[need]) for need in part.needs]),
            ]
        case _:
            return [name, part.help.in_(language) if part.help else ""]


def conditions(found: Sequence[Condition], definition: ServiceDefinition, language: str) -> str:
    """Return conditions in words: `身份 = 校外`."""
    return _listed([_condition(each, definition, language) for each in found])


def _condition(condition: Condition, definition: ServiceDefinition, language: str) -> str:
    field = next((each for each in definition.fields if each.key == condition.field), None)
    if field is None:
        return condition.field
    labels = {choice.key: choice.label.in_(language) for choice in field.choices}
    values = [labels.get(str(value), str(value).lower()) for value in condition.one_of]
    return f"{field.label.in_(language)} = {' / '.join(values)}"


def _counted(line: PriceLine, definition: ServiceDefinition, language: str) -> str:
    if line.each is None:
        return ""
    names = {each.key: each.label.in_(language) for each in definition.fields}
    counted = names.get(line.each, names.get(line.each.removesuffix("_count"), line.each))
    return f"{counted} - {line.included}" if line.included else counted


def _listed(texts: Sequence[str]) -> str:
    return " · ".join(texts)
