"""Tables of imports: a file that was read in, and what becomes of each of its rows.

The rows lie here from the upload on, so that any process can go on after a break, and an undo knows what to take back.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class ImportState(StrEnum):
    """How far an import is. Reading, checking, running and undoing are work under a lease; the others wait or ended."""

    READING = "reading"
    READ = "read"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"


# States in which a process works; one that finds the lease run out goes on.
WORKING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)


class Outcome(StrEnum):
    """What becomes of a row. Exact and near duplicates name what they are like; kept: an undo left the article."""

    NEW = "new"
    DUPLICATE = "duplicate"
    NEAR = "near"
    INVALID = "invalid"
    DRAFTED = "drafted"
    SKIPPED = "skipped"
    UNDONE = "undone"
    KEPT = "kept"


class ArticleImport(Base):
    """One file of articles for one node.

    `columns` are the headings as they came, `mapping` says which of them is which field, `choices` hold what else was
    decided. `done_rows` counts within the work of the present state; `counts` are rows by outcome.
    """

    __tablename__ = "article_imports"
    __table_args__ = (
        one_of("state", ImportState),
        Index("ix_article_imports_library_id_created_at", "library_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID]
    created_by_id: Mapped[UUID]
    file_name: Mapped[str] = mapped_column(String(200))
    file_format: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), index=True)
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    total_rows: Mapped[int] = mapped_column(default=0)
    done_rows: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ArticleImportRow(Base):
    """One row of the file: its cells by heading, what becomes of it and why, and the article that was made of it.

    No reference to the article is enforced: an undo removes articles, and the report of it stays.
    """

    __tablename__ = "article_import_rows"
    __table_args__ = (
        one_of("outcome", Outcome, optional=True),
        Index("ix_article_import_rows_import_id_outcome", "import_id", "outcome", "number"),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("article_imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[dict[str, str]] = mapped_column(JSON)
    outcome: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(300))
    like_article_id: Mapped[UUID | None]
    like_number: Mapped[int | None]
    likeness: Mapped[float | None]
    article_id: Mapped[UUID | None]
