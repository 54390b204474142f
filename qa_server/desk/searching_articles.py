"""Search the articles a person may see, by words and filters, beside the search of conversations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import queries
from knowledge.marking import marks
from knowledge.models import Article, ArticleState, Revision
from knowledge.queries import ArticleFilter
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles.filters import ArticleFilters
from qa_server.desk.search_excerpts import Piece, excerpt, pieces
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import owners, subtree
from qa_server.people.rights import Right, StaffMember, nodes_with

PAGE_ARTICLES = 30


class ArticleHit(Wire):
    """An article that was found; question and excerpt of its newest revision, in pieces."""

    id: UUID
    key: str
    language: str
    state: str
    topic: str
    owner: str
    owner_zh: str
    owner_en: str
    updated_at: datetime
    question: list[Piece]
    excerpt: list[Piece]


class FoundArticles(Wire):
    """One page, last changed first; pages count from 1. `stale` names a filter whose node is not there to be seen."""

    items: list[ArticleHit]
    found: int
    page: int
    pages: int
    stale: list[str]


def find_articles(place: Workplace, person: StaffMember, filters: ArticleFilters, *, page: int = 1) -> FoundArticles:
    """Return a page of the articles of the nodes where the person may see them, drafts and retired ones too."""
    with place.database.read() as session:
        visible = subtree(session, nodes_with(person, Right.VIEW_ARTICLES))
        chosen = session.scalar(select(Library.id).where(Library.code == filters.owner)) if filters.owner else None
        is_stale = bool(filters.owner) and chosen not in visible
        wanted = ArticleFilter(
            owners=({chosen} & visible if chosen else set()) if filters.owner else visible,
            states=(ArticleState(filters.state),) if filters.state else None,
            language=filters.language or None,
            service_topic=filters.topic or None,
            text=filters.q or None,
        )
        found = queries.list_articles(session, wanted, page=page, page_size=PAGE_ARTICLES)
        return FoundArticles(
            items=_hits(session, [(row[0], row[1]) for row in found.rows], filters.q),
            found=found.total,
            page=page,
            pages=max(1, -(-found.total // PAGE_ARTICLES)),
            stale=["owner"] if is_stale else [],
        )


def _hits(session: Session, rows: list[tuple[Article, Revision]], q: str) -> list[ArticleHit]:
    names = owners(session, {article.library_id for article, _ in rows})
    return [
        ArticleHit(
            id=article.id,
            key=article.key,
            language=article.language,
            state=str(article.state),
            topic=str(article.service_topic),
            owner=names[article.library_id].code,
            owner_zh=names[article.library_id].name_zh,
            owner_en=names[article.library_id].name_en,
            updated_at=article.updated_at,
            question=pieces(revision.question, marks(q, revision.question) if q else ()),
            excerpt=excerpt(q, [revision.answer, *revision.alternates]) if q else [],
        )
        for article, revision in rows
    ]
