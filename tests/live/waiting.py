"""Wait for what another thread or process will do, no longer than until a deadline."""

import asyncio
import time
from collections.abc import Callable

DEADLINE_SECONDS = 60.0
_PAUSE_SECONDS = 0.01


def eventually(holds: Callable[[], object]) -> None:
    """Return as soon as `holds` is true; fail when it does not become so in time."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(_PAUSE_SECONDS)


async def comes_true(holds: Callable[[], object]) -> None:
    """The same, while the event loop goes on."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(_PAUSE_SECONDS)
