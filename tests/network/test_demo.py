"""The demo network works at any hour, and shows what differs: hours, cards, a roster with gaps."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from qa_server.desk.workplace import Workplace
from qa_server.network.cards import standing_of
from qa_server.network.models import Desk, Library
from qa_server.network.rosters import coverage_of, on_shift
from qa_server.network.schedules import schedules_of
from qa_server.seeds.loader import seed

ALWAYS = ("NRC", "JZU", "LIU")


def test_the_demo_network_is_staffed_at_any_hour_where_it_has_to_be(place: Workplace) -> None:
    seed(place.database)
    now = datetime.now(UTC)
    with place.database.read() as session:
        ids = {row.code: row.id for row in session.execute(select(Library.code, Library.id))}
        schedules = schedules_of(session, ids.values(), around=now)
        desks = {row.library_id: row for row in session.scalars(select(Desk))}
        hours = [now + timedelta(hours=hour) for hour in range(24 * 7)]
        for code in ALWAYS:
            assert all(schedules[ids[code]].is_open(hour) for hour in hours)
        for code in ("JZU", "LIU"):
            assert all(on_shift(session, desks[ids[code]].id, hour) for hour in hours[::12])
        assert not all(schedules[ids["HLMU"]].is_open(hour) for hour in hours)
        linhu = coverage_of(session, desks[ids["LHNU"]], now.date(), 7)
        assert {"covered", "uncovered"} <= {stretch.cover for stretch in linhu}
        usable = {code for code in ids if standing_of(session, ids[code], now=now).is_usable}
        assert {"JZU", "LIU", "LHNU", "NRC"} <= usable
        assert "PYAU" not in usable
