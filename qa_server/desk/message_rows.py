"""The rows that a batch of messages reads and writes: one statement for each table, whatever the size of the batch.

In the driver's own words: what SQLAlchemy does with each value of each row on its way costs as much as the database.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from pydantic_core import from_json, to_json
from sqlalchemy.engine import Connection

from qa_server.conversations.models import Kind


class Holder(NamedTuple):
    """Who holds a conversation by which claim, whether the first answer is still due, and whether as a trainee."""

    claim_id: UUID
    librarian_id: UUID
    is_due: bool
    is_trainee: bool
    desk_id: UUID | None


@dataclass(slots=True)
class ConversationRow:
    """What a batch knows of a conversation; the three numbers are written back where it `is_moved`.

    `holder` is known where librarians write.
    """

    id: UUID
    reader_id: UUID
    desk_id: UUID
    state: str
    language: str
    last_seq: int
    reader_seen_seq: int
    staff_seen_seq: int
    holder: Holder | None = None
    is_moved: bool = False


class MessageRow(NamedTuple):
    """A text to add to a conversation."""

    conversation_id: UUID
    seq: int
    author: str
    sender: str
    client_id: str
    librarian_id: UUID | None
    body: str
    details: dict[str, Any]


class BatchRows(Protocol):
    """The statements of a batch on one database, inside the caller's transaction."""

    def conversations(self, ids: Collection[UUID]) -> dict[UUID, ConversationRow]:
        """Return these conversations, locked until the end of the transaction."""

    def holders(self, ids: Collection[UUID]) -> dict[UUID, Holder]:
        """Return who holds these conversations."""

    def add(self, messages: Sequence[MessageRow], now: datetime) -> None:
        """Add messages. Raises IntegrityError where one was added under its client id before."""

    def move(self, conversations: Sequence[ConversationRow]) -> None:
        """Write the numbers of conversations back."""


def rows_through(connection: Connection) -> BatchRows:
    """Return the statements for the database of a connection."""
    return _SqliteRows(connection) if connection.dialect.name == "sqlite" else _PostgresRows(connection)


_TEXT = Kind.TEXT.value

# One step for a whole batch, in and out as JSON: the driver gives the interpreter's lock away at each row it reads or
# writes, and to get it back from the event loop costs more than the row.
_LOOK_IN_SQLITE = """
SELECT json_group_array(
    json_array(id, reader_id, desk_id, state, language, last_seq, reader_seen_seq, staff_seen_seq))
FROM conversations WHERE id IN (SELECT value FROM json_each(?))
"""
_WHO_HOLDS_IN_SQLITE = """
SELECT json_group_array(json_array(
    conversation_id, claims.id, claims.librarian_id, answer_due_at IS NOT NULL, role = 'trainee', claims.desk_id))
FROM claims LEFT JOIN desk_members
    ON desk_members.desk_id = claims.desk_id AND desk_members.librarian_id = claims.librarian_id
WHERE conversation_id IN (SELECT value FROM json_each(?)) AND released_at IS NULL
"""
_ADD_IN_SQLITE = """
INSERT INTO messages
    (conversation_id, seq, kind, author, sender, client_id, librarian_id, body, details, created_at)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?, json_extract(value, '$[2]'),
    json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'), json_extract(value, '$[6]'),
    json_extract(value, '$[7]'), ?
FROM json_each(?)
"""
_MOVE_IN_SQLITE = """
UPDATE conversations SET last_seq = json_extract(value, '$[1]'), reader_seen_seq = json_extract(value, '$[2]'),
    staff_seen_seq = json_extract(value, '$[3]')
FROM json_each(?) WHERE conversations.id = json_extract(value, '$[0]')
"""

# Locked in the order of their ids, so that two processes with the same conversations wait instead of deadlocking.
_LOOK_IN_POSTGRES = """
SELECT id, reader_id, desk_id, state, language, last_seq, reader_seen_seq, staff_seen_seq
FROM conversations WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE
"""
# Not joined to the one above: what that one waited for may have changed who holds.
_WHO_HOLDS_IN_POSTGRES = """
SELECT conversation_id, claims.id, claims.librarian_id, answer_due_at IS NOT NULL, role = 'trainee', claims.desk_id
FROM claims LEFT JOIN desk_members
    ON desk_members.desk_id = claims.desk_id AND desk_members.librarian_id = claims.librarian_id
WHERE conversation_id = ANY(%(ids)s) AND released_at IS NULL
"""
_ADD_IN_POSTGRES = """
INSERT INTO messages
    (conversation_id, seq, kind, author, sender, client_id, librarian_id, body, details, created_at)
SELECT c, n, %(kind)s, a, s, i, l, b, d::json, %(now)s
FROM unnest(%(c)s::uuid[], %(n)s::int[], %(a)s::text[], %(s)s::text[], %(i)s::text[], %(l)s::uuid[], %(b)s::text[],
    %(d)s::text[]) AS given (c, n, a, s, i, l, b, d)
"""
_MOVE_IN_POSTGRES = """
UPDATE conversations SET last_seq = given.n, reader_seen_seq = given.r, staff_seen_seq = given.s
FROM unnest(%(c)s::uuid[], %(n)s::int[], %(r)s::int[], %(s)s::int[]) AS given (c, n, r, s)
WHERE conversations.id = given.c
"""


