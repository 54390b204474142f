"""Fills a fresh database with people in open conversations, written directly so that thousands take seconds."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from qa_server.app import MIGRATIONS
from qa_server.conversations.models import Author, Conversation, Kind, Message, State
from qa_server.conversations.service import reader_writer
from qa_server.network.models import Desk, DeskMember, Level, Library
from qa_server.people.models import Librarian, Reader, Role, RoleGrant, StaffSession
from qa_server.people.tokens import hash_token, new_token
from qa_server.routing.models import Claim
from storage.base import new_id
from storage.database import Database
from storage.migrate import upgrade

# What one librarian holds at once, and what one desk has in hand.
CHATS_PER_LIBRARIAN = 5
CHATS_PER_DESK = 100
# The chat whose reader missed many messages.
MISSED_MESSAGES = 1_000

_QUESTION = "请问图书馆周末几点开门? Could you tell me the opening hours of the library this weekend please?"


@dataclass(frozen=True)
class Chat:
    """An open conversation, and what its two sides show at the door."""

    conversation_id: str
    reader_token: str
    staff_token: str


def fill(database_url: str, chats: int, manifest: Path) -> None:
    """Bring an empty database to the newest schema, put `chats` held conversations in, list them in `manifest`.

    The first one has MISSED_MESSAGES more messages. Writes one JSON object per line, in the order of the chats.
    """
    database = Database(database_url)
    try:
        upgrade(database, MIGRATIONS)
        with database.write() as session:
            written = [chat for first in range(0, chats, CHATS_PER_DESK) for chat in _desk(session, first, chats)]
            _miss(session, UUID(written[0].conversation_id))
    finally:
        database.dispose()
    manifest.write_text("".join(json.dumps(asdict(chat)) + "\n" for chat in written), encoding="utf-8")


def listed(manifest: Path, count: int) -> list[Chat]:
    """Return the first `count` chats of a manifest."""
    with manifest.open(encoding="utf-8") as lines:
        return [Chat(**json.loads(line)) for line, _ in zip(lines, range(count), strict=False)]


def _desk(session: Session, first: int, chats: int) -> Iterator[Chat]:
    now = datetime.now(UTC)
    library_id, desk_id = new_id(), new_id()
    code = f"L{first // CHATS_PER_DESK:06d}"
    names = {"name_zh": f"{code}图书馆", "name_en": f"{code} Library"}
    session.execute(
        insert(Library), [{"id": library_id, "code": code, "level": Level.LIBRARY, "created_at": now, **names}]
    )
    session.execute(insert(Desk), [{"id": desk_id, "library_id": library_id, **names, "list_version": 0}])
    for start in range(first, min(first + CHATS_PER_DESK, chats), CHATS_PER_LIBRARIAN):
        librarian_id, staff_token = _librarian(session, f"{code}-{start}".lower(), library_id, desk_id)
        for number in range(start, min(start + CHATS_PER_LIBRARIAN, chats)):
            yield _chat(session, number, (library_id, desk_id, librarian_id), staff_token)


def _librarian(session: Session, login: str, library_id: UUID, desk_id: UUID) -> tuple[UUID, str]:
    now, token, librarian_id = datetime.now(UTC), new_token(), new_id()
    person = {"id": librarian_id, "login": login, "name_zh": "馆员", "name_en": "Librarian", "library_id": library_id}
    # No password: nobody signs in here, the session below is opened directly.
    session.execute(insert(Librarian), [{**person, "password_hash": "-", "created_at": now}])
    grant = {"librarian_id": librarian_id, "library_id": library_id, "role": Role.LIBRARIAN}
    session.execute(insert(RoleGrant), [grant])
    session.execute(insert(DeskMember), [{"desk_id": desk_id, "librarian_id": librarian_id}])
    opened = {"librarian_id": librarian_id, "csrf_token": "-", "created_at": now, "seen_at": now}
    session.execute(
        insert(StaffSession), [{**opened, "token_hash": hash_token(token), "expires_at": now + timedelta(hours=12)}]
    )
    return librarian_id, token


def _chat(session: Session, number: int, held_at: tuple[UUID, UUID, UUID], staff_token: str) -> Chat:
    library_id, desk_id, librarian_id = held_at
    now, token, reader_id, conversation_id = datetime.now(UTC), new_token(), new_id(), new_id()
    reader = {"id": reader_id, "token_hash": hash_token(token), "library_id": library_id, "language": "zh"}
    session.execute(insert(Reader), [{**reader, "created_at": now}])
    conversation: dict[str, Any] = {
        "id": conversation_id,
        "number": f"BENCH-{number:06d}",
        "reader_id": reader_id,
        "client_id": f"question{number}",
        "library_id": library_id,
        "desk_id": desk_id,
        "language": "zh",
        "question": _QUESTION,
        "state": State.ACTIVE,
        "last_seq": 1,
        "reader_seen_seq": 1,
        "created_at": now,
        "queued_at": now,
    }
    session.execute(insert(Conversation), [conversation])
    session.execute(insert(Message), [_message(conversation_id, 1, reader_writer(reader_id).sender)])
    lease = {"conversation_id": conversation_id, "librarian_id": librarian_id, "claimed_at": now}
    session.execute(insert(Claim), [{**lease, "lease_until": now + timedelta(hours=12)}])
    return Chat(str(conversation_id), token, staff_token)


def _miss(session: Session, conversation_id: UUID) -> None:
    row = session.get_one(Conversation, conversation_id)
    sender = reader_writer(row.reader_id).sender
    session.execute(insert(Message), [_message(conversation_id, seq + 2, sender) for seq in range(MISSED_MESSAGES)])
    row.last_seq = MISSED_MESSAGES + 1


def _message(conversation_id: UUID, seq: int, sender: str) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "kind": Kind.TEXT,
        "author": Author.READER,
        "sender": sender,
        "client_id": f"written{seq:08d}",
        "body": _QUESTION,
        "details": {},
        "created_at": datetime.now(UTC),
    }
