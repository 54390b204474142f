"""From a conversation to a draft article: which messages, with which details masked, and where it came from.

The article carries an opaque reference; only who may see the conversation is led back to it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import article_log, articles
from knowledge.content import ArticleContent
from knowledge.masking.details import find_all
from knowledge.masking.masks import Mask, Masked, mask_all, put_back
from knowledge.models import Article, QuestionType, ServiceTopic
from qa_server.conversations import queries
from qa_server.conversations.draft_models import DraftOrigin, MaskedOriginal
from qa_server.conversations.models import Author, Conversation, Kind, Message
from qa_server.conversations.sealing import KeyRing
from qa_server.desk.answers.words import public_words
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.exchange import Part, Said, composed, suggested
from qa_server.desk.articles.reuse import require_reusable
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import effective
from qa_server.network.reuse_settings import ORIGINAL_DAYS
from qa_server.people.rights import Right, StaffMember
from storage.errors import AppError, NotFound

# A longer talk is several questions; its beginning is looked at.
MAX_MESSAGES = 1_000


class NothingToDraft(AppError):
    """A conversation without a librarian's answer gives no article."""

    code = "nothing_to_draft"
    status = 409
    message = "This conversation has no answer from a librarian yet, so there is nothing to make an article of."


@dataclass(frozen=True)
class Choice:
    """What the person chose: the part of each message, None for the default, and placeholders that are not to be."""

    parts: Mapping[int, Part] | None = None
    unmasked: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Line:
    """One message of the sheet, as it was said and with its details masked."""

    said: Said
    masked: str
    part: Part


@dataclass(frozen=True)
class DraftSheet:
    """A conversation laid out for drafting: its messages, what is masked in them, and what would come of it."""

    conversation_id: UUID
    number: str
    language: str
    lines: tuple[Line, ...]
    masks: tuple[Mask, ...]
    unmasked: frozenset[str]
    question: str
    answer: str
    article_id: UUID | None


def sheet(place: Workplace, person: StaffMember, conversation_id: UUID, choice: Choice | None = None) -> DraftSheet:
    """Return the conversation laid out; `article_id` is the draft that was made of it before.

    Raises NotFound, and what `require_reusable` raises.
    """
    with place.database.read() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id)
        require_reusable(session, conversation, now=place.clock())
        owner = _owner_for_draft(session, person, conversation.library_id)
        laid_out = _laid_out(session, conversation, choice or Choice())
        earlier = _earlier(session, conversation.id, owner)
    return replace(laid_out, article_id=earlier)


def draft(place: Workplace, person: StaffMember, conversation_id: UUID, choice: Choice | None = None) -> UUID:
    """Make a draft of the home library out of an exchange; repeating it returns the same article.

    Raises NotFound, Forbidden, NothingToDraft, and what `require_reusable` raises.
    """
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        owner = _owner_for_draft(session, person, conversation.library_id)
        article_rights.require(session, person, Right.DRAFT_ARTICLES, owner)
        earlier = _earlier(session, conversation.id, owner)
        if earlier is not None:
            return earlier
        require_reusable(session, conversation, now=place.clock())
        laid_out = _laid_out(session, conversation, choice or Choice())
        return _write(place, session, person, laid_out, owner=owner)


def origin_of(place: Workplace, person: StaffMember, article_id: UUID) -> UUID | None:
    """Return the conversation an article came from, where the person may see both; None in every other case."""
    with place.database.read() as session:
        origin = session.scalar(select(DraftOrigin).where(DraftOrigin.article_id == article_id))
        if origin is None:
            return None
        try:
            found = article_rights.to_read(session, person, article_id)
            if not article_rights.sees_all(session, person, found):
                return None
            return queries.at_desks(session, person.desk_ids, origin.conversation_id).id
        except NotFound:
            return None


def _laid_out(session: Session, conversation: Conversation, choice: Choice) -> DraftSheet:
    said = [_said(message) for message in _texts(session, conversation.id)]
    masked = _masked(session, conversation, said)
    parts = suggested(said) | dict(choice.parts or {})
    if choice.parts is not None:
        parts = {each.seq: choice.parts.get(each.seq, Part.OUT) for each in said}
    left = [mask for mask in masked.masks if mask.placeholder in choice.unmasked]
    texts = [put_back(text, left) for text in masked.texts]
    shown = [Said(each.seq, each.is_reader, text) for each, text in zip(said, texts, strict=True)]
    question, answer = composed(shown, parts)
    return DraftSheet(
        conversation_id=conversation.id,
        number=conversation.number,
        language=conversation.language,
        lines=tuple(Line(each, text, parts[each.seq]) for each, text in zip(said, texts, strict=True)),
        masks=masked.masks,
        unmasked=frozenset(mask.placeholder for mask in left),
        question=question,
        answer=answer,
        article_id=None,
    )


