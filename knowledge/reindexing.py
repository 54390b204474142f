"""Check what is stored of the vectors against the articles, and make what is missing. Safe to stop and to repeat."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from embeddings.encoder import Encoder
from knowledge.encoding import encode_and_store
from knowledge.models import VISIBLE_STATES, Article, Audience, PassageVector
from knowledge.stored_vectors import Unencoded, load_vectors
from knowledge.visible import VisibleArticle, all_visible
from storage.database import Database

ARTICLES_PER_STEP = 64


@dataclass(frozen=True)
class VectorDrift:
    """How the stored vectors of one encoder stand against the articles that readers may find."""

    articles: int
    incomplete_articles: int
    missing_passages: int
    needless_vectors: int
    passages: int

    @property
    def is_clean(self) -> bool:
        return not (self.missing_passages or self.needless_vectors)


def check_vectors(database: Database, encoder: Encoder) -> VectorDrift:
    """Compare every visible passage with what is stored for it. Reads all articles; writes nothing."""
    articles = incomplete = missing_passages = passages = 0
    for page, missing in _pages(database, encoder):
        articles += len(page)
        incomplete += len(missing)
        passages += sum(len(each.passages) for each in page)
        missing_passages += sum(len(each.passages) for each in missing)
    with database.read() as session:
        needless = session.scalar(select(func.count()).select_from(PassageVector).where(_is_needless(encoder))) or 0
    return VectorDrift(articles, incomplete, missing_passages, needless, passages)


def reindex(
    database: Database, encoder: Encoder, *, on_progress: Callable[[int, int], None] | None = None
) -> VectorDrift:
    """Encode every passage that lacks a vector of this encoder, drop vectors nobody needs; return what was found.

    `on_progress` hears articles done and articles to do. Each step is stored at once: after an interruption the next
    call goes on where this one stopped. Vectors of other encoders are dropped too, at the end. Blocks for minutes.
    """
    drift = check_vectors(database, encoder)
    done = 0
    for _, missing in _pages(database, encoder):
        for start in range(0, len(missing), ARTICLES_PER_STEP):
            step = missing[start : start + ARTICLES_PER_STEP]
            encode_and_store(database, encoder, step)
            done += len(step)
            if on_progress:
                on_progress(done, drift.incomplete_articles)
    with database.write() as session:
        session.execute(delete(PassageVector).where(_is_needless(encoder)).execution_options(synchronize_session=False))
    return drift


def forget_vectors(database: Database) -> None:
    """Drop the stored vectors of every encoder."""
    with database.write() as session:
        session.execute(delete(PassageVector))


def _pages(database: Database, encoder: Encoder) -> Iterator[tuple[Sequence[VisibleArticle], list[Unencoded]]]:
    # A transaction per page: none is open while the texts of a page are encoded.
    last = 0
    while True:
        with database.read() as session:
            page = next(all_visible(session, now=datetime.now(UTC), after=last, audience=Audience.STAFF), [])
            if not page:
                return
            _, missing = load_vectors(session, page, encoder=encoder.name, dimensions=encoder.dimensions)
        last = page[-1].number
        yield page, missing


def _is_needless(encoder: Encoder) -> ColumnElement[bool]:
    visible = and_(Article.id == PassageVector.article_id, Article.state.in_(VISIBLE_STATES))
    return or_(PassageVector.encoder != encoder.name, ~exists().where(visible))
