"""What a form of the service editor changes in a stored definition. Pure; what it makes is checked by the use case."""

from collections.abc import Mapping
from typing import Any, cast

from starlette.datastructures import FormData

from admin.service_forms import ENTRIES, LISTS, Part, path_of, read
from admin.service_wording import EFFECTS
from qa_server.commissions import renaming
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_checks import Problem
from qa_server.commissions.service_errors import DefinitionRefused
from storage.errors import NotFound

# Names of the inputs that give a part, and a choice of a field, another key.
NEW_KEY, CHOICE, CHOICE_KEY = "new_key", "choice", "choice_key"
# What a new report rule numbers by until somebody says otherwise.
NUMBER = "{library}-{service}-{year}-{serial:4}"
_MOVES = {"up": -1, "down": 1}


def changed(stored: Part, definition: ServiceDefinition, group: str, sent: FormData) -> Part:
    """Return a stored definition with what a form says. Raises NotFound, and DefinitionRefused for a key that is taken
    or cannot be changed.
    """
    if group == "report" and str(sent.get("do")) in ("add", "remove"):
        return _with_report(stored, definition, sent)
    if group == "effects":
        return _with_effects(stored, sent)
    if group == "cancellation":
        return _with_cancellation(stored, definition, sent)
    if group not in ENTRIES:
        raise NotFound()
    new = _copied(stored, path_of(group))
    if group not in LISTS:
        part = _at(new, path_of(group))
        now = read(ENTRIES[group], sent, part, definition)
        # What was emptied is gone.
        part.clear()
        part.update(now)
        return new
    _change_list(_at(new, path_of(group)), definition, group, sent)
    return _with_keys(new, definition, group, sent) if str(sent.get("do", "save")) == "save" else new


def _change_list(parts: list[Part], definition: ServiceDefinition, group: str, sent: FormData) -> None:
    do, key = str(sent.get("do", "save")), str(sent.get("key", "")).strip()
    at = next((number for number, each in enumerate(parts) if each["key"] == key), None)
    if do == "add":
        if at is not None:
            raise _refused(Problem(key, "{key} is there twice.", {"key": key}), "key")
        parts.append(_new(group, key, sent, definition))
        return
    if at is None:
        raise NotFound()
    if do == "remove":
        del parts[at]
    elif do in _MOVES:
        to = max(0, min(len(parts) - 1, at + _MOVES[do]))
        parts.insert(to, parts.pop(at))
    else:
        parts[at] = read(ENTRIES[group], sent, parts[at], definition)


def _new(group: str, key: str, sent: FormData, definition: ServiceDefinition) -> Part:
    """Return a part with a key and a name that is sound as it is, for somebody to go on with."""
    zh, en = (str(sent.get(f"label.{each}", "")).strip() for each in ("zh", "en"))
    label = {"zh": zh or en, "en": en or zh}
    more: Mapping[str, Part] = {
        "fields": {"kind": "text", "section": definition.sections[0].key},
        "lines": {"amount": "0"},
        "waivers": {"percent": "100"},
        "speeds": {"days": 5},
        "states": {"told": label, "acts": "library"},
        "transitions": {"from": [definition.first_state], "to": definition.first_state, "by": ["contact"]},
    }
    return {"key": key, "label": label, **more.get(group, {})}


def _with_keys(stored: Part, definition: ServiceDefinition, group: str, sent: FormData) -> Part:
    """Give a part, and a choice of a field, the key that was typed; whatever refers to it follows."""
    key = str(sent.get("key", "")).strip()
    choice, choice_key = (str(sent.get(name, "")).strip() for name in (CHOICE, CHOICE_KEY))
    if group == "fields" and choice and choice_key and choice != choice_key:
        refusal = renaming.choice_refusal(definition, stored, key, choice, choice_key)
        if refusal is not None:
            raise _refused(refusal, CHOICE_KEY)
        stored = renaming.renamed_choice(stored, key, choice, choice_key)
    new_key = str(sent.get(NEW_KEY, key)).strip()
    if new_key == key:
        return stored
    kind = cast("renaming.Group", group)
    refusal = renaming.refusal(definition, stored, kind, key, new_key)
    if refusal is not None:
        raise _refused(refusal, NEW_KEY)
    return renaming.renamed(stored, kind, key, new_key)


def _with_report(stored: Part, definition: ServiceDefinition, sent: FormData) -> Part:
    """Return the definition with a report rule that is sound as it is, for somebody to go on with, or without one."""
    if str(sent.get("do")) == "remove":
        return {**stored, "report": None}
    title = {"zh": f"{definition.name.zh}报告", "en": f"{definition.name.en}: report"}
    template = str(sent.get("report.template", ""))
    return {**stored, "report": stored.get("report") or {"number": NUMBER, "template": template, "title": title}}


def _refused(problem: Problem, place: str) -> DefinitionRefused:
    """Return the refusal of what was typed into the input of this name."""
    told = {"where": place, "sentence": problem.sentence, "details": dict(problem.details)}
    return DefinitionRefused(count=1, problems=[told])


def _with_effects(stored: Part, sent: FormData) -> Part:
    new = _copied(stored, ("clock",))
    for effect in EFFECTS:
        if effect:
            new["clock"][effect] = [
                name.removeprefix("effect.")
                for name, value in sent.multi_items()
                if name.startswith("effect.") and value == effect
            ]
    return new


def _with_cancellation(stored: Part, definition: ServiceDefinition, sent: FormData) -> Part:
    new = _copied(stored, ("prices",))
    typed = {state.key: str(sent.get(f"cancellation.{state.key}", "")).strip() for state in definition.states}
    new["prices"]["cancellation"] = {key: text for key, text in typed.items() if text}
    return new


def _copied(stored: Part, path: tuple[str, ...]) -> Part:
    """Return a copy that can be changed at a path and leaves the original as it was."""
    new = dict(stored)
    inner: Any = new
    for step in path:
        inner[step] = list(inner[step]) if isinstance(inner[step], list) else dict(inner[step])
        inner = inner[step]
    return new


def _at(stored: Part, path: tuple[str, ...]) -> Any:
    inner: Any = stored
    for step in path:
        inner = inner[step]
    return inner
