"""Limits on how often something may be done: per reader session and per campus network, never per single address."""

from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic

from qa_server.settings import Settings
from storage.errors import AppError

# Keys remembered before those whose time is over are forgotten; one costs about 200 bytes.
MAX_KEYS = 100_000
# Beside its messages a page sends, each minute, 8 pings, at most 20 typing signs and a reading mark for what it shows,
# and follows again after a loss: far from 20 for each message allowed. A librarian has several conversations open.
READER_FRAMES_PER_MESSAGE = 20
STAFF_FRAMES_PER_MESSAGE = 100


class TooManyRequests(AppError):
    """The limit is reached; it says when to try again."""

    code = "too_many_requests"
    status = 429
    message = "This was a little too often. Please try again in {retry_after_seconds} seconds."


@dataclass(frozen=True)
class Limit:
    """So many times within so many seconds, all at once if need be, then evenly."""

    times: int
    seconds: float


class Rates:
    """The limits of one process, kept in memory. Thread-safe.

    The generic cell rate algorithm (ITU-T I.371): of each key only the moment is kept at which its allowance is whole
    again. It counts on the monotonic clock, so that a clock set back locks nobody out.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits = {
            "question": Limit(settings.reader_questions_per_hour, 3600),
            "message": Limit(settings.reader_messages_per_minute, 60),
            "reader_frame": Limit(settings.reader_messages_per_minute * READER_FRAMES_PER_MESSAGE, 60),
            "staff_frame": Limit(settings.reader_messages_per_minute * STAFF_FRAMES_PER_MESSAGE, 60),
            # Who has been told so often and goes on does not listen.
            "refused_frame": Limit(60, 60),
            "verdict": Limit(settings.reader_verdicts_per_hour, 3600),
            "unanswered": Limit(settings.ledger_reports_per_minute, 60),
            "reader_session": Limit(settings.network_sessions_per_minute, 60),
            "reader_search": Limit(settings.reader_searches_per_minute, 60),
            "search": Limit(settings.searches_per_minute, 60),
            # A harvester asks one page after the other; so many a minute are a mistake.
            "harvest": Limit(600, 60),
            # Transcripts that one network has sent by mail; a whole campus may be behind it.
            "letter": Limit(60, 3600),
            # Libraries that ask to join come one by one.
            "application": Limit(20, 3600),
        }
        self._whole_at: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def spend(self, kind: str, key: str, times: int = 1) -> None:
        """Count some uses of `kind` by `key`, all or none; never more than a whole allowance.

        Raises TooManyRequests when the limit is reached.
        """
        limit, now = self._limits[kind], monotonic()
        cost = limit.seconds / limit.times * min(times, limit.times)
        with self._lock:
            whole_at = max(self._whole_at.get((kind, key), now), now) + cost
            excess = whole_at - now - limit.seconds
            # A millionth of a second forgives what adding fractions gets wrong.
            if excess > 1e-6:
                raise TooManyRequests(retry_after_seconds=max(1, ceil(excess)))
            self._whole_at[kind, key] = whole_at
            if len(self._whole_at) > MAX_KEYS:
                self._forget(now)

    def _forget(self, now: float) -> None:
        self._whole_at = {key: whole_at for key, whole_at in self._whole_at.items() if whole_at > now}
