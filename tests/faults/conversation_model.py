"""What a conversation is, said as simply as possible: the model that the service is compared with."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from qa_server.conversations.schemas import MessageView, ReaderConversation, as_readers_see
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
class Said:
    """A text or a file as it was sent: by which side, by whom, and when."""

    author: str
    who: str
    at: datetime
    is_deleted: bool = False


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
    texts: dict[int, Said] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Say whether anything can still happen to it."""
        return self.state not in ENDED

    def say(self, author: str, who: str, client_id: str, body: str, now: datetime) -> int:
        """Add a text, or find it when it was said before; return its number."""
        key = (who, client_id)
        if key not in self.numbers:
            self.said.append((author, body))
            self.numbers[key] = len(self.said)
            self.texts[len(self.said)] = Said(author, who, now)
            if author == "librarian":
                self.answer_due_at = None
        return self.numbers[key]

    def change(self, who: str, client_id: str, seq: int, body: str | None) -> int:
        """Give an own text a new wording, or take it back without one; return the number of the change."""
        key = (who, client_id)
        if key not in self.numbers:
            text = self.texts[seq]
            text.is_deleted = body is None
            self.said[seq - 1] = (text.author, body or "")
            self.said.append((text.author, "deleted" if body is None else "edited"))
            self.numbers[key] = len(self.said)
        return self.numbers[key]

    def owns(self, who: str, seq: int) -> bool:
        """Say whether this person said that and has not taken it back."""
        return seq in self.texts and self.texts[seq].who == who and not self.texts[seq].is_deleted

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
                # The hub takes out what only staff is told.
                for message in as_readers_see(announcement.items):
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
        self._apply(message)
        # Who writes has read what is above; a change of something earlier says nothing of that.
        if message.kind == "text":
            self._see(message.author, message.seq)

    def _apply(self, change: MessageView) -> None:
        """Do to an earlier message what an event says; of what was taken back nothing stays, in no event either."""
        if change.event not in {"edited", "deleted"}:
            return
        seq, body = change.details["seq"], change.details.get("body", "")
        for place, message in enumerate(self.messages):
            if message.seq == seq:
                self.messages[place] = message.model_copy(update=_changed(change, body))
            elif message.event == "edited" and message.details["seq"] == seq:
                self.messages[place] = message.model_copy(update={"details": {"seq": seq, "body": body}})

    def _see(self, side: str, seq: int) -> None:
        self._change(**{"reader_seen_seq" if side == "reader" else "staff_seen_seq": seq})

    def _change(self, **values: object) -> None:
        self.conversation = self.conversation.model_copy(update=values)


def _changed(change: MessageView, body: str) -> dict[str, object]:
    if change.event == "edited":
        return {"body": body, "edited_at": change.created_at}
    return {"body": "", "is_deleted": True, "details": {}}
