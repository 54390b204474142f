"""The ledger of unanswered questions: note what was asked, give it to an entry, keep the counts. Callers commit.

Who may see which library's questions, and who answers for an entry, is settled above.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from embeddings.encoder import Vectors
from knowledge.content import MAX_QUESTION_CHARACTERS
from knowledge.ledger.clustering import Place
from knowledge.ledger.counts import Counts
from knowledge.ledger.models import (
    EntryState,
    LedgerEntry,
    LedgerShare,
    LedgerWeek,
    QuestionSource,
    UnansweredQuestion,
)
from knowledge.models import Language
from knowledge.tokens import has_han
from knowledge.wordings import has_personal_details, hash_of, plain_words
from storage.base import new_id

# Who searches in vain and then asks a librarian in the same words asked once.
SAME_EVENT = timedelta(minutes=30)

# The lowest node above some libraries; None where they share none.
CommonNode = Callable[[Collection[UUID]], UUID | None]


@dataclass(frozen=True)
class Asked:
    """A question that met no answer. `mark` is the same for a repetition, and tells nobody who asked."""

    mark: str
    source: QuestionSource
    library_id: UUID
    words: str
    language: str
    asked_at: datetime
    article_id: UUID | None = None


@dataclass(frozen=True)
class Waiting:
    """A question that belongs to no entry yet."""

    id: UUID
    words: str
    words_hash: str
    library_id: UUID
    source: str
    article_id: UUID | None


@dataclass(frozen=True)
class Given:
    """A question with its vector, where it goes, and the closing that settles it at once, if one does."""

    question: Waiting
    vector: Vectors
    place: Place[UUID]
    closing_id: UUID | None = None


def record(session: Session, asked: Asked) -> bool:
    """Note a question; say whether it was new. Safe to repeat. Words with personal details are kept nowhere.

    A question to a librarian in the words of a search just made in vain is that search, one step further.
    """
    words = kept_words(asked.words)
    words_hash = hash_of(words) if words else None
    if words_hash and asked.source in (QuestionSource.ASKED, QuestionSource.SUGGESTED):
        searched = _searched_before(session, asked, words_hash)
        if searched is not None:
            searched.source, searched.mark = asked.source, asked.mark
            session.flush()
            return False
    row = UnansweredQuestion(
        mark=asked.mark,
        source=asked.source,
        library_id=asked.library_id,
        language=_language(words, asked.language),
        words=words,
        words_hash=words_hash,
        article_id=asked.article_id,
        asked_at=asked.asked_at,
    )
    if session.scalar(select(UnansweredQuestion.id).where(UnansweredQuestion.mark == asked.mark)) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Another process noted it between our two statements.
        return False
    return True


def withdraw(session: Session, mark: str) -> None:
    """Take a question back, as when a reader turns a no into a yes; its counts go with it. Safe to repeat."""
    row = session.scalar(select(UnansweredQuestion).where(UnansweredQuestion.mark == mark).with_for_update())
    if row is None:
        return
    if row.entry_id is not None:
        entry = lock_entry(session, row.entry_id)
        uncount(session, entry, row)
        _settle_state(entry)
    session.delete(row)
    session.flush()


def kept_words(text: str) -> str | None:
    """Return the words as they may be kept: one line, no personal details, the beginning of a long text; else None."""
    if has_personal_details(text):
        return None
    return plain_words(" ".join(text.split())[:MAX_QUESTION_CHARACTERS])


def waiting(session: Session, *, limit: int) -> list[Waiting]:
    """Return questions that belong to no entry yet, oldest first."""
    rows = session.scalars(
        select(UnansweredQuestion)
        .where(UnansweredQuestion.entry_id.is_(None), UnansweredQuestion.words.is_not(None))
        .order_by(UnansweredQuestion.id)
        .limit(limit)
    )
    return [
        Waiting(row.id, row.words or "", row.words_hash or "", row.library_id, row.source, row.article_id)
        for row in rows
    ]


def lock_entry(session: Session, entry_id: UUID) -> LedgerEntry:
    """Return the entry as it is now, locked until the end of the transaction."""
    return session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.id == entry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def give(
    session: Session, given: Sequence[Given], *, encoder: str, common: CommonNode, now: datetime
) -> dict[UUID, Vectors]:
    """Put questions into their entries, beginning new ones; return the sums of the entries that changed.

    A question that is not settled opens its entry again. Questions given by somebody else meanwhile are passed over.
    """
    rows = _still_waiting(session, [each.question.id for each in given])
    fresh = [each for each in given if each.question.id in rows]
    entries = _entries(session, fresh, encoder, now)
    counts = Counts()
    for each in fresh:
        row, entry = rows[each.question.id], entries[each.place.key or each.place.new]
        if entry.open_count == 0 and entry.asked > 0 and not each.closing_id:
            entry.reopened_at = now
        row.entry_id, row.closing_id, row.closeness = entry.id, each.closing_id, each.place.closeness
        add_to_centre(entry, each.vector, 1)
        _note_asked(entry, row.asked_at, is_open=each.closing_id is None)
        counts.add(entry.id, row.library_id, week_of(row.asked_at), is_open=each.closing_id is None)
        _settle_state(entry)
    session.flush()
    counts.store(session)
    _find_nodes(session, list(entries.values()), common)
    session.flush()
    return {entry.id: centre_of(entry) for entry in entries.values()}


def refresh_entry(session: Session, entry: LedgerEntry, *, common: CommonNode) -> None:
    """Bring state and node of an entry up to what is open in it; libraries of a closed one keep it where it was."""
    session.flush()
    _settle_state(entry)
    shares = select(LedgerShare.library_id).where(LedgerShare.entry_id == entry.id)
    libraries = session.scalars(shares.where(LedgerShare.open_count > 0)).all()
    if libraries:
        entry.node_id = common(libraries) or entry.node_id


def settle(
    session: Session, entry: LedgerEntry, questions: Iterable[UnansweredQuestion], closing_id: UUID | None
) -> int:
    """Settle questions of a locked entry by a closing, or open them again without one; return how many changed."""
    changed = 0
    for question in questions:
        if (question.closing_id is None) == (closing_id is None):
            continue
        question.closing_id = closing_id
        step = -1 if closing_id else 1
        _count(session, entry, question.library_id, question.asked_at, is_open=step)
        changed += 1
    session.flush()
    _settle_state(entry)
    return changed


def uncount(session: Session, entry: LedgerEntry, question: UnansweredQuestion) -> None:
    """Take one question of a locked entry out of its counts."""
    is_open = -1 if question.closing_id is None else 0
    _count(session, entry, question.library_id, question.asked_at, asked=-1, is_open=is_open)


def centre_of(entry: LedgerEntry) -> Vectors:
    """Return the sum of the entry's vectors."""
    return np.frombuffer(entry.centre, dtype=np.float32)


