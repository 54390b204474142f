"""What every use case works with, put together once by the application."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from knowledge.public.popular import PopularLists
from knowledge.public.related import RelatedLists
from knowledge.public.shelf import PublicShelf
from knowledge.search import KnowledgeSearch
from knowledge.use import UseRecorder
from qa_server.desk.message_writer import MessageWriter
from qa_server.live.bus import Bus
from qa_server.live.presence import Presence
from qa_server.live.rates import Rates
from qa_server.settings import Settings
from storage.database import Database


def utc_now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workplace:
    """The parts shared by all entrances. `clock` gives aware UTC times; tests move it."""

    database: Database
    search: KnowledgeSearch
    bus: Bus
    messages: MessageWriter
    presence: Presence
    rates: Rates
    settings: Settings
    clock: Callable[[], datetime] = utc_now
    shelf: PublicShelf = field(default_factory=PublicShelf)
    popular: PopularLists = field(default_factory=PopularLists)
    related: RelatedLists = field(default_factory=RelatedLists)
    use: UseRecorder = field(default_factory=UseRecorder)
