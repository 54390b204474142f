"""The form in which announcements travel between processes, and how a receiver notices that one is missing."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from pydantic import TypeAdapter

from qa_server.conversations.schemas import Wire
from qa_server.live.announcements import Announcement

# One envelope stays below this, so that a burst of long messages does not overrun what Redis keeps per subscriber.
ENVELOPE_BYTES = 1_000_000


class Envelope(Wire):
    """Announcements of one process, in order. Its envelopes are numbered 1, 2, 3 ...; an empty one is a heartbeat."""

    origin: UUID
    number: int
    items: list[Announcement]


_ENVELOPES: TypeAdapter[Envelope] = TypeAdapter(Envelope)


def seal(origin: UUID, number: int, parts: Iterable[bytes]) -> bytes:
    """Return an envelope of announcements that are JSON already."""
    return b'{"origin":"%b","number":%d,"items":[%b]}' % (str(origin).encode(), number, b",".join(parts))


def unseal(raw: bytes) -> Envelope:
    """Return what an envelope holds. Raises pydantic's ValidationError for what this version does not know."""
    return _ENVELOPES.validate_json(raw)


def in_portions(items: Iterable[Announcement], limit_bytes: int = ENVELOPE_BYTES) -> Iterator[list[bytes]]:
    """Yield the announcements as JSON, in order, in portions below the limit; at least one portion, maybe empty."""
    portion: list[bytes] = []
    size = 0
    for item in items:
        part = item.model_dump_json().encode()
        if portion and size + len(part) > limit_bytes:
            yield portion
            portion, size = [], 0
        portion.append(part)
        size += len(part)
    yield portion


class Numbers:
    """The last number heard from each process. For one thread."""

    def __init__(self) -> None:
        self._last: dict[UUID, int] = {}

    def is_next(self, envelope: Envelope) -> bool:
        """Note an envelope; say whether it follows the one before it from the same process."""
        before = self._last.get(envelope.origin, 0)
        self._last[envelope.origin] = envelope.number
        return envelope.number == before + 1
