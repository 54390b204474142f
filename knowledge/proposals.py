"""Learn from use: note whether an answer helped, propose the words it helped with, let curators decide. Callers commit.

Nothing gets into an article by itself. Who may decide for which article is settled above.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.alternates import NewAlternate, add_alternate
from knowledge.errors import ProposalDecided
from knowledge.proposal_models import AnswerVerdict, ProposalState, VerdictSource, WordingProposal
from knowledge.visible import VisibleArticle
from knowledge.wordings import has_personal_details, hash_of, is_known, plain_words
from storage.errors import NotFound


@dataclass(frozen=True)
class Verdict:
    """What somebody said of an answer.

    `words` are what was asked. `secret` tells one person from another; only a hash of it with the article and the words
    is kept. A reader's has to be something that the database does not hold, or the hash would name the reader.
    """

    library_id: UUID
    source: VerdictSource
    words: str
    is_helpful: bool
    secret: str


def note_verdict(session: Session, article: VisibleArticle, verdict: Verdict, *, now: datetime) -> None:
    """Keep a verdict; a yes proposes its words unless the article has them. Writes; safe to repeat.

    The same secret with the same words for the same article is one verdict, of which the last stands. Words with
    personal details, and a text too long to be a question, are kept nowhere.
    """
    words = plain_words(verdict.words)
    kept = None if words is None or has_personal_details(words) else words
    found = _verdict(session, article, verdict, now=now)
    proposal = _proposal(session, article, kept, now=now) if kept and verdict.is_helpful else None
    found.is_helpful = verdict.is_helpful
    found.words = None if verdict.is_helpful else kept
    found.proposal_id = proposal.id if proposal else None
    found.revision_number = article.revision_number
    found.said_at = now
    session.flush()


def find_proposal(session: Session, proposal_id: UUID) -> WordingProposal:
    """Return the proposal. Raises NotFound."""
    proposal = session.get(WordingProposal, proposal_id)
    if proposal is None:
        raise NotFound()
    return proposal


def confirm(
    session: Session, proposal: WordingProposal, *, curator_id: UUID, now: datetime, words: str | None = None
) -> str:
    """Publish the words, or what a curator made of them, as an alternate of the article; return them as they stand.

    Raises ProposalDecided, and what `knowledge.alternates.add_alternate` raises.
    """
    # The article first, as every other change of it does: its lock is the one that others wait for.
    confirmed = add_alternate(session, proposal.article_id, NewAlternate(words or proposal.words, curator_id), now=now)
    _decide(session, proposal, ProposalState.CONFIRMED, curator_id, now)
    proposal.confirmed_words = confirmed
    session.flush()
    return confirmed


def reject(session: Session, proposal: WordingProposal, *, curator_id: UUID, now: datetime) -> None:
    """Set the words aside; they are not proposed again for this article. Raises ProposalDecided."""
    _decide(session, proposal, ProposalState.REJECTED, curator_id, now)


def reopen(session: Session, proposal: WordingProposal) -> None:
    """Take a rejection back. Harmless on an open proposal. Raises ProposalDecided on a confirmed one."""
    session.refresh(proposal, with_for_update=True)
    if proposal.state == ProposalState.CONFIRMED:
        raise ProposalDecided()
    proposal.state, proposal.decided_by_id, proposal.decided_at = ProposalState.OPEN, None, None
    session.flush()


def _decide(session: Session, proposal: WordingProposal, state: ProposalState, curator_id: UUID, now: datetime) -> None:
    # One statement compares and decides, so that of two curators the second is told.
    decided = session.execute(
        update(WordingProposal)
        .where(WordingProposal.id == proposal.id, WordingProposal.state == ProposalState.OPEN)
        .values(state=state, decided_by_id=curator_id, decided_at=now)
        .execution_options(synchronize_session=False)
    )
    if getattr(decided, "rowcount", 0) != 1:
        raise ProposalDecided()
    session.refresh(proposal)


def _verdict(session: Session, article: VisibleArticle, verdict: Verdict, *, now: datetime) -> AnswerVerdict:
    parts = (verdict.secret, str(article.id), hash_of(verdict.words))
    mark = sha256("\0".join(parts).encode()).hexdigest()
    sought = select(AnswerVerdict).where(AnswerVerdict.mark == mark).with_for_update()
    found = session.scalar(sought)
    if found is not None:
        return found
    made = AnswerVerdict(
        article_id=article.id,
        revision_number=article.revision_number,
        library_id=verdict.library_id,
        source=verdict.source,
        is_helpful=verdict.is_helpful,
        mark=mark,
        said_at=now,
    )
    return made if _is_added(session, made) else session.scalars(sought).one()


def _proposal(session: Session, article: VisibleArticle, words: str, *, now: datetime) -> WordingProposal | None:
    if is_known(words, (article.question, *article.alternates)):
        return None
    words_hash = hash_of(words)
    sought = select(WordingProposal).where(
        WordingProposal.article_id == article.id, WordingProposal.words_hash == words_hash
    )
    found = session.scalar(sought)
    if found is not None:
        return found
    made = WordingProposal(
        article_id=article.id, words=words, words_hash=words_hash, state=ProposalState.OPEN, created_at=now
    )
    return made if _is_added(session, made) else session.scalars(sought).one()


def _is_added(session: Session, row: AnswerVerdict | WordingProposal) -> bool:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Another transaction added the same between our two statements.
        return False
    return True
