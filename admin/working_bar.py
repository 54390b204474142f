"""What the bar of every page knows of its librarian: availability, capacity, today's shifts, sounds and keys."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from admin import wording, working_wording
from admin.library_cards import desk_cards
from qa_server.chat.protocol import PROTOCOL_VERSION
from qa_server.desk import preferring, working_day
from qa_server.desk.duty_desks import own_duties
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.people.rights import StaffMember


def bar_of(place: Workplace, person: StaffMember, zone: ZoneInfo, language: Language) -> Mapping[str, object]:
    """Return the bar's state for its template and its script."""
    day = working_day.working_day(place, person)
    return {
        "me": {"id": str(person.id), "name": person.name_in(language)},
        "language": language,
        "time_zone": zone.key,
        "protocol_version": PROTOCOL_VERSION,
        "desks": sorted(str(desk_id) for desk_id in person.desk_ids),
        "day": day.model_dump(mode="json"),
        "preferences": preferring.preferences(place, person).model_dump(mode="json"),
        "shifts": _today(place, person, zone, language),
        "availabilities": wording.translated(working_wording.AVAILABILITIES, language),
        "notes": wording.translated(working_wording.AVAILABILITY_NOTES, language),
    }


def _today(place: Workplace, person: StaffMember, zone: ZoneInfo, language: Language) -> list[dict[str, object]]:
    """Return the duties of the person's local day that are not over, the next first."""
    now = place.clock()
    duties = [each for each in own_duties(place, person, days=1) if _day(each.starts, zone) <= _day(now, zone)]
    if not duties:
        return []
    names = {desk.id: desk.names.in_language(language) for desk in desk_cards(place, person)}
    return [
        {
            "desk": names.get(each.desk_id, ""),
            "times": f"{each.starts.astimezone(zone):%H:%M}–{_end(each.ends, zone)}",
            "is_now": each.starts <= now < each.ends,
        }
        for each in duties
    ]


def _end(moment: datetime, zone: ZoneInfo) -> str:
    text = f"{moment.astimezone(zone):%H:%M}"
    return "24:00" if text == "00:00" else text


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}"
