"""Keeps what librarians chose for their working day, and when they count as away because nothing is done."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from qa_server.network.node_settings import effective
from qa_server.network.setting_definitions import Definition, define, integer
from qa_server.people.availability import Availability, Working
from qa_server.people.models import Librarian
from qa_server.people.working_models import WorkingState

# 0 switches it off. Ten minutes without a key or a movement: the person has left the screen, not only the chat.
AWAY_AFTER_MINUTES = define(
    Definition(
        "away_after_minutes",
        "integer",
        10,
        integer(0, 240),
        "无操作多少分钟后自动转为离开（0 为不自动）",
        "Minutes without activity after which librarians count as away (0: never)",
    )
)
# Idle people announced in one round; the rest follows half a second later.
_PER_ROUND = 100


def as_working(row: WorkingState | None) -> Working:
    """Return what a row says, the default where there is none."""
    if row is None:
        return Working()
    return Working(Availability(row.choice), row.idle_at, row.max_chats)


def working_of(session: Session, librarian_ids: Collection[UUID]) -> dict[UUID, Working]:
    """Return what each of these chose; everybody is in the answer."""
    rows = session.scalars(select(WorkingState).where(WorkingState.librarian_id.in_(librarian_ids)))
    known = {row.librarian_id: as_working(row) for row in rows}
    return {each: known.get(each, Working()) for each in librarian_ids}


def choose(session: Session, librarian_id: UUID, choice: Availability, *, now: datetime) -> bool:
    """Keep what somebody wants to be, which is also something done; return whether it is another choice than before."""
    row = _row(session, librarian_id)
    is_other = row.choice != choice
    if is_other:
        row.choice, row.chosen_at = choice.value, now
    _stir(session, row, now)
    return is_other


def set_capacity(session: Session, librarian_id: UUID, max_chats: int | None) -> None:
    """Keep how many conversations at once somebody wants; None for what each desk gives."""
    _row(session, librarian_id).max_chats = max_chats
    session.flush()


def note_activity(session: Session, librarian_id: UUID, *, now: datetime) -> bool:
    """Keep that something was done now; return whether the person counted as away because nothing was."""
    row = _row(session, librarian_id)
    was_idle = as_working(row).is_idle(now)
    _stir(session, row, now)
    return was_idle


def are_idle_untold(session: Session, now: datetime) -> bool:
    """Say whether somebody has come to count as away and was not announced yet."""
    return session.scalar(_idle_untold(now).limit(1)) is not None


def fallen_idle(session: Session, now: datetime) -> Sequence[UUID]:
    """Return those who count as away since a moment ago and were not announced, marking them: each is told once."""
    ids = session.scalars(_idle_untold(now).limit(_PER_ROUND).with_for_update(skip_locked=True)).all()
    if ids:
        session.execute(
            update(WorkingState)
            .where(WorkingState.librarian_id.in_(ids))
            .values(is_idle_told=True)
            .execution_options(synchronize_session=False)
        )
    return ids


def _idle_untold(now: datetime) -> Select[UUID]:
    return select(WorkingState.librarian_id).where(
        WorkingState.is_idle_told.is_(False),
        WorkingState.idle_at <= now,
        WorkingState.choice == Availability.ONLINE.value,
    )


def _row(session: Session, librarian_id: UUID) -> WorkingState:
    # The person's own row is locked: two screens of the same person may choose at once.
    session.scalar(select(Librarian.id).where(Librarian.id == librarian_id).with_for_update())
    row = session.get(WorkingState, librarian_id)
    if row is None:
        row = WorkingState(librarian_id=librarian_id, choice=Availability.ONLINE.value, is_idle_told=False)
        session.add(row)
        session.flush()
    return row


def _stir(session: Session, row: WorkingState, now: datetime) -> None:
    home = session.scalar(select(Librarian.library_id).where(Librarian.id == row.librarian_id))
    minutes = effective(session, home, AWAY_AFTER_MINUTES.key).value if home is not None else 0
    row.idle_at = now + timedelta(minutes=minutes) if minutes else None
    row.is_idle_told = False
    session.flush()
