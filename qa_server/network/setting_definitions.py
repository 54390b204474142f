"""Which settings a node of the tree may have: key, default, check and labels. Other parts add theirs with `define`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from qa_server.network.errors import SettingUnknown
from qa_server.network.public_holidays import CALENDARS

Kind = Literal["boolean", "integer", "choice", "text", "list", "object"]
# Hours that may be promised for a tracked question, as in the referral forms of reference networks.
PROMISED_HOURS = (8, 12, 24, 48)
# Longest text of a setting in characters, and most entries of a list.
_MAX_TEXT = 300
_MAX_ENTRIES = 50
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


@dataclass(frozen=True)
class Definition:
    """One key. `check` returns the value as it is stored, or raises ValueError with a sentence that says what fits."""

    key: str
    kind: Kind
    default: Any
    check: Callable[[Any], Any]
    label_zh: str
    label_en: str
    choices: tuple[Any, ...] = ()


_DEFINITIONS: dict[str, Definition] = {}


def define(definition: Definition) -> Definition:
    """Add a key, at import of the module that owns it. Raises ValueError when another definition has the key."""
    known = _DEFINITIONS.setdefault(definition.key, definition)
    if known is not definition:
        raise ValueError(f"the setting {definition.key} is defined twice")
    return definition


def definition_of(key: str) -> Definition:
    """Return the definition of a key. Raises SettingUnknown."""
    try:
        return _DEFINITIONS[key]
    except KeyError:
        raise SettingUnknown(key=key[:64]) from None


def definitions() -> tuple[Definition, ...]:
    """Return all definitions, by key."""
    return tuple(_DEFINITIONS[key] for key in sorted(_DEFINITIONS))


def boolean(value: Any) -> bool:
    """Take yes or no."""
    if not isinstance(value, bool):
        raise ValueError("Choose yes or no.")
    return value


def integer(least: int, most: int) -> Callable[[Any], int]:
    """Take a whole number between two bounds, both included."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError("Give a whole number within the limits.")
        return value

    return check


def choice(*choices: Any) -> Callable[[Any], Any]:
    """Take one of these."""

    def check(value: Any) -> Any:
        # 1 is True and 24 is 24.0 to Python; a stored value keeps its type.
        if not any(type(value) is type(each) and value == each for each in choices):
            raise ValueError("Choose one of the values offered.")
        return value

    return check


def text(value: Any) -> str:
    """Take a line of text, which may be empty."""
    if not isinstance(value, str) or len(value) > _MAX_TEXT or any(not each.isprintable() for each in value):
        raise ValueError("Give one line of at most 300 characters.")
    return value.strip()


def list_of(entry: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """Take a list without repetitions whose entries pass a check."""

    def check(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > _MAX_ENTRIES:
            raise ValueError("Give a list of at most 50 entries.")
        return list(dict.fromkeys(entry(each) for each in value))

    return check


def web_origin(value: Any) -> str:
    """Take the origin of a web page: scheme, host and perhaps a port, without a path."""
    found = value.strip().lower().rstrip("/") if isinstance(value, str) and len(value) <= _MAX_TEXT else ""
    if not _ORIGIN.fullmatch(found):
        raise ValueError("Write a web origin such as https://lib.example.edu.cn, without a path.")
    return found


def _languages(value: Any) -> list[str]:
    found = list_of(choice("zh", "en"))(value)
    if not found:
        raise ValueError("Name at least one language.")
    return found


NAMES_ANSWERING_LIBRARY = define(
    Definition(
        "names_answering_library",
        "boolean",
        False,
        boolean,
        "向读者说明由哪家馆解答",
        "Tell readers which library answers",
    )
)
LANGUAGES = define(
    Definition("languages", "list", ["zh", "en"], _languages, "咨询语言", "Languages of the service", ("zh", "en"))
)
CONTACT_PHONE = define(Definition("contact_phone", "text", "", text, "联系电话", "Telephone"))
CONTACT_EMAIL = define(Definition("contact_email", "text", "", text, "联系邮箱", "E-mail"))
CONTACT_PAGE = define(Definition("contact_page", "text", "", text, "联系方式网页", "Contact page"))
WEB_ORIGINS = define(
    Definition(
        "web_origins", "list", [], list_of(web_origin), "允许嵌入咨询台的网站", "Web sites that may embed the desk"
    )
)
PROMISED_ANSWER_HOURS = define(
    Definition(
        "promised_answer_hours",
        "choice",
        24,
        choice(*PROMISED_HOURS),
        "留言答复时限（工作日小时）",
        "Promised time for tracked questions, in hours of working days",
        PROMISED_HOURS,
    )
)
CARD_FRESH_DAYS = define(
    Definition(
        "card_fresh_days",
        "integer",
        180,
        integer(7, 730),
        "馆情卡有效天数",
        "Days after which a line of the library card has to be checked again",
    )
)
HOLIDAY_CALENDAR = define(
    Definition(
        "holiday_calendar",
        "choice",
        "CN",
        choice(*CALENDARS),
        "法定节假日日历",
        "Calendar of public holidays",
        CALENDARS,
    )
)
