"""Counts of many questions, collected and stored in few statements: by entry and library, and by week."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from knowledge.ledger.models import LedgerShare, LedgerWeek, QuestionVector

_SHARES = cast(Table, LedgerShare.__table__)
_WEEKS = cast(Table, LedgerWeek.__table__)
_VECTORS = cast(Table, QuestionVector.__table__)


class Counts:
    """What new questions add to the shares and weeks of their entries."""

    def __init__(self) -> None:
        self._shares: dict[tuple[UUID, UUID], list[int]] = {}
        self._weeks: dict[tuple[UUID, UUID, date], int] = {}

    def add(self, entry_id: UUID, library_id: UUID, week: date, *, is_open: bool) -> None:
        """Count one question."""
        share = self._shares.setdefault((entry_id, library_id), [0, 0])
        share[0], share[1] = share[0] + 1, share[1] + is_open
        key = (entry_id, library_id, week)
        self._weeks[key] = self._weeks.get(key, 0) + 1

    def store(self, session: Session) -> None:
        """Add what was counted to what is stored."""
        shares = [
            {"entry_id": key[0], "library_id": key[1], "asked": asked, "open_count": still}
            for key, (asked, still) in self._shares.items()
        ]
        weeks = [
            {"entry_id": key[0], "library_id": key[1], "week": key[2], "asked": asked}
            for key, asked in self._weeks.items()
        ]
        _add_up(session, _SHARES, shares, ("asked", "open_count"))
        _add_up(session, _WEEKS, weeks, ("asked",))


def keep_vectors(session: Session, encoder: str, vectors: Mapping[str, bytes]) -> None:
    """Store vectors of words; those that are there already stay."""
    rows = [{"words_hash": each, "encoder": encoder, "vector": vectors[each]} for each in sorted(vectors)]
    if rows:
        make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.connection().execute(make(_VECTORS).on_conflict_do_nothing(), rows)


def _add_up(session: Session, table: Table, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    if not rows:
        return
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    summed = {column: table.c[column] + statement.excluded[column] for column in columns}
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=summed), list(rows)
    )
