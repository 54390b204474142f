"""Make articles for tests through the public functions."""

from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from knowledge import articles
from knowledge.content import ArticleContent
from knowledge.models import Article
from storage.database import Database

AUTHOR = UUID(int=1)
REVIEWER = UUID(int=2)
CONTENT = ArticleContent(
    key="spaces.hours",
    language="zh",
    question="图书馆的开放时间是什么？",
    answer="周一至周日 **8:00–22:00** 开放，考试周延长到 23:30。",
    service_topic="spaces",
    question_type="fact",
    alternates=("几点关门", "周末开不开"),
)


def content(**changes: object) -> ArticleContent:
    """The usual content with some fields changed; a fresh key unless one is given."""
    return replace(CONTENT, **{"key": f"topic.k{uuid4().hex[:12]}", **changes})  # type: ignore[arg-type]


def publish(session: Session, owner: UUID, **changes: object) -> Article:
    """A published article of that owner."""
    article = articles.draft(session, content=content(**changes), owner=owner, author_id=AUTHOR)
    articles.submit(session, article)
    articles.publish(session, article, reviewer_id=REVIEWER)
    return article


def publish_in(database: Database, owner: UUID, **changes: object) -> Article:
    """A published article in a transaction of its own."""
    with database.write() as session:
        return publish(session, owner, **changes)
