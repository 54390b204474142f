"""Tables of what is harvested from elsewhere: sources, runs, and what became of every record that came."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of

MAX_ADDRESS_CHARACTERS = 500
MAX_NAME_CHARACTERS = 200
MAX_SET_CHARACTERS = 200
MAX_IDENTIFIER_CHARACTERS = 500
MAX_REASON_CHARACTERS = 300


class RunState(StrEnum):
    """How a run stands: broken ones go on where they stopped."""

    RUNNING = "running"
    FINISHED = "finished"
    BROKEN = "broken"


class RecordState(StrEnum):
    """What became of a record, and what a person has to look at: all but `drafted`."""

    DRAFTED = "drafted"
    DUPLICATE = "duplicate"
    CHANGED = "changed"
    DELETED = "deleted"
    REFUSED = "refused"


class HarvestSource(Base):
    """A provider of OAI-PMH whose records become drafts of a node.

    `every_hours` 0 means by hand only. `harvested_until` is the provider's moment from which the next run asks,
    `resumption_token` where a broken run goes on; `lease_until` is set while one runs.
    """

    __tablename__ = "harvest_sources"
    __table_args__ = (UniqueConstraint("library_id", "address", "set_spec"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    name: Mapped[str] = mapped_column(String(MAX_NAME_CHARACTERS))
    address: Mapped[str] = mapped_column(String(MAX_ADDRESS_CHARACTERS))
    set_spec: Mapped[str] = mapped_column(String(MAX_SET_CHARACTERS), default="")
    metadata_prefix: Mapped[str] = mapped_column(String(40), default="oai_dc")
    language: Mapped[str] = mapped_column(String(8))
    service_topic: Mapped[str] = mapped_column(String(24))
    every_hours: Mapped[int] = mapped_column(default=0)
    next_run_at: Mapped[datetime | None] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    harvested_until: Mapped[str | None] = mapped_column(String(20))
    asked_from: Mapped[str | None] = mapped_column(String(20))
    resumption_token: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class HarvestRun(Base):
    """One run over a source with what it brought; `problem` is the code of what broke it, `reason` a sentence."""

    __tablename__ = "harvest_runs"
    __table_args__ = (
        one_of("state", RunState),
        Index("ix_harvest_runs_source_id_started_at", "source_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("harvest_sources.id"))
    state: Mapped[str] = mapped_column(String(16), default=RunState.RUNNING.value)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    responded_at: Mapped[str | None] = mapped_column(String(20))
    seen: Mapped[int] = mapped_column(default=0)
    drafted: Mapped[int] = mapped_column(default=0)
    revised: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    deleted: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(MAX_REASON_CHARACTERS))


class HarvestedRecord(Base):
    """A record of a source, by a hash of its identifier, with the article made of it or found to be there already.

    A duplicate has how like it is (0..1), and the content that a person may have drafted all the same.
    """

    __tablename__ = "harvested_records"
    __table_args__ = (
        one_of("state", RecordState),
        Index("ix_harvested_records_source_id_state", "source_id", "state"),
    )

    source_id: Mapped[UUID] = mapped_column(ForeignKey("harvest_sources.id"), primary_key=True)
    identifier_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    identifier: Mapped[str] = mapped_column(String(MAX_IDENTIFIER_CHARACTERS))
    title: Mapped[str] = mapped_column(String(MAX_REASON_CHARACTERS))
    state: Mapped[str] = mapped_column(String(16))
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id"), index=True)
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id"))
    datestamp: Mapped[str] = mapped_column(String(20))
    likeness: Mapped[float | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    text_hash: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(MAX_REASON_CHARACTERS))
    seen_at: Mapped[datetime]
