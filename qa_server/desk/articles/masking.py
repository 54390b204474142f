"""Masked details of an article: seen, put back, added by hand; and no publication while details stand in the text.

Originals are for curators of the owner and for who masked them. They go when the article is submitted or published, and
after the days that the owner settled.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from knowledge import article_log, articles
from knowledge.masking.details import find_all
from knowledge.masking.masks import Mask, free_placeholder
from knowledge.masking.redaction import rewrite_everywhere, texts_of
from knowledge.masking.text import Kind
from knowledge.models import Article, ArticleState, Revision
from knowledge.queries import list_revisions
from qa_server.conversations.draft_models import DraftOrigin, MaskedOriginal
from qa_server.conversations.sealing import KeyRing, OriginalLost, Sealed
from qa_server.conversations.text import storable
from qa_server.desk.answers.words import public_words
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.drafting import about, keep_originals, keys_of
from qa_server.desk.articles.rights import to_change, to_read
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import Right, StaffMember
from storage.after_commit import after_commit
from storage.errors import AppError, Forbidden, NotFound

# Shorter words stand in too many others to be replaced everywhere.
MIN_MASKED_CHARACTERS = 2
MAX_MASKED_CHARACTERS = 200
_MAX_REASON_CHARACTERS = 300


class PersonalDataStands(AppError):
    """The text holds what looks like personal details; who publishes it anyway has to say why."""

    code = "personal_data_stands"
    status = 409
    message = "The text still holds what looks like personal details ({kinds}). Mask them, or publish with a reason."


class MaskImpossible(AppError):
    """The words do not stand in the text, or are too short or too long to be masked."""

    code = "mask_impossible"
    status = 422
    message = "These words cannot be masked: they have to stand in the text, with 2 to 200 characters."


@dataclass(frozen=True)
class StandingMask:
    """A placeholder in the newest revision; `original` is None for who may not see it, and where it `is_lost`."""

    placeholder: str
    kind: Kind
    original: str | None
    is_lost: bool
    is_manual: bool
    expires_at: datetime


@dataclass(frozen=True)
class Detail:
    """What looks like a personal detail in the newest revision, with the words around it."""

    kind: Kind
    words: str
    before: str
    after: str


@dataclass(frozen=True)
class MaskSheet:
    """The masks and the details of an article, and what the person may do about them."""

    masks: tuple[StandingMask, ...]
    details: tuple[Detail, ...]
    may_mask: bool
    may_put_back: bool


def masks(place: Workplace, person: StaffMember, article_id: UUID) -> MaskSheet:
    """Return the masks of an article and what else looks personal. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        article_rights.require(session, person, Right.DRAFT_ARTICLES, found.library_id)
        revision = articles.current_revision(session, found)
        text = "\n".join(texts_of(revision))
        rows = [row for row in _originals(session, article_id) if row.placeholder in text]
        standing = tuple(_standing(place, row, may_see=_may_see(session, person, found, row)) for row in rows)
        return MaskSheet(
            masks=standing,
            details=tuple(_details(session, found, revision)),
            may_mask=True,
            may_put_back=found.state == ArticleState.DRAFT,
        )


def mask_words(place: Workplace, person: StaffMember, article_id: UUID, *, words: str, kind: Kind) -> str:
    """Put a placeholder in place of these words, in every revision; return it.

    Raises NotFound, Forbidden, MaskImpossible, KeyFileUnusable.
    """
    wanted = storable(words).strip()
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        revisions = list_revisions(session, article_id)
        everything = [text for revision in revisions for text in texts_of(revision)]
        is_fit = MIN_MASKED_CHARACTERS <= len(wanted) <= MAX_MASKED_CHARACTERS
        if not is_fit or not any(wanted in text for text in everything):
            raise MaskImpossible()
        held = [row.placeholder for row in _originals(session, article_id)]
        placeholder = free_placeholder(kind, found.language, (*everything, *held))
        now = place.clock()
        rewrite_everywhere(session, found, lambda text: text.replace(wanted, placeholder), now=now)
        mask = Mask(placeholder, kind, wanted)
        keep_originals(place, session, found, [mask], by=person.id, is_manual=True)
        article_log.record(session, article_id, "masked", by=person.id, now=now, details={"kind": kind.value})
        after_commit(session, place.search.refresh)
        return placeholder


