"""From a finished commission to a draft article: how the search was done, with everything about the reader masked.

The article carries an opaque reference. The commission's own record says that a draft was made, for who may see it.
"""

from dataclasses import dataclass
from secrets import token_hex
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import article_log, articles
from knowledge.content import MAX_ANSWER_CHARACTERS, MAX_QUESTION_CHARACTERS, ArticleContent
from knowledge.masking.masks import Mask, Masked
from knowledge.models import QuestionType, ServiceTopic
from qa_server.commissions import queries, service
from qa_server.commissions.definition import Actor
from qa_server.commissions.models import By, Commission, CommissionEntry, EntryKind
from qa_server.commissions.service import Deed, Doer
from qa_server.conversations.models import Conversation
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.drafting import keep_originals
from qa_server.desk.articles.reuse import ReuseNotAgreed, ReuseOff, require_reusable
from qa_server.desk.commissions import reader_masks, standing
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.node_settings import effective
from qa_server.network.reuse_settings import AGREED, NEVER, REUSE
from qa_server.people.rights import Right, StaffMember
from storage.errors import AppError, NotFound

_DRAFTED = "article_drafted"


class CommissionConfidential(AppError):
    """The reader asked for silence about the topic."""

    code = "commission_confidential"
    status = 409
    message = "No article is made of this commission: the reader asked to keep the topic confidential."


class CommissionNotOver(AppError):
    """An article is made of an outcome."""

    code = "commission_not_over"
    status = 409
    message = "An article can be drafted once the commission was delivered or has ended."


@dataclass(frozen=True)
class ArticleProposal:
    """What an article would say, details masked; `article_id` is the draft that was made before."""

    question: str
    answer: str
    language: str
    masks: tuple[Mask, ...]
    article_id: UUID | None


def proposal(
    place: Workplace,
    person: StaffMember,
    commission_id: UUID,
    *,
    question: str | None = None,
    answer: str | None = None,
) -> ArticleProposal:
    """Return what could be drafted, from the title and the work log or from what was typed, masked.

    Raises NotFound, CommissionNotOver, CommissionConfidential, ReuseOff, ReuseNotAgreed, PastRetention.
    """
    with place.database.read() as session:
        commission, _ = _own(session, person, commission_id)
        _require_reusable(place, session, commission)
        texts = (
            (question if question is not None else commission.title)[:MAX_QUESTION_CHARACTERS],
            (answer if answer is not None else _outcome(session, commission))[:MAX_ANSWER_CHARACTERS],
        )
        masked = reader_masks.masked(session, commission, texts)
        earlier = _earlier(session, commission)
        return ArticleProposal(masked.texts[0], masked.texts[1], commission.language, masked.masks, earlier)


def draft(place: Workplace, person: StaffMember, commission_id: UUID, *, question: str, answer: str) -> UUID:
    """Make a draft article of the typed text, masked once more; repeating it returns the same article.

    Raises what `proposal` raises, Forbidden, and ArticleInvalid for a text that is none.
    """
    with place.database.write() as session:
        commission, _ = _own(session, person, commission_id, lock=True)
        earlier = _earlier(session, commission)
        if earlier is not None:
            return earlier
        _require_reusable(place, session, commission)
        owner = commission.service_library_id
        if not article_rights.holds(session, person, Right.DRAFT_ARTICLES, owner):
            owner = person.library_id
        article_rights.require(session, person, Right.DRAFT_ARTICLES, owner)
        masked = reader_masks.masked(session, commission, (question, answer))
        return _write(place, session, person, commission, masked, owner)


def _own(
    session: Session, person: StaffMember, commission_id: UUID, *, lock: bool = False
) -> tuple[Commission, set[Actor]]:
    commission, actors = standing.for_staff(session, person, commission_id, lock=lock)
    if standing.is_supplier(queries.definition_of(session, commission.version_id), actors):
        # Whoever only supplies a copy has nothing to tell of the reader's question.
        raise NotFound()
    return commission, actors


def _write(
    place: Workplace, session: Session, person: StaffMember, commission: Commission, masked: Masked, owner: UUID
) -> UUID:
    now = place.clock()
    reference = f"draft-{token_hex(12)}"
    content = ArticleContent(
        key=f"local.{reference.replace('-', '_')}",
        language=commission.language,
        question=masked.texts[0],
        answer=masked.texts[1],
        service_topic=ServiceTopic.OTHER,
        question_type=QuestionType.FACT,
    )
    written = articles.draft(session, content=content, owner=owner, author_id=person.id, origin=reference, now=now)
    keep_originals(place, session, written, masked.masks, by=person.id, is_manual=False)
    article_log.record(session, written.id, "drafted", by=person.id, now=now, details={"masks": len(masked.masks)})
    deed = Deed(EntryKind.NOTE, _DRAFTED, details={"article_id": str(written.id)}, is_private=True)
    service.record(session, commission, deed, Doer(By.LIBRARIAN, person.id), now=now)
    return written.id


def _require_reusable(place: Workplace, session: Session, commission: Commission) -> None:
    if commission.delivered_at is None and commission.ended_at is None:
        raise CommissionNotOver()
    if commission.form.get("is_confidential") is True:
        raise CommissionConfidential()
    if commission.forgotten_at is not None:
        raise NotFound()
    rule = effective(session, commission.library_id, REUSE.key).value
    if rule == NEVER:
        raise ReuseOff()
    from_chat = commission.conversation_id
    conversation = session.get(Conversation, from_chat) if from_chat else None
    if conversation is not None:
        require_reusable(session, conversation, now=place.clock())
    elif rule == AGREED:
        raise ReuseNotAgreed()


def _outcome(session: Session, commission: Commission) -> str:
    """Return the work log as a way to search: which sources, with what words, how much came of it."""
    language: Language = "zh" if commission.language == "zh" else "en"
    lines = [translate("This is how such a search was done:", language), ""]
    for entry in queries.log_of(session, commission.id):
        years = f" ({entry.years})" if entry.years else ""
        lines += [f"- **{entry.database}**{years}"]
        if entry.strategy:
            lines += [f"  `{' '.join(entry.strategy.replace('`', ' ').split())}`"]
        if entry.hits is not None:
            lines += [
                f"  {translate('{hits} hits, {chosen} kept', language, hits=entry.hits, chosen=entry.chosen or 0)}"
            ]
    return "\n".join(lines)


def _earlier(session: Session, commission: Commission) -> UUID | None:
    found = select(CommissionEntry.details).where(
        CommissionEntry.commission_id == commission.id, CommissionEntry.key == _DRAFTED
    )
    details = session.scalar(found.limit(1))
    return UUID(details["article_id"]) if details else None
