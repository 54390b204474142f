"""What a library may set about its window on library pages: colour, logo, words, fields before a question, questions
after it. Inherited down the tree like every setting; nobody has to set any of it."""

import re
from collections.abc import Mapping
from typing import Any

from qa_server.network.colours import TEXT_CONTRAST, WHITE, colour, contrast
from qa_server.network.setting_definitions import Definition, choice, define, text

# A form is no questionnaire of its own: what is longer is not filled in.
MAX_FIELDS = 8
MAX_CHOICES = 12
FIELD_KINDS = ("text", "email", "choice")
QUESTION_KINDS = ("choice", "text")
# Whether a field is asked for always, or only while nobody is on duty.
WHEN = ("always", "off_duty")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_MAX_LABEL = 120
_ADDRESS = re.compile(r"https://[^\s\"'<>\\]{1,280}")


def _accent(value: Any) -> str:
    if value == "":
        return ""
    found = colour(value) if isinstance(value, str) else colour("")
    if contrast(found, WHITE) < TEXT_CONTRAST:
        raise ValueError("White text cannot be read on this colour (contrast below 4.5). Choose a darker one.")
    return found


def _picture(value: Any) -> str:
    found = text(value)
    if found and not _ADDRESS.fullmatch(found):
        raise ValueError("Give the address of a picture, beginning with https://.")
    return found


def _fields(value: Any) -> list[dict[str, Any]]:
    return _forms(value, FIELD_KINDS, has_when=True)


def _questions(value: Any) -> list[dict[str, Any]]:
    return _forms(value, QUESTION_KINDS, has_when=False)


def _forms(value: Any, kinds: tuple[str, ...], *, has_when: bool) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MAX_FIELDS or not all(isinstance(each, dict) for each in value):
        raise ValueError("Give a list of at most 8 fields.")
    found = [_field(each, kinds, has_when=has_when) for each in value]
    if len({each["key"] for each in found}) < len(found):
        raise ValueError("Two fields have the same key.")
    return found


def _field(value: Mapping[str, Any], kinds: tuple[str, ...], *, has_when: bool) -> dict[str, Any]:
    known = {"key", "kind", "label_zh", "label_en", "is_required", "choices"} | ({"when"} if has_when else set())
    if set(value) - known or not _KEY.fullmatch(str(value.get("key", ""))) or value.get("kind") not in kinds:
        raise ValueError("A field has key, kind, label_zh, label_en, is_required, choices and perhaps when.")
    is_required = value.get("is_required", False)
    if not isinstance(is_required, bool):
        raise ValueError("A field has key, kind, label_zh, label_en, is_required, choices and perhaps when.")
    field = {
        "key": value["key"],
        "kind": value["kind"],
        "label_zh": _label(value.get("label_zh")),
        "label_en": _label(value.get("label_en")),
        "is_required": is_required,
        "choices": _choices(value),
    }
    return field | ({"when": choice(*WHEN)(value.get("when", "always"))} if has_when else {})


def _choices(value: Mapping[str, Any]) -> list[dict[str, str]]:
    offered = value.get("choices", [])
    is_list = isinstance(offered, list) and all(isinstance(each, dict) for each in offered)
    fits = is_list and len(offered) <= MAX_CHOICES and bool(offered) == (value.get("kind") == "choice")
    if not fits or any(set(each) != {"zh", "en"} for each in offered):
        raise ValueError("A field of kind choice has 1 to 12 choices, each with zh and en; others have none.")
    return [{"zh": _label(each["zh"]), "en": _label(each["en"])} for each in offered]


def _label(value: Any) -> str:
    found = text(value)
    if not found or len(found) > _MAX_LABEL:
        raise ValueError("Every label is written in both languages, with at most 120 characters.")
    return found


COLOUR = define(
    Definition("widget.colour", "text", "", _accent, "咨询窗口主色（#rrggbb）", "Colour of the window (#rrggbb)")
)
LOGO = define(
    Definition("widget.logo_url", "text", "", _picture, "咨询窗口馆徽地址", "Address of the logo in the window")
)
GREETING_ZH = define(Definition("widget.greeting_zh", "text", "", text, "中文欢迎语", "Greeting in Chinese"))
GREETING_EN = define(Definition("widget.greeting_en", "text", "", text, "英文欢迎语", "Greeting in English"))
SIDE = define(
    Definition(
        "widget.side",
        "choice",
        "end",
        choice("end", "start"),
        "咨询按钮位置（行末或行首一侧）",
        "Side of the button (where lines end or start)",
        ("end", "start"),
    )
)
FORM_FIELDS = define(
    Definition("widget.form_fields", "list", [], _fields, "提问前填写的项目", "Fields before the question is asked")
)
QUESTIONNAIRE = define(
    Definition("widget.questionnaire", "list", [], _questions, "咨询后的问卷", "Questions after a conversation")
)
KEYS = tuple(each.key for each in (COLOUR, LOGO, GREETING_ZH, GREETING_EN, SIDE, FORM_FIELDS, QUESTIONNAIRE))
