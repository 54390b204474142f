"""Parts of a service as plain forms: what each entry is, how it is shown as text, and how the text is read back.

No rule is checked here: what is read goes to the use case, whose problems name the place by the same path.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from admin import service_wording as words
from qa_server.commissions.definition import FieldKind, ServiceDefinition

Part = dict[str, Any]
_OTHERWISE = {("when", "conditions"): "Only if", ("by", "checks"): "Who may"}


@dataclass(frozen=True)
class Entry:
    """An entry of a form. `kind` says how it is typed.

    A choice has `fixed` options, in English, or those that a definition gives, in the language of its words.
    """

    name: str
    kind: str = "line"
    fixed: Mapping[str, str] | None = None
    given: Callable[[ServiceDefinition, str], Mapping[str, str]] | None = None
    # Without one it is left out of the stored part, or is what the schema says.
    is_optional: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its inputs: two for a text in both languages."""
        return (f"{self.name}.zh", f"{self.name}.en") if self.kind in ("words", "texts") else (self.name,)

    @property
    def label(self) -> str:
        """Return what it is called, in English."""
        # The same name is another thing in another part.
        if (self.name, self.kind) in _OTHERWISE:
            return _OTHERWISE[self.name, self.kind]
        return words.ENTRIES.get(self.name) or words.ENTRIES[self.name.rpartition(".")[2]]

    @property
    def hint(self) -> str:
        """Return what stands beside it, empty for most."""
        return words.HINTS.get(self.name.rpartition(".")[2], "")


def _sections(it: ServiceDefinition, language: str) -> Mapping[str, str]:
    return {each.key: each.label.in_(language) for each in it.sections}


def _states(it: ServiceDefinition, language: str) -> Mapping[str, str]:
    return {each.key: each.label.in_(language) for each in it.states}


def _fields_of(*kinds: FieldKind) -> Callable[[ServiceDefinition, str], Mapping[str, str]]:
    return lambda it, language: {each.key: each.label.in_(language) for each in it.fields if each.kind in kinds}


def _countable(it: ServiceDefinition, language: str) -> Mapping[str, str]:
    lists = (FieldKind.PAPERS, FieldKind.TERMS, FieldKind.CHOICES, FieldKind.FILES)
    numbers = {each.key: each.label.in_(language) for each in it.fields if each.kind is FieldKind.INTEGER}
    return numbers | {f"{each.key}_count": each.label.in_(language) for each in it.fields if each.kind in lists}


_LABEL = Entry("label", "words", is_optional=False)

ENTRIES: Mapping[str, tuple[Entry, ...]] = {
    "basics": (
        Entry("name", "words", is_optional=False),
        Entry("summary", "texts", is_optional=False),
        Entry("details", "texts"),
        Entry("title_field", "select", given=_fields_of(FieldKind.TEXT, FieldKind.PARAGRAPH), is_optional=False),
        Entry("subject_field", "select", given=_fields_of(FieldKind.SUBJECT)),
        Entry("objection_days", "number", is_optional=False),
        Entry("retention_years", "number", is_optional=False),
    ),
    "report": (
        Entry("report.title", "words", is_optional=False),
        Entry("report.number", is_optional=False),
        Entry("report.template", "select", fixed=words.TEMPLATES, is_optional=False),
        Entry("report.needs_review", "yes"),
        Entry("report.needs_seal", "yes"),
    ),
    "delivery": (
        Entry("delivery.articles_per_issue", "number"),
        Entry("delivery.book_percent", "number"),
        Entry("delivery.monthly_quota", "number"),
        Entry("delivery.offer_hours", "number", is_optional=False),
        Entry("delivery.link_days", "number", is_optional=False),
        Entry("delivery.downloads", "number", is_optional=False),
    ),
    "sections": (_LABEL, Entry("help", "texts")),
    "fields": (
        _LABEL,
        Entry("kind", "select", fixed=words.FIELD_KINDS, is_optional=False),
        Entry("section", "select", given=_sections, is_optional=False),
        Entry("by", "select", fixed=words.FIELD_SIDES, is_optional=False),
        Entry("required", "yes"),
        Entry("help", "texts"),
        Entry("example", "words"),
        Entry("when", "condition"),
        Entry("choices", "choices"),
        Entry("minimum", "number"),
        Entry("maximum", "number"),
        Entry("longest", "number"),
        Entry("format", "select", fixed=words.FORMATS),
    ),
    "prices": (
        Entry("order", "select", fixed=words.ORDERS, is_optional=False),
        Entry("currency", is_optional=False),
        Entry("floor"),
        Entry("ceiling"),
        Entry("valid_days", "number", is_optional=False),
        Entry("source", "texts"),
    ),
    "lines": (
        _LABEL,
        Entry("amount"),
        Entry("unit", "words"),
        Entry("each", "select", given=_countable),
        Entry("included"),
        Entry("at_most"),
        Entry("percent"),
        Entry("of", "keys"),
        Entry("when", "conditions"),
    ),
    "waivers": (
        _LABEL,
        Entry("percent", is_optional=False),
        Entry("of", "keys"),
        Entry("when", "conditions"),
        Entry("yearly", "number"),
    ),
    "times": (
        Entry("speed_field", "select", given=_fields_of(FieldKind.CHOICE)),
        Entry("intake_hours", "number", is_optional=False),
        Entry("remind_hours", "number", is_optional=False),
        Entry("rework_days", "number", is_optional=False),
    ),
    "speeds": (_LABEL, Entry("days", "number", is_optional=False)),
    "states": (
        _LABEL,
        Entry("told", "texts", is_optional=False),
        Entry("acts", "select", fixed=words.ACTS, is_optional=False),
        Entry("is_form_open", "yes"),
        Entry("is_end", "yes"),
    ),
    "transitions": (
        _LABEL,
        Entry("from", "checks", given=_states, is_optional=False),
        Entry("to", "select", given=_states, is_optional=False),
        Entry("by", "checks", fixed=words.ACTORS, is_optional=False),
        Entry("does", "select", fixed=words.OPERATIONS),
        Entry("needs", "checks", fixed=words.NEEDS),
        Entry("reason", "select", fixed=words.REASONS, is_optional=False),
        Entry("tells", "checks", fixed=words.TELLS),
    ),
}

