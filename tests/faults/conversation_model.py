"""What a conversation is, said as simply as possible: the model that the service is compared with."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qa_server.conversations.schemas import MessageView, ReaderConversation
from qa_server.desk.asking import KnownReader
from qa_server.live.announcements import (
    Announcement,
    ConversationChanged,
    DeskChanged,
    MessagesPosted,
    SeenMoved,
)

ENDED = {"closed", "withdrawn"}


@dataclass
class Question:
    """A question as it must be: who holds it until when, and everything that was said or happened, in order."""

    id: UUID
    reader: KnownReader
    said: list[tuple[str, str]]
    state: str = "waiting"
    holder: str | None = None
    lease_until: datetime | None = None
    answer_due_at: datetime | None = None
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Say whether anything can still happen to it."""
        return self.state not in ENDED

    def say(self, author: str, who: str, client_id: str, body: str) -> int:
        """Add a text, or find it when it was said before; return its number."""
        key = (who, client_id)
        if key not in self.numbers:
            self.said.append((author, body))
            self.numbers[key] = len(self.said)
            if author == "librarian":
                self.answer_due_at = None
        return self.numbers[key]

    def claim(self, who: str, *, lease_until: datetime, answer_due_at: datetime) -> None:
        """Let somebody hold it."""
        self.state, self.holder = "active", who
        self.lease_until, self.answer_due_at = lease_until, answer_due_at
        self.said.append(("system", "claimed"))

    def give_back(self) -> None:
        """Put it back into the queue."""
        self.state, self.holder = "waiting", None
        self.said.append(("system", "released"))

    def end(self, state: str) -> None:
        """End it."""
        self.state, self.holder = state, None
        self.said.append(("system", state))

    def has_run_out(self, now: datetime) -> bool:
        """Say whether the holder lost it by absence or by silence."""
        ends = [each for each in (self.lease_until, self.answer_due_at) if each is not None]
        return self.holder is not None and any(each < now for each in ends)


class Page:
    """What a reader's page shows: a snapshot, moved on by what is announced and by nothing else."""

    def __init__(self, conversation: ReaderConversation, messages: list[MessageView]) -> None:
        self.conversation = conversation
        self.messages = messages

    def hear(self, announcement: Announcement) -> None:
        """Move on."""
        mine = self.conversation.id
        match announcement:
            case MessagesPosted() if announcement.conversation_id == mine:
                for message in announcement.items:
                    self._add(message)
            case ConversationChanged() if announcement.reader.id == mine:
                self.conversation = announcement.reader
            case SeenMoved() if announcement.conversation_id == mine:
                self._see(announcement.side, announcement.seq)
            case DeskChanged() if mine in announcement.waiting:
                self._change(position=announcement.waiting.index(mine) + 1)

    def _add(self, message: MessageView) -> None:
        assert message.seq == self.messages[-1].seq + 1
        self.messages.append(message)
        self._change(last_seq=message.seq)
        # Who writes has read what is above.
        if message.author != "system":
            self._see(message.author, message.seq)

    def _see(self, side: str, seq: int) -> None:
        self._change(**{"reader_seen_seq" if side == "reader" else "staff_seen_seq": seq})

    def _change(self, **values: object) -> None:
        self.conversation = self.conversation.model_copy(update=values)
