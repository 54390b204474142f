"""Work that goes on beside the requests of a process: leases, claims that ran out, files that nothing names."""

import asyncio
from collections.abc import Callable

import structlog
from anyio.to_thread import run_sync

from qa_server.desk import clearing, sweeping
from qa_server.desk.workplace import Workplace

# Looking at every file is slow on a large folder, and nothing urgent.
FILES_SECONDS = 3_600

_log = structlog.get_logger(__name__)


async def keep_watch(place: Workplace) -> None:
    """Renew the leases of who is here, and give back what ran out, until cancelled.

    The first look for claims that ran out waits one lease: after a restart, holders need time to come back.
    """
    loop = asyncio.get_running_loop()
    grace_ends = loop.time() + place.settings.absence_seconds
    while True:
        await _attempt(lambda: sweeping.keep_leases(place))
        if loop.time() >= grace_ends:
            await _attempt(lambda: sweeping.give_back_run_out(place))
        await asyncio.sleep(place.settings.sweep_seconds)


async def keep_files_in_step(place: Workplace) -> None:
    """Remove files that no attachment names, now and then, until cancelled."""
    while True:
        await asyncio.sleep(FILES_SECONDS)
        await _attempt(lambda: clearing.clear_unwanted_files(place))


async def _attempt(work: Callable[[], object]) -> None:
    try:
        await run_sync(work)
    except Exception:
        # The next round tries again; a database that is away for a moment must not end the watch.
        _log.exception("background work failed")
