"""What hangs on an article and goes with it when it is merged, row by row, so that it can go back."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from knowledge.changes import record_change
from knowledge.duplicate_models import MergeMove, MoveKind
from knowledge.ledger.models import LedgerClosing
from knowledge.life_models import ArticleLayer
from knowledge.models import OUT_OF_USE, VISIBLE_STATES, Article, ChangeKind
from knowledge.proposal_models import AnswerVerdict, WordingProposal
from knowledge.trial_models import Trial

# A verdict of another article's text is of no revision of this one.
NO_REVISION = 0


def move(session: Session, merge_id: UUID, article: Article, survivor: Article, *, now: datetime) -> None:
    """Give the survivor what hangs on the article, and write each move down."""
    moves: list[tuple[MoveKind, UUID, str | None]] = []
    moves += _move_verdicts(session, article, survivor)
    moves += _move_all(
        MoveKind.PROPOSAL, _proposals(session, article, survivor), lambda row: _set_article(row, survivor)
    )
    moves += _move_all(
        MoveKind.TEST_QUESTION, _trials(session, article, survivor), lambda row: _set_article(row, survivor)
    )
    closings = session.scalars(select(LedgerClosing).where(LedgerClosing.article_id == article.id)).all()
    moves += _move_all(MoveKind.CLOSING, closings, lambda row: _set_article(row, survivor))
    moves += _move_redirects(session, article, survivor)
    moves += _move_variants(session, article, survivor, now)
    session.add_all(MergeMove(merge_id=merge_id, kind=kind, row_id=row_id, was=was) for kind, row_id, was in moves)
    session.flush()


def move_back(session: Session, merge_id: UUID, article: Article, survivor: Article, *, now: datetime) -> None:
    """Give back what a merge moved, as far as it is still where it was moved to."""
    for each in session.scalars(select(MergeMove).where(MergeMove.merge_id == merge_id)).all():
        _BACK[MoveKind(each.kind)](session, each, article, survivor, now)
    session.flush()


_Moved = tuple[MoveKind, UUID, str | None]
_Hanging = WordingProposal | Trial | LedgerClosing
_Back = Callable[[Session, MergeMove, Article, Article, datetime], None]


def _set_article(row: _Hanging, article: Article) -> None:
    row.article_id = article.id


def _move_all(kind: MoveKind, rows: Iterable[_Hanging], act: Callable[[_Hanging], None]) -> list[_Moved]:
    moved: list[_Moved] = []
    for row in rows:
        act(row)
        moved.append((kind, row.id, None))
    return moved


def _move_verdicts(session: Session, article: Article, survivor: Article) -> list[_Moved]:
    """Move the verdicts; those that used words already proposed for the survivor use that proposal from now on."""
    twins = _twins(session, article, survivor)
    moved: list[_Moved] = []
    for row in session.scalars(select(AnswerVerdict).where(AnswerVerdict.article_id == article.id)).all():
        moved.append(
            (MoveKind.VERDICT, row.id, f"{row.revision_number}:{row.proposal_id.hex if row.proposal_id else ''}")
        )
        row.article_id, row.revision_number = survivor.id, NO_REVISION
        if row.proposal_id in twins:
            row.proposal_id = twins[row.proposal_id]
    session.flush()
    return moved


def _twins(session: Session, article: Article, survivor: Article) -> dict[UUID, UUID]:
    rows = session.execute(
        select(WordingProposal.id, WordingProposal.words_hash).where(WordingProposal.article_id == survivor.id)
    )
    known = {row.words_hash: row.id for row in rows}
    own = session.execute(
        select(WordingProposal.id, WordingProposal.words_hash).where(WordingProposal.article_id == article.id)
    )
    return {row.id: known[row.words_hash] for row in own if row.words_hash in known}


def _proposals(session: Session, article: Article, survivor: Article) -> Iterable[WordingProposal]:
    twins = _twins(session, article, survivor)
    rows = session.scalars(select(WordingProposal).where(WordingProposal.article_id == article.id)).all()
    return [row for row in rows if row.id not in twins]


def _trials(session: Session, article: Article, survivor: Article) -> Iterable[Trial]:
    there = session.execute(
        select(Trial.words, Trial.library_id).where(Trial.article_id == survivor.id, Trial.removed_at.is_(None))
    )
    known = {(row.words, row.library_id) for row in there}
    rows = session.scalars(select(Trial).where(Trial.article_id == article.id, Trial.removed_at.is_(None))).all()
    return [row for row in rows if (row.words, row.library_id) not in known]


def _move_redirects(session: Session, article: Article, survivor: Article) -> list[_Moved]:
    """Let what leads to the article lead to the survivor: an old address is one step from its answer."""
    moved: list[_Moved] = []
    for row in session.scalars(select(Article).where(Article.merged_into_id == article.id)).all():
        row.merged_into_id = survivor.id
        moved.append((MoveKind.REDIRECT, row.id, None))
    return moved


def _move_variants(session: Session, article: Article, survivor: Article, now: datetime) -> list[_Moved]:
    """Bring translations, and what other owners say instead, to the survivor's topic where it has none of them."""
    if article.library_id != survivor.library_id or article.key == survivor.key:
        return []
    taken = {
        (row.language, row.library_id)
        for row in session.scalars(select(Article).where(Article.key == survivor.key, Article.state.not_in(OUT_OF_USE)))
    }
    moved: list[_Moved] = []
    for row in session.scalars(_variants(article)).all():
        if (row.language, row.library_id) in taken:
            continue
        layer = session.get(ArticleLayer, row.id)
        is_layer = layer is not None and layer.based_on_id == article.id
        moved.append((MoveKind.VARIANT, row.id, f"{layer.based_on_revision if layer and is_layer else ''}:{row.key}"))
        _put_under(session, row, survivor.key, now)
        if layer is not None and is_layer:
            layer.based_on_id, layer.based_on_revision = survivor.id, survivor.current_revision
    session.flush()
    return moved


