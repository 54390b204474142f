"""Test questions of articles: writing them, asking them on a publication, by night and by hand, and what fails."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import reasons, trials, validity
from knowledge.life_models import ReasonKind
from knowledge.models import Article, Revision
from knowledge.tokens import tokens
from knowledge.trial_models import Trial, TrialCause, TrialResult, TrialRun
from knowledge.trials import Asking, Failing, Outcome
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.rights import to_change, to_read
from qa_server.desk.workplace import Workplace
from qa_server.network.models import AllianceMember, Library
from qa_server.network.queries import Owner, library_by_code, owners, scope_of
from qa_server.people.rights import Right, StaffMember

# A publication asks at most so many test questions, those most alike first.
MAX_ASKED_ON_PUBLICATION = 400


@dataclass(frozen=True)
class TrialCard:
    """A test question, who asks it, and how it did last."""

    trial: Trial
    library: Owner | None
    last: TrialResult | None


@dataclass(frozen=True)
class FailingCard:
    """A test question that fails, its article, and the question of what is found first instead."""

    failing: Failing
    article: Article
    question: str
    owner: Owner
    instead_id: UUID | None
    instead: str | None


@dataclass(frozen=True)
class Verdict:
    """What a publication did to test questions: how many were asked, which fail now that did not before."""

    asked: int
    newly_failing: tuple[tuple[Asking, UUID | None], ...]


def of_article(place: Workplace, person: StaffMember, article_id: UUID) -> list[TrialCard]:
    """Return an article's test questions with how they did last. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        if not article_rights.sees_all(session, person, found):
            return []
        rows = trials.of_article(session, article_id)
        last = trials.last_results(session, [row.id for row in rows])
        names = owners(session, {row.library_id for row in rows})
        return [TrialCard(row, names.get(row.library_id), last.get(row.id)) for row in rows]


def add(place: Workplace, person: StaffMember, article_id: UUID, *, words: str, top: int, library_code: str) -> UUID:
    """Add a test question, asked as a reader of that library (empty: of the owner). Returns its id.

    Raises NotFound, Forbidden, TrialInvalid, TrialsFull.
    """
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        library_id = library_by_code(session, library_code).id if library_code else _asker(session, found)
        added = trials.add(session, found, words=words, library_id=library_id, top=top, by=person.id, now=place.clock())
        return added.id


def remove(place: Workplace, person: StaffMember, article_id: UUID, trial_id: UUID) -> None:
    """Ask a test question no longer. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        trials.remove(session, found.id, trial_id, now=place.clock())


def history(
    place: Workplace, person: StaffMember, article_id: UUID
) -> list[tuple[Trial, Sequence[tuple[TrialResult, TrialRun]]]]:
    """Return how each test question of an article did, newest first. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        if not article_rights.sees_all(session, person, found):
            return []
        return [(row, trials.history(session, row.id, limit=30)) for row in trials.of_article(session, article_id)]


