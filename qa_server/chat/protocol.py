"""The wire: every frame of `/ws/v1` as a typed class. Closed: an unknown or malformed frame is answered by an error.

Client frames and server frames are JSON objects told apart by `type`. `docs/protocol.md` is generated from this file.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from qa_server.colleagues.schemas import NoticeView, StaffMessageView
from qa_server.conversations.schemas import (
    Body,
    ClientId,
    NoteView,
    ReaderConversation,
    ReviewView,
    StaffConversation,
    StaffMessages,
    Wire,
)
from qa_server.live.announcements import Stance

PROTOCOL_VERSION = 1
# Largest frame a client may send, in bytes: a message of the longest setting in four-byte characters, and its envelope.
MAX_FRAME_BYTES = 524_288
# A replay is cut into frames of at most this many messages.
MESSAGES_PER_FRAME = 100


# A message number as clients give it: 0 before the first.
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Hello(Wire):
    """The first frame. A reader gives the token here, never in the address; a librarian is known by the cookie."""

    type: Literal["hello"]
    version: int = Field(description="The protocol version the client speaks.")
    role: Literal["reader", "librarian"]
    language: Literal["zh", "zh-TW", "en"] = Field("zh", description="The language of refusals.")
    token: str | None = Field(None, max_length=200, description="The reader's token.")


class Follow(Wire):
    """Listen to a conversation. Everything after `after_seq` is sent in order, each once, then what comes."""

    type: Literal["follow"]
    conversation_id: UUID
    after_seq: Seq


class Unfollow(Wire):
    """Stop listening to a conversation."""

    type: Literal["unfollow"]
    conversation_id: UUID


class Say(Wire):
    """Post a message. Repeating it with the same `client_id` is harmless and acknowledged with the first number."""

    type: Literal["say"]
    conversation_id: UUID
    client_id: ClientId
    body: Body


class Edit(Wire):
    """Give an own message a new text, within the time limit. Acknowledged like a message: the change has a number."""

    type: Literal["edit"]
    conversation_id: UUID
    client_id: ClientId
    seq: int = Field(ge=1, le=2**31 - 1)
    body: Body


class Delete(Wire):
    """Take an own message back, within the time limit. Acknowledged like a message."""

    type: Literal["delete"]
    conversation_id: UUID
    client_id: ClientId
    seq: int = Field(ge=1, le=2**31 - 1)


class Note(Wire):
    """Write an internal note; staff only. The answer is the note itself."""

    type: Literal["note"]
    conversation_id: UUID
    client_id: ClientId
    body: Body
    mentions: list[UUID] = Field(default_factory=list, max_length=20, description="Colleagues who get a notice.")


class Seen(Wire):
    """The sender has read up to `seq`."""

    type: Literal["seen"]
    conversation_id: UUID
    seq: Seq


class Typing(Wire):
    """The sender is typing; sent at most every 3 seconds, fades after 6, never stored."""

    type: Literal["typing"]
    conversation_id: UUID


class Watch(Wire):
    """A librarian's desks: for each the version of the list at hand, 0 for none."""

    type: Literal["watch"]
    desks: dict[UUID, Seq] = Field(max_length=200)


class Look(Wire):
    """A librarian has this conversation before the eyes, and writes in it or not; staff only.

    Sent on opening, every 20 seconds while it is open, and on leaving. Fades after 45, a sign of writing after 6.
    """

    type: Literal["look"]
    conversation_id: UUID
    is_typing: bool = False
    is_leaving: bool = False


class Attend(Wire):
    """A librarian's rooms of colleagues: for each the version at hand. Answered by `notices` and what was missed.

    What happens from now on is told without it.
    """

    type: Literal["attend"]
    rooms: dict[UUID, Seq] = Field(max_length=300)


class Ping(Wire):
    """Still here. Answered by pong; a socket silent for `silence_seconds` is closed."""

    type: Literal["ping"]


ClientFrame = Annotated[
    Hello | Follow | Unfollow | Say | Edit | Delete | Note | Seen | Typing | Watch | Look | Attend | Ping,
    Field(discriminator="type"),
]


class Welcome(Wire):
    """The answer to hello."""

    type: Literal["welcome"] = "welcome"
    version: int = PROTOCOL_VERSION
    ping_seconds: int = Field(description="Send a ping this often.")
    silence_seconds: int = Field(description="Treat the connection as dead after this long without a frame.")
    server_time: datetime


class ReaderState(Wire):
    """The state of a conversation for its reader; sent on follow and on every change."""

    type: Literal["conversation"] = "conversation"
    conversation: ReaderConversation


class StaffState(Wire):
    """The same for staff."""

    type: Literal["staff_conversation"] = "staff_conversation"
    conversation: StaffConversation


class Messages(Wire):
    """Numbered messages in order, replayed or new. Staff gets librarians' names in both languages."""

    type: Literal["messages"] = "messages"
    conversation_id: UUID
    items: StaffMessages