def _variants(article: Article) -> Select[Article]:
    is_translation = (Article.language != article.language) & (Article.library_id == article.library_id)
    is_layer = (Article.language == article.language) & (Article.library_id != article.library_id)
    return (
        select(Article)
        .where(
            Article.key == article.key,
            Article.id != article.id,
            Article.state.not_in(OUT_OF_USE),
            or_(is_translation, is_layer),
        )
        .order_by(Article.id)
    )


def _put_under(session: Session, article: Article, key: str, now: datetime) -> None:
    article.key = key
    session.flush()
    if article.published_revision is not None and article.state in VISIBLE_STATES:
        # The indexes know articles by their topic.
        record_change(session, article_id=article.id, kind=ChangeKind.PUBLISHED, now=now)


def _verdict_back(session: Session, each: MergeMove, article: Article, survivor: Article, now: datetime) -> None:
    row = session.get(AnswerVerdict, each.row_id)
    if row is not None and row.article_id == survivor.id:
        revision, _, proposal = (each.was or "0:").partition(":")
        row.article_id, row.revision_number = article.id, int(revision)
        row.proposal_id = UUID(proposal) if proposal else None


def _row_back(table: type[WordingProposal | Trial | LedgerClosing]) -> _Back:
    def back(session: Session, each: MergeMove, article: Article, survivor: Article, now: datetime) -> None:
        row = session.get(table, each.row_id)
        if isinstance(row, WordingProposal | Trial | LedgerClosing) and row.article_id == survivor.id:
            row.article_id = article.id

    return back


def _redirect_back(session: Session, each: MergeMove, article: Article, survivor: Article, now: datetime) -> None:
    row = session.get(Article, each.row_id)
    if row is not None and row.merged_into_id == survivor.id:
        row.merged_into_id = article.id


def _variant_back(session: Session, each: MergeMove, article: Article, survivor: Article, now: datetime) -> None:
    row = session.get(Article, each.row_id)
    if row is None or row.key != survivor.key or row.state in OUT_OF_USE:
        return
    revision, _, key = (each.was or ":").partition(":")
    _put_under(session, row, key, now)
    layer = session.get(ArticleLayer, row.id)
    if layer is not None and revision and layer.based_on_id == survivor.id:
        layer.based_on_id, layer.based_on_revision = article.id, int(revision)


_BACK: dict[MoveKind, _Back] = {
    MoveKind.VERDICT: _verdict_back,
    MoveKind.PROPOSAL: _row_back(WordingProposal),
    MoveKind.TEST_QUESTION: _row_back(Trial),
    MoveKind.CLOSING: _row_back(LedgerClosing),
    MoveKind.REDIRECT: _redirect_back,
    MoveKind.VARIANT: _variant_back,
}