def try_article(place: Workplace, person: StaffMember, article_id: UUID) -> list[Outcome]:
    """Ask the test questions of one article now. Raises NotFound. Encodes; blocks for a moment."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        asked = [_asking(session, each, found) for each in trials.of_article(session, found.id)]
    outcomes = [trials.ask(place.search, each) for each in asked]
    _keep(place, outcomes, TrialCause.HAND)
    return outcomes


def try_after_publication(place: Workplace, article_id: UUID) -> Verdict:
    """Ask the article's own test questions and those that it could have pushed aside; say which fail only now.

    Runs after the commit, against the index that readers use: what it says is what readers get. Encodes; blocks.
    """
    place.search.refresh()
    with place.database.read() as session:
        article = session.get_one(Article, article_id)
        published = session.get_one(Revision, (article_id, article.published_revision))
        asked = near(session, article, (published.question, *published.alternates))
        before = trials.last_results(session, [each.trial_id for each in asked])
        failed_before = {each for each, row in before.items() if not row.has_passed}
    outcomes = [trials.ask(place.search, each) for each in asked]
    if outcomes:
        _keep(place, outcomes, TrialCause.PUBLICATION, article_id=article_id)
    newly = tuple(
        (each.asking, each.best_article_id)
        for each in outcomes
        if not each.has_passed and each.asking.trial_id not in failed_before
    )
    return Verdict(len(outcomes), newly)


def try_all(place: Workplace, cause: TrialCause) -> TrialRun | None:
    """Ask every test question; return how it went, None when there is none. Encodes; blocks for long."""
    outcomes: list[Outcome] = []
    after: UUID | None = None
    while True:
        with place.database.read() as session:
            page = trials.askable(session, after=after)
            asked = [_asking(session, trial, article) for trial, article in page]
        if not page:
            break
        after = page[-1][0].id
        outcomes += [trials.ask(place.search, each) for each in asked]
    return _keep(place, outcomes, cause) if outcomes else None


def failing(place: Workplace, person: StaffMember) -> list[FailingCard]:
    """Return the failing test questions of the articles that the person sees, those failing longest first."""
    with place.database.read() as session:
        seen = article_rights.owners_with(session, person, Right.VIEW_ARTICLES)
        rows = trials.failing(session, seen)
        names = owners(session, seen)
        return [_failing_card(session, each, names) for each in rows]


def pushed_aside(place: Workplace, person: StaffMember, article_id: UUID) -> list[FailingCard]:
    """Return the test questions that fail since this article was published, with their articles. Raises NotFound."""
    with place.database.read() as session:
        to_read(session, person, article_id)
        seen = article_rights.owners_with(session, person, Right.VIEW_ARTICLES)
        names = owners(session, seen)
        found = [Failing(trial, result, result.ran_at) for trial, result in trials.pushed_aside(session, article_id)]
        cards = [(each, session.get_one(Article, each.trial.article_id)) for each in found]
        return [_failing_card(session, each, names) for each, article in cards if article.library_id in names]


def near(session: Session, article: Article, wordings: Iterable[str]) -> list[Asking]:
    """Return the test questions whose askers find this article or could, its own first, then the most alike in words.

    At most MAX_ASKED_ON_PUBLICATION: those further away have little to fear, and the night asks all.
    """
    scopes: dict[UUID, tuple[UUID, ...]] = {}
    found: list[Asking] = []
    after: UUID | None = None
    while page := trials.askable(session, after=after):
        after = page[-1][0].id
        for trial, asked in page:
            if trial.library_id not in scopes:
                scopes[trial.library_id] = scope_of(session, trial.library_id)
            if article.library_id in scopes[trial.library_id]:
                found.append(trials.asking(trial, asked, scopes[trial.library_id]))
    spoken = {token for wording in wordings for token in tokens(wording)}
    found.sort(key=lambda each: (each.article_id != article.id, -_likeness(each.words, spoken)))
    return found[:MAX_ASKED_ON_PUBLICATION]


def last_runs(place: Workplace) -> list[TrialRun]:
    """Return the last runs, newest first: how many questions were asked, how many failed."""
    with place.database.read() as session:
        return list(trials.runs(session, limit=14))


def questions_of(place: Workplace, person: StaffMember, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the present question of articles by id, for naming them; those the person may not see are left out."""
    found: dict[UUID, str] = {}
    with place.database.read() as session:
        for each in set(ids):
            article = session.get(Article, each)
            if article is None or not (
                article_rights.sees_all(session, person, article)
                or article_rights.sees_published(session, person, article)
            ):
                continue
            number = article.published_revision or article.current_revision
            found[each] = session.get_one(Revision, (each, number)).question
    return found


def _asking(session: Session, trial: Trial, article: Article) -> Asking:
    return trials.asking(trial, article, scope_of(session, trial.library_id))


def _likeness(words: str, spoken: Set[str]) -> float:
    wanted = set(tokens(words))
    return len(wanted & spoken) / max(1, len(wanted))


def _asker(session: Session, article: Article) -> UUID:
    """Return the library whose reader asks where none was named: the owner, of an alliance its first member."""
    if session.get(Library, article.library_id) is not None:
        return article.library_id
    member = select(AllianceMember.library_id).where(AllianceMember.alliance_id == article.library_id)
    return session.scalars(member.order_by(AllianceMember.library_id)).first() or article.library_id


def _keep(
    place: Workplace, outcomes: Sequence[Outcome], cause: TrialCause, *, article_id: UUID | None = None
) -> TrialRun:
    now: datetime = place.clock()
    with place.database.write() as session:
        run = trials.keep(session, outcomes, cause, now=now, article_id=article_id)
        for outcome in outcomes:
            _note(session, outcome, now=now)
        return run


def _note(session: Session, outcome: Outcome, *, now: datetime) -> None:
    article = session.get_one(Article, outcome.asking.article_id)
    if outcome.has_passed:
        others = trials.last_results(session, [each.id for each in trials.of_article(session, article.id)])
        if all(row.has_passed for row in others.values()):
            done = reasons.settle(session, article.id, outcome="found", by=None, now=now, kinds=(ReasonKind.NOT_FOUND,))
            if done and not reasons.open_of(session, article.id):
                validity.settle(session, article, now=now)
        return
    best = str(outcome.best_article_id) if outcome.best_article_id else None
    reasons.note(session, article.id, ReasonKind.NOT_FOUND, {"words": outcome.asking.words, "best": best}, now=now)


def _failing_card(session: Session, each: Failing, names: dict[UUID, Owner]) -> FailingCard:
    article = session.get_one(Article, each.trial.article_id)
    instead_id = each.result.best_article_id
    instead = session.get(Article, instead_id) if instead_id else None
    return FailingCard(
        failing=each,
        article=article,
        question=_question(session, article),
        owner=names[article.library_id],
        instead_id=instead_id,
        instead=_question(session, instead) if instead is not None and instead.library_id in names else None,
    )


def _question(session: Session, article: Article) -> str:
    number = article.published_revision or article.current_revision
    return session.get_one(Revision, (article.id, number)).question