class Notes(Wire):
    """Internal notes, oldest first: all on follow, then each new one. Staff only; a note keeps its id."""

    type: Literal["notes"] = "notes"
    conversation_id: UUID
    items: list[NoteView]


class Reviews(Wire):
    """Answers of a trainee that a mentor reads first, oldest first: all on follow, then each change. Staff only.

    It acknowledges a `say` that is kept for review: the message comes with its number when a mentor sends it.
    """

    type: Literal["reviews"] = "reviews"
    conversation_id: UUID
    items: list[ReviewView]


class CaughtUp(Wire):
    """The replay after a follow is complete; what comes from now on is new."""

    type: Literal["caught_up"] = "caught_up"
    conversation_id: UUID
    last_seq: int


class Ack(Wire):
    """A message is stored under this number."""

    type: Literal["ack"] = "ack"
    conversation_id: UUID
    client_id: str
    seq: int
    created_at: datetime


class SeenBy(Wire):
    """One side has read up to `seq`."""

    type: Literal["seen"] = "seen"
    conversation_id: UUID
    side: Literal["reader", "librarian"]
    seq: int


class TypingBy(Wire):
    """One side is typing."""

    type: Literal["typing"] = "typing"
    conversation_id: UUID
    side: Literal["reader", "librarian"]


class Presence(Wire):
    """One side came or left."""

    type: Literal["presence"] = "presence"
    conversation_id: UUID
    side: Literal["reader", "librarian"]
    is_here: bool


class LookedBy(Wire):
    """A colleague has this conversation open, writes in it, or has left it. Staff only, never stored."""

    type: Literal["looked"] = "looked"
    conversation_id: UUID
    librarian_id: UUID
    name_zh: str
    name_en: str
    is_typing: bool
    is_leaving: bool


class Working(Wire):
    """What a librarian is to others now: oneself, or somebody who serves at a watched desk. Staff only."""

    type: Literal["working"] = "working"
    librarian_id: UUID
    choice: Stance = Field(description="What the person chose.")
    availability: Stance = Field(description="What it comes to: offline without a connection, away after idle minutes.")
    max_chats: int | None = Field(description="The own choice of conversations at once; null for what the desk gives.")


class Position(Wire):
    """The place in the queue, counted from 1."""

    type: Literal["position"] = "position"
    conversation_id: UUID
    position: int


class DeskList(Wire):
    """The whole list of a desk (waiting and held questions), sent when the version at hand is not the newest."""

    type: Literal["desk_list"] = "desk_list"
    desk_id: UUID
    version: int
    items: list[StaffConversation]


class DeskChange(Wire):
    """One entry of a desk's list as it is now; an ended one leaves the list, and so does one that is not `is_listed`.

    A jump in `version` calls for a watch.
    """

    type: Literal["desk_change"] = "desk_change"
    desk_id: UUID
    version: int
    item: StaffConversation
    is_listed: bool = Field(True, description="False when the question went on to another desk.")


class Talk(Wire):
    """Messages of a room of colleagues, new or changed, in the order of their changes.

    They lead from the room's version `after` to `version`: who is not that far has missed something and asks by attend.
    """

    type: Literal["talk"] = "talk"
    room_id: UUID
    after: int
    version: int
    items: list[StaffMessageView]


class RoomSeen(Wire):
    """The person has read a room up to `seq`, here or on another screen."""

    type: Literal["room_seen"] = "room_seen"
    room_id: UUID
    seq: int


class Notices(Wire):
    """Everything the person has not seen: mentions, answers given back, invitations. Takes the place of the last."""

    type: Literal["notices"] = "notices"
    items: list[NoticeView]


class ErrorFrame(Wire):
    """A refusal. `ref` is the client id or conversation id it answers; the connection stays open unless `is_final`."""

    type: Literal["error"] = "error"
    code: str
    message: str
    details: dict[str, object] = Field(default_factory=dict)
    ref: str | None = None
    is_final: bool = False


class Pong(Wire):
    """The answer to ping."""

    type: Literal["pong"] = "pong"


class Drain(Wire):
    """The server is stopping: connect again after a random part of this many seconds."""

    type: Literal["drain"] = "drain"
    reconnect_within_seconds: float


ServerFrame = Annotated[
    Welcome
    | ReaderState
    | StaffState
    | Messages
    | Notes
    | Reviews
    | CaughtUp
    | Ack
    | SeenBy
    | TypingBy
    | Presence
    | LookedBy
    | Working
    | Position
    | DeskList
    | DeskChange
    | Talk
    | RoomSeen
    | Notices
    | ErrorFrame
    | Pong
    | Drain,
    Field(discriminator="type"),
]

CLIENT_FRAMES: TypeAdapter[ClientFrame] = TypeAdapter(ClientFrame)
SERVER_FRAMES: TypeAdapter[ServerFrame] = TypeAdapter(ServerFrame)