class _SqliteRows:
    """Ids are 32 hexadecimal digits here, times UTC without a zone; the writer holds the whole database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def conversations(self, ids: Collection[UUID]) -> dict[UUID, ConversationRow]:
        return {
            (found := _uuid(row[0])): ConversationRow(found, _uuid(row[1]), _uuid(row[2]), *row[3:])
            for row in self._look(_LOOK_IN_SQLITE, ids)
        }

    def holders(self, ids: Collection[UUID]) -> dict[UUID, Holder]:
        return {
            _uuid(conversation): Holder(
                _uuid(claim), _uuid(librarian), bool(is_due), bool(is_trainee), _uuid(desk) if desk else None
            )
            for conversation, claim, librarian, is_due, is_trainee, desk in self._look(_WHO_HOLDS_IN_SQLITE, ids)
        }

    def add(self, messages: Sequence[MessageRow], now: datetime) -> None:
        moment = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        rows = [
            (
                row.conversation_id.hex,
                row.seq,
                row.author,
                row.sender,
                row.client_id,
                row.librarian_id and row.librarian_id.hex,
                row.body,
                to_json(row.details).decode(),
            )
            for row in messages
        ]
        self._connection.exec_driver_sql(_ADD_IN_SQLITE, (_TEXT, moment, _listed(rows)))

    def move(self, conversations: Sequence[ConversationRow]) -> None:
        rows = [(row.id.hex, row.last_seq, row.reader_seen_seq, row.staff_seen_seq) for row in conversations]
        self._connection.exec_driver_sql(_MOVE_IN_SQLITE, (_listed(rows),))

    def _look(self, statement: str, ids: Collection[UUID]) -> list[Any]:
        listed = _listed([each.hex for each in ids])
        found: list[Any] = from_json(self._connection.exec_driver_sql(statement, (listed,)).scalar_one())
        return found


class _PostgresRows:
    """Columns go as arrays: a statement for each row would be a message to the server for each row."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def conversations(self, ids: Collection[UUID]) -> dict[UUID, ConversationRow]:
        rows = self._connection.exec_driver_sql(_LOOK_IN_POSTGRES, {"ids": list(ids)})
        return {row[0]: ConversationRow(*row) for row in rows}

    def holders(self, ids: Collection[UUID]) -> dict[UUID, Holder]:
        rows = self._connection.exec_driver_sql(_WHO_HOLDS_IN_POSTGRES, {"ids": list(ids)})
        return {row[0]: Holder(row[1], row[2], row[3], bool(row[4]), row[5]) for row in rows}

    def add(self, messages: Sequence[MessageRow], now: datetime) -> None:
        conversations, seqs, authors, senders, client_ids, librarians, bodies, details = map(
            list, zip(*messages, strict=True)
        )
        values = {"c": conversations, "n": seqs, "a": authors, "s": senders, "i": client_ids, "l": librarians}
        values |= {"b": bodies, "d": [to_json(each).decode() for each in details]}
        self._connection.exec_driver_sql(_ADD_IN_POSTGRES, {**values, "kind": _TEXT, "now": now})

    def move(self, conversations: Sequence[ConversationRow]) -> None:
        values = {
            "c": [row.id for row in conversations],
            "n": [row.last_seq for row in conversations],
            "r": [row.reader_seen_seq for row in conversations],
            "s": [row.staff_seen_seq for row in conversations],
        }
        self._connection.exec_driver_sql(_MOVE_IN_POSTGRES, values)


# The same few thousand people and conversations come again and again; to parse an id costs ten times a look-up.
@lru_cache(maxsize=16_384)
def _uuid(digits: str) -> UUID:
    return UUID(hex=digits)


def _listed(values: Sequence[Any]) -> str:
    return to_json(values).decode()
