"""Tables of the talk among colleagues: rooms with numbered messages, reading marks, notices that wait to be seen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class StaffRoom(Base):
    """Where colleagues talk: the staff of a desk, or two people (`pair` is then their ids, the smaller one first).

    `last_seq` numbers messages, `version` counts every change of the room, so that a client resumes from either.
    """

    __tablename__ = "staff_rooms"
    __table_args__ = (
        UniqueConstraint("desk_id"),
        UniqueConstraint("pair"),
        CheckConstraint("(desk_id IS NULL) <> (pair IS NULL)", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("desks.id"))
    pair: Mapped[str | None] = mapped_column(String(65))
    last_seq: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class StaffMessage(Base):
    """One numbered message of a room. `version` is that of its last change; `mentions` are ids of people."""

    __tablename__ = "staff_messages"
    __table_args__ = (
        UniqueConstraint("room_id", "librarian_id", "client_id"),
        Index("ix_staff_messages_room_id_version", "room_id", "version"),
        Index("ix_staff_messages_created_at", "created_at"),
    )

    room_id: Mapped[UUID] = mapped_column(ForeignKey("staff_rooms.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    mentions: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class RoomMark(Base):
    """How far somebody has read a room."""

    __tablename__ = "staff_room_marks"

    room_id: Mapped[UUID] = mapped_column(ForeignKey("staff_rooms.id"), primary_key=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), primary_key=True)
    seen_seq: Mapped[int] = mapped_column(default=0)


class StaffNotice(Base):
    """Something one person should see: a mention, an answer given back, an invitation. Stays until `seen_at`.

    `kind` is note_mention, talk_mention, review_returned or practice_invited; what it is about is one of the three ids.
    """

    __tablename__ = "staff_notices"
    __table_args__ = (
        UniqueConstraint("librarian_id", "source"),
        Index("ix_staff_notices_librarian_id_seen_at", "librarian_id", "seen_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    kind: Mapped[str] = mapped_column(String(24))
    from_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"))
    # What gave rise to it, such as `note:ID`: the same thing tells a person once.
    source: Mapped[str] = mapped_column(String(80))
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_rooms.id"))
    practice_id: Mapped[UUID | None] = mapped_column(ForeignKey("practices.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
