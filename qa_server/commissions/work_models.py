"""Tables of the work on commissions: quotes, the work log, strategies kept for later, reports, remarks on them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class QuoteState(StrEnum):
    """One quote at most is standing; a newer one replaces it."""

    STANDING = "standing"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPLACED = "replaced"


class ReportState(StrEnum):
    """A report is drafted, read by a second person, given back or passed, then signed and issued, or replaced."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    PASSED = "passed"
    SIGNED = "signed"
    ISSUED = "issued"
    REPLACED = "replaced"


class Quote(Base):
    """A price and a time offered to the reader. `lines` are what was reckoned and what was changed by hand.

    `reckoned` is the total that the price list gives; where `total` differs `note` says why.
    """

    __tablename__ = "commission_quotes"
    __table_args__ = (UniqueConstraint("commission_id", "number"), one_of("state", QuoteState))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reckoned: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    total: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    currency: Mapped[str] = mapped_column(String(3))
    days: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    created_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class WorkLogEntry(Base):
    """One step of the search: where, with what words, what came of it. A later entry may replace an earlier one.

    `minutes` is the time spent; `hits` what the database found, `chosen` what was kept of it.
    """

    __tablename__ = "work_log_entries"
    __table_args__ = (UniqueConstraint("commission_id", "client_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"), index=True)
    client_id: Mapped[str] = mapped_column(String(64))
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    database: Mapped[str] = mapped_column(String(200))
    years: Mapped[str] = mapped_column(String(60), default="")
    strategy: Mapped[str] = mapped_column(Text, default="")
    hits: Mapped[int | None]
    chosen: Mapped[int | None]
    minutes: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    file_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    searched_at: Mapped[datetime]
    created_at: Mapped[datetime]
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_log_entries.id"))
    is_removed: Mapped[bool] = mapped_column(default=False, server_default=false())


class SearchStrategy(Base):
    """A strategy kept for the next search of its kind, by a library for its searchers. Holds nothing of a reader."""

    __tablename__ = "search_strategies"
    __table_args__ = (Index("ix_search_strategies_library_id_code", "library_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    database: Mapped[str] = mapped_column(String(200))
    strategy: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(String(2))
    uses: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class CommissionReport(Base):
    """One version of a report. `content` is its text as data; once issued its files never change.

    `code` opens the public check page; it is drawn when the report is issued.
    """

    __tablename__ = "commission_reports"
    __table_args__ = (UniqueConstraint("commission_id", "version"), one_of("state", ReportState))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.id"))
    version: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    searcher_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    signer_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    code: Mapped[str | None] = mapped_column(String(24), unique=True)
    pdf_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("commission_files.id"))
    docx_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("commission_files.id"))
    digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]


class ReportRemark(Base):
    """A remark of the reviewer on a part of a report, open until the searcher has seen to it."""

    __tablename__ = "commission_report_remarks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("commission_reports.id"), index=True)
    section: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    created_at: Mapped[datetime]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("librarians.id"))
    settled_at: Mapped[datetime | None]


class ReportTemplate(Base):
    """A library's own form of reports: a Word file with fields, and the picture of its seal. The newest one holds."""

    __tablename__ = "report_templates"
    __table_args__ = (Index("ix_report_templates_library_id_code", "library_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    # A service's code, or "seal".
    code: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
