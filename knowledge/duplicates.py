"""Find articles of one language that say the same, by text and by meaning; remember what is none. Callers of `find_all`
need no transaction.

Only what has changed since the last time is compared, with everything: by sketches of the words, and by the vectors of
the questions that the search has stored.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from embeddings.encoder import Vectors
from knowledge.duplicate_models import ArticleSketch, DuplicatePair, PairState
from knowledge.models import OUT_OF_USE, VISIBLE_STATES, Article, PassageVector, Revision
from knowledge.sketches import Bands, Sketches, as_bytes, from_bytes, likeness, pieces_of_article, sketch_of
from storage.database import Database
from storage.errors import NotFound

# The least share of common pieces of question and answer.
TEXT_CLOSE = 0.5
# The least cosine of two questions: of pairs that close, 98 of 100 in Chinese and 84 in English ask the same matter
# (questions for choosing).
MEANING_CLOSE = 0.75
# An article has at most so many pairs by each measure: a text that everybody has copied fills no list alone.
MOST_OF_AN_ARTICLE = 5
# Sketches of one band looked at for one article.
_MOST_OF_A_BAND = 200
_ARTICLES_PER_STEP = 500
_QUESTION = 0
PAGE_SIZE = 30


@dataclass(frozen=True)
class Found:
    """What a search for duplicates did: articles compared, pairs that are new."""

    compared: int
    pairs: int


@dataclass(frozen=True)
class PairPage:
    """Pairs, closest first, and how many there are in all."""

    rows: Sequence[DuplicatePair]
    total: int


@dataclass(frozen=True)
class _Known:
    """Every article in use: its id, language, topic, owner and newest revision, and whether it is to be compared."""

    ids: list[UUID]
    languages: list[str]
    keys: list[str]
    owners: list[UUID]
    revisions: list[int]
    is_new: list[bool]
    sketches: Sketches


def find_all(
    database: Database,
    *,
    encoder: str | None,
    now: datetime,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Found:
    """Compare every article that has changed with all others and keep the pairs. Safe to repeat and to break off.

    Without the name of an `encoder` only texts are compared. `tell` hears how many of how many are done. Blocks for
    long the first time.
    """
    _sketch_all(database)
    known = _known(database)
    new = [row for row, is_new in enumerate(known.is_new) if is_new]
    if not new:
        return Found(0, 0)
    bands = Bands(known.sketches)
    meanings = _Meanings(database, known, encoder)
    pairs = 0
    for start in range(0, len(new), _ARTICLES_PER_STEP):
        rows = new[start : start + _ARTICLES_PER_STEP]
        found: dict[tuple[int, int], tuple[float, float | None]] = {}
        for row in rows:
            for other, text in _alike(known, bands, row):
                found[_pair(row, other)] = (text, None)
        for row, other, meaning in meanings.near(rows):
            found[_pair(row, other)] = (float(likeness(known.sketches[row], known.sketches[[other]])[0]), meaning)
        pairs += _keep(database, known, rows, found, now)
        _note_compared(database, known, rows, meanings)
        tell(start + len(rows), len(new))
    return Found(len(new), pairs)


def list_pairs(session: Session, owners: Collection[UUID], *, page: int = 1, owner: UUID | None = None) -> PairPage:
    """Return a page of open pairs whose articles both belong to these owners, closest first."""
    first, second = aliased(Article), aliased(Article)
    conditions: list[ColumnElement[bool]] = [
        DuplicatePair.state == PairState.OPEN,
        first.library_id.in_(owners),
        second.library_id.in_(owners),
        first.state.not_in(OUT_OF_USE),
        second.state.not_in(OUT_OF_USE),
    ]
    if owner is not None:
        conditions.append(or_(first.library_id == owner, second.library_id == owner))
    statement = (
        select(DuplicatePair)
        .join(first, first.id == DuplicatePair.first_id)
        .join(second, second.id == DuplicatePair.second_id)
        .where(*conditions)
    )
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    ordered = statement.order_by(DuplicatePair.closeness.desc(), DuplicatePair.first_id, DuplicatePair.second_id)
    rows = session.scalars(ordered.limit(PAGE_SIZE).offset((max(1, page) - 1) * PAGE_SIZE)).all()
    return PairPage(rows, total)


def find_pair(session: Session, one: UUID, other: UUID) -> DuplicatePair | None:
    """Return the pair of two articles, in whichever order, None where they were never found alike."""
    first, second = sorted((one, other))
    return session.get(DuplicatePair, (first, second))


def dismiss(session: Session, one: UUID, other: UUID, *, by_id: UUID, now: datetime) -> DuplicatePair:
    """Remember that two articles are no duplicates; they are not shown as such again. Safe to repeat."""
    pair = find_pair(session, one, other)
    if pair is None:
        first, second = sorted((one, other))
        pair = DuplicatePair(first_id=first, second_id=second, text_closeness=0.0, closeness=0.0, found_at=now)
        session.add(pair)
    pair.state, pair.decided_by_id, pair.decided_at = PairState.DISMISSED, by_id, now
    session.flush()
    return pair


def take_back(session: Session, one: UUID, other: UUID) -> None:
    """Show a pair again that was dismissed. Raises NotFound."""
    pair = find_pair(session, one, other)
    if pair is None:
        raise NotFound()
    pair.state, pair.decided_by_id, pair.decided_at = PairState.OPEN, None, None
    session.flush()


def settle(session: Session, one: UUID, other: UUID, state: PairState, *, by_id: UUID, now: datetime) -> None:
    """Note that a pair was merged, or open it again after a merge was undone. Harmless without a pair."""
    pair = find_pair(session, one, other)
    if pair is not None:
        is_open = state == PairState.OPEN
        pair.state, pair.decided_by_id, pair.decided_at = state, None if is_open else by_id, None if is_open else now
        session.flush()


def dismissed_with(session: Session, article_id: UUID) -> set[UUID]:
    """Return the articles that are known to be no duplicates of this one."""
    rows = session.execute(
        select(DuplicatePair.first_id, DuplicatePair.second_id).where(
            DuplicatePair.state == PairState.DISMISSED,
            or_(DuplicatePair.first_id == article_id, DuplicatePair.second_id == article_id),
        )
    )
    return {row.second_id if row.first_id == article_id else row.first_id for row in rows}


def _sketch_all(database: Database) -> None:
    """Sketch every article in use whose newest revision has none yet."""
    last = UUID(int=0)
    while True:
        with database.read() as session:
            rows = session.execute(
                select(Article.id, Article.current_revision, Revision.question, Revision.answer)
                .join(Revision, and_(Revision.article_id == Article.id, Revision.number == Article.current_revision))
                .outerjoin(ArticleSketch, ArticleSketch.article_id == Article.id)
                .where(
                    Article.id > last,
                    Article.state.not_in(OUT_OF_USE),
                    or_(
                        ArticleSketch.article_id.is_(None),
                        ArticleSketch.revision_number != Article.current_revision,
                    ),
                )
                .order_by(Article.id)
                .limit(_ARTICLES_PER_STEP)
            ).all()
        if not rows:
            return
        sketches = [as_bytes(sketch_of(pieces_of_article(row.question, row.answer))) for row in rows]
        with database.write() as session:
            for row, sketch in zip(rows, sketches, strict=True):
                kept = session.get(ArticleSketch, row.id)
                if kept is None:
                    session.add(ArticleSketch(article_id=row.id, revision_number=row.current_revision, sketch=sketch))
                else:
                    kept.revision_number, kept.sketch = row.current_revision, sketch
        last = rows[-1].id


def _known(database: Database) -> _Known:
    with database.read() as session:
        rows = session.execute(
            select(
                Article.id,
                Article.language,
                Article.key,
                Article.library_id,
                ArticleSketch.revision_number,
                ArticleSketch.compared_revision,
                ArticleSketch.sketch,
                and_(Article.published_revision.is_not(None), Article.state.in_(VISIBLE_STATES)).label("is_shown"),
            )
            .join(ArticleSketch, ArticleSketch.article_id == Article.id)
            .where(Article.state.not_in(OUT_OF_USE))
            .order_by(Article.id)
        ).all()
    return _Known(
        ids=[row.id for row in rows],
        languages=[row.language for row in rows],
        keys=[row.key for row in rows],
        owners=[row.library_id for row in rows],
        revisions=[row.revision_number for row in rows],
        is_new=[_is_new(row.compared_revision, row.revision_number, is_shown=row.is_shown) for row in rows],
        sketches=from_bytes([row.sketch for row in rows]),
    )


def _is_new(compared: int | None, revision: int, *, is_shown: bool) -> bool:
    """Say whether an article waits to be compared. A negative number: its text was, a vector there was not yet."""
    return compared != revision and (is_shown or compared != -revision)


def _alike(known: _Known, bands: Bands, row: int) -> list[tuple[int, float]]:
    candidates = [
        other for other in bands.candidates(row, most=_MOST_OF_A_BAND).tolist() if _may_pair(known, row, other)
    ]
    if not candidates:
        return []
    shares = likeness(known.sketches[row], known.sketches[candidates]).tolist()
    close = sorted(
        ((other, share) for other, share in zip(candidates, shares, strict=True) if share >= TEXT_CLOSE),
        key=lambda each: -each[1],
    )
    return close[:MOST_OF_AN_ARTICLE]


def _may_pair(known: _Known, row: int, other: int) -> bool:
    # Answers of several owners to one topic are layers, not duplicates.
    return (
        row != other
        and known.languages[row] == known.languages[other]
        and (known.keys[row] != known.keys[other] or known.owners[row] == known.owners[other])
    )


def _pair(row: int, other: int) -> tuple[int, int]:
    # Rows are in the order of ids.
    return (row, other) if row < other else (other, row)


class _Meanings:
    """The vectors of all questions, compared exactly: at 100,000 articles of 256 numbers 100 MB while it lasts."""

    def __init__(self, database: Database, known: _Known, encoder: str | None) -> None:
        self._known = known
        self._rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._vectors: Vectors = np.empty((0, 0), dtype=np.float32)
        if encoder is not None:
            self._read(database, encoder)
        self._places = {int(row): place for place, row in enumerate(self._rows.tolist())}

    def has(self, row: int) -> bool:
        """Say whether an article's question has a vector."""
        return row in self._places

    def near(self, rows: Sequence[int]) -> list[tuple[int, int, float]]:
        """Return for these rows the nearest others with their cosine, as far as they are close enough."""
        asked = [row for row in rows if row in self._places]
        if not asked:
            return []
        cosines = self._vectors[[self._places[row] for row in asked]] @ self._vectors.T
        found: list[tuple[int, int, float]] = []
        for row, line in zip(asked, cosines, strict=True):
            close = np.nonzero(line >= MEANING_CLOSE)[0]
            ranked = close[np.argsort(-line[close], kind="stable")].tolist()
            others = [(int(self._rows[place]), float(line[place])) for place in ranked]
            fitting = [each for each in others if _may_pair(self._known, row, each[0])]
            found += [(row, other, cosine) for other, cosine in fitting[:MOST_OF_AN_ARTICLE]]
        return found

    def _read(self, database: Database, encoder: str) -> None:
        place_of = {id_: row for row, id_ in enumerate(self._known.ids)}
        with database.read() as session:
            stored = session.execute(
                select(PassageVector.article_id, PassageVector.vector).where(
                    PassageVector.encoder == encoder, PassageVector.passage_number == _QUESTION
                )
            )
            kept = [(place_of[row.article_id], row.vector) for row in stored if row.article_id in place_of]
        if kept:
            size = max(len(vector) for _, vector in kept)
            whole = [each for each in kept if len(each[1]) == size]
            self._rows = np.array([row for row, _ in whole], dtype=np.int64)
            self._vectors = np.frombuffer(b"".join(vector for _, vector in whole), dtype=np.float32)
            self._vectors = self._vectors.reshape(len(whole), size // 4)


def _keep(
    database: Database,
    known: _Known,
    rows: Sequence[int],
    found: dict[tuple[int, int], tuple[float, float | None]],
    now: datetime,
) -> int:
    """Store the pairs of these articles in the place of what was open for them; return how many are new."""
    ids = [known.ids[row] for row in rows]
    added = 0
    with database.write() as session:
        before = {
            (row.first_id, row.second_id)
            for row in session.execute(select(DuplicatePair.first_id, DuplicatePair.second_id).where(_concern(ids)))
        }
        session.execute(
            delete(DuplicatePair)
            .where(_concern(ids), DuplicatePair.state == PairState.OPEN)
            .execution_options(synchronize_session=False)
        )
        for (row, other), (text, meaning) in found.items():
            first, second = known.ids[row], known.ids[other]
            if session.get(DuplicatePair, (first, second)) is not None:
                # Dismissed or merged: it stays so.
                continue
            session.add(
                DuplicatePair(
                    first_id=first,
                    second_id=second,
                    text_closeness=text,
                    meaning_closeness=meaning,
                    closeness=max(text, meaning or 0.0),
                    state=PairState.OPEN,
                    found_at=now,
                )
            )
            added += (first, second) not in before
    return added


def _note_compared(database: Database, known: _Known, rows: Sequence[int], meanings: _Meanings) -> None:
    with database.write() as session:
        for row in rows:
            kept = session.get(ArticleSketch, known.ids[row])
            if kept is not None and kept.revision_number == known.revisions[row]:
                kept.compared_revision = known.revisions[row] if meanings.has(row) else -known.revisions[row]


def _concern(ids: Collection[UUID]) -> ColumnElement[bool]:
    return or_(DuplicatePair.first_id.in_(ids), DuplicatePair.second_id.in_(ids))
