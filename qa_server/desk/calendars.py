"""A librarian's duties as an iCalendar feed, under a secret address that can be taken back."""

from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.workplace import Workplace
from qa_server.i18n import translate
from qa_server.network import feeds, rosters
from qa_server.network.duty import Duty
from qa_server.network.models import Desk
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember
from storage.errors import NotFound

# What a calendar program is shown: a fortnight back, a quarter of a year ahead.
_DAYS_BACK, _DAYS_AHEAD = 14, 90
# How often it may ask, as it is told.
_REFRESH = timedelta(hours=1)


class FeedView(Wire):
    """A working calendar feed; its address was shown once."""

    id: UUID
    created_at: datetime


class NewFeed(FeedView):
    """A new feed with its address below the service's own; shown this once."""

    path: str


def make_feed(place: Workplace, person: StaffMember) -> NewFeed:
    """Make a secret address for the person's duties. Raises ShiftRefused when there are five already."""
    with place.database.write() as session:
        feed, token = feeds.new_feed(session, person.id, now=place.clock())
        return NewFeed(id=feed.id, created_at=feed.created_at, path=f"/api/v1/calendars/{token}.ics")


def feeds_of(place: Workplace, person: StaffMember) -> list[FeedView]:
    """Return the person's working feeds, oldest first."""
    with place.database.read() as session:
        return [FeedView(id=feed.id, created_at=feed.created_at) for feed in feeds.feeds_of(session, person.id)]


def revoke_feed(place: Workplace, person: StaffMember, feed_id: UUID) -> None:
    """Take one of the person's feeds back. Safe to repeat."""
    with place.database.write() as session:
        feeds.revoke_feeds(session, person.id, now=place.clock(), feed_id=feed_id)


def calendar(place: Workplace, token: str) -> bytes:
    """Return the duties behind a secret address as iCalendar (RFC 5545).

    Raises NotFound for one that is unknown, taken back, or of somebody who has left.
    """
    now = place.clock()
    with place.database.read() as session:
        owner = feeds.feed_owner(session, token)
        librarian = session.get(Librarian, owner) if owner else None
        if librarian is None or not librarian.is_active:
            raise NotFound()
        return _written(session, librarian, now)


def _written(session: Session, librarian: Librarian, now: datetime) -> bytes:
    first, last = now.date() - timedelta(days=_DAYS_BACK), now.date() + timedelta(days=_DAYS_AHEAD)
    is_chinese = librarian.language == "zh"
    title = translate("Duties", "zh" if is_chinese else "en")
    written = Calendar()
    written.add("prodid", "-//Wenjin//Duties//EN")
    written.add("version", "2.0")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", title)
    written.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for desk, duty in rosters.duties_of(session, librarian.id, first, last):
        written.add_component(_event(desk, duty, f"{title}: {desk.name_zh if is_chinese else desk.name_en}", now))
    return bytes(written.to_ical())


def _event(desk: Desk, duty: Duty, summary: str, now: datetime) -> Event:
    event = Event()
    # The same duty keeps its name, so that a calendar program changes it instead of showing it twice.
    event.add("uid", f"{desk.id.hex}-{duty.librarian_id.hex}-{duty.starts:%Y%m%dT%H%M}@wenjin")
    event.add("dtstamp", now)
    event.add("dtstart", duty.starts)
    event.add("dtend", duty.ends)
    event.add("summary", summary)
    return event
