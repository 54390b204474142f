"""Keep the folder of files and the rows about them in step: remove what nobody is shown any more, tell what is missing.

The rows stay: that there was a file, its name and its size belong to the history of its message.
"""

from datetime import datetime, timedelta
from uuid import UUID

from qa_server.attachments import queries
from qa_server.commissions import queries as commissions
from qa_server.desk.attaching import store_of
from qa_server.desk.workplace import Workplace
from qa_server.settings import Settings
from storage.database import Database

# What began to come in, or lies there without a row, is left alone for this long: its upload may be under way.
ABANDONED_AFTER = timedelta(days=1)


def clear_unwanted_files(place: Workplace) -> int:
    """Remove the files that nobody is shown any more; return how many. See `clear`."""
    return clear(place.database, place.settings, now=place.clock())


def clear(database: Database, settings: Settings, *, now: datetime) -> int:
    """Remove files without a message, uploads that never ended, and files taken back long ago; return how many.

    The first two when they are a day old, the last after `deleted_attachment_days`. Looks at every file. Safe beside
    uploads and on several processes at once.
    """
    store = store_of(settings)
    before = (now - ABANDONED_AFTER).timestamp()
    shown_since = _shown_since(settings, now)

    def is_wanted(sha256: str) -> bool:
        with database.read() as session:
            return queries.is_wanted(session, sha256, shown_since=shown_since) or commissions.wants_file(
                session, sha256
            )

    cleared = sum(store.clear(sha256, before=before, is_wanted=is_wanted) for sha256 in set(store.hashes()))
    return cleared + store.remove_abandoned(before=before)


def unwanted_files(database: Database, settings: Settings, *, now: datetime) -> int:
    """Return how many files `clear` would remove. Looks at every file, removes none."""
    store = store_of(settings)
    before = (now - ABANDONED_AFTER).timestamp()
    with database.read() as session:
        wanted = queries.wanted_hashes(session, shown_since=_shown_since(settings, now))
        wanted |= commissions.wanted_hashes(session)
    return sum(store.is_older(sha256, before=before) for sha256 in set(store.hashes()) - wanted) + len(
        store.abandoned(before=before)
    )


def missing_files(database: Database, settings: Settings) -> list[UUID]:
    """Return the attachments that are still shown and whose file is not there, oldest first. Looks at every row."""
    store = store_of(settings)
    with database.read() as session:
        shown = queries.shown_hashes(session)
    return [attachment_id for attachment_id, sha256 in shown if not store.path_of(sha256).is_file()]


def _shown_since(settings: Settings, now: datetime) -> datetime:
    return now - timedelta(days=settings.deleted_attachment_days)
