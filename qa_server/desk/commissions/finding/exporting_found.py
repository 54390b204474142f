"""What a search of commissions takes out: as lists are, without who the readers are, slice by slice."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from qa_server.desk.commissions import views
from qa_server.desk.commissions.finding import searching
from qa_server.desk.commissions.finding.exporting import COLUMNS, row_of
from qa_server.desk.commissions.finding.search_filters import CommissionFilters
from qa_server.desk.exporting import MAX_ROWS, TakenOut
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.models import Library
from qa_server.people.rights import StaffMember

_SLICE = 200


def commissions(place: Workplace, person: StaffMember, filters: CommissionFilters, *, language: Language) -> TakenOut:
    """Return what a search of commissions takes out; nothing is read before the rows are."""
    return TakenOut(
        what="commissions",
        title=translate("Commissions", language),
        told={"filters": filters.written()},
        heads=[translate(name, language) for name in COLUMNS],
        rows=_rows(place, person, filters, language),
    )


def _rows(place: Workplace, person: StaffMember, filters: CommissionFilters, language: Language) -> Iterator[list[str]]:
    cursor, left = "", MAX_ROWS
    while left > 0:
        # A transaction for each slice: a long one would hold back the clearing of old rows.
        with place.database.read() as session:
            now = place.clock()
            zone = ZoneInfo(session.get_one(Library, person.library_id).time_zone)
            search = searching.prepare(session, person, filters, now=now)
            page = searching.page_of(session, search, cursor=cursor, limit=min(_SLICE, left))
            listed = views.listed_for_staff(session, person, page.rows, language=language, now=now)
        yield from (row_of(each, zone, language) for each in listed)
        left -= len(listed)
        if page.next is None:
            return
        cursor = page.next