def add_to_centre(entry: LedgerEntry, vector: Vectors, members: int) -> None:
    """Add a vector of so many members to the middle; with a negative count take it out."""
    total: Vectors = centre_of(entry) + (vector if members > 0 else -vector)
    entry.centre, entry.members = total.astype(np.float32).tobytes(), entry.members + members


def week_of(moment: datetime) -> date:
    """Return the Monday (UTC) of a moment's week."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _new_entry(encoder: str, dimensions: int, asked_at: datetime, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        id=new_id(),
        state=EntryState.OPEN,
        encoder=encoder,
        centre=np.zeros(dimensions, dtype=np.float32).tobytes(),
        members=0,
        asked=0,
        open_count=0,
        first_asked_at=asked_at,
        last_asked_at=asked_at,
        created_at=now,
    )


def _language(words: str | None, said: str) -> str:
    if words is None:
        return Language.EN if said.startswith("en") else Language.ZH
    return Language.ZH if has_han(words) else Language.EN


def _searched_before(session: Session, asked: Asked, words_hash: str) -> UnansweredQuestion | None:
    return session.scalar(
        select(UnansweredQuestion)
        .where(
            UnansweredQuestion.words_hash == words_hash,
            UnansweredQuestion.library_id == asked.library_id,
            UnansweredQuestion.source == QuestionSource.SEARCH,
            # A page may report a moment after the question was asked.
            UnansweredQuestion.asked_at <= asked.asked_at + SAME_EVENT,
            UnansweredQuestion.asked_at >= asked.asked_at - SAME_EVENT,
        )
        .order_by(UnansweredQuestion.asked_at.desc())
        .limit(1)
        .with_for_update()
    )


def _still_waiting(session: Session, ids: Collection[UUID]) -> dict[UUID, UnansweredQuestion]:
    rows = session.scalars(
        select(UnansweredQuestion)
        .where(UnansweredQuestion.id.in_(ids), UnansweredQuestion.entry_id.is_(None))
        .order_by(UnansweredQuestion.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _entries(
    session: Session, given: Sequence[Given], encoder: str, now: datetime
) -> Mapping[UUID | int | None, LedgerEntry]:
    known = {each.place.key for each in given if each.place.key is not None}
    # In one order, so that two who lock several never wait for each other.
    rows = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.id.in_(known))
        .order_by(LedgerEntry.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: dict[UUID | int | None, LedgerEntry] = {row.id: row for row in rows}
    for each in given:
        if each.place.key is None and each.place.new not in found:
            found[each.place.new] = _new_entry(encoder, len(each.vector), now, now)
    session.add_all(entry for key, entry in found.items() if isinstance(key, int))
    # The entries before the questions that name them.
    session.flush()
    return found


def _note_asked(entry: LedgerEntry, asked_at: datetime, *, is_open: bool) -> None:
    is_first = entry.asked == 0
    entry.first_asked_at = asked_at if is_first else min(entry.first_asked_at, asked_at)
    entry.last_asked_at = asked_at if is_first else max(entry.last_asked_at, asked_at)
    entry.asked, entry.open_count = entry.asked + 1, entry.open_count + is_open


def _find_nodes(session: Session, entries: Sequence[LedgerEntry], common: CommonNode) -> None:
    open_at = select(LedgerShare.entry_id, LedgerShare.library_id).where(
        LedgerShare.entry_id.in_([entry.id for entry in entries]), LedgerShare.open_count > 0
    )
    libraries: dict[UUID, list[UUID]] = {}
    for row in session.execute(open_at):
        libraries.setdefault(row.entry_id, []).append(row.library_id)
    for entry in entries:
        if entry.id in libraries:
            entry.node_id = common(libraries[entry.id]) or entry.node_id


def _count(
    session: Session, entry: LedgerEntry, library_id: UUID, asked_at: datetime, *, asked: int = 0, is_open: int = 0
) -> None:
    entry.asked, entry.open_count = entry.asked + asked, entry.open_count + is_open
    if asked > 0:
        is_first = entry.asked == asked
        entry.first_asked_at = asked_at if is_first else min(entry.first_asked_at, asked_at)
        entry.last_asked_at = asked_at if is_first else max(entry.last_asked_at, asked_at)
    share = session.get(LedgerShare, (entry.id, library_id))
    if share is None:
        share = LedgerShare(entry_id=entry.id, library_id=library_id, asked=0, open_count=0)
        _add(session, share)
    share.asked, share.open_count = share.asked + asked, share.open_count + is_open
    if asked:
        key = (entry.id, library_id, week_of(asked_at))
        week = session.get(LedgerWeek, key)
        if week is None:
            week = LedgerWeek(entry_id=key[0], library_id=key[1], week=key[2], asked=0)
            _add(session, week)
        week.asked += asked


def _add(session: Session, row: LedgerShare | LedgerWeek) -> None:
    # Known to the session from here on: the next question of the same library finds it there.
    session.add(row)
    session.flush()


def _settle_state(entry: LedgerEntry) -> None:
    if entry.state == EntryState.MERGED:
        return
    if entry.open_count == 0:
        entry.state = EntryState.CLOSED
    elif entry.state == EntryState.CLOSED:
        entry.state = EntryState.IN_WORK if entry.owner_id else EntryState.OPEN
