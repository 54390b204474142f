"""The form of an article: from a revision to fields, from fields to content. Keeps what was typed, right or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from knowledge.content import ArticleContent
from knowledge.errors import ArticleContentInvalid
from knowledge.models import Article, Language, QuestionType, Revision, ServiceTopic

# The last moment of a day: an article valid until a date still holds on that date.
_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class ArticleForm:
    """What the fields hold, as text. Lists have one entry per line; `valid_until` is a date of the library's zone."""

    question: str = ""
    alternates: str = ""
    answer: str = ""
    sources: str = ""
    service_topic: str = ServiceTopic.OTHER.value
    question_type: str = QuestionType.FACT.value
    clc_class: str = ""
    valid_until: str = ""
    change_note: str = ""
    key: str = ""
    language: str = Language.ZH.value
    owner: str = ""
    expected_revision: str = "0"

    @property
    def revision(self) -> int:
        """The revision the change was made from; 0 where the field was tampered with."""
        return int(self.expected_revision) if self.expected_revision.isdecimal() else 0


def form_of(article: Article, revision: Revision, zone: ZoneInfo) -> ArticleForm:
    """Return the form filled with an article's revision."""
    return ArticleForm(
        question=revision.question,
        alternates="\n".join(revision.alternates),
        answer=revision.answer,
        sources="\n".join(revision.sources),
        service_topic=article.service_topic,
        question_type=article.question_type,
        clc_class=article.clc_class or "",
        valid_until=article.valid_until.astimezone(zone).date().isoformat() if article.valid_until else "",
        key=article.key,
        language=article.language,
        expected_revision=str(revision.number),
    )


def read_form(posted: Mapping[str, object]) -> ArticleForm:
    """Return the form as it was sent; fields that are missing or files stay as in an empty form."""
    known = {field.name for field in fields(ArticleForm)}
    typed = {name: value for name, value in posted.items() if name in known and isinstance(value, str)}
    return ArticleForm(**{name: value.replace("\r\n", "\n") for name, value in typed.items()})


def content_of(form: ArticleForm, zone: ZoneInfo) -> ArticleContent:
    """Return the content a form describes. Raises ArticleContentInvalid for a date that is none."""
    return ArticleContent(
        key=form.key.strip(),
        language=form.language,
        question=form.question,
        answer=form.answer,
        service_topic=form.service_topic,
        question_type=form.question_type,
        alternates=_lines(form.alternates),
        sources=_lines(form.sources),
        clc_class=form.clc_class or None,
        valid_until=_end_of_day(form.valid_until, zone),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _end_of_day(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), _END_OF_DAY, zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArticleContentInvalid(field="valid_until", reason="is not a date") from error
