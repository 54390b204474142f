"""Learning from use: did an answer help, which wordings does that propose, and what curators make of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import proposal_queries, proposals, queries, verdict_counts
from knowledge.models import Article, Audience
from knowledge.proposal_models import VerdictSource, WordingProposal
from knowledge.proposal_queries import ProposedArticle, VerdictCounts
from knowledge.proposals import Verdict
from knowledge.use_models import UseKind
from knowledge.visible import VisibleArticle, find_visible
from knowledge.wordings import said_in
from qa_server.conversations import queries as conversation_queries
from qa_server.conversations.models import Author, Conversation, Kind
from qa_server.desk.asking import KnownReader
from qa_server.desk.audiences import audience_of_reader
from qa_server.desk.ledger import intake as ledger_intake
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import Owner, owners, path_up, scope_of, subtree
from qa_server.people.rights import Right, StaffMember, has_right, nodes_with
from storage.after_commit import after_commit
from storage.errors import Forbidden, NotFound


@dataclass(frozen=True)
class WordingCard:
    """A wording that waits. `uses` counts readers and conversations; `libraries` are where those readers belong."""

    id: UUID
    words: str
    uses: int
    libraries: tuple[Owner, ...]
    last_used_at: datetime


@dataclass(frozen=True)
class ProposedCard:
    """An article with the wordings proposed for it, most used first."""

    article_id: UUID
    language: str
    question: str
    alternates: tuple[str, ...]
    owner: Owner
    wordings: tuple[WordingCard, ...]


@dataclass(frozen=True)
class ProposedCards:
    """What waits for the person, and how many wordings that are in all (a page shows the most used ones)."""

    cards: tuple[ProposedCard, ...]
    total: int


def judge_answer(
    place: Workplace, reader: KnownReader, article_id: UUID, *, words: str, is_helpful: bool, secret: str
) -> None:
    """Note what a reader says of an answer found with these words; the last word on it stands. Safe to repeat.

    `secret` is the reader's own; a hash of it is kept in place of who it was. Raises NotFound for an article that this
    reader's library does not show, TooManyRequests.
    """
    place.rates.spend("verdict", str(reader.id))
    with place.database.write() as session:
        audience = audience_of_reader(session, reader, reader.library_id)
        article = _shown(place, session, article_id, reader.library_id, audience=audience)
        said = Verdict(reader.library_id, VerdictSource.READER, words, is_helpful, secret)
        proposals.note_verdict(session, article, said, now=place.clock())
        ledger_intake.note_verdict(session, article.id, said, now=place.clock())


def note_sent(place: Workplace, person: StaffMember, conversation_id: UUID, article_id: UUID, *, words: str) -> None:
    """Note that an article was sent into a conversation of the person's desks. Safe to repeat.

    `words` are those of the reader that were looked up; where the reader did not say them, the question stands in.
    Raises NotFound for a conversation of others, or an article that the reader may not see.
    """
    with place.database.write() as session:
        conversation = conversation_queries.at_desks(session, person.desk_ids, conversation_id)
        article = _shown(place, session, article_id, conversation.library_id)
        spoken = _spoken(session, conversation, words)
        said = Verdict(conversation.library_id, VerdictSource.LIBRARIAN, spoken, True, str(conversation.id))
        proposals.note_verdict(session, article, said, now=place.clock())
    place.use.note_use(place.clock().date(), conversation.library_id, article.id, UseKind.SENT)


def proposed(place: Workplace, person: StaffMember, *, article_id: UUID | None = None) -> ProposedCards:
    """Return the wordings that the person may decide on, of all articles or of one."""
    with place.database.read() as session:
        nodes = subtree(session, nodes_with(person, Right.REVIEW_ARTICLES))
        found = proposal_queries.list_proposed(session, nodes, article_id=article_id)
        total = proposal_queries.count_proposed(session, nodes, article_id=article_id)
        names = owners(session, _owner_ids(found))
        return ProposedCards(tuple(_card(each, names) for each in found), total)


def count_proposed(place: Workplace, person: StaffMember, *, article_id: UUID | None = None) -> int:
    """Return how many wordings wait for the person."""
    with place.database.read() as session:
        nodes = subtree(session, nodes_with(person, Right.REVIEW_ARTICLES))
        return proposal_queries.count_proposed(session, nodes, article_id=article_id)


def verdicts(place: Workplace, article_id: UUID) -> VerdictCounts:
    """Return how often readers said that an article helped, and that it did not."""
    with place.database.read() as session:
        return proposal_queries.count_verdicts(session, article_id)


def confirm(place: Workplace, person: StaffMember, proposal_id: UUID, *, words: str | None = None) -> str:
    """Publish a wording, as it was said or as the curator wrote it, for its article; from the commit on it is found.

    Returns the words as they stand. Raises NotFound, Forbidden, ProposalDecided, AlternatesFull, ArticleRetired,
    WordingEmpty, WordingTooLong.
    """
    with place.database.write() as session:
        proposal = _decidable(session, person, proposal_id)
        stands = proposals.confirm(session, proposal, curator_id=person.id, words=words, now=place.clock())
        after_commit(session, place.search.refresh)
        return stands


def reject(place: Workplace, person: StaffMember, proposal_id: UUID) -> None:
    """Set a wording aside for good. Raises NotFound, Forbidden, ProposalDecided."""
    with place.database.write() as session:
        proposal = _decidable(session, person, proposal_id)
        proposals.reject(session, proposal, curator_id=person.id, now=place.clock())


def reopen(place: Workplace, person: StaffMember, proposal_id: UUID) -> None:
    """Take a rejection back. Raises NotFound, Forbidden, ProposalDecided for what was confirmed."""
    with place.database.write() as session:
        proposals.reopen(session, _decidable(session, person, proposal_id))


def _shown(
    place: Workplace,
    session: Session,
    article_id: UUID,
    library_id: UUID,
    *,
    audience: Audience = Audience.EVERYBODY,
) -> VisibleArticle:
    article = find_visible(session, [article_id], now=place.clock(), audience=audience).get(article_id)
    if article is None or article.library_id not in scope_of(session, library_id):
        raise NotFound()
    return article


def _spoken(session: Session, conversation: Conversation, words: str) -> str:
    messages = conversation_queries.messages_after(session, conversation.id, 0)
    said = [each.body for each in messages if each.kind == Kind.TEXT and each.author == Author.READER]
    wanted = said_in(words)
    return next((text for text in (conversation.question, *said) if said_in(text) == wanted), conversation.question)


def _decidable(session: Session, person: StaffMember, proposal_id: UUID) -> WordingProposal:
    proposal = proposals.find_proposal(session, proposal_id)
    article: Article = queries.find_article(session, proposal.article_id)
    path = path_up(session, article.library_id)
    if not has_right(person, Right.VIEW_ARTICLES, path):
        raise NotFound()
    if not has_right(person, Right.REVIEW_ARTICLES, path):
        raise Forbidden()
    return proposal


def _owner_ids(found: Collection[ProposedArticle]) -> set[UUID]:
    own = {each.article.library_id for each in found}
    return own.union(*(wording.libraries for each in found for wording in each.wordings))


def _card(each: ProposedArticle, names: dict[UUID, Owner]) -> ProposedCard:
    return ProposedCard(
        article_id=each.article.id,
        language=each.article.language,
        question=each.revision.question,
        alternates=tuple(each.revision.alternates),
        owner=names[each.article.library_id],
        wordings=tuple(
            WordingCard(
                id=wording.id,
                words=wording.words,
                uses=wording.uses,
                libraries=tuple(sorted((names[id_] for id_ in wording.libraries), key=lambda owner: owner.code)),
                last_used_at=wording.last_used_at,
            )
            for wording in each.wordings
        ),
    )


def forget_old_verdicts(place: Workplace) -> int:
    """Leave of verdicts past their days nothing but counts; return how many went. Safe on several processes at once."""
    before = place.clock() - timedelta(days=place.settings.verdict_days)
    gone = 0
    while True:
        with place.database.write() as session:
            folded = verdict_counts.fold(session, before=before)
        gone += folded
        if folded < verdict_counts.AT_ONCE:
            return gone
