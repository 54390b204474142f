"""Work that goes on beside the requests of a process: leases, claims that ran out, files that nothing names."""

import asyncio
from collections.abc import Callable
from functools import partial
from threading import Event

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from qa_server.desk import auditing, clearing, keeping_words, sending_letters, sweeping, tidying, timing
from qa_server.desk.answers import harvesting, providing, reading
from qa_server.desk.articles import importing as importing_articles
from qa_server.desk.articles import keeping_true, learning, masking, measuring
from qa_server.desk.commissions.money import payment_hook, payment_secrets
from qa_server.desk.keeping_words import WordsWanted
from qa_server.desk.ledger import upkeep as ledger_upkeep
from qa_server.desk.ledger.intake import LedgerKeeper
from qa_server.desk.workplace import Workplace

# Looking at every file is slow on a large folder, and nothing urgent.
FILES_SECONDS = 3_600
# Timers fire within a second: half of it is spent waiting for the next look.
TIMER_SECONDS = 0.5
# A date that comes or passes is noticed within this time.
ANSWERS_SECONDS = 1.0
# What a process that dies may lose of its counts.
USE_SECONDS = 10.0
# Somebody waits before the page.
IMPORT_SECONDS = 1.0
# A letter is on its way within this time.
MAIL_SECONDS = 5.0
# A harvest asked for at the console begins within this time.
HARVEST_SECONDS = 5.0
# The ledger of unanswered questions follows what readers asked within this time.
LEDGER_SECONDS = 10.0

# What was just said is found within this time.
WORDS_SECONDS = 1.0
# Rounds between two looks for what was missed: about a quarter of an hour.
_WORDS_ROUNDS = 900

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
    """Write to readers who are away and have an answer, send the outbox, and call payment services, until cancelled.

    In a thread of its own: a server that does not answer holds nobody else up.
    """
    limiter = CapacityLimiter(1)
    while True:
        await asyncio.sleep(MAIL_SECONDS)
        for work in (sending_letters.write_notices, sending_letters.send_due, payment_hook.send_due):
            await _attempt(partial(work, place), limiter)


async def keep_answers_true(place: Workplace) -> None:
    """Publish what was planned, notice dates that come and pass, look over all articles by night, until cancelled.

    In a thread of its own: the night's work and the web's slow servers hold nobody else up.
    """
    limiter = CapacityLimiter(1)
    await _attempt(partial(reading.warm, place), limiter)
    while True:
        await asyncio.sleep(ANSWERS_SECONDS)
        for work in keeping_true.ROUNDS:
            await _attempt(partial(work, place), limiter)


async def keep_harvesting(place: Workplace) -> None:
    """Harvest what is due, one source after the other, and keep the records for others in step, until cancelled.

    In a thread of its own, which is not waited for at the end: a provider may take minutes. It stops at the next page,
    and the next start goes on from there.
    """
    limiter, stopping = CapacityLimiter(1), Event()
    try:
        while True:
            await asyncio.sleep(HARVEST_SECONDS)
            for work in (partial(harvesting.run_due, place, stopping), partial(providing.catch_up, place)):
                await _attempt(work, limiter, is_left=True)
    finally:
        stopping.set()


async def keep_files_in_step(place: Workplace) -> None:
    """Remove files that no attachment names, and what is kept for a time only, now and then, until cancelled."""
    while True:
        await asyncio.sleep(FILES_SECONDS)
        await _attempt(lambda: clearing.clear_unwanted_files(place))
        await _attempt(lambda: auditing.forget_old(place))
        await _attempt(lambda: tidying.tidy(place))
        await _attempt(lambda: masking.forget_expired(place))
        await _attempt(lambda: masking.seal_all(place))
        await _attempt(lambda: payment_secrets.seal_all(place))
        await _attempt(lambda: learning.forget_old_verdicts(place))
        await _attempt(lambda: importing_articles.tidy(place))


async def keep_ledger(place: Workplace) -> None:
    """Collect unanswered questions, give them to entries, and put those in order once a day, until cancelled.

    In a thread of its own: encoding and balancing take their time. One process at a time does it.
    """
    limiter, keeper = CapacityLimiter(1), LedgerKeeper()
    while True:
        await asyncio.sleep(LEDGER_SECONDS)
        await _attempt(partial(keeper.work, place), limiter)
        await _attempt(partial(ledger_upkeep.keep_in_order, place, keeper), limiter)


async def keep_imports_going(place: Workplace) -> None:
    """Go on with imports of articles that wait for it, or that broke off with their process, until cancelled.

    In a thread of its own: an import takes minutes.
    """
    limiter = CapacityLimiter(1)
    while True:
        await asyncio.sleep(IMPORT_SECONDS)
        await _attempt(partial(importing_articles.go_on, place), limiter)


async def keep_use_counted(place: Workplace) -> None:
    """Write down what was counted of searches and articles, every few seconds, until cancelled."""
    while True:
        await asyncio.sleep(USE_SECONDS)
        await _attempt(partial(measuring.write_down, place))


async def keep_words(place: Workplace) -> None:
    """Keep the words of conversations up to date for the search, until cancelled; first of all what is behind."""
    limiter, wanted = CapacityLimiter(1), WordsWanted()
    stop_listening = place.bus.listen(wanted.hear)
    try:
        await _attempt(partial(keeping_words.take_up_missed, place, is_whole=True), limiter)
        rounds = 0
        while True:
            await asyncio.sleep(WORDS_SECONDS)
            await _attempt(partial(keeping_words.take_up_wanted, place, wanted), limiter)
            rounds += 1
            if rounds % _WORDS_ROUNDS == 0:
                await _attempt(partial(keeping_words.take_up_missed, place), limiter)
    finally:
        stop_listening()


async def _attempt(
    work: Callable[[], object], limiter: CapacityLimiter | None = None, *, is_left: bool = False
) -> None:
    try:
        await run_sync(work, limiter=limiter, abandon_on_cancel=is_left)
    except Exception:
        # The next round tries again; a database that is away for a moment must not end the watch.
        _log.exception("background work failed")
