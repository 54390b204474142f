"""Three processes on PostgreSQL share the timers of waiting questions; one of them dies, and no timer is lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from qa_server.conversations.models import Message
from qa_server.desk import asking
from qa_server.routing.models import Assignment, Duty, Route
from tests.databases import copied_postgres
from tests.faults.cluster import Cluster, Hall, running_cluster
from tests.live.redis_server import private_redis
from tests.live.waiting import eventually
from tests.village import come_in, question

# Several batches, so that every process has some in hand when one dies.
QUESTIONS = 60
LOST = 1


@pytest.fixture
def cluster(postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three running processes."""
    folder = tmp_path_factory.mktemp("timers")
    with (
        private_redis(folder) as redis,
        copied_postgres(postgres_template) as url,
        running_cluster(url, redis, folder) as running,
    ):
        yield running


class Waiting:
    """Questions that wait where nobody is: each timer ends in a promise to the reader."""

    def __init__(self, hall: Hall) -> None:
        self._place = hall._place
        for _ in range(QUESTIONS):
            asking.ask(self._place, come_in(self._place)[0], question())

    def fall_due(self) -> datetime:
        """Let all timers come at one moment; return it."""
        now = datetime.now(UTC)
        with self._place.database.write() as session:
            session.execute(update(Route).values(due_at=now))
        return now

    def fired(self) -> int:
        """Return how many timers have fired."""
        with self._place.database.read() as session:
            fired = select(func.count()).select_from(Assignment).where(Assignment.action == "nobody_there")
            return session.scalar(fired) or 0

    def told(self) -> tuple[Counter[int], Counter[int], Counter[int]]:
        """Return how often each question was decided, its reader told, and a duty made, as counts of counts."""
        with self._place.database.read() as session:
            decided = session.scalars(select(Assignment.conversation_id).where(Assignment.action == "nobody_there"))
            events = session.execute(select(Message.conversation_id, Message.details).where(Message.kind == "event"))
            duties = session.scalars(select(Duty.conversation_id))
            tracked = [row.conversation_id for row in events if row.details.get("event") == "tracked"]
            counts = (Counter(decided), Counter(tracked), Counter(duties))
            return tuple(Counter(each.values()) for each in counts)  # type: ignore[return-value]

    def next_due(self) -> datetime | None:
        """Return when the next timer comes."""
        with self._place.database.read() as session:
            return session.scalar(select(func.min(Route.due_at)))


def test_every_timer_fires_once_though_a_process_dies_in_the_middle(cluster: Cluster) -> None:
    waiting = Waiting(cluster.scene)
    begun = waiting.fall_due()
    eventually(lambda: waiting.fired() > 0)
    cluster.kill(LOST)
    eventually(lambda: waiting.fired() >= QUESTIONS)
    once = Counter({1: QUESTIONS})
    assert waiting.told() == (once, once, once)
    next_due = waiting.next_due()
    assert next_due is not None
    assert next_due > begun
