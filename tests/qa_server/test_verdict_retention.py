"""Old verdicts become counts: nothing is lost for statistics, and no single verdict is left."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from knowledge import proposal_queries, use_queries
from knowledge.proposal_models import AnswerVerdict, ProposalState, VerdictCount, VerdictSource, WordingProposal
from knowledge.use_queries import Period
from qa_server.desk.articles import curating, learning
from qa_server.desk.workplace import Workplace
from tests.fakes import Clock
from tests.qa_server.test_trials import CONTENT
from tests.village import Village


@pytest.fixture
def article(place: Workplace, people: Village) -> UUID:
    """A published article of library A."""
    made = curating.draft(place, people.lin, CONTENT)
    curating.submit(place, people.lin, made)
    curating.publish(place, people.zhou, made)
    return made


def say(
    place: Workplace,
    people: Village,
    article: UUID,
    *,
    is_helpful: bool,
    source: VerdictSource = VerdictSource.READER,
    proposal: UUID | None = None,
) -> None:
    with place.database.write() as session:
        session.add(
            AnswerVerdict(
                article_id=article,
                revision_number=1,
                library_id=people.library_a,
                source=source,
                is_helpful=is_helpful,
                proposal_id=proposal,
                mark=uuid4().hex,
                said_at=place.clock(),
            )
        )


def left(place: Workplace) -> int:
    with place.database.read() as session:
        return session.scalar(select(func.count()).select_from(AnswerVerdict)) or 0


def test_old_verdicts_are_counted_and_go(place: Workplace, people: Village, article: UUID, clock: Clock) -> None:
    first_day = place.clock().date()
    for is_helpful in (True, True, False):
        say(place, people, article, is_helpful=is_helpful)
    say(place, people, article, is_helpful=True, source=VerdictSource.LIBRARIAN)
    clock.forward(hours=24 * 729)
    assert learning.forget_old_verdicts(place) == 0
    say(place, people, article, is_helpful=True)
    clock.forward(hours=24 * 2)
    assert learning.forget_old_verdicts(place) == 4
    assert learning.forget_old_verdicts(place) == 0
    assert left(place) == 1
    counts = learning.verdicts(place, article)
    assert (counts.helpful, counts.unhelpful) == (3, 1)
    with place.database.read() as session:
        assert proposal_queries.count_verdicts(session, article) == counts
        period = Period(first_day, first_day + timedelta(days=1))
        (then,) = use_queries.used_articles(session, {people.library_a}, period, limit=5)
        assert (then.helped, then.not_helped) == (2, 1)
    # Another round adds to the same day.
    clock.forward(hours=24 * 731)
    assert learning.forget_old_verdicts(place) == 1
    assert learning.verdicts(place, article) == counts
    with place.database.read() as session:
        assert session.scalar(select(func.sum(VerdictCount.verdicts))) == 4


def test_what_stands_behind_an_undecided_wording_waits_for_the_decision(
    place: Workplace, people: Village, article: UUID, clock: Clock
) -> None:
    with place.database.write() as session:
        proposal = WordingProposal(article_id=article, words="怎么续", words_hash="x", created_at=place.clock())
        session.add(proposal)
        session.flush()
        waiting = proposal.id
    say(place, people, article, is_helpful=True, proposal=waiting)
    clock.forward(hours=24 * 800)
    assert learning.forget_old_verdicts(place) == 0
    with place.database.write() as session:
        session.get_one(WordingProposal, waiting).state = ProposalState.REJECTED
    assert learning.forget_old_verdicts(place) == 1
    assert left(place) == 0