def put_back(place: Workplace, person: StaffMember, article_id: UUID, *, placeholder: str) -> None:
    """Take a mask away again: its words stand in the text. Only in a draft.

    Raises NotFound, Forbidden, OriginalLost, KeyFileUnusable.
    """
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        row = session.scalar(
            select(MaskedOriginal).where(
                MaskedOriginal.article_id == article_id, MaskedOriginal.placeholder == storable(placeholder)
            )
        )
        if row is None:
            raise NotFound()
        if found.state != ArticleState.DRAFT or not _may_see(session, person, found, row):
            raise Forbidden()
        original, now = _opened(keys_of(place), row), place.clock()
        rewrite_everywhere(session, found, lambda text: text.replace(placeholder, original), now=now)
        session.delete(row)
        article_log.record(session, article_id, "unmasked", by=person.id, now=now, details={"kind": row.kind})
        after_commit(session, place.search.refresh)


def forget_originals(session: Session, article_id: UUID) -> int:
    """Remove what masks of an article stand for, for good; return how many there were."""
    gone = session.execute(delete(MaskedOriginal).where(MaskedOriginal.article_id == article_id))
    return int(getattr(gone, "rowcount", 0))


def forget_expired(place: Workplace) -> int:
    """Remove the originals whose days are over; return how many. Safe on several processes at once."""
    with place.database.write() as session:
        gone = session.execute(delete(MaskedOriginal).where(MaskedOriginal.expires_at <= place.clock()))
        return int(getattr(gone, "rowcount", 0))


def seal_all(place: Workplace) -> int:
    """Seal what is clear or was sealed with an older key; return how many. Safe on several processes at once.

    What no key opens stays as it is, until it expires. Raises KeyFileUnusable.
    """
    keys = keys_of(place)
    newest = keys.newest
    done = 0
    with place.database.write() as session:
        stale = select(MaskedOriginal).where(
            or_(MaskedOriginal.key_id.is_(None), MaskedOriginal.key_id != (newest or ""))
        )
        for row in session.scalars(stale.with_for_update(skip_locked=True)):
            try:
                words = _opened(keys, row)
            except OriginalLost:
                continue
            sealed = keys.seal(words, about=about(row.article_id, row.placeholder))
            row.original, row.key_id = sealed.text, sealed.key_id
            done += 1
    return done


def require_clean(session: Session, article: Article, *, by: UUID, now: datetime, reason: str = "") -> None:
    """Refuse the newest revision for readers while it holds personal details, unless somebody says why it may.

    The reason and the kinds are written down, never the words. Raises PersonalDataStands.
    """
    found = _details(session, article, articles.current_revision(session, article))
    if not found:
        return
    kinds = Counter(detail.kind.value for detail in found)
    said = storable(reason).strip()[:_MAX_REASON_CHARACTERS]
    if not said:
        raise PersonalDataStands(kinds=", ".join(sorted(kinds)))
    article_log.record(
        session, article.id, "published_with_details", by=by, now=now, note=said, details={"kinds": dict(kinds)}
    )


def _details(session: Session, article: Article, revision: Revision) -> list[Detail]:
    texts = texts_of(revision)
    found = find_all(texts, known=public_words(session, article.library_id))
    return [
        Detail(
            span.kind,
            text[span.start : span.end],
            text[max(0, span.start - 16) : span.start].rpartition("\n")[2],
            text[span.end : span.end + 16].partition("\n")[0],
        )
        for text, spans in zip(texts, found, strict=True)
        for span in spans
    ]


def _standing(place: Workplace, row: MaskedOriginal, *, may_see: bool) -> StandingMask:
    words, is_lost = None, False
    if may_see:
        try:
            words = _opened(keys_of(place), row)
        except OriginalLost:
            is_lost = True
    return StandingMask(row.placeholder, Kind(row.kind), words, is_lost, row.is_manual, row.expires_at)


def _opened(keys: KeyRing, row: MaskedOriginal) -> str:
    if row.key_id is None:
        return row.original
    return keys.unseal(Sealed(row.key_id, row.original), about=about(row.article_id, row.placeholder))


def _originals(session: Session, article_id: UUID) -> Sequence[MaskedOriginal]:
    statement = select(MaskedOriginal).where(MaskedOriginal.article_id == article_id)
    return session.scalars(statement.order_by(MaskedOriginal.id)).all()


def _may_see(session: Session, person: StaffMember, article: Article, row: MaskedOriginal) -> bool:
    is_drafter = row.masked_by_id == person.id or person.id == session.scalar(
        select(DraftOrigin.drafted_by_id).where(DraftOrigin.article_id == article.id)
    )
    return is_drafter or article_rights.holds(session, person, Right.REVIEW_ARTICLES, article.library_id)
