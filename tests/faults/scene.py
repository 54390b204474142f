"""Conversations to break: two librarians, readers whose questions they hold, and what each side shows at the door."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from qa_server.app import make_workplace
from qa_server.commands.invariants import conversation_findings
from qa_server.conversations.models import Conversation, Message
from qa_server.desk import answering, asking, signing_in
from qa_server.desk.workplace import Workplace
from qa_server.settings import Settings
from tests import village
from tests.village import PASSWORD, Village, come_in, question

# The limit on messages is for people; the load here is not one.
SETTINGS = {
    "WENJIN_READER_MESSAGES_PER_MINUTE": "1000000",
    "WENJIN_READER_QUESTIONS_PER_HOUR": "1000000",
    "WENJIN_SILENCE_SECONDS": "2",
    "WENJIN_PING_SECONDS": "1",
}


@dataclass(frozen=True)
class Held:
    """A conversation that a librarian holds."""

    id: UUID
    reader_token: str
    staff_token: str


@dataclass(frozen=True)
class Stored:
    """A message as it is in the database."""

    seq: int
    client_id: str
    body: str


class Scene:
    """Prepares and examines a migrated database, whether or not a server runs on it."""

    def __init__(self, database_url: str) -> None:
        self.url = database_url
        settings = Settings.model_validate({"database_url": database_url, "encoder": "none"})
        self._place: Workplace = make_workplace(settings)
        self._village: Village = village.build(self._place.database)
        self.staff_token = self._sign_in("lin")

    def held(self, count: int) -> list[Held]:
        """Put in this many questions, all held by LIN."""
        return [self._held() for _ in range(count)]

    def stored(self, conversation_id: UUID) -> list[Stored]:
        """Return the texts of a conversation with their numbers, in order; events are left out of the result only."""
        with self._place.database.read() as session:
            rows = session.scalars(
                select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
            ).all()
            last_seq = session.get_one(Conversation, conversation_id).last_seq
        assert [row.seq for row in rows] == list(range(1, last_seq + 1))
        return [Stored(row.seq, row.client_id, row.body) for row in rows]

    def require_order(self) -> None:
        """Fail when a number is missing, or an open question has not exactly one holder or one queue."""
        with self._place.database.read() as session:
            assert list(conversation_findings(session)) == []

    def close(self) -> None:
        """Let the database go."""
        self._place.search.stop()
        self._place.messages.stop()
        self._place.database.dispose()

    def _held(self) -> Held:
        reader, token = come_in(self._place)
        conversation_id = asking.ask(self._place, reader, question())[0].conversation.id
        answering.claim(self._place, self._village.lin, conversation_id)
        return Held(conversation_id, token, self.staff_token)

    def _sign_in(self, login: str) -> str:
        return signing_in.sign_in(self._place, login=login, password=PASSWORD, network="n").token
