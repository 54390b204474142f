"""Keeps the words of conversations in the database, and finds conversations by them, on SQLite and PostgreSQL.

The database is the truth: what is behind is seen by comparing numbers, whatever was missed in between.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.dialects.postgresql import insert as insert_in_postgres
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation, Kind, Message, Note
from qa_server.conversations.search_models import ConversationText
from qa_server.conversations.words import key_of, words_of

# Rows compared or taken up in one short transaction.
SLICE = 500
_CHANGES = frozenset({"edited", "deleted"})
# Keys looked at beyond one that is taken; more conversations never share a moment and fifteen random bits.
_NEIGHBOURS = 4

# The FTS5 table of SQLite; no model, for only SQLite has it.
WORDS = table("conversation_words", column("rowid", Integer), column("words"))


@dataclass(frozen=True)
class Slice:
    """Some conversations in the order of their age: those whose words are behind, and the last one looked at."""

    behind: list[UUID]
    last: UUID | None


def compare(session: Session, *, after: UUID, limit: int = SLICE) -> Slice:
    """Look at the next conversations after an id; `last` is None at the end. Reads only."""
    noted = select(func.count()).select_from(Note).where(Note.conversation_id == Conversation.id).scalar_subquery()
    rows = session.execute(
        select(Conversation.id, Conversation.last_seq, noted, ConversationText.seq, ConversationText.notes)
        .outerjoin(ConversationText, ConversationText.conversation_id == Conversation.id)
        .where(Conversation.id > after)
        .order_by(Conversation.id)
        .limit(limit)
    ).all()
    behind = [row[0] for row in rows if row[3] is None or row[3] < row[1] or row[4] < row[2]]
    return Slice(behind, rows[-1][0] if len(rows) == limit else None)


def take_up(session: Session, conversation_ids: Collection[UUID], *, now: datetime) -> int:
    """Bring the words of these conversations up to date; return how many were behind. Safe to repeat."""
    ids = list(conversation_ids)
    known = {
        row.conversation_id: row
        for row in session.scalars(select(ConversationText).where(ConversationText.conversation_id.in_(ids)))
    }
    notes = _notes(session, ids)
    rows = session.execute(select(Conversation.id, Conversation.last_seq).where(Conversation.id.in_(ids)))
    behind = {row.id: row.last_seq for row in rows if _is_behind(known.get(row.id), row.last_seq, notes[row.id])}
    messages = _messages(session, behind.keys())
    values = []
    for conversation_id, last_seq in behind.items():
        words = _words(known.get(conversation_id), messages[conversation_id], notes[conversation_id])
        row = {"seq": last_seq, "notes": len(notes[conversation_id]), "words": " ".join(sorted(words)), "taken_at": now}
        values.append({"conversation_id": conversation_id, **row})
    if values:
        write = _write_in_sqlite if is_sqlite(session) else _write_in_postgres
        write(session, values, known)
    return len(values)


def matches(session: Session, words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a text has all of these words. On SQLite WORDS has to be joined by its rowid."""
    if is_sqlite(session):
        wanted = " AND ".join(f'"{word}"' for word in words)
        return literal_column("conversation_words").op("MATCH", is_comparison=True)(wanted)
    vector = func.array_to_tsvector(func.string_to_array(ConversationText.words, literal_column("' '")))
    # Words are letters and digits: nothing in them has a meaning in the language of queries.
    return vector.op("@@", is_comparison=True)(cast(" & ".join(f"'{word}'" for word in words), TSQUERY))


def has_words(words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a conversation has all of these words, without the index: for a few conversations."""
    padded = literal(" ") + ConversationText.words + literal(" ")
    # Words are letters and digits: none of them is a wildcard.
    each_there = [padded.like(f"% {word} %") for word in words]
    return exists().where(ConversationText.conversation_id == Conversation.id, *each_there)


def is_sqlite(session: Session) -> bool:
    """Say which of the two databases a session speaks to."""
    return session.get_bind().dialect.name == "sqlite"


_Values = list[dict[str, Any]]
_Known = Mapping[UUID, ConversationText]


def _is_behind(known: ConversationText | None, last_seq: int, notes: Sequence[str]) -> bool:
    return known is None or known.seq < last_seq or known.notes < len(notes)


def _words(known: ConversationText | None, messages: Sequence[Message], notes: Sequence[str]) -> set[str]:
    fresh = [each for each in messages if known is None or each.seq > known.seq]
    words = set(known.words.split()) if known else set()
    if known and any(each.details.get("event") in _CHANGES for each in fresh):
        # A word that was taken back may be found no more: all are read again.
        fresh, words = list(messages), set()
    return words | words_of([*(each.body for each in fresh if each.kind == Kind.TEXT), *notes])


def _messages(session: Session, ids: Collection[UUID]) -> dict[UUID, list[Message]]:
    found: dict[UUID, list[Message]] = defaultdict(list)
    for each in session.scalars(select(Message).where(Message.conversation_id.in_(ids)).order_by(Message.seq)):
        found[each.conversation_id].append(each)
    return found


def _notes(session: Session, ids: Collection[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = session.execute(select(Note.conversation_id, Note.body).where(Note.conversation_id.in_(ids)))
    for conversation_id, body in rows:
        found[conversation_id].append(body)
    return found


def _keys(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the keys of new rows. Two conversations of one moment may share one; the later one takes the next."""
    wanted = {each: key_of(each) for each in ids}
    near = {key + step for key in wanted.values() for step in range(_NEIGHBOURS)}
    taken = set(session.scalars(select(ConversationText.id).where(ConversationText.id.in_(near))))
    for each, key in wanted.items():
        while key in taken:
            key += 1
        taken.add(key)
        wanted[each] = key
    return wanted


def _write_in_sqlite(session: Session, values: _Values, known: _Known) -> None:
    old = [known[each["conversation_id"]] for each in values if each["conversation_id"] in known]
    if old:
        # A contentless index forgets a row only when it is told what the row held.
        forget = "INSERT INTO conversation_words(conversation_words, rowid, words) VALUES ('delete', :id, :words)"
        session.execute(text(forget), [{"id": each.id, "words": each.words} for each in old])
    keys = _keys(session, [each["conversation_id"] for each in values if each["conversation_id"] not in known])
    keys |= {each.conversation_id: each.id for each in old}
    rows = [{"id": keys[each["conversation_id"]], **each} for each in values]
    if old:
        session.execute(delete(ConversationText).where(ConversationText.id.in_([each.id for each in old])))
    session.execute(insert(ConversationText), rows)
    add = "INSERT INTO conversation_words(rowid, words) VALUES (:id, :words)"
    session.execute(text(add), [{"id": each["id"], "words": each["words"]} for each in rows])


def _write_in_postgres(session: Session, values: _Values, known: _Known) -> None:
    keys = _keys(session, [each["conversation_id"] for each in values if each["conversation_id"] not in known])
    keys |= {each: row.id for each, row in known.items()}
    statement = insert_in_postgres(ConversationText).values(
        [{"id": keys[each["conversation_id"]], **each} for each in values]
    )
    given = statement.excluded
    # Several processes may take up the same conversation: whoever read more wins.
    read_less = (ConversationText.seq <= given.seq) & (ConversationText.notes <= given.notes)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ConversationText.conversation_id],
            set_={"seq": given.seq, "notes": given.notes, "words": given.words, "taken_at": given.taken_at},
            where=read_less,
        )
    )
