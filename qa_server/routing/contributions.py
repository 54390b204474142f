"""The contribution ledger: who was there for how long, who answered for whom. Balances of all libraries sum to zero."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation, Resolution, State
from qa_server.network.models import Desk, Library
from qa_server.people.models import Librarian
from qa_server.routing.models import Claim, PresenceSpan

# Ended like this nothing was answered, so that nobody owes anything for it.
_COUNTS_NOT = frozenset({Resolution.PRACTICE, Resolution.LOST, Resolution.READER_LEFT, Resolution.OUT_OF_SCOPE})


@dataclass(frozen=True)
class Balance:
    """One library's share in a stretch of time. `balance` is answered for others less sent to others."""

    library_id: UUID
    staffed_hours: float
    asked: int
    sent: int
    answered_for_others: int

    @property
    def balance(self) -> int:
        """Return what the others owe this library, in questions; below 0 what it owes them."""
        return self.answered_for_others - self.sent


def extend_presence(session: Session, librarian_ids: Collection[UUID], *, now: datetime, gap: timedelta) -> None:
    """Count these librarians as there until now; whoever was away for longer than `gap` begins a new stretch."""
    known = set(
        session.scalars(
            select(PresenceSpan.librarian_id).where(
                PresenceSpan.librarian_id.in_(librarian_ids), PresenceSpan.until >= now - gap
            )
        )
    )
    session.execute(
        update(PresenceSpan)
        .where(PresenceSpan.librarian_id.in_(known), PresenceSpan.until >= now - gap)
        .values(until=now)
        .execution_options(synchronize_session=False)
    )
    for librarian_id in set(librarian_ids) - known:
        session.add(PresenceSpan(librarian_id=librarian_id, since=now, until=now))


def balances(session: Session, since: datetime, until: datetime) -> list[Balance]:
    """Return the balance of every library that had a part in this stretch, by id. Reads all of it."""
    hours = _hours(session, since, until)
    asked: Counter[UUID] = Counter()
    sent: Counter[UUID] = Counter()
    helped: Counter[UUID] = Counter()
    for home, answering in _answered(session, since, until):
        asked[home] += 1
        if answering != home:
            sent[home] += 1
            helped[answering] += 1
    libraries = {*hours, *asked, *helped}
    return [
        Balance(library, round(hours.get(library, 0.0), 2), asked[library], sent[library], helped[library])
        for library in sorted(libraries)
    ]


def roll_up(session: Session, rows: Iterable[Balance]) -> dict[str, int]:
    """Return the balances by level of the tree."""
    found = list(rows)
    levels = {
        row.id: row.level
        for row in session.execute(
            select(Library.id, Library.level).where(Library.id.in_({each.library_id for each in found}))
        )
    }
    sums: dict[str, int] = defaultdict(int)
    for each in found:
        sums[levels[each.library_id]] += each.balance
    return dict(sums)


def _answered(session: Session, since: datetime, until: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Return home library and answering library of every question answered in this stretch."""
    rows = session.execute(
        select(Conversation.id, Conversation.library_id, Conversation.resolution, Desk.library_id.label("answering"))
        .join(Claim, Claim.conversation_id == Conversation.id)
        .join(Desk, Desk.id == Claim.desk_id, isouter=True)
        .where(
            Conversation.state == State.CLOSED,
            Conversation.ended_at >= since,
            Conversation.ended_at < until,
            Claim.release_reason == "ended",
        )
        .order_by(Claim.claimed_at)
    )
    # A question that was opened again has several such claims; the last one answered it.
    last = {
        row.id: (row.library_id, row.answering or row.library_id) for row in rows if row.resolution not in _COUNTS_NOT
    }
    return list(last.values())


def _hours(session: Session, since: datetime, until: datetime) -> dict[UUID, float]:
    rows = session.execute(
        select(Librarian.library_id, PresenceSpan.librarian_id, PresenceSpan.since, PresenceSpan.until)
        .join(Librarian, Librarian.id == PresenceSpan.librarian_id)
        .where(PresenceSpan.until > since, PresenceSpan.since < until)
        .order_by(PresenceSpan.librarian_id, PresenceSpan.since)
    )
    seconds: dict[UUID, float] = defaultdict(float)
    counted: dict[UUID, datetime] = {}
    for library_id, librarian_id, begins, ends in rows:
        # Two processes may have seen the same person; the same minute counts once.
        start = max(begins, since, counted.get(librarian_id, since))
        end = min(ends, until)
        if end > start:
            seconds[library_id] += (end - start).total_seconds()
            counted[librarian_id] = end
    return {library_id: total / 3_600 for library_id, total in seconds.items()}