def _masked(session: Session, conversation: Conversation, said: list[Said]) -> Masked:
    texts = [each.text for each in said]
    found = find_all(texts, known=public_words(session, conversation.library_id))
    return mask_all(texts, found, language=conversation.language)


def _texts(session: Session, conversation_id: UUID) -> list[Message]:
    found: list[Message] = []
    after = 0
    while len(found) < MAX_MESSAGES:
        page = queries.messages_after(session, conversation_id, after)
        if not page:
            break
        after = page[-1].seq
        found.extend(each for each in page if _is_text(each))
    return found[:MAX_MESSAGES]


def _is_text(message: Message) -> bool:
    is_said = message.kind == Kind.TEXT and message.author in (Author.READER, Author.LIBRARIAN)
    return is_said and message.deleted_at is None and "attachment" not in (message.details or {})


def _said(message: Message) -> Said:
    return Said(message.seq, message.author == Author.READER, message.body)


def _write(place: Workplace, session: Session, person: StaffMember, laid_out: DraftSheet, *, owner: UUID) -> UUID:
    now = place.clock()
    if not laid_out.answer or not laid_out.question:
        raise NothingToDraft()
    reference = f"draft-{token_hex(12)}"
    content = ArticleContent(
        key=f"local.{reference.replace('-', '_')}",
        language=laid_out.language,
        question=laid_out.question,
        answer=laid_out.answer,
        service_topic=ServiceTopic.OTHER,
        question_type=QuestionType.FACT,
    )
    written = articles.draft(session, content=content, owner=owner, author_id=person.id, origin=reference, now=now)
    taken = [line.said.seq for line in laid_out.lines if line.part is not Part.OUT]
    session.add(
        DraftOrigin(
            reference=reference,
            conversation_id=laid_out.conversation_id,
            article_id=written.id,
            seqs=taken,
            drafted_by_id=person.id,
            drafted_at=now,
        )
    )
    masks = [mask for mask in laid_out.masks if mask.placeholder in laid_out.question + laid_out.answer]
    keep_originals(place, session, written, masks, by=person.id, is_manual=False)
    article_log.record(session, written.id, "drafted", by=person.id, now=now, details={"masks": len(masks)})
    session.flush()
    return written.id


def keep_originals(
    place: Workplace, session: Session, article: Article, masks: Collection[Mask], *, by: UUID, is_manual: bool
) -> None:
    """Keep what masks stand for, sealed, for as long as the owner settled. Raises KeyFileUnusable."""
    now, keys = place.clock(), keys_of(place)
    expires_at = now + timedelta(days=effective(session, article.library_id, ORIGINAL_DAYS.key).value)
    for mask in masks:
        sealed = keys.seal(mask.original, about=about(article.id, mask.placeholder))
        session.add(
            MaskedOriginal(
                article_id=article.id,
                placeholder=mask.placeholder,
                kind=mask.kind,
                original=sealed.text,
                key_id=sealed.key_id,
                is_manual=is_manual,
                masked_by_id=by,
                masked_at=now,
                expires_at=expires_at,
            )
        )


def keys_of(place: Workplace) -> KeyRing:
    """Return the keys that masked words are sealed with."""
    return KeyRing(Path(place.settings.originals_key_file))


def about(article_id: UUID, placeholder: str) -> str:
    """Return what ties sealed words to the place where they stood."""
    return f"{article_id}:{placeholder}"


def _earlier(session: Session, conversation_id: UUID, owner: UUID) -> UUID | None:
    """Return the owner's article made of this conversation, the newest of several."""
    made = select(DraftOrigin.article_id).where(DraftOrigin.conversation_id == conversation_id)
    return session.scalar(
        select(Article.id)
        .where(Article.id.in_(made), Article.library_id == owner)
        .order_by(Article.created_at.desc(), Article.id.desc())
        .limit(1)
    )


def _owner_for_draft(session: Session, person: StaffMember, home: UUID) -> UUID:
    # A local answer belongs to the home library; a helper from elsewhere drafts for the own one.
    return home if article_rights.holds(session, person, Right.DRAFT_ARTICLES, home) else person.library_id
