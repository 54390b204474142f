"""Declarative base, naming convention, column types and time-ordered ids. Knows no domain word."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, MetaData, TypeDecorator, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from uuid_utils.compat import uuid7

# Every constraint has a predictable name, so that a migration can drop it on both databases.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC with microseconds. Refuses naive values; always returns aware ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored; give an aware datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table in the project."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: dict[Any, Any] = {datetime: UtcDateTime(), UUID: Uuid()}


def new_id() -> UUID:
    """Return a UUIDv7: unique, and ordered by the time it was made, so that inserts stay at the end of the index."""
    return uuid7()


def one_of(column: str, values: type[StrEnum], *, optional: bool = False) -> CheckConstraint:
    """Return the constraint, named like the column, that it holds a value of a closed set, or nothing if `optional`."""
    listed = ", ".join(f"'{value}'" for value in values)
    absent = f"{column} IS NULL OR " if optional else ""
    return CheckConstraint(f"{absent}{column} IN ({listed})", name=column)
