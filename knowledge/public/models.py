"""Tables of what is public: one record per article that ever was, with the moment it last changed for the outside.

Other systems follow the knowledge base by these moments, so a record stays when its article goes: as a deletion.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

MAX_MARK_CHARACTERS = 64


class PublicRecord(Base):
    """An article that anybody may or might read. `datestamp` is in whole seconds; the facets are those of then."""

    __tablename__ = "public_records"
    __table_args__ = (
        Index("ix_public_records_datestamp_number", "datestamp", "number"),
        Index("ix_public_records_library_id_datestamp", "library_id", "datestamp"),
    )

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    library_id: Mapped[UUID]
    language: Mapped[str] = mapped_column(String(8))
    service_topic: Mapped[str] = mapped_column(String(24))
    revision_number: Mapped[int]
    datestamp: Mapped[datetime]
    is_deleted: Mapped[bool]


class PublicRecordState(Base):
    """The single row that says how far the records follow, and for which closed libraries. Its lock lets one write."""

    __tablename__ = "public_record_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change_number: Mapped[int] = mapped_column(BigInteger)
    closed_mark: Mapped[str] = mapped_column(String(MAX_MARK_CHARACTERS))
