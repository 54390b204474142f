"""What a person writes when writing an article, with its limits. Pure: no database, no clock."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from knowledge.errors import ArticleContentInvalid
from knowledge.models import Language, QuestionType, ServiceTopic, Visibility

MAX_KEY_CHARACTERS = 120
MAX_QUESTION_CHARACTERS = 300
MAX_ALTERNATES = 20
MAX_ANSWER_CHARACTERS = 20_000
MAX_SOURCES = 20
MAX_SOURCE_CHARACTERS = 300

_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_CLC_CLASS = re.compile(r"[A-KN-VXZ]")
# Line ends and tabs belong into Markdown; every other control character is a slip of a paste or an attack.
_ALLOWED_CONTROLS = frozenset("\n\t\r")


@dataclass(frozen=True)
class ArticleContent:
    """The text of an article and its facets.

    `key` is lower-case dotted words and names the topic; `answer` is Markdown; `alternates` are other ways to ask;
    `clc_class` is a main class of the Chinese Library Classification or None; dates are in UTC, and outside them
    readers do not find the article. `visibility` says who of those in scope may find it.
    """

    key: str
    language: str
    question: str
    answer: str
    service_topic: str
    question_type: str
    alternates: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    clc_class: str | None = None
    valid_until: datetime | None = None
    valid_from: datetime | None = None
    visibility: str = Visibility.PUBLIC


def check_content(content: ArticleContent) -> ArticleContent:
    """Return the content with outer blanks removed and repeated alternates dropped.

    Raises ArticleContentInvalid that names the first field which breaks a limit.
    """
    _check_facets(content)
    question = _checked("question", content.question, MAX_QUESTION_CHARACTERS)
    alternates = _checked_list("alternates", content.alternates, (MAX_ALTERNATES, MAX_QUESTION_CHARACTERS))
    return ArticleContent(
        key=content.key,
        language=content.language,
        question=question,
        answer=_checked("answer", content.answer, MAX_ANSWER_CHARACTERS),
        service_topic=content.service_topic,
        question_type=content.question_type,
        alternates=tuple(dict.fromkeys(text for text in alternates if text != question)),
        sources=_checked_list("sources", content.sources, (MAX_SOURCES, MAX_SOURCE_CHARACTERS)),
        clc_class=content.clc_class,
        valid_until=content.valid_until,
        valid_from=content.valid_from,
        visibility=content.visibility,
    )


def _check_facets(content: ArticleContent) -> None:
    _require("key", len(content.key) <= MAX_KEY_CHARACTERS, f"is longer than {MAX_KEY_CHARACTERS} characters")
    _require("key", bool(_KEY.fullmatch(content.key)), "is not made of lower-case words joined by dots")
    _require("language", content.language in set(Language), "is not known")
    _require("service_topic", content.service_topic in set(ServiceTopic), "is not known")
    _require("question_type", content.question_type in set(QuestionType), "is not known")
    _require("clc_class", content.clc_class is None or bool(_CLC_CLASS.fullmatch(content.clc_class)), "is not known")
    _require("visibility", content.visibility in set(Visibility), "is not known")
    for name, moment in (("valid_from", content.valid_from), ("valid_until", content.valid_until)):
        _require(name, moment is None or moment.tzinfo is not None, "has no time zone")
    if content.valid_from is not None and content.valid_until is not None:
        _require("valid_until", content.valid_from < content.valid_until, "lies before the beginning")


def _checked_list(name: str, texts: tuple[str, ...], limits: tuple[int, int]) -> tuple[str, ...]:
    count, characters = limits
    _require(name, len(texts) <= count, f"has more than {count} entries")
    return tuple(_checked(name, text, characters) for text in texts)


def _checked(name: str, text: str, limit: int) -> str:
    stripped = text.strip()
    _require(name, bool(stripped), "is empty")
    _require(name, len(stripped) <= limit, f"is longer than {limit} characters")
    _require(name, not any(_is_forbidden(character) for character in stripped), "contains a control character")
    return stripped


def _is_forbidden(character: str) -> bool:
    # Cc: control; Cs: a lone half of a pair, which no database can store.
    return character not in _ALLOWED_CONTROLS and unicodedata.category(character) in {"Cc", "Cs"}


def _require(name: str, holds: bool, reason: str) -> None:
    if not holds:
        raise ArticleContentInvalid(field=name, reason=reason)
