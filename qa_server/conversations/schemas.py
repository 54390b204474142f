"""What the outside sees of a conversation, shared by HTTP and the socket. Readers and staff get different views."""

from collections.abc import Sequence
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

    def name_in(self, language: str) -> str | None:
        """Return the name in a language, where it comes in both."""
        return self.name


class NamedMessageView(MessageView):
    """The same for staff where a librarian is named: each of them reads the name in the own language."""

    name_zh: str
    name_en: str

    def name_in(self, language: str) -> str:
        """Return the librarian's name in a language."""
        return self.name_zh if language == "zh" else self.name_en


# Messages as staff gets them; readers get every one as a MessageView.
StaffMessages = list[NamedMessageView | MessageView]


def as_readers_see(messages: Sequence[MessageView]) -> list[MessageView]:
    """Return messages with the fields of a reader's messages and no other."""
    return [
        MessageView.model_construct(**{name: getattr(each, name) for name in MessageView.model_fields})
        if isinstance(each, NamedMessageView)
        else each
        for each in messages
    ]


class FollowUpView(Wire):
    """What is still owed to the reader after the conversation: by which library, and by when."""

    library_zh: str
    library_en: str
    due_at: datetime
    is_overdue: bool


class ReachView(Wire):
    """A desk that a conversation is open to besides its own, and why: cascade, hand_over or follow_up."""

    desk_id: UUID
    reason: str
    details: dict[str, Any]
    reached_at: datetime


class OfferView(Wire):
    """That a desk's question is offered to one librarian first, until `expires_at`."""

    desk_id: UUID
    librarian_id: UUID
    expires_at: datetime


class ReaderConversation(Wire):
    """A conversation as its reader sees it. `position` is the place in the queue from 1, only while waiting.

    `promised_at` is set while nobody is there: by then the answer was promised. `follow_up` is set after an end that
    left something to do.
    """

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
    promised_at: datetime | None = None
    follow_up: FollowUpView | None = None


class ReviewMark(Wire):
    """An answer of a trainee waits for review: whose, and who is asked; with `is_open` every mentor of the desk."""

    id: UUID
    desk_id: UUID
    librarian_id: UUID
    asked_id: UUID | None
    is_open: bool
    is_unattended: bool
    submitted_at: datetime


class PracticeMark(Wire):
    """That this is practice and nobody's question; `player_id` plays the reader, None where a case does."""

    librarian_id: UUID
    player_id: UUID | None
    case_title: str | None


class StaffConversation(ReaderConversation):
    """A conversation as librarians see it; `desk_id` is where it is queued, `reached` says where else it is open."""

    library_name: str = Field(description="In the conversation's language, as `holder_name`.")
    library_zh: str
    library_en: str
    desk_id: UUID
    holder_id: UUID | None
    holder_zh: str | None
    holder_en: str | None
    queued_at: datetime
    page_url: str | None
    read_level: int | None
    rating_comment: str | None
    priority: int = Field(0, description="0 (usual) to 9 (first).")
    subject: str | None = Field(None, description="Its CLC class, where somebody said so.")
    reached: list[ReachView] = Field(default_factory=list)
    offered: list[OfferView] = Field(default_factory=list)
    review: ReviewMark | None = Field(None, description="The oldest answer that waits for review.")
    practice: PracticeMark | None = Field(None, description="Set for practice only.")


class ReaderThread(Wire):
    """A reader's conversation with messages after the asked number, oldest first; `has_more` when cut at the limit."""

    conversation: ReaderConversation
    messages: list[MessageView]
    has_more: bool


class NoteView(Wire):
    """An internal note; staff only. `is_whisper` when a supervisor wrote it to the holder."""

    id: UUID
    librarian_id: UUID
    name: str = Field(description="In the conversation's language.")
    name_zh: str
    name_en: str
    client_id: str
    body: str
    created_at: datetime
    is_whisper: bool = False
    mentions: list[UUID] = Field(default_factory=list, description="The colleagues it names.")

    def name_in(self, language: str) -> str:
        """Return the writer's name in a language."""
        return self.name_zh if language == "zh" else self.name_en


class ReviewView(Wire):
    """An answer of a trainee on its way by a mentor; staff only. `sent_seq` is the message that came of it.

    `state` is pending, approved, edited, returned (with a comment) or withdrawn.
    """

    id: UUID
    conversation_id: UUID
    librarian_id: UUID
    name: str = Field(description="In the conversation's language, as the other names without a language.")
    name_zh: str
    name_en: str
    client_id: str
    body: str
    state: Literal["pending", "approved", "edited", "returned", "withdrawn"]
    asked_name: str | None = Field(description="The mentor who is asked first.")
    asked_zh: str | None
    asked_en: str | None
    is_open: bool
    is_unattended: bool = Field(description="No mentor of the desk is there.")
    submitted_at: datetime
    answered_at: datetime | None
    answered_name: str | None
    answered_zh: str | None
    answered_en: str | None
    comment: str
    sent_seq: int | None


class CodeView(Wire):
    """A descriptive code that may be given."""

    code: str
    name_zh: str
    name_en: str


class ClosingTold(Wire):
    """What the closing sheet of an ended conversation says; staff only. `note` is empty where none was written."""

    resolution: str | None
    read_level: int | None
    subject: str | None
    codes: list[CodeView]
    note: str
    by_zh: str
    by_en: str
    at: datetime


class StaffThread(Wire):
    """The same for staff, with all internal notes and reviewed answers, oldest first."""

    conversation: StaffConversation
    messages: StaffMessages
    has_more: bool
    notes: list[NoteView]
    reviews: list[ReviewView] = Field(default_factory=list)
    closing: ClosingTold | None = None
