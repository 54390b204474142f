"""What a search of conversations is narrowed to: read from an address, a form or a saved view, and written back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Literal
from uuid import UUID

from qa_server.conversations.models import Resolution, State
from qa_server.conversations.text import storable

MAX_QUERY_CHARACTERS = 200
_MAX_TEXT = 64
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
Sort = Literal["newest", "oldest"]
# Which stars a rating filter takes; `low` is what somebody should look at.
RATINGS: Mapping[str, tuple[int, int]] = {
    "low": (1, 2),
    "rated": (1, 5),
    **{str(stars): (stars, stars) for stars in range(5, 0, -1)},
}
CHANNELS = ("chat", "form", "email")


@dataclass(frozen=True)
class ConversationFilters:
    """Every filter as it stands in an address; empty means any. `first` and `last` are days in the person's zone."""

    q: str = ""
    desk: str = ""
    library: str = ""
    librarian: str = ""
    reader: str = ""
    state: str = ""
    channel: str = ""
    resolution: str = ""
    read: str = ""
    subject: str = ""
    language: str = ""
    rating: str = ""
    handed: str = ""
    first: str = ""
    last: str = ""
    sort: str = "newest"

    @property
    def desk_id(self) -> UUID | None:
        """The desk asked for, or None."""
        return UUID(self.desk) if self.desk else None

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day, both included."""
        return (day_of(self.first), day_of(self.last))

    def written(self) -> dict[str, str]:
        """Return what is set, as an address or a saved view holds it."""
        return {name: value for name, value in asdict(self).items() if value and (name, value) != ("sort", "newest")}


NAMES = tuple(each.name for each in fields(ConversationFilters))


def read_filters(given: Mapping[str, object]) -> ConversationFilters:
    """Return the filters of an address or a saved view; what no filter can be is left out rather than refused."""
    text = {name: storable(str(given.get(name) or "")).strip() for name in NAMES}
    kept = {name: value[: MAX_QUERY_CHARACTERS if name == "q" else _MAX_TEXT] for name, value in text.items()}
    kept["library"], kept["librarian"] = kept["library"].upper(), kept["librarian"].lower()
    kept["subject"] = kept["subject"].upper()[:8]
    checks = {
        "desk": _is_id(kept["desk"]),
        "state": kept["state"] in ("open", "ended", *State),
        "channel": kept["channel"] in CHANNELS,
        "resolution": kept["resolution"] in tuple(Resolution),
        "read": kept["read"] in tuple("123456"),
        "language": kept["language"] in ("zh", "en"),
        "rating": kept["rating"] in RATINGS,
        "handed": kept["handed"] in ("yes", "no"),
        "first": day_of(kept["first"]) is not None,
        "last": day_of(kept["last"]) is not None,
        "sort": kept["sort"] in ("newest", "oldest"),
    }
    fitting = {name: value if checks.get(name, True) else "" for name, value in kept.items()}
    return ConversationFilters(**fitting | {"sort": fitting["sort"] or "newest"})


def day_of(value: str) -> date | None:
    """Return the day that an address names, None for what is none or lies too far away."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    # Zones and the day after stay within what both databases know.
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _is_id(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False
