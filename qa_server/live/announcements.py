"""What is announced after a commit (or, for typing and presence, without one). Closed, typed, fit for any bus."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from qa_server.colleagues.schemas import NoticeView, StaffMessageView
from qa_server.conversations.schemas import (
    NoteView,
    ReaderConversation,
    ReviewView,
    StaffConversation,
    StaffMessages,
    Wire,
)

Side = Literal["reader", "librarian"]
# What a librarian is to others, or chose to be.
Stance = Literal["online", "away", "internal", "offline"]


class MessagesPosted(Wire):
    """New numbered messages of one conversation, in order, as staff gets them."""

    kind: Literal["messages_posted"] = "messages_posted"
    conversation_id: UUID
    items: StaffMessages


class ConversationChanged(Wire):
    """The state of a conversation, once for each side."""

    kind: Literal["conversation_changed"] = "conversation_changed"
    reader: ReaderConversation
    staff: StaffConversation


class SeenMoved(Wire):
    """One side has read further."""

    kind: Literal["seen_moved"] = "seen_moved"
    conversation_id: UUID
    side: Side
    seq: int


class SideTyped(Wire):
    """One side is typing."""

    kind: Literal["side_typed"] = "side_typed"
    conversation_id: UUID
    side: Side


class SidePresence(Wire):
    """One side came or left."""

    kind: Literal["side_presence"] = "side_presence"
    conversation_id: UUID
    side: Side
    is_here: bool


class NotePosted(Wire):
    """An internal note was written; for staff only."""

    kind: Literal["note_posted"] = "note_posted"
    conversation_id: UUID
    note: NoteView


class ReviewChanged(Wire):
    """An answer of a trainee was written, or something became of it; for staff only."""

    kind: Literal["review_changed"] = "review_changed"
    conversation_id: UUID
    review: ReviewView


class StaffTalked(Wire):
    """A message of a room was said or changed; `recipients` belong to the room."""

    kind: Literal["staff_talked"] = "staff_talked"
    room_id: UUID
    version: int
    recipients: list[UUID]
    items: list[StaffMessageView]


class RoomRead(Wire):
    """A person has read a room further, on one of the screens."""

    kind: Literal["room_read"] = "room_read"
    librarian_id: UUID
    room_id: UUID
    seen_seq: int


class NoticesChanged(Wire):
    """What a person has not seen, as it is now."""

    kind: Literal["notices_changed"] = "notices_changed"
    librarian_id: UUID
    items: list[NoticeView]


class DeskChanged(Wire):
    """One entry of a desk's list, and the ids of those who wait in its own queue, in order.

    `is_listed` is false for what the list no longer shows, because the question went on to another desk.
    """

    kind: Literal["desk_changed"] = "desk_changed"
    desk_id: UUID
    version: int
    item: StaffConversation
    waiting: list[UUID]
    is_listed: bool = True


class StaffLooked(Wire):
    """A librarian has a conversation open, is writing in it, or has left it; for the others of the staff."""

    kind: Literal["staff_looked"] = "staff_looked"
    conversation_id: UUID
    librarian_id: UUID
    name_zh: str
    name_en: str
    is_typing: bool
    is_leaving: bool


class WorkingChanged(Wire):
    """A librarian came, left, chose what to be, or counts as away; for the own screens and the colleagues' desks."""

    kind: Literal["working_changed"] = "working_changed"
    librarian_id: UUID
    desk_ids: list[UUID]
    choice: Stance
    availability: Stance
    max_chats: int | None


class LinksRevoked(Wire):
    """A reader has switched the private links off: who came by one has no right any more."""

    kind: Literal["links_revoked"] = "links_revoked"
    reader_id: UUID


Announcement = Annotated[
    MessagesPosted
    | ConversationChanged
    | SeenMoved
    | SideTyped
    | SidePresence
    | NotePosted
    | ReviewChanged
    | StaffTalked
    | RoomRead
    | NoticesChanged
    | DeskChanged
    | StaffLooked
    | WorkingChanged
    | LinksRevoked,
    Field(discriminator="kind"),
]