# Where the list of a part lies in a stored definition; parts that are no list lie at its top or in one object.
LISTS: Mapping[str, tuple[str, ...]] = {
    "sections": ("sections",),
    "fields": ("fields",),
    "lines": ("prices", "lines"),
    "waivers": ("prices", "waivers"),
    "speeds": ("clock", "speeds"),
    "states": ("states",),
    "transitions": ("transitions",),
}
_OBJECTS: Mapping[str, tuple[str, ...]] = {"prices": ("prices",), "times": ("clock",)}


def path_of(part: str) -> tuple[str, ...]:
    """Return where a part lies in a stored definition."""
    return LISTS.get(part) or _OBJECTS.get(part, ())


def shown(entries: Sequence[Entry], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the inputs of a form say, by their names."""
    return {name: text for entry in entries for name, text in _shown(entry, _at(stored, entry.name)).items()}


def typed(entries: Sequence[Entry], sent: FormData) -> dict[str, Any]:
    """Return what was typed, by the names of the inputs, for a form that comes back."""
    return {
        name: [str(each) for each in sent.getlist(name)] if entry.kind == "checks" else str(sent.get(name, ""))
        for entry in entries
        for name in entry.names
    }


def read(entries: Sequence[Entry], sent: FormData, stored: Mapping[str, Any], definition: ServiceDefinition) -> Part:
    """Return a stored part with the entries as they were typed."""
    part: Part = dict(stored)
    for entry in entries:
        value = _read(entry, sent, definition)
        *above, last = entry.name.split(".")
        inner = part
        for step in above:
            inner[step] = dict(inner[step])
            inner = inner[step]
        inner.pop(last, None)
        if value is not None:
            inner[last] = value
    return part


def _at(stored: Mapping[str, Any], name: str) -> Any:
    found: Any = stored
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _shown(entry: Entry, value: Any) -> dict[str, Any]:
    if entry.kind in ("words", "texts"):
        return {f"{entry.name}.{each}": (value or {}).get(each, "") for each in ("zh", "en")}
    return {entry.name: _SHOWN.get(entry.kind, _plain)(value)}


def _plain(value: Any) -> Any:
    return "" if value is None else str(value)


def _shown_condition(value: Any) -> str:
    return f"{value['field']} = {', '.join(_word(each) for each in value['one_of'])}" if value else ""


def _word(value: bool | int | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_SHOWN: Mapping[str, Callable[[Any], Any]] = {
    "yes": lambda value: "yes" if value else "",
    "checks": lambda value: list(value or ()),
    "keys": lambda value: ", ".join(value or ()),
    "choices": lambda value: "\n".join(
        f"{each['key']} | {each['label']['zh']} | {each['label']['en']}" for each in value or ()
    ),
    "condition": _shown_condition,
    "conditions": lambda value: "\n".join(_shown_condition(each) for each in value or ()),
}


def _read(entry: Entry, sent: FormData, definition: ServiceDefinition) -> Any:
    if entry.kind in ("words", "texts"):
        zh, en = (str(sent.get(name, "")).strip() for name in entry.names)
        return {"zh": zh, "en": en} if zh or en or not entry.is_optional else None
    if entry.kind == "checks":
        return [str(each) for each in sent.getlist(entry.name)]
    text = str(sent.get(entry.name, "")).strip()
    if entry.kind == "yes":
        return text == "yes"
    if entry.kind == "keys":
        return [each.strip() for each in text.replace("，", ",").split(",") if each.strip()]
    if entry.kind == "choices":
        return [_choice(line) for line in text.splitlines() if line.strip()]
    if entry.kind == "conditions":
        return [_condition(line, definition) for line in text.splitlines() if line.strip()]
    if entry.kind == "condition":
        return _condition(text, definition) if text else None
    if entry.kind == "number" and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return text or None


def _choice(line: str) -> Part:
    key, zh, en = ([each.strip() for each in line.replace("｜", "|").split("|")] + ["", "", ""])[:3]
    return {"key": key, "label": {"zh": zh or key, "en": en or zh or key}}


def _condition(line: str, definition: ServiceDefinition) -> Part:
    key, _, values = line.replace("，", ",").replace("＝", "=").partition("=")
    kinds = {each.key: each.kind for each in definition.fields}
    kind = kinds.get(key.strip())
    return {"field": key.strip(), "one_of": [_value(each.strip(), kind) for each in values.split(",") if each.strip()]}


def _value(text: str, kind: FieldKind | None) -> bool | int | str:
    if kind is FieldKind.BOOLEAN and text in ("true", "false", "yes", "no"):
        return text in ("true", "yes")
    if kind is FieldKind.INTEGER and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return text
