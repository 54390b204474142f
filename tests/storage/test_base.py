"""Column types and ids: moments are UTC on both databases, ids rise with time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from storage.base import NAMING_CONVENTION, Base, UtcDateTime, new_id
from storage.database import Database

BEIJING = timezone(timedelta(hours=8))
moments = Table("moments_of_tests", MetaData(), Column("at", UtcDateTime()))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with a table of one column."""
    opened = Database(database_url)
    moments.create(opened.engine)
    yield opened
    opened.dispose()


def stored(database: Database, moment: datetime | None) -> datetime | None:
    """Store a moment and read it back."""
    with database.write() as session:
        session.execute(insert(moments).values(at=moment))
    with database.read() as session:
        found: datetime | None = session.execute(select(moments.c.at)).scalar_one()
    return found


@pytest.mark.parametrize("zone", [UTC, BEIJING, timezone(timedelta(hours=-9, minutes=-30))])
def test_a_moment_comes_back_in_utc_with_its_microseconds(database: Database, zone: timezone) -> None:
    moment = datetime(2026, 9, 1, 0, 30, 15, 123456, tzinfo=zone)
    found = stored(database, moment)
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC


def test_no_moment_stays_no_moment(database: Database) -> None:
    assert stored(database, None) is None


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        stored(database, datetime(2026, 9, 1))


def test_moments_of_different_zones_sort_as_they_happened(database: Database) -> None:
    first = datetime(2026, 9, 1, 7, 59, tzinfo=BEIJING)
    second = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
    with database.write() as session:
        session.execute(insert(moments), [{"at": second}, {"at": first}])
    with database.read() as session:
        assert session.scalars(select(moments.c.at).order_by(moments.c.at)).all() == [first, second]


def test_ids_are_uuids_of_version_7_that_rise() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert all(isinstance(each, UUID) and each.version == 7 for each in ids)
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_every_constraint_of_every_table_has_a_name_that_fits_postgresql() -> None:
    named = [constraint for table in Base.metadata.tables.values() for constraint in table.constraints]
    assert named
    assert set(NAMING_CONVENTION) == {"ix", "uq", "ck", "fk", "pk"}
    for constraint in named:
        assert constraint.name
        assert len(str(constraint.name)) <= 63
