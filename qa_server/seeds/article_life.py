"""Articles in the middle of their life for the demo: one in review with comments, one for staff, one that ends soon."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import article_log, articles, comments, layers, links, queries, reasons, trials
from knowledge.articles import Change
from knowledge.content import ArticleContent
from knowledge.facets import content_of
from knowledge.life_models import ArticleLayer, ReasonKind
from knowledge.models import Article, Visibility

_FILE = "article_life.json"
_LIBRARY, _CENTRE = "JZU", "NRC"
_WRITER, _REVIEWER, _CENTRE_WRITER, _CENTRE_REVIEWER = "lin.yue", "zhou.qing", "fang.zhi", "lu.wen"
_WAITED = timedelta(days=2, hours=3)


def plant_article_life(
    session: Session, folder: Path, *, libraries: Mapping[str, UUID], people: Mapping[str, UUID], now: datetime
) -> None:
    """Plant them for the first library of the demo. Expects the articles of the demo to be there."""
    planned: dict[str, Any] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    library, centre = libraries[_LIBRARY], libraries[_CENTRE]
    writer, reviewer = people[_WRITER], people[_REVIEWER]
    _for_staff(session, planned["staff_answer"], library, (writer, reviewer), now)
    _in_review(session, planned["waiting"], library, (writer, reviewer), now)
    national = (people[_CENTRE_WRITER], people[_CENTRE_REVIEWER])
    _changed_below(session, planned["own_answer"], (library, centre), national, now)
    soon = _article(session, planned["ends_soon"]["key"], library)
    soon.valid_until = now + timedelta(days=planned["ends_soon"]["days"])
    reasons.note(session, soon.id, ReasonKind.ENDS_SOON, {"until": soon.valid_until.isoformat()}, now=now)
    for line in planned["trials"]:
        article = _article(session, line["key"], library)
        trials.add(session, article, words=line["words"], library_id=library, top=3, by=reviewer, now=now)


def _for_staff(session: Session, line: dict[str, Any], owner: UUID, people: tuple[UUID, UUID], now: datetime) -> None:
    writer, reviewer = people
    content = _content(line, visibility=Visibility.STAFF)
    article = articles.draft(session, content=content, owner=owner, author_id=writer, now=now - _WAITED)
    articles.submit(session, article, now=now - _WAITED)
    articles.publish(session, article, reviewer_id=reviewer, now=now - _WAITED)
    article_log.record(session, article.id, "published", by=reviewer, now=now - _WAITED)


def _in_review(session: Session, line: dict[str, Any], owner: UUID, people: tuple[UUID, UUID], now: datetime) -> None:
    writer, reviewer = people
    article = articles.draft(session, content=_content(line), owner=owner, author_id=writer, now=now - _WAITED)
    articles.submit(session, article, now=now - _WAITED)
    article_log.record(session, article.id, "submitted", by=writer, now=now - _WAITED)
    article.assigned_reviewer_id = reviewer
    first = comments.add(session, article, author_id=reviewer, body=line["comment"], now=now - _WAITED / 2)
    comments.add(session, article, author_id=writer, body=line["reply"], now=now - _WAITED / 3, thread_id=first.id)


def _changed_below(
    session: Session, line: dict[str, Any], owners: tuple[UUID, UUID], people: tuple[UUID, UUID], now: datetime
) -> None:
    """Let the library's answer stand in for the national one, which has changed since."""
    library, centre = owners
    writer, reviewer = people
    own, national = _article(session, line["key"], library), _article(session, line["key"], centre)
    session.add(
        ArticleLayer(
            article_id=own.id, based_on_id=national.id, based_on_revision=1, looked_at=now, looked_by_id=own.author_id
        )
    )
    before = articles.current_revision(session, national)
    content = content_of(national, before)
    changed = ArticleContent(**{**content.__dict__, "answer": content.answer + line["national_change"]})
    change = Change(1, writer, "写明节假日顺延")
    articles.revise(session, national, content=changed, change=change, now=now - _WAITED)
    articles.submit(session, national, now=now - _WAITED)
    articles.publish(session, national, reviewer_id=reviewer, now=now - _WAITED)
    layers.note_change(session, national, now=now - _WAITED)
    links.follow(session, national, articles.current_revision(session, national), now=now)


def _content(line: dict[str, Any], visibility: str = Visibility.PUBLIC) -> ArticleContent:
    return ArticleContent(
        key=line["key"],
        language="zh",
        question=line["question"],
        answer=line["answer"],
        alternates=tuple(line["alternates"]),
        service_topic=line["service_topic"],
        question_type=line["question_type"],
        visibility=visibility,
    )


def _article(session: Session, key: str, owner: UUID) -> Article:
    found = queries.find_by_key(session, key=key, language="zh", owner=owner)
    if found is None:
        raise LookupError(f"the demo has no article {key}")
    return found
