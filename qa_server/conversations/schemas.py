"""What the outside sees of a conversation, shared by HTTP and the socket. Readers and staff get different views."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# A sender's own id of a message: made by the client, unique per conversation and sender.
ClientId = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
# Text typed by a person; the exact limit is a setting, this one only bounds what is parsed.
Body = Annotated[str, StringConstraints(min_length=1, max_length=100_000)]


class Wire(BaseModel):
    """Base of everything that crosses the wire: closed, immutable, no silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MessageView(Wire):
    """One numbered message. `event` is set for kind `event` (claimed, released, closed, withdrawn, edited, deleted).

    An `edited` or `deleted` event names the message in `details.seq`; `edited` carries its new text in `details.body`.
    """

    seq: int = Field(ge=1)
    kind: Literal["text", "event"]
    author: Literal["reader", "librarian", "system"]
    name: str | None = Field(description="Name of the librarian, in the conversation's language.")
    client_id: str
    body: str
    event: str | None = None
    details: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime
    edited_at: datetime | None = None
    is_deleted: bool = False


class ReaderConversation(Wire):
    """A conversation as its reader sees it. `position` is the place in the queue from 1, only while waiting."""

    id: UUID
    number: str
    library: str = Field(description="Code of the home library.")
    language: Literal["zh", "en"]
    question: str
    state: str
    last_seq: int
    reader_seen_seq: int
    staff_seen_seq: int
    holder_name: str | None
    position: int | None
    resolution: str | None
    rating: int | None
    created_at: datetime
    ended_at: datetime | None


class StaffConversation(ReaderConversation):
    """A conversation as the librarians of its desk see it."""

    library_name: str
    desk_id: UUID
    holder_id: UUID | None
    queued_at: datetime
    page_url: str | None
    read_level: int | None
    rating_comment: str | None


class ReaderThread(Wire):
    """A reader's conversation with messages after the asked number, oldest first; `has_more` when cut at the limit."""

    conversation: ReaderConversation
    messages: list[MessageView]
    has_more: bool


class NoteView(Wire):
    """An internal note; staff only."""

    id: UUID
    librarian_id: UUID
    name: str
    client_id: str
    body: str
    created_at: datetime


class StaffThread(Wire):
    """The same for staff, with all internal notes, oldest first."""

    conversation: StaffConversation
    messages: list[MessageView]
    has_more: bool
    notes: list[NoteView]
