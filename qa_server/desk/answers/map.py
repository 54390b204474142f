"""The map of the public answers sites for search engines: every answer once, at its canonical address, in parts."""

from datetime import datetime
from uuid import UUID

from knowledge.models import ServiceTopic
from qa_server.desk.answers.sites import open_owners
from qa_server.desk.workplace import Workplace
from storage.errors import NotFound

# The protocol allows 50,000 addresses and 50 MB in one file; a fifth of it is fetched without a pause.
PART_ADDRESSES = 10_000
_PAGES = "pages"


def parts(place: Workplace) -> list[str]:
    """Return the names of the parts."""
    codes = _codes(place)
    total = sum(count for owner, count in place.shelf.publishers().items() if owner in codes)
    return [_PAGES, *(str(number) for number in range(1, -(-total // PART_ADDRESSES) + 1))]


def addresses(place: Workplace, part: str) -> list[tuple[str, datetime | None]]:
    """Return the addresses of a part, below that of the network's site. Raises NotFound for one that is not there."""
    codes = _codes(place)
    if part == _PAGES:
        with_answers = sorted(codes[owner] for owner in place.shelf.publishers() if owner in codes)
        topics = [f"topics/{topic.value}" for topic in ServiceTopic]
        homes = ["", "recent", "libraries", *(f"{code}/" for code in with_answers)]
        return [(path, None) for path in [*homes, *topics][:PART_ADDRESSES]]
    start = (int(part) - 1) * PART_ADDRESSES if part.isascii() and part.isdigit() and len(part) < 8 else -1
    chosen = place.shelf.published_by(codes, start=start, stop=start + PART_ADDRESSES) if start >= 0 else []
    if not chosen:
        raise NotFound()
    return [(f"{codes[each.library_id]}/{each.number}", each.published_at) for each in chosen]


def _codes(place: Workplace) -> dict[UUID, str]:
    """Return the codes of the owners that show their answers, with the shelf brought up to date."""
    with place.database.read() as session:
        place.shelf.follow(session, now=place.clock())
        return open_owners(session)
