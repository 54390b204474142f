"""Keeps the words of conversations in the database, on SQLite and PostgreSQL.

The database is the truth: what is behind is seen by comparing numbers, whatever was missed in between.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    delete,
    func,
    insert,
    select,
    text,
)
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


@dataclass(frozen=True)
class Found:
    """The words of a conversation up to a number, and how many notes are among them."""

    conversation_id: UUID
    seq: int
    notes: int
    words: str


def read(session: Session, conversation_ids: Collection[UUID]) -> list[Found]:
    """Return the words of those of these conversations that are behind. Reads only: what is new, as far as possible."""
    ids = list(conversation_ids)
    known = _known(session, ids)
    notes = _notes(session, ids)
    rows = session.execute(select(Conversation.id, Conversation.last_seq).where(Conversation.id.in_(ids)))
    behind = {row.id: row.last_seq for row in rows if _is_behind(known.get(row.id), row.last_seq, notes[row.id])}
    fresh = _fresh(session, behind.keys())
    # A word that was taken back may be found no more: all of such a conversation is read again.
    changed = {each for each, messages in fresh.items() if each in known and any(m.is_change for m in messages)}
    whole = _fresh(session, changed, is_whole=True)
    found = []
    for conversation_id, last_seq in behind.items():
        is_new = conversation_id not in known or conversation_id in changed
        messages = whole[conversation_id] if conversation_id in changed else fresh[conversation_id]
        words = words_of([*(each.body for each in messages if each.is_text), *notes[conversation_id]])
        if not is_new:
            words |= set(known[conversation_id].words.split())
        # What was said since the number was looked up comes with the next round.
        row = Found(conversation_id, last_seq, len(notes[conversation_id]), " ".join(sorted(words)))
        found.append(row)
    return found


def write(session: Session, found: Sequence[Found], *, now: datetime) -> int:
    """Keep words that were read; return how many. Those of somebody who read more by now stay."""
    known = _known(session, [each.conversation_id for each in found])
    values = [
        {**asdict(each), "taken_at": now} for each in found if not _is_passed(known.get(each.conversation_id), each)
    ]
    if values:
        (_write_in_sqlite if is_sqlite(session) else _write_in_postgres)(session, values, known)
    return len(values)


def take_up(session: Session, conversation_ids: Collection[UUID], *, now: datetime) -> int:
    """Bring the words of these conversations up to date at once; return how many were behind. Safe to repeat."""
    return write(session, read(session, conversation_ids), now=now)


def is_sqlite(session: Session) -> bool:
    """Say which of the two databases a session speaks to."""
    return session.get_bind().dialect.name == "sqlite"


_Values = list[dict[str, Any]]
_Known = Mapping[UUID, ConversationText]


def _is_behind(known: ConversationText | None, last_seq: int, notes: Sequence[str]) -> bool:
    return known is None or known.seq < last_seq or known.notes < len(notes)


def _is_passed(known: ConversationText | None, found: Found) -> bool:
    return known is not None and known.seq >= found.seq and known.notes >= found.notes


class _Said(NamedTuple):
    body: str
    is_text: bool
    is_change: bool


def _known(session: Session, ids: Sequence[UUID]) -> dict[UUID, ConversationText]:
    rows = session.scalars(select(ConversationText).where(ConversationText.conversation_id.in_(ids)))
    return {row.conversation_id: row for row in rows}


def _fresh(session: Session, ids: Collection[UUID], *, is_whole: bool = False) -> dict[UUID, list[_Said]]:
    """Return what was said in these conversations since their words were taken up, or all of it.

    Long chats are long: no rows of the mapper, and nothing of what is known.
    """
    statement = (
        select(Conversation.id, Message.kind, Message.body, Message.details)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.id.in_(ids))
    )
    if not is_whole:
        known = ConversationText.conversation_id == Conversation.id
        statement = statement.outerjoin(ConversationText, known).where(
            Message.seq > func.coalesce(ConversationText.seq, 0)
        )
    found: dict[UUID, list[_Said]] = defaultdict(list)
    for conversation_id, kind, body, details in session.execute(statement):
        found[conversation_id].append(_Said(body, kind == Kind.TEXT, details.get("event") in _CHANGES))
    return found


def _notes(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
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
