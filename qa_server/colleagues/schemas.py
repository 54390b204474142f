"""What the outside sees of the talk among colleagues, notices and practice; staff only."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from qa_server.conversations.schemas import Wire


class ColleagueView(Wire):
    """A colleague by name."""

    id: UUID
    name_zh: str
    name_en: str


class StaffMessageView(Wire):
    """One numbered message of a room. `version` is that of its last change; a deleted one keeps its number only."""

    seq: int = Field(ge=1)
    version: int = Field(ge=1)
    librarian_id: UUID
    name_zh: str
    name_en: str
    client_id: str
    body: str
    mentions: list[UUID]
    created_at: datetime
    edited_at: datetime | None
    is_deleted: bool


class RoomView(Wire):
    """A room as one of its people sees it: a desk's, or that of two people (`colleague` is then the other one)."""

    id: UUID
    desk_id: UUID | None
    name_zh: str
    name_en: str
    colleague: ColleagueView | None
    version: int
    last_seq: int
    seen_seq: int
    unread: int


class RoomPage(Wire):
    """A room with one page of its messages, oldest first. `has_earlier` when there are some before the first."""

    room: RoomView
    people: list[ColleagueView] = Field(description="Who belongs to it now; they can be mentioned.")
    items: list[StaffMessageView]
    has_earlier: bool


class NoticeView(Wire):
    """Something one person has not seen yet: note_mention, talk_mention, review_returned or practice_invited.

    It is about a conversation (with its number), a room or a practice.
    """

    id: UUID
    kind: Literal["note_mention", "talk_mention", "review_returned", "practice_invited"]
    from_zh: str
    from_en: str
    conversation_id: UUID | None
    number: str | None
    room_id: UUID | None
    practice_id: UUID | None
    created_at: datetime
