"""Close what the ledger holds, with proof: the article that is found now, or the reason why nobody answers.

The search itself is made above, where the scope of each library is known; here its outcome is checked and kept.
Callers commit.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.errors import ReasonMissing
from knowledge.ledger.models import (
    MAX_REASON_CHARACTERS,
    ClosingKind,
    LedgerClosing,
    LedgerEntry,
    UnansweredQuestion,
)
from knowledge.ledger.service import CommonNode, lock_entry, refresh_entry, settle
from knowledge.visible import find_visible
from storage.errors import AppError, NotFound

# An article counts as found among the first so many that a reader would be shown.
FOUND_WITHIN = 3
# Articles looked up in one statement.
_CHUNK = 500


class ProofMissing(AppError):
    """No question finds the article."""

    code = "proof_missing"
    status = 409
    message = (
        "None of these questions finds this article. Give it the readers' words as other ways to ask, then try again."
    )


class RemainderUnexplained(AppError):
    """Some questions do not find the article, and nobody said why that is well."""

    code = "remainder_unexplained"
    status = 422
    message = "{left} of {tested} questions do not find this article. Say why they may be closed with it all the same."


class NothingOpen(AppError):
    """There is no open question left to close."""

    code = "nothing_open"
    status = 409
    message = "Nothing is open here any more."


@dataclass(frozen=True)
class Tested:
    """Words of a library's readers, and at which place (from 1) they find the article; None where they do not."""

    words: str
    words_hash: str
    library_id: UUID
    times: int
    place: int | None

    @property
    def is_found(self) -> bool:
        return self.place is not None and self.place <= FOUND_WITHIN


@dataclass(frozen=True)
class Closer:
    """Who closes, the nodes below which this holds, and the libraries that are below them."""

    person_id: UUID
    node_ids: Collection[UUID]
    libraries: Collection[UUID]
    common: CommonNode


def close_answered(
    session: Session,
    entry_id: UUID,
    *,
    article_id: UUID,
    tests: Sequence[Tested],
    by: Closer,
    reason: str,
    now: datetime,
) -> LedgerClosing:
    """Settle the tested questions by the article that now answers them.

    Questions that came after the test stay open. Raises ProofMissing, RemainderUnexplained, NothingOpen, and NotFound
    for an article that readers do not see.
    """
    if article_id not in find_visible(session, [article_id], now=now):
        raise NotFound()
    found = sum(1 for each in tests if each.is_found)
    if tests and not found:
        raise ProofMissing()
    left = len(tests) - found
    said = reason.strip()[:MAX_REASON_CHARACTERS]
    if left and not said:
        raise RemainderUnexplained(left=left, tested=len(tests))
    closing = LedgerClosing(
        entry_id=entry_id,
        kind=ClosingKind.ANSWERED,
        article_id=article_id,
        node_ids=[node.hex for node in by.node_ids],
        reason=said or None,
        tested=len(tests),
        found=found,
        settled=0,
        closed_by_id=by.person_id,
        closed_at=now,
    )
    tested = {(each.library_id, each.words_hash) for each in tests}
    return _close(session, closing, by, tested=tested)


def close_unanswered(
    session: Session,
    entry_id: UUID,
    *,
    by: Closer,
    reason: str,
    now: datetime,
) -> LedgerClosing:
    """Settle what these libraries have open without an answer. Raises ReasonMissing, NothingOpen."""
    said = reason.strip()[:MAX_REASON_CHARACTERS]
    if not said:
        raise ReasonMissing()
    closing = LedgerClosing(
        entry_id=entry_id,
        kind=ClosingKind.WONT_ANSWER,
        node_ids=[node.hex for node in by.node_ids],
        reason=said,
        tested=0,
        found=0,
        settled=0,
        closed_by_id=by.person_id,
        closed_at=now,
    )
    return _close(session, closing, by, tested=None)


def reopen(session: Session, closing: LedgerClosing, *, reason: str, common: CommonNode, now: datetime) -> int:
    """Open what a closing settled; return how many questions that were. Safe to repeat."""
    entry = lock_entry(session, closing.entry_id)
    if closing.undone_at is not None:
        return 0
    closing.undone_at, closing.undone_reason = now, reason
    settled = session.scalars(
        select(UnansweredQuestion).where(UnansweredQuestion.closing_id == closing.id).with_for_update()
    ).all()
    opened = settle(session, entry, settled, None)
    if opened:
        entry.reopened_at = now
    refresh_entry(session, entry, common=common)
    session.flush()
    return opened


def find_closing(session: Session, closing_id: UUID) -> LedgerClosing:
    """Return the closing. Raises NotFound."""
    closing = session.get(LedgerClosing, closing_id)
    if closing is None:
        raise NotFound()
    return closing


def standing_closings(session: Session, entry_ids: Collection[UUID]) -> dict[UUID, list[LedgerClosing]]:
    """Return the closings that hold, by entry, newest first."""
    found: dict[UUID, list[LedgerClosing]] = {}
    rows = session.scalars(
        select(LedgerClosing)
        .where(LedgerClosing.entry_id.in_(entry_ids), LedgerClosing.undone_at.is_(None))
        .order_by(LedgerClosing.closed_at.desc())
    )
    for closing in rows:
        found.setdefault(closing.entry_id, []).append(closing)
    return found


def reaches(closing: LedgerClosing, path: Iterable[UUID]) -> bool:
    """Say whether a closing holds for the library whose way up the tree this is."""
    return not {node.hex for node in path}.isdisjoint(closing.node_ids)


def voided(session: Session, *, now: datetime, limit: int) -> list[UUID]:
    """Return closings that stand although their article is no longer shown to readers; at most `limit`."""
    rows = session.execute(
        select(LedgerClosing.id, LedgerClosing.article_id).where(
            LedgerClosing.undone_at.is_(None), LedgerClosing.article_id.is_not(None)
        )
    ).all()
    gone: list[UUID] = []
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        shown = find_visible(session, {row.article_id for row in chunk if row.article_id}, now=now)
        gone += [row.id for row in chunk if row.article_id not in shown]
    return gone[:limit]


def _close(
    session: Session, closing: LedgerClosing, by: Closer, *, tested: set[tuple[UUID, str]] | None
) -> LedgerClosing:
    entry = lock_entry(session, closing.entry_id)
    chosen = [each for each in _open(session, entry, by.libraries) if _is_of(each, tested)]
    if not chosen:
        raise NothingOpen()
    session.add(closing)
    session.flush()
    closing.settled = settle(session, entry, chosen, closing.id)
    refresh_entry(session, entry, common=by.common)
    session.flush()
    return closing


def _open(session: Session, entry: LedgerEntry, libraries: Collection[UUID]) -> Sequence[UnansweredQuestion]:
    return session.scalars(
        select(UnansweredQuestion)
        .where(
            UnansweredQuestion.entry_id == entry.id,
            UnansweredQuestion.closing_id.is_(None),
            UnansweredQuestion.library_id.in_(libraries),
        )
        .with_for_update()
    ).all()


def _is_of(question: UnansweredQuestion, tested: set[tuple[UUID, str]] | None) -> bool:
    # Words that retention has taken cannot be tested; they go with the rest.
    return tested is None or question.words is None or (question.library_id, question.words_hash) in tested
