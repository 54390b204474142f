"""Test questions of articles: add them, ask them, keep how they did. The caller commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.candidates import Candidate
from knowledge.catalogue import Scope
from knowledge.errors import TrialInvalid, TrialsFull
from knowledge.models import VISIBLE_STATES, Article, audience_of
from knowledge.results import Mode
from knowledge.search import KnowledgeSearch
from knowledge.trial_models import Trial, TrialCause, TrialResult, TrialRun
from knowledge.wordings import plain_words
from storage.base import new_id
from storage.errors import NotFound

MAX_TRIALS = 20
DEFAULT_TOP = 3


@dataclass(frozen=True)
class Asking:
    """A test question ready to be asked: by whom (a scope) and what it must lead to.

    `key` and `language` are the article's: another owner's answer to the same topic that is nearer to the asker counts.
    """

    trial_id: UUID
    article_id: UUID
    key: str
    words: str
    top: int
    scope: Scope


@dataclass(frozen=True)
class Outcome:
    """How one test question did; `rank` from 1, None when the article was not among the answers."""

    asking: Asking
    rank: int | None
    best_article_id: UUID | None
    mode: Mode

    @property
    def has_passed(self) -> bool:
        return self.rank is not None and self.rank <= self.asking.top


@dataclass(frozen=True)
class Failing:
    """A test question whose last try failed, what came first instead, and since when it fails."""

    trial: Trial
    result: TrialResult
    since: datetime


def add(
    session: Session, article: Article, *, words: str, library_id: UUID, top: int, by: UUID, now: datetime
) -> Trial:
    """Add a test question, asked as a reader of `library_id`. Raises TrialInvalid, TrialsFull."""
    plain = plain_words(words)
    if plain is None:
        raise TrialInvalid(reason="write what a reader would ask, in at most 300 characters.")
    if not 1 <= top <= 10:
        raise TrialInvalid(reason="choose among how many answers it must be, 1 to 10.")
    present = of_article(session, article.id)
    if any(each.words == plain and each.library_id == library_id for each in present):
        raise TrialInvalid(reason="it is there already.")
    if len(present) >= MAX_TRIALS:
        raise TrialsFull(limit=MAX_TRIALS)
    trial = Trial(article_id=article.id, words=plain, library_id=library_id, top=top, added_by_id=by, added_at=now)
    session.add(trial)
    session.flush()
    return trial


def remove(session: Session, article_id: UUID, trial_id: UUID, *, now: datetime) -> None:
    """Ask a question no longer; what it did stays. Safe to repeat. Raises NotFound."""
    trial = session.get(Trial, trial_id)
    if trial is None or trial.article_id != article_id:
        raise NotFound()
    trial.removed_at = trial.removed_at or now
    session.flush()


def of_article(session: Session, article_id: UUID) -> Sequence[Trial]:
    """Return the test questions of an article, the oldest first."""
    statement = select(Trial).where(Trial.article_id == article_id, Trial.removed_at.is_(None))
    return session.scalars(statement.order_by(Trial.added_at, Trial.id)).all()


def askable(session: Session, *, after: UUID | None = None, limit: int = 500) -> Sequence[tuple[Trial, Article]]:
    """Return a page of the test questions of articles that readers see, by id after the one given."""
    statement = (
        select(Trial, Article)
        .join(Article, Article.id == Trial.article_id)
        .where(
            Trial.removed_at.is_(None),
            Article.state.in_(VISIBLE_STATES),
            Article.published_revision.is_not(None),
            Article.starts_at.is_(None),
        )
    )
    if after is not None:
        statement = statement.where(Trial.id > after)
    return [(row[0], row[1]) for row in session.execute(statement.order_by(Trial.id).limit(limit))]


def asking(trial: Trial, article: Article, library_ids: tuple[UUID, ...]) -> Asking:
    """Return the test question as it is asked; one of a restricted article is asked by somebody who may find it."""
    scope = Scope(library_ids, audience_of(article.visibility))
    return Asking(trial.id, article.id, article.key, trial.words, trial.top, scope)


def ask(search: KnowledgeSearch, question: Asking, *, candidate: Candidate | None = None) -> Outcome:
    """Ask one test question, with `candidate` as if that were published.

    Encodes and reads the database; call outside a transaction.
    """
    result = search.search(question.words, scope=question.scope, limit=10, candidate=candidate)
    ranks = [place for place, hit in enumerate(result.hits, start=1) if hit.article_id == question.article_id]
    # A nearer owner's answer to the same topic is what that asker is meant to find.
    ranks += [place for place, hit in enumerate(result.hits, start=1) if hit.key == question.key]
    best = result.hits[0].article_id if result.hits else None
    return Outcome(question, ranks[0] if ranks else None, best, result.mode)


def keep(
    session: Session, outcomes: Sequence[Outcome], cause: TrialCause, *, now: datetime, article_id: UUID | None = None
) -> TrialRun:
    """Keep how a run went; `article_id` is the article whose publication set it off."""
    modes: set[Mode] = {outcome.mode for outcome in outcomes}
    run = TrialRun(
        id=new_id(),
        cause=cause,
        article_id=article_id,
        mode="hybrid" if modes == {"hybrid"} else "keyword",
        asked=len(outcomes),
        failed=sum(not outcome.has_passed for outcome in outcomes),
        ran_at=now,
    )
    session.add(run)
    session.flush()
    session.add_all(
        TrialResult(
            run_id=run.id,
            trial_id=outcome.asking.trial_id,
            rank=outcome.rank,
            has_passed=outcome.has_passed,
            best_article_id=outcome.best_article_id,
            ran_at=now,
        )
        for outcome in outcomes
    )
    session.flush()
    return run


def last_results(session: Session, trial_ids: Collection[UUID]) -> dict[UUID, TrialResult]:
    """Return the newest result of each test question; those never asked are left out."""
    newest = (
        select(TrialResult.trial_id, func.max(TrialResult.ran_at).label("ran_at"))
        .where(TrialResult.trial_id.in_(trial_ids))
        .group_by(TrialResult.trial_id)
        .subquery()
    )
    same = (TrialResult.trial_id == newest.c.trial_id) & (TrialResult.ran_at == newest.c.ran_at)
    return {row.trial_id: row for row in session.scalars(select(TrialResult).join(newest, same))}


def history(session: Session, trial_id: UUID, *, limit: int = 60) -> Sequence[tuple[TrialResult, TrialRun]]:
    """Return how a test question did, newest first."""
    statement = select(TrialResult, TrialRun).join(TrialRun, TrialRun.id == TrialResult.run_id)
    statement = statement.where(TrialResult.trial_id == trial_id).order_by(TrialResult.ran_at.desc()).limit(limit)
    return [(row[0], row[1]) for row in session.execute(statement)]


def runs(session: Session, *, limit: int = 30) -> Sequence[TrialRun]:
    """Return the last runs, newest first."""
    return session.scalars(select(TrialRun).order_by(TrialRun.ran_at.desc(), TrialRun.id.desc()).limit(limit)).all()


def failing(session: Session, owners: Collection[UUID]) -> list[Failing]:
    """Return the test questions of these owners' articles whose last try failed, those failing longest first."""
    mine = (
        select(Trial)
        .join(Article, Article.id == Trial.article_id)
        .where(Trial.removed_at.is_(None), Article.library_id.in_(owners), Article.state.in_(VISIBLE_STATES))
    )
    trials = {trial.id: trial for trial in session.scalars(mine)}
    failed = {id_: row for id_, row in last_results(session, trials).items() if not row.has_passed}
    since = _failing_since(session, failed)
    found = [Failing(trials[id_], row, since.get(id_, row.ran_at)) for id_, row in failed.items()]
    return sorted(found, key=lambda each: (each.since, each.trial.id))


