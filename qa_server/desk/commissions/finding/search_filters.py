"""What a search of commissions is narrowed to: read from an address, a form or a saved view, and written back."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Literal

from qa_server.conversations.text import storable
from qa_server.desk.search_filters import MAX_QUERY_CHARACTERS, day_of

Sort = Literal["newest", "oldest"]
Dated = Literal["submitted", "due", "ended"]
# Beside the states that services define. With a hyphen, which no key of a state has.
GROUPS = ("is-open", "is-ended", "to-take-up", "is-overdue")
DATED: tuple[Dated, ...] = ("submitted", "due", "ended")
_MAX_TEXT = 64
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Commissions are listed and searched this way when nothing else is asked for.
_USUAL = {"sort": "newest", "dated": "submitted"}


@dataclass(frozen=True)
class CommissionFilters:
    """Every filter as it stands in an address; empty means any.

    `node` is the code of a node where readers applied or the work is done, itself or below. `holder` is the user name
    of whoever searches or is the reader's contact. `first` and `last` are days in the person's zone, of what `dated`
    names.
    """

    q: str = ""
    service: str = ""
    state: str = ""
    node: str = ""
    holder: str = ""
    subject: str = ""
    dated: str = "submitted"
    first: str = ""
    last: str = ""
    sort: str = "newest"

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day, both included."""
        return (day_of(self.first), day_of(self.last))

    def written(self) -> dict[str, str]:
        """Return what is set, as an address or a saved view holds it."""
        return {name: value for name, value in asdict(self).items() if value and _USUAL.get(name) != value}


NAMES = tuple(each.name for each in fields(CommissionFilters))


def read_commission_filters(given: Mapping[str, object]) -> CommissionFilters:
    """Return the filters of an address or a saved view; what no filter can be is left out rather than refused."""
    text = {name: storable(str(given.get(name) or "")).strip() for name in NAMES}
    kept = {name: value[: MAX_QUERY_CHARACTERS if name == "q" else _MAX_TEXT] for name, value in text.items()}
    kept["node"], kept["holder"] = kept["node"].upper(), kept["holder"].lower()
    kept["subject"] = kept["subject"].upper()[:2]
    checks = {
        "service": _KEY.fullmatch(kept["service"]) is not None,
        "state": kept["state"] in GROUPS or _KEY.fullmatch(kept["state"]) is not None,
        "dated": kept["dated"] in DATED,
        "first": day_of(kept["first"]) is not None,
        "last": day_of(kept["last"]) is not None,
        "sort": kept["sort"] in ("newest", "oldest"),
    }
    fitting = {name: value if checks.get(name, True) else "" for name, value in kept.items()}
    return CommissionFilters(**fitting | {name: fitting[name] or usual for name, usual in _USUAL.items()})
