"""Finds in the database what the bus did not bring, and tells the hub of this process whom to catch up.

While the bus is lost it looks every second; when something may have been missed, at once; else now and then, because a
process that does not reach Redis is noticed by nobody but itself.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Protocol
from uuid import UUID

import structlog
from anyio.to_thread import run_sync

from qa_server.live.bus import Bus
from qa_server.live.lookout import Lookout, Standing

# Gaps told within this time are answered by one look.
GATHER_SECONDS = 0.2
# A look that failed, because the database was away as well, is tried again after this.
RETRY_SECONDS = 1.0

# Reads the marks of conversations and the versions of desks' lists.
Read = Callable[[Collection[UUID], Collection[UUID]], Standing]

_log = structlog.get_logger(__name__)


class Listeners(Protocol):
    """What a hub has to offer. Called in the event loop only."""

    def followed_conversations(self) -> dict[UUID, int]:
        """Return the conversations somebody here listens to, each with the lowest number sent to anybody."""

    def watched_desks(self) -> dict[UUID, int]:
        """Return the desks whose list somebody here watches, each with the lowest version sent to anybody."""

    def on_gap(self, conversation_ids: Collection[UUID], desk_ids: Collection[UUID]) -> None:
        """Send the followers of these conversations, and the watchers of these desks, everything as it is now."""


async def keep_up(bus: Bus, hub: Listeners, read: Read) -> None:
    """Look whenever the bus asks for it, until cancelled. `read` is run in a thread; the hub hears what was missed."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    lookout = Lookout()
    stop_hearing = bus.listen(lookout.hear)
    stop_listening = bus.listen_for_gaps(lambda: _wake(loop, told))
    try:
        is_owed = False
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), RETRY_SECONDS if is_owed else bus.look_seconds)
            may_have_missed = is_owed or told.is_set() or not bus.is_connected
            told.clear()
            has_looked = await _look(hub, lookout, read, may_have_missed=may_have_missed)
            is_owed = may_have_missed and not has_looked
            await asyncio.sleep(GATHER_SECONDS)
    finally:
        stop_listening()
        stop_hearing()


async def _look(hub: Listeners, lookout: Lookout, read: Read, *, may_have_missed: bool) -> bool:
    conversation_ids, desk_ids = hub.followed_conversations().keys(), hub.watched_desks().keys()
    if not conversation_ids and not desk_ids:
        return True
    try:
        standing = await run_sync(read, conversation_ids, desk_ids)
    except Exception as error:
        # The database is away as well; a later look finds what this one did not.
        _log.warning("look failed", error=type(error).__name__)
        return False
    # Asked again: what was sent during the reading is not missing.
    missed = lookout.find_missed(hub.followed_conversations(), standing, may_have_missed=may_have_missed)
    behind = {desk for desk, version in hub.watched_desks().items() if standing.list_versions.get(desk, 0) > version}
    if missed or behind:
        _log.info("caught up", conversations=len(missed), desks=len(behind))
        hub.on_gap(missed, behind)
    return True


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    # The bus may tell of a gap while the loop shuts down.
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)
