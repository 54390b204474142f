"""What a publication would do to test questions, tried on the text before anybody finds it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import articles, trials
from knowledge.article_states import Step, state_after
from knowledge.candidates import NEXT_NUMBER, Candidate
from knowledge.facets import facets_of
from knowledge.models import Article
from knowledge.trials import Asking, Outcome
from knowledge.visible import VisibleArticle
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.articles.rights import require, to_read
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import Right, StaffMember
from storage.errors import AppError


@dataclass(frozen=True)
class Loser:
    """A test question that finds its article now and would not any more; `rank` is where the article would stand.

    Texts are None where the person sees neither the article nor what its readers are shown.
    """

    trial_id: UUID
    words: str | None
    article_id: UUID
    question: str | None
    top: int
    rank: int | None
    first_id: UUID | None
    first: str | None


@dataclass(frozen=True)
class Rehearsal:
    """How many test questions were asked of which revision of the text, and which of them it would make fail."""

    article_id: UUID
    revision: int
    question: str
    asked: int
    losers: tuple[Loser, ...]

    def details(self) -> dict[str, Any]:
        """Return it as an article's story and an answer to a program keep it: ids, no words."""
        lost = [
            {
                "test_question_id": str(each.trial_id),
                "article_id": str(each.article_id),
                "first_id": str(each.first_id) if each.first_id else None,
            }
            for each in self.losers
        ]
        return {"asked": self.asked, "pushed_aside": lost}


class PushesAside(AppError):
    """Published as it stands, the text would make test questions of other articles fail; `rehearsal` names them."""

    code = "pushes_aside"
    status = 409
    message = (
        "Not published yet: readers would no longer find other articles by their test questions. Compare the texts, "
        "then publish knowingly or send it back."
    )

    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__(**rehearsal.details(), revision=rehearsal.revision)
        self.rehearsal = rehearsal


def rehearse(place: Workplace, person: StaffMember, article_id: UUID) -> Rehearsal:
    """Ask the test questions near the newest revision as if it were published; only what it would change is named.

    Raises NotFound, Forbidden. Changes nothing. Encodes and searches; blocks for a moment.
    """
    place.search.refresh()
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        require(session, person, Right.DRAFT_ARTICLES, found.library_id)
        article = _as_published(place, session, found)
        askings = article_trials.near(session, found, (article.question, *article.alternates))
    candidate = place.search.prepare(article)
    lost = [outcome for each in askings if (outcome := _lost(place, each, candidate)) is not None]
    return _described(place, person, article, len(askings), lost)


def require_ready(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Refuse what could not be published anyway, before anything is tried.

    Raises NotFound, Forbidden, NotInReview, AlreadyPublished, OwnRevision.
    """
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        require(session, person, Right.REVIEW_ARTICLES, found.library_id)
        state_after(Step.PUBLISH, found.state)
        articles.require_other_author(session, found, person.id)


def require_knowing(rehearsal: Rehearsal, known: Collection[UUID]) -> None:
    """Raise PushesAside unless the person has said of every test question that it may fail."""
    if any(each.trial_id not in known for each in rehearsal.losers):
        raise PushesAside(rehearsal)


def _lost(place: Workplace, asking: Asking, candidate: Candidate) -> Outcome | None:
    then = trials.ask(place.search, asking, candidate=candidate)
    if then.has_passed or not trials.ask(place.search, asking).has_passed:
        return None
    return then


def _as_published(place: Workplace, session: Session, article: Article) -> VisibleArticle:
    revision = articles.current_revision(session, article)
    facets = facets_of(revision)
    return VisibleArticle(
        id=article.id,
        number=article.number or NEXT_NUMBER,
        key=article.key,
        library_id=article.library_id,
        language=article.language,
        revision_number=revision.number,
        question=revision.question,
        alternates=tuple(revision.alternates),
        answer=revision.answer,
        sources=tuple(revision.sources),
        published_at=place.clock(),
        visibility=facets["visibility"],
        valid_until=facets["valid_until"],
    )


def _described(
    place: Workplace, person: StaffMember, article: VisibleArticle, asked: int, lost: list[Outcome]
) -> Rehearsal:
    ids = {each.asking.article_id for each in lost} | {each.best_article_id for each in lost if each.best_article_id}
    named = article_trials.questions_of(place, person, ids - {article.id}) | {article.id: article.question}
    losers = tuple(
        Loser(
            trial_id=each.asking.trial_id,
            words=each.asking.words if each.asking.article_id in named else None,
            article_id=each.asking.article_id,
            question=named.get(each.asking.article_id),
            top=each.asking.top,
            rank=each.rank,
            first_id=each.best_article_id,
            first=named.get(each.best_article_id) if each.best_article_id else None,
        )
        for each in lost
    )
    return Rehearsal(article.id, article.revision_number, article.question, asked, losers)
