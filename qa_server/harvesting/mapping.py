"""Make the content of a draft out of a harvested record: title and description, language, topic, sources. Pure."""

import unicodedata
from hashlib import sha256
from uuid import UUID

from knowledge.content import (
    MAX_ANSWER_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    MAX_SOURCE_CHARACTERS,
    MAX_SOURCES,
    ArticleContent,
)
from knowledge.models import Language, QuestionType, ServiceTopic
from qa_server.harvesting.answers import Harvested

_LANGUAGES = {"zh": Language.ZH, "zho": Language.ZH, "chi": Language.ZH, "en": Language.EN, "eng": Language.EN}
_CLASSES = frozenset("ABCDEFGHIJKNOPQRSTUVXZ")
_CLASS_MARK = "CLC "
_KEY_CHARACTERS = 24


class NotAnAnswer(ValueError):
    """The record lacks what a draft needs; the text says what."""


def content_of(record: Harvested, *, source_id: UUID, language: str, service_topic: str) -> ArticleContent:
    """Return a draft's content; language and topic are the source's where the record names none.

    Raises NotAnAnswer.
    """
    own = _language(record) or language
    title = _best(record, "title", own)
    answer = "\n\n".join(dict.fromkeys(_texts(record, "description", own)))
    if not title:
        raise NotAnAnswer("The record has no title.")
    if not answer:
        raise NotAnAnswer("The record has no description.")
    return ArticleContent(
        key=f"harvest.{_hash(source_id.hex, record.identifier)[:_KEY_CHARACTERS]}",
        language=own,
        question=_cut(" ".join(title.split()), MAX_QUESTION_CHARACTERS),
        answer=_cut(answer, MAX_ANSWER_CHARACTERS),
        service_topic=_topic(record) or service_topic,
        question_type=QuestionType.FACT,
        sources=_sources(record),
        clc_class=_class(record),
    )


def hash_of(question: str, answer: str, sources: tuple[str, ...] | list[str]) -> str:
    """Return what differs as soon as a text does."""
    return _hash(question, answer, *sources)


def identifier_hash(identifier: str) -> str:
    """Return a record's identifier in a length that fits every index."""
    return _hash(identifier)


def title_of(record: Harvested) -> str:
    """Return a line by which a person recognises the record."""
    return _cut(" ".join(next(iter(_cleaned(record, "title")), record.identifier).split()), MAX_SOURCE_CHARACTERS)


def _language(record: Harvested) -> str | None:
    for text in record.texts("language"):
        found = _LANGUAGES.get(text.strip().lower().replace("_", "-").partition("-")[0])
        if found:
            return found
    return None


def _best(record: Harvested, name: str, language: str) -> str:
    return next(iter(_texts(record, name, language)), "")


def _texts(record: Harvested, name: str, language: str) -> list[str]:
    """Return the texts in this language where the record marks some so, else all."""
    marked = [_clean(text) for text, tag in record.fields.get(name, ()) if tag.lower().startswith(language)]
    return [text for text in marked or _cleaned(record, name) if text]


def _cleaned(record: Harvested, name: str) -> list[str]:
    return [text for each in record.texts(name) if (text := _clean(each))]


def _topic(record: Harvested) -> str | None:
    return next((text for text in record.texts("subject") if text in set(ServiceTopic)), None)


def _class(record: Harvested) -> str | None:
    marked = (text.removeprefix(_CLASS_MARK)[:1] for text in record.texts("subject") if text.startswith(_CLASS_MARK))
    return next((letter for letter in marked if letter in _CLASSES), None)


def _sources(record: Harvested) -> tuple[str, ...]:
    addresses = [text for text in _cleaned(record, "identifier") if text.startswith(("https://", "http://"))]
    named = [*addresses, *_cleaned(record, "source")]
    # A cut address leads nowhere.
    short = [" ".join(text.split()) for text in named if len(text) <= MAX_SOURCE_CHARACTERS]
    return tuple(dict.fromkeys(short))[:MAX_SOURCES]


def _clean(text: str) -> str:
    kept = (each for each in text if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})
    return "".join(kept).strip()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