def pushed_aside(session: Session, article_id: UUID) -> list[tuple[Trial, TrialResult]]:
    """Return the test questions that failed when this article was last published, did not before, and still do."""
    newest = select(TrialRun).where(TrialRun.article_id == article_id).order_by(TrialRun.ran_at.desc()).limit(1)
    run = session.scalar(newest)
    if run is None or not run.failed:
        return []
    rows = session.execute(
        select(Trial, TrialResult)
        .join(TrialResult, TrialResult.trial_id == Trial.id)
        .where(TrialResult.run_id == run.id, TrialResult.has_passed.is_(False), Trial.removed_at.is_(None))
    ).all()
    last = last_results(session, [row[0].id for row in rows])
    found = []
    for trial, result in rows:
        before = session.scalar(
            select(TrialResult.has_passed)
            .where(TrialResult.trial_id == trial.id, TrialResult.ran_at < run.ran_at)
            .order_by(TrialResult.ran_at.desc())
            .limit(1)
        )
        if before is not False and not last[trial.id].has_passed:
            found.append((trial, result))
    return found


def _failing_since(session: Session, failed: Collection[UUID]) -> dict[UUID, datetime]:
    """Return the first failure after the last success of each."""
    passed = (
        select(TrialResult.trial_id, func.max(TrialResult.ran_at).label("at"))
        .where(TrialResult.trial_id.in_(failed), TrialResult.has_passed)
        .group_by(TrialResult.trial_id)
        .subquery()
    )
    statement = (
        select(TrialResult.trial_id, func.min(TrialResult.ran_at))
        .outerjoin(passed, passed.c.trial_id == TrialResult.trial_id)
        .where(TrialResult.trial_id.in_(failed), (passed.c.at.is_(None)) | (TrialResult.ran_at > passed.c.at))
        .group_by(TrialResult.trial_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
