"""Work that goes on beside the requests of a process: leases, claims that ran out, files that nothing names."""

import asyncio
from collections.abc import Callable
from functools import partial

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from qa_server.desk import clearing, sending_letters, sweeping, timing
from qa_server.desk.workplace import Workplace

# Looking at every file is slow on a large folder, and nothing urgent.
FILES_SECONDS = 3_600
# Timers fire within a second: half of it is spent waiting for the next look.
TIMER_SECONDS = 0.5
# A letter is on its way within this time.
MAIL_SECONDS = 5.0

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


async def keep_time(place: Workplace) -> None:
    """Fire the timers of routing when they are due, within a second, until cancelled.

    Each look is a few small reads; what is due is done under locks, so that several processes share the work.
    """
    while True:
        await asyncio.sleep(TIMER_SECONDS)
        for work in timing.TIMERS:
            await _attempt(partial(work, place))


async def keep_mail_going(place: Workplace) -> None:
    """Write to readers who are away and have an answer, and send what is in the outbox, until cancelled.

    In a thread of its own: a mail server that does not answer holds nobody else up.
    """
    limiter = CapacityLimiter(1)
    while True:
        await asyncio.sleep(MAIL_SECONDS)
        for work in (sending_letters.write_notices, sending_letters.send_due):
            await _attempt(partial(work, place), limiter)


async def keep_files_in_step(place: Workplace) -> None:
    """Remove files that no attachment names, now and then, until cancelled."""
    while True:
        await asyncio.sleep(FILES_SECONDS)
        await _attempt(lambda: clearing.clear_unwanted_files(place))


async def _attempt(work: Callable[[], object], limiter: CapacityLimiter | None = None) -> None:
    try:
        await run_sync(work, limiter=limiter)
    except Exception:
        # The next round tries again; a database that is away for a moment must not end the watch.
        _log.exception("background work failed")
