"""Keep the folder of files and the rows about them in step: remove what nothing names, tell what is missing."""

from datetime import timedelta
from uuid import UUID

from qa_server.attachments import queries
from qa_server.desk.attaching import store_of
from qa_server.desk.workplace import Workplace

# What began to come in, or lies there without a row, is left alone for this long: its upload may be under way.
ABANDONED_AFTER = timedelta(days=1)


def clear_unwanted_files(place: Workplace) -> int:
    """Remove files that no attachment names and uploads that never ended, all a day old; return how many.

    Looks at every file. Safe beside uploads and on several processes at once.
    """
    store = store_of(place.settings)
    before = (place.clock() - ABANDONED_AFTER).timestamp()

    def is_wanted(sha256: str) -> bool:
        with place.database.read() as session:
            return queries.is_wanted(session, sha256)

    cleared = sum(store.clear(sha256, before=before, is_wanted=is_wanted) for sha256 in set(store.hashes()))
    return cleared + store.remove_abandoned(before=before)


def missing_files(place: Workplace) -> list[UUID]:
    """Return the attachments whose file is not there any more, oldest first. Looks at every row."""
    store = store_of(place.settings)
    with place.database.read() as session:
        named = queries.all_hashes(session)
    return [attachment_id for attachment_id, sha256 in named if not store.path_of(sha256).is_file()]
