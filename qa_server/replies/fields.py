"""What a canned reply says, checked and made even before it is kept. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from qa_server.conversations.closing_codes import MAX_CODES, is_code
from qa_server.conversations.models import Resolution
from qa_server.conversations.text import storable
from qa_server.network.desks import is_clc_class
from qa_server.network.setting_definitions import PROMISED_HOURS
from qa_server.replies.errors import ReplyInvalid
from qa_server.replies.models import Category
from qa_server.replies.variables import normalised

MAX_SHORTCUT, MAX_TITLE, MAX_TEXT = 32, 100, 2_000
MAX_TAGS, MAX_TAG = 8, 24
# Letters of any script; what begins a shortcut in the composer cannot be a part of one.
_SHORTCUT = re.compile(r"[\w][\w.-]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class ReplyFields:
    """A reply as somebody writes it. With a `resolution` it is a macro; READ level, hours and codes belong to that."""

    shortcut: str
    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    category: str = Category.OTHER.value
    subject: str | None = None
    tags: tuple[str, ...] = ()
    resolution: str | None = None
    read_level: int | None = None
    hours: int | None = None
    codes: tuple[str, ...] = ()


def checked(fields: ReplyFields) -> ReplyFields:
    """Return the fields as they are kept. Raises ReplyInvalid, ReplyVariableUnknown."""
    clean = replace(
        fields,
        shortcut=shortcut_of(fields.shortcut),
        title_zh=_line(fields.title_zh),
        title_en=_line(fields.title_en),
        text_zh=normalised(_text(fields.text_zh)),
        text_en=normalised(_text(fields.text_en)),
        subject=(fields.subject or "").strip().upper() or None,
        tags=_each_once(_line(each) for each in fields.tags),
        resolution=fields.resolution or None,
        codes=_each_once(each.strip().lower() for each in fields.codes),
    )
    reason = _text_fault(clean) or _filing_fault(clean) or _macro_fault(clean)
    if reason:
        raise ReplyInvalid(reason=reason)
    return clean


def shortcut_of(typed: str) -> str:
    """Return a shortcut as it is kept, without the key that begins it in the composer."""
    return typed.strip().lstrip("/;；、／").lower()


def _text_fault(fields: ReplyFields) -> str:
    if not _SHORTCUT.fullmatch(fields.shortcut) or len(fields.shortcut) > MAX_SHORTCUT:
        return "A shortcut has 1 to 32 letters and digits, also - _ and . between them."
    if not (fields.title_zh or fields.title_en):
        return "Give it a title in Chinese or in English."
    if max(len(fields.title_zh), len(fields.title_en)) > MAX_TITLE:
        return "A title has at most 100 characters."
    if not (fields.text_zh or fields.text_en):
        return "Write a text in Chinese or in English."
    if max(len(fields.text_zh), len(fields.text_en)) > MAX_TEXT:
        return "A text has at most 2,000 characters."
    return ""


def _filing_fault(fields: ReplyFields) -> str:
    if fields.category not in set(Category):
        return "The moment it is for is not known."
    if fields.subject is not None and not is_clc_class(fields.subject):
        return "The subject is a class of the CLC, such as H or TP3."
    if len(fields.tags) > MAX_TAGS or any(len(each) > MAX_TAG for each in fields.tags):
        return "At most 8 tags of at most 24 characters each."
    return ""


def _macro_fault(fields: ReplyFields) -> str:
    if fields.resolution is None:
        if fields.read_level is not None or fields.hours is not None or fields.codes:
            return "READ level, hours and descriptive codes belong to a reply that closes: choose how it ends."
        return ""
    if fields.resolution not in set(Resolution):
        return "The closing code is not known."
    if fields.read_level is not None and not 1 <= fields.read_level <= 6:
        return "The READ level is 1 to 6."
    if fields.hours is not None and fields.hours not in PROMISED_HOURS:
        return "Choose 8, 12, 24 or 48 hours."
    if len(fields.codes) > MAX_CODES or not all(map(is_code, fields.codes)):
        return "At most four descriptive codes, in small letters, digits and -."
    return ""


def _line(text: str) -> str:
    return " ".join(storable(_CONTROL.sub(" ", text)).split())


def _text(text: str) -> str:
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return storable(_CONTROL.sub("", unified)).strip()


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
