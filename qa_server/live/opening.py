"""Makes the bus and the presence that the settings ask for: in memory for one process, through Redis for several."""

from importlib import import_module
from importlib.util import find_spec

from qa_server.live.bus import Bus, MemoryBus
from qa_server.live.errors import RedisUnusable
from qa_server.live.presence import MemoryPresence, Presence
from qa_server.settings import Settings


def open_live(settings: Settings) -> tuple[Bus, Presence]:
    """Return a bus and a presence, not started. Raises RedisUnusable when the setting or the installation is wrong."""
    url = settings.redis_url.get_secret_value()
    if not url:
        return MemoryBus(), MemoryPresence()
    if find_spec("redis") is None:
        raise RedisUnusable(
            reason="its client is not installed.", remedy="Install Wenjin with the extra: wenjin[redis]."
        )
    bus: Bus = import_module("qa_server.live.redis_bus").RedisBus(url, prefix=settings.redis_prefix)
    presence: Presence = import_module("qa_server.live.redis_presence").RedisPresence(url, prefix=settings.redis_prefix)
    return bus, presence
