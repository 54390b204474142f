"""Gives a part of a stored definition another key, and with it everything in the definition that refers to it. Pure.

Stored means as JSON, perhaps unsound: what refers to nothing is left as it is, and is told when it is checked.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Literal

from qa_server.commissions import program_keys
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_checks import COUNT, Problem

Stored = dict[str, Any]
Group = Literal["sections", "fields", "lines", "waivers", "speeds", "states", "transitions"]
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EFFECTS = ("starts_on", "pauses_on", "resumes_on", "stops_on")
_PRICES = ("lines", "waivers")


def refusal(definition: ServiceDefinition, stored: Stored, group: Group, old: str, new: str) -> Problem | None:
    """Return why a part cannot have another key, None where it can. The place is the key that was wanted."""
    taken = {each.get("key") for name in _beside(group) for each in _list(stored, name)}
    if (found := _unfit(new, taken)) is not None:
        return found
    reason = None
    if group == "fields":
        reason = program_keys.reason_for_field(definition, old)
    elif group == "states":
        reason = program_keys.reason_for_state(definition, old)
    elif group == "speeds" and (field := stored["clock"].get("speed_field")):
        reason = program_keys.reason_for_choice(definition, field, old)
    return _kept(old, reason)


def choice_refusal(definition: ServiceDefinition, stored: Stored, field: str, old: str, new: str) -> Problem | None:
    """Return why a choice of a field cannot have another key, None where it can."""
    choices = {each.get("key") for part in _list(stored, "fields") if part["key"] == field for each in _choices(part)}
    if old not in choices:
        return Problem(old, "{key} is not a choice of that field.", {"key": old})
    if (found := _unfit(new, choices)) is not None:
        return found
    return _kept(old, program_keys.reason_for_choice(definition, field, old))


def renamed(stored: Stored, group: Group, old: str, new: str) -> Stored:
    """Return the definition with another key for a part, and for every reference to it."""
    changed = deepcopy(stored)
    for part in _list(changed, group):
        if part.get("key") == old:
            part["key"] = new
    _FOLLOW[group](changed, old, new)
    return changed


def renamed_choice(stored: Stored, field: str, old: str, new: str) -> Stored:
    """Return the definition with another key for a choice: conditions and, of the field of speeds, the speed follow."""
    changed = deepcopy(stored)
    _rename_choice(changed, field, old, new)
    if changed["clock"].get("speed_field") == field:
        for speed in changed["clock"]["speeds"]:
            _replace(speed, "key", old, new)
    return changed


def _unfit(new: str, taken: set[Any]) -> Problem | None:
    if not _KEY.fullmatch(new):
        return Problem(new, "A key begins with a letter and has small letters, digits and _, 40 at most.", {})
    return Problem(new, "{key} is there twice.", {"key": new}) if new in taken else None


def _kept(old: str, reason: str | None) -> Problem | None:
    return Problem(old, reason, {"key": old}) if reason else None


def _beside(group: Group) -> tuple[Group, ...]:
    """Return the lists whose keys have to differ from one another."""
    return ("lines", "waivers") if group in _PRICES else (group,)


def _list(stored: Stored, group: Group) -> list[Stored]:
    found: list[Stored]
    match group:
        case "lines" | "waivers":
            found = stored["prices"].get(group) or []
        case "speeds":
            found = stored["clock"].get("speeds") or []
        case _:
            found = stored.get(group) or []
    return found


def _of_section(it: Stored, old: str, new: str) -> None:
    for field in it["fields"]:
        _replace(field, "section", old, new)


def _of_field(it: Stored, old: str, new: str) -> None:
    _replace(it, "title_field", old, new)
    _replace(it, "subject_field", old, new)
    _replace(it["clock"], "speed_field", old, new)
    for condition in _conditions(it):
        _replace(condition, "field", old, new)
    for line in _list(it, "lines"):
        _replace(line, "each", old, new)
        _replace(line, "each", old + COUNT, new + COUNT)
    if it.get("delivery"):
        _replace_in(it["delivery"], "shown_to_suppliers", old, new)


def _of_price(it: Stored, old: str, new: str) -> None:
    for group in _PRICES:
        for part in it["prices"].get(group) or []:
            _replace_in(part, "of", old, new)


def _of_waiver(it: Stored, old: str, new: str) -> None:
    """Nothing refers to a waiver."""


def _of_speed(it: Stored, old: str, new: str) -> None:
    if it["clock"].get("speed_field"):
        _rename_choice(it, it["clock"]["speed_field"], old, new)


def _of_state(it: Stored, old: str, new: str) -> None:
    _replace(it, "first_state", old, new)
    for transition in it["transitions"]:
        _replace(transition, "to", old, new)
        _replace_in(transition, "from", old, new)
    costs = it["prices"].get("cancellation")
    if costs:
        it["prices"]["cancellation"] = {new if key == old else key: cost for key, cost in costs.items()}


def _of_transition(it: Stored, old: str, new: str) -> None:
    for effect in _EFFECTS:
        _replace_in(it["clock"], effect, old, new)


_FOLLOW: Mapping[Group, Callable[[Stored, str, str], None]] = {
    "sections": _of_section,
    "fields": _of_field,
    "lines": _of_price,
    "waivers": _of_waiver,
    "speeds": _of_speed,
    "states": _of_state,
    "transitions": _of_transition,
}


def _rename_choice(it: Stored, field: str, old: str, new: str) -> None:
    for part in it["fields"]:
        for choice in _choices(part) if part.get("key") == field else ():
            _replace(choice, "key", old, new)
    for condition in _conditions(it):
        if condition.get("field") == field:
            _replace_in(condition, "one_of", old, new)


def _choices(field: Stored) -> list[Stored]:
    return field.get("choices") or []


def _conditions(it: Stored) -> Iterator[Stored]:
    yield from (field["when"] for field in it["fields"] if field.get("when"))
    for group in _PRICES:
        for part in it["prices"].get(group) or []:
            yield from part.get("when") or []


def _replace(part: Stored, name: str, old: str, new: str) -> None:
    if part.get(name) == old:
        part[name] = new


def _replace_in(part: Stored, name: str, old: str, new: str) -> None:
    if part.get(name):
        part[name] = [new if each == old else each for each in part[name]]
