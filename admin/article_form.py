"""The form of an article: from a revision to fields, from fields to content. Keeps what was typed, right or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from knowledge.content import ArticleContent
from knowledge.errors import ArticleContentInvalid
from knowledge.facets import content_of as content_of_revision
from knowledge.models import Article, Language, QuestionType, Revision, ServiceTopic, Visibility

# The last moment of a day: an article valid until a date still holds on that date.
_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class ArticleForm:
    """What the fields hold, as text. Lists have one entry per line; dates are days of the library's zone."""

    question: str = ""
    alternates: str = ""
    answer: str = ""
    sources: str = ""
    service_topic: str = ServiceTopic.OTHER.value
    question_type: str = QuestionType.FACT.value
    clc_class: str = ""
    valid_from: str = ""
    valid_until: str = ""
    visibility: str = Visibility.PUBLIC.value
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
        **_facet_fields(content_of_revision(article, revision), zone),
        key=article.key,
        language=article.language,
        expected_revision=str(revision.number),
    )


def form_of_content(content: ArticleContent, zone: ZoneInfo) -> ArticleForm:
    """Return the form filled with a content, as that of a text that waits to be merged."""
    return ArticleForm(
        question=content.question,
        alternates="\n".join(content.alternates),
        answer=content.answer,
        sources="\n".join(content.sources),
        **_facet_fields(content, zone),
        key=content.key,
        language=content.language,
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
        valid_from=_moment("valid_from", form.valid_from, time.min, zone),
        valid_until=_moment("valid_until", form.valid_until, _END_OF_DAY, zone),
        visibility=form.visibility,
    )


def end_of_day(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the last moment of a day as typed, None for nothing. Raises ArticleContentInvalid for what is no date."""
    return _moment("valid_until", text, _END_OF_DAY, zone)


def _facet_fields(content: ArticleContent, zone: ZoneInfo) -> dict[str, str]:
    return {
        "service_topic": content.service_topic,
        "question_type": content.question_type,
        "clc_class": content.clc_class or "",
        "visibility": content.visibility,
        "valid_from": _day(content.valid_from, zone),
        "valid_until": _day(content.valid_until, zone),
    }


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat() if moment else ""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _moment(field: str, text: str, hour: time, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), hour, zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArticleContentInvalid(field=field, reason="is not a date") from error
