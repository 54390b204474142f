"""The form of the reader's window: fields and questions as rows of inputs, read back into what the settings hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from qa_server.network import widget_settings as keys
from qa_server.network.setting_definitions import WEB_ORIGINS

# Empty rows to fill in; saving gives new ones.
_BLANK_ROWS = 2
_NO_KEY = re.compile(r"[^a-z0-9]+")
# How a choice is written on its line, in both languages.
_BETWEEN = "|"
# The prefix of the names of a group's inputs.
GROUPS: Mapping[str, str] = {"field": keys.FORM_FIELDS.key, "question": keys.QUESTIONNAIRE.key}
_PLAIN = (keys.COLOUR.key, keys.LOGO.key, keys.GREETING_ZH.key, keys.GREETING_EN.key, keys.SIDE.key)


@dataclass(frozen=True)
class Row:
    """One field as it stands in the form; `choices` has one line for each, Chinese and English."""

    key: str = ""
    kind: str = "text"
    label_zh: str = ""
    label_en: str = ""
    is_required: bool = False
    choices: str = ""
    when: str = "always"


def rows_of(fields: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return the rows of a group: its fields, then empty ones, no more than a form may have."""
    rows = [
        Row(
            key=each["key"],
            kind=each["kind"],
            label_zh=each["label_zh"],
            label_en=each["label_en"],
            is_required=each["is_required"],
            choices="\n".join(f"{choice['zh']} {_BETWEEN} {choice['en']}" for choice in each["choices"]),
            when=each.get("when", "always"),
        )
        for each in fields
    ]
    return [*rows, *[Row()] * min(_BLANK_ROWS, keys.MAX_FIELDS - len(rows))]


def typed_rows(sent: Mapping[str, str], group: str) -> list[Row]:
    """Return the rows of a group as they were sent, empty ones too."""
    rows = []
    for place in range(keys.MAX_FIELDS):
        if f"{group}-{place}-kind" in sent:
            part = partial(_sent, sent, f"{group}-{place}")
            rows.append(
                Row(
                    key=part("key"),
                    kind=part("kind"),
                    label_zh=part("label_zh"),
                    label_en=part("label_en"),
                    is_required=bool(part("is_required")),
                    choices=part("choices"),
                    when=part("when") or "always",
                )
            )
    return rows


def read_window(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that a form sent, by key; those of a locked part are not sent and not returned."""
    values: dict[str, Any] = {key: sent[key].strip() for key in _PLAIN if key in sent}
    if sent.get("no_colour") and keys.COLOUR.key in values:
        values[keys.COLOUR.key] = ""
    for group, key in GROUPS.items():
        if f"{group}-sent" in sent:
            kept = [each for each in typed_rows(sent, group) if each.label_zh.strip() or each.label_en.strip()]
            values[key] = _fields(kept, has_when=group == "field")
    if WEB_ORIGINS.key in sent:
        values[WEB_ORIGINS.key] = sent[WEB_ORIGINS.key].split()
    return values


def _fields(rows: Sequence[Row], *, has_when: bool) -> list[dict[str, Any]]:
    taken: set[str] = set()
    found = []
    for row in rows:
        key = row.key or _fresh_key(row, taken)
        taken.add(key)
        field = {
            "key": key,
            "kind": row.kind,
            "label_zh": row.label_zh.strip(),
            "label_en": row.label_en.strip(),
            "is_required": row.is_required,
            "choices": _choices(row.choices) if row.kind == "choice" else [],
        }
        found.append({**field, "when": row.when} if has_when else field)
    return found


def _fresh_key(row: Row, taken: set[str]) -> str:
    """Return a key that answers are kept under: made once of the English label, it stays when that changes."""
    base = _NO_KEY.sub("_", row.label_en.lower()).strip("_")[:24]
    base = base if base[:1].isalpha() else f"field_{base}".rstrip("_")
    names = [base, *(f"{base}_{count}" for count in range(1, keys.MAX_FIELDS + 1))]
    return next(name for name in names if name not in taken)


def _sent(sent: Mapping[str, str], place: str, name: str) -> str:
    return sent.get(f"{place}-{name}", "")


def _choices(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    parts = [line.partition(_BETWEEN) for line in lines]
    # One word for both languages is written once.
    return [{"zh": zh.strip(), "en": en.strip() or zh.strip()} for zh, _, en in parts]
