"""The words of letters about commissions: ours, as data, and a node's own in their place, with what fills them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.money_models import LetterWords
from qa_server.i18n import Language
from storage.errors import AppError

MAX_SUBJECT_CHARACTERS = 160
MAX_BODY_CHARACTERS = 4_000
# What stands between braces is filled in; anything else between braces is a slip.
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FILE = Path(__file__).parent / "letters.json"

# Each placeholder with what it might hold, for the preview.
PLACEHOLDERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "name": ("王小渡", "Wang Xiaodu"),
        "library": ("东湖大学图书馆", "East Lake University Library"),
        "service": ("查收查引", "Citation search"),
        "number": ("W-DHU-2026-00017", "W-DHU-2026-00017"),
        "state": ("已报价", "Quoted"),
        "told": ("请查看报价和完成时间。", "Please read the price and the time."),
        "amount": ("40.00", "40.00"),
        "currency": ("CNY", "CNY"),
        "days": ("3", "3"),
        "until": ("2026-09-15 16:00", "2026-09-15 16:00"),
        "due": ("2026-09-18 16:00", "2026-09-18 16:00"),
        "account": ("户名：东湖大学；账号：0000 0000", "Account: East Lake University, 0000 0000"),
    }
)


class LetterWordsRefused(AppError):
    """The words of a letter cannot be used."""

    code = "letter_words_refused"
    status = 422
    message = "These words cannot be used: {reason}"


class PlaceholderUnknown(AppError):
    """The words of a letter name something that nothing fills in."""

    code = "placeholder_unknown"
    status = 422
    message = "Nothing fills in {placeholder}. Possible are: {known}."


@dataclass(frozen=True)
class Words:
    """Subject and body of a letter, with placeholders. `origin` is the node whose words they are, None for ours."""

    subject: str
    body: str
    origin: UUID | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of letter: to whom, and how it is called."""

    key: str
    to: Literal["reader", "staff"]
    label_zh: str
    label_en: str


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of letters, in the order of the work."""
    return MappingProxyType(
        {key: Kind(key, each["to"], each["label"]["zh"], each["label"]["en"]) for key, each in _shipped().items()}
    )


def shipped_words(kind: str, language: Language) -> Words:
    """Return our own words of a kind. Raises KeyError."""
    words = _shipped()[kind][language]
    return Words(words["subject"], words["body"])


def words_for(session: Session, path: Sequence[UUID], kind: str, language: Language) -> Words:
    """Return the words that hold at a node whose way up is `path`, itself first."""
    rows = session.scalars(
        select(LetterWords).where(
            LetterWords.library_id.in_(path), LetterWords.kind == kind, LetterWords.language == language
        )
    ).all()
    own = min(rows, key=lambda row: path.index(row.library_id), default=None)
    return shipped_words(kind, language) if own is None else Words(own.subject, own.body, own.library_id)


def check_words(subject: str, body: str) -> Words:
    """Return words as they are kept. Raises LetterWordsRefused, PlaceholderUnknown."""
    line, text = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    if not line or not text:
        raise LetterWordsRefused(reason="Subject and text may not be empty.")
    if len(line) > MAX_SUBJECT_CHARACTERS or len(text) > MAX_BODY_CHARACTERS:
        raise LetterWordsRefused(reason="The subject has at most 160 characters, the text at most 4,000.")
    for name in _PLACEHOLDER.findall(line + text):
        if name not in PLACEHOLDERS:
            raise PlaceholderUnknown(placeholder=f"{{{name[:40]}}}", known=", ".join(f"{{{p}}}" for p in PLACEHOLDERS))
    if _BRACE.search(_PLACEHOLDER.sub("", line + text)):
        raise LetterWordsRefused(reason="A brace stands alone.")
    return Words(line, text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled; what has no value is left out."""
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), ""), text)


def paragraphs(text: str) -> list[str]:
    """Return a text's paragraphs, without empty ones."""
    return [each.strip() for each in _BLANK_LINE.split(text) if each.strip()]


def example(language: Language) -> dict[str, str]:
    """Return what a preview fills in."""
    return {name: zh if language == "zh" else en for name, (zh, en) in PLACEHOLDERS.items()}


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found
