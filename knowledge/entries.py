"""Read what the catalogue keeps of every visible article, without its texts."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from knowledge.catalogue import Entry
from knowledge.models import Article, audience_of
from knowledge.visible import IS_VISIBLE, VisibleArticle

# No texts, so that a page may be large.
_PAGE_SIZE = 10_000
_ARTICLES = Article.__table__.c
_PAGE = (
    select(
        _ARTICLES.number,
        _ARTICLES.id,
        _ARTICLES.published_revision,
        _ARTICLES.library_id,
        _ARTICLES.language,
        _ARTICLES.key,
        _ARTICLES.visibility,
    )
    .where(IS_VISIBLE, _ARTICLES.number > bindparam("after"))
    .order_by(_ARTICLES.number)
    .limit(_PAGE_SIZE)
)


def all_entries(session: Session, *, now: datetime) -> Iterator[list[Entry]]:
    """Yield the entry of every visible article in pages, by number."""
    last = 0
    while page := session.connection().execute(_PAGE, {"after": last, "now": now}).all():
        yield [Entry(*row[:6], audience_of(row.visibility)) for row in page]
        last = page[-1].number


def entry_of(article: VisibleArticle) -> Entry:
    """Return the entry of an article that was read with its texts."""
    return Entry(
        number=article.number,
        article_id=article.id,
        revision_number=article.revision_number,
        library_id=article.library_id,
        language=article.language,
        key=article.key,
        audience=audience_of(article.visibility),
    )
