"""What an entry of the record says about its values: one line for each field, in words where the console has any."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from admin.node_wording import DESK_KINDS, DESK_MODES, DESK_STATES, MEMBER_ROLES
from admin.page import Visitor
from qa_server.network.errors import SettingUnknown
from qa_server.network.setting_definitions import definition_of

# A rule or a card line may be long; the record shows its beginning.
_SHOWN_CHARACTERS = 120
FIELDS: Mapping[str, str] = {
    "alliance": "Alliance",
    "clc_classes": "Subjects",
    "codes": "Descriptive codes",
    "filters": "Chosen by",
    "format": "Format",
    "hours": "Answer due within",
    "is_locked": "Locked for everything below",
    "kind": "Kind",
    "language": "Language",
    "languages": "Spoken languages",
    "login": "User name",
    "max_chats": "Chats at once",
    "library": "Library",
    "mentor": "Mentor",
    "min_staff": "Wanted at once",
    "month": "Month",
    "mode": "How it gives out questions",
    "name_en": "English name",
    "name_zh": "Chinese name",
    "network": "Network address",
    "node": "Node",
    "note": "Note",
    "readers": "With what says who readers are",
    "reviews_trainees": "Answers of trainees read first",
    "role": "Role at the desk",
    "rows": "Rows",
    "shelf": "List",
    "shortcut": "Shortcut",
    "state": "State",
    "states": "States",
    "subject": "Subject",
    "tags": "Tags",
    "text_en": "English",
    "text_zh": "Chinese",
    "time_zone": "Time zone",
    "title_en": "English title",
    "title_zh": "Chinese title",
    "trainee_until": "Last day as a trainee",
    "value": "Value",
}
# Codes that mean the same in every field they stand in.
_CODES: Mapping[str, str] = {**DESK_KINDS, **DESK_MODES, **DESK_STATES, **MEMBER_ROLES}
_CODED = frozenset({"kind", "mode", "state", "role"})


def lines_of(visitor: Visitor, value: Any, *, is_whole: bool) -> list[tuple[str, str]]:
    """Return label and text of each field, without a label where a value has none.

    Of what is told whole, as something added or removed is, empty fields are left out.
    """
    if value is None:
        return []
    if not isinstance(value, Mapping):
        return [("", _text(visitor, "", value))]
    told = {name: each for name, each in value.items() if not is_whole or each not in (None, "", [])}
    return [(visitor.say(FIELDS.get(name, name)), _text(visitor, name, each)) for name, each in told.items()]


def setting_label(visitor: Visitor, subject: str, key: str) -> str:
    """Return what a setting is called, for an entry about one; else nothing."""
    if subject != "setting":
        return ""
    try:
        found = definition_of(key)
    except SettingUnknown:
        return ""
    return found.label_zh if visitor.language == "zh" else found.label_en


def _text(visitor: Visitor, name: str, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return visitor.say("yes") if value else visitor.say("no")
    if isinstance(value, str):
        text = visitor.say(_CODES[value]) if name in _CODED and value in _CODES else value
    elif isinstance(value, Sequence) and all(isinstance(each, str | int) for each in value):
        text = ("、" if visitor.language == "zh" else ", ").join(str(each) for each in value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
