"""Put the entries of the ledger in order, from time to time: what strayed waits again, what began twice becomes one.

What somebody works on, and what was closed, stays as it is. Each step is a short transaction, fenced by the lease of
the one process that keeps the ledger.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from embeddings.encoder import Encoder, Vectors, normalised
from knowledge import tasks
from knowledge.ledger import service as ledger
from knowledge.ledger import vectors as ledger_vectors
from knowledge.ledger.clustering import CLOSE_ENOUGH, SAME_MATTER
from knowledge.ledger.models import (
    EntryState,
    LedgerClosing,
    LedgerEntry,
    LedgerShare,
    LedgerWeek,
    QuestionVector,
    UnansweredQuestion,
)
from knowledge.ledger.service import CommonNode, lock_entry
from knowledge.tasks import Lease
from storage.database import Database

# A question that lies so far from the middle that its entry has moved to waits for another one.
STRAYED = CLOSE_ENOUGH - 0.05
# Closeness is written anew where it has moved by more.
_MOVED = 0.01
_ENTRIES_PER_STEP = 100
# Words taken out in one transaction by retention.
_WORDS_PER_STEP = 1_000


@dataclass(frozen=True)
class Balanced:
    """What a balancing did: questions that wait again, entries that went into others, entries encoded anew."""

    strayed: int
    merged: int
    renewed: int


@dataclass(frozen=True)
class Balancing:
    """What a balancing works with. `common` makes the finder of the lowest common node in a transaction."""

    database: Database
    encoder: Encoder
    common: Callable[[Session], CommonNode]
    now: Callable[[], datetime]


def balance(work: Balancing, lease: Lease) -> tuple[Balanced, Lease]:
    """Put all entries in order. Blocks for long on a large ledger; may be broken off and begun again."""
    strayed, renewed, lease = _look_through(work, lease)
    merged, lease = _merge_doubles(work, lease)
    return Balanced(strayed, merged, renewed), lease


def forget_words(database: Database, *, before: datetime) -> int:
    """Take out the words of questions asked before that moment, and vectors that nothing needs; counts stay.

    Returns how many questions lost their words. Safe to repeat.
    """
    total = 0
    while True:
        with database.write() as session:
            ids = session.scalars(
                select(UnansweredQuestion.id)
                .where(UnansweredQuestion.asked_at < before, UnansweredQuestion.words.is_not(None))
                .limit(_WORDS_PER_STEP)
            ).all()
            session.execute(
                update(UnansweredQuestion)
                .where(UnansweredQuestion.id.in_(ids))
                .values(words=None, words_hash=None)
                .execution_options(synchronize_session=False)
            )
            total += len(ids)
            if len(ids) < _WORDS_PER_STEP:
                used = select(UnansweredQuestion.words_hash).where(UnansweredQuestion.words_hash.is_not(None))
                session.execute(
                    delete(QuestionVector)
                    .where(QuestionVector.words_hash.not_in(used))
                    .execution_options(synchronize_session=False)
                )
                return total


def _look_through(work: Balancing, lease: Lease) -> tuple[int, int, Lease]:
    strayed = renewed = 0
    last = UUID(int=0)
    while True:
        with work.database.read() as session:
            ids = session.scalars(
                select(LedgerEntry.id)
                .where(LedgerEntry.id > last, LedgerEntry.state != EntryState.MERGED)
                .order_by(LedgerEntry.id)
                .limit(_ENTRIES_PER_STEP)
            ).all()
            asked = _worded(session, ids)
        if not ids:
            return strayed, renewed, lease
        vectors = ledger_vectors.vectors_of(work.database, work.encoder, asked) if asked else None
        if vectors is not None:
            rows = {each.id: vector for each, vector in zip(asked, vectors, strict=True)}
            with work.database.write() as session:
                lease = tasks.advance(session, lease, now=work.now())
                for entry_id in ids:
                    out, is_new = _look_at(session, entry_id, rows, work)
                    strayed, renewed = strayed + out, renewed + is_new
        last = ids[-1]


@dataclass(frozen=True)
class _Worded:
    id: UUID
    words: str
    words_hash: str


def _worded(session: Session, entry_ids: Collection[UUID]) -> list[_Worded]:
    rows = session.execute(
        select(UnansweredQuestion.id, UnansweredQuestion.words, UnansweredQuestion.words_hash).where(
            UnansweredQuestion.entry_id.in_(entry_ids), UnansweredQuestion.words.is_not(None)
        )
    )
    return [_Worded(row.id, row.words, row.words_hash) for row in rows]


def _look_at(session: Session, entry_id: UUID, vectors: dict[UUID, Vectors], work: Balancing) -> tuple[int, int]:
    entry = lock_entry(session, entry_id)
    questions = [
        each
        for each in session.scalars(select(UnansweredQuestion).where(UnansweredQuestion.entry_id == entry_id))
        if each.id in vectors
    ]
    if not questions or entry.state == EntryState.MERGED:
        return 0, 0
    is_new = entry.encoder != work.encoder.name
    if is_new:
        _renew(entry, [vectors[each.id] for each in questions], work.encoder.name)
    direction = normalised(ledger.centre_of(entry).reshape(1, -1))[0]
    strays = []
    for each in questions:
        closeness = float(vectors[each.id] @ direction)
        if each.closeness is None or abs(each.closeness - closeness) > _MOVED:
            each.closeness = closeness
        if closeness < STRAYED and each.closing_id is None and _is_loose(entry) and len(questions) > 1:
            strays.append(each)
    for each in strays:
        _let_go(session, entry, each, vectors[each.id])
    ledger.refresh_entry(session, entry, common=work.common(session))
    return len(strays), int(is_new)


def _is_loose(entry: LedgerEntry) -> bool:
    return entry.state == EntryState.OPEN and entry.owner_id is None


def _renew(entry: LedgerEntry, vectors: Sequence[Vectors], encoder: str) -> None:
    total: Vectors = np.sum(vectors, axis=0, dtype=np.float32)
    entry.centre, entry.members, entry.encoder = total.astype(np.float32).tobytes(), len(vectors), encoder


def _let_go(session: Session, entry: LedgerEntry, question: UnansweredQuestion, vector: Vectors) -> None:
    ledger.uncount(session, entry, question)
    ledger.add_to_centre(entry, vector, -1)
    question.entry_id = question.closeness = None


def _merge_doubles(work: Balancing, lease: Lease) -> tuple[int, Lease]:
    centres = ledger_vectors.centres_of(work.database, work.encoder.name, work.encoder.dimensions)
    gone: set[UUID] = set()
    for one, other, _ in centres.pairs_closer_than(SAME_MATTER):
        if one in gone or other in gone:
            # Its middle has moved; the next balancing looks at it again.
            continue
        with work.database.write() as session:
            lease = tasks.advance(session, lease, now=work.now())
            if _merge(session, *sorted((one, other)), work=work):
                gone |= {one, other}
    return len(gone) // 2, lease


def _merge(session: Session, one: UUID, other: UUID, *, work: Balancing) -> bool:
    first, second = lock_entry(session, one), lock_entry(session, other)
    if not _may_join(session, first, second):
        return False
    target, source = (first, second) if _weight(first) >= _weight(second) else (second, first)
    _move_counts(session, source, target)
    session.execute(
        update(UnansweredQuestion)
        .where(UnansweredQuestion.entry_id == source.id)
        .values(entry_id=target.id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(LedgerClosing)
        .where(LedgerClosing.entry_id == source.id)
        .values(entry_id=target.id)
        .execution_options(synchronize_session=False)
    )
    total: Vectors = ledger.centre_of(target) + ledger.centre_of(source)
    target.centre, target.members = total.astype(np.float32).tobytes(), target.members + source.members
    target.first_asked_at = min(target.first_asked_at, source.first_asked_at)
    target.last_asked_at = max(target.last_asked_at, source.last_asked_at)
    source.state, source.merged_into_id = EntryState.MERGED, target.id
    ledger.refresh_entry(session, target, common=work.common(session))
    session.flush()
    return True


def _weight(entry: LedgerEntry) -> tuple[bool, int, str]:
    # What somebody has taken keeps its place; else the larger one does.
    return entry.owner_id is not None, entry.asked, entry.id.hex


def _may_join(session: Session, first: LedgerEntry, second: LedgerEntry) -> bool:
    owners = {entry.owner_id for entry in (first, second)} - {None}
    states = {first.state, second.state}
    if len(owners) > 1 or not states <= {EntryState.OPEN, EntryState.IN_WORK}:
        return False
    standing = select(func.count()).where(
        LedgerClosing.entry_id.in_([first.id, second.id]), LedgerClosing.undone_at.is_(None)
    )
    return session.scalar(standing) == 0


def _move_counts(session: Session, source: LedgerEntry, target: LedgerEntry) -> None:
    for share in session.scalars(select(LedgerShare).where(LedgerShare.entry_id == source.id)).all():
        kept = session.get(LedgerShare, (target.id, share.library_id))
        if kept is None:
            kept = LedgerShare(entry_id=target.id, library_id=share.library_id, asked=0, open_count=0)
            session.add(kept)
        kept.asked, kept.open_count = kept.asked + share.asked, kept.open_count + share.open_count
        session.delete(share)
    for week in session.scalars(select(LedgerWeek).where(LedgerWeek.entry_id == source.id)).all():
        place = session.get(LedgerWeek, (target.id, week.library_id, week.week))
        if place is None:
            place = LedgerWeek(entry_id=target.id, library_id=week.library_id, week=week.week, asked=0)
            session.add(place)
        place.asked += week.asked
        session.delete(week)
    target.asked, target.open_count = target.asked + source.asked, target.open_count + source.open_count
    source.asked = source.open_count = 0
    session.flush()
