"""What is announced after a commit (or, for typing and presence, without one). Closed, typed, fit for any bus."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from qa_server.conversations.schemas import MessageView, NoteView, ReaderConversation, StaffConversation, Wire

Side = Literal["reader", "librarian"]


class MessagesPosted(Wire):
    """New numbered messages of one conversation, in order."""

    kind: Literal["messages_posted"] = "messages_posted"
    conversation_id: UUID
    items: list[MessageView]


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
    | DeskChanged
    | LinksRevoked,
    Field(discriminator="kind"),
]
