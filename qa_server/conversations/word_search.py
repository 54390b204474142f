"""Finds the conversations that have all of some words, within conditions the caller gives, in the order of their age.

Where few of all conversations have the words, the index names them. Where many have, those that fit the conditions are
walked in order and their words compared, until there are enough: then a search costs no more as conversations grow.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation
from qa_server.conversations.search_models import ConversationText
from qa_server.conversations.word_index import is_sqlite
from qa_server.conversations.words import key_of, keys_beside

# Comparing the words of one conversation takes as long as reading so many from the index: 10 to 20 µs against 1 to 2.
COMPARING = 10.0
# Conversations above which words are usual: one in three of 100,000, one in thirty of a million.
USUAL = 30_000
# Conversations compared for usual words, 0.2 s, in parts of so many.
MOST = 12_000
WINDOW = 3_000
# Where fewer have the words the index is quicker: they are usual elsewhere, or there are millions of conversations.
_LOOKS_PER_HIT = 10
# The FTS5 table of SQLite; no model, for only SQLite has it.
_WORDS = table("conversation_words", column("rowid", Integer), column("words"))
# PostgreSQL counts a call as nothing, and would rather compute the words of every row anew (2.3 s for 100,000) than ask
# the index. Without so much memory it forgets which rows of a page the index named, and computes those anew.
_INDEX_SETTINGS = {"enable_seqscan": "off", "jit": "off", "work_mem": "'64MB'"}


@dataclass(frozen=True)
class Span:
    """Which of the conversations found: `limit` of them that come after `after` in the order, or from its beginning."""

    limit: int
    after: UUID | None = None
    is_oldest_first: bool = False

    def of(self, conditions: Sequence[ColumnElement[bool]]) -> Select[UUID]:
        """Return the ids of conversations that meet the conditions, as a statement."""
        key = Conversation.id
        statement = select(key).where(*conditions, *self.ahead()).limit(self.limit)
        return statement.order_by(key.asc() if self.is_oldest_first else key.desc())

    def ahead(self) -> list[ColumnElement[bool]]:
        """Return the condition that a conversation comes after `after`, none where there is no such."""
        if self.after is None:
            return []
        return [Conversation.id > self.after if self.is_oldest_first else Conversation.id < self.after]

    def has_ahead(self, conversation_id: UUID) -> bool:
        """Say whether a conversation comes after `after`."""
        if self.after is None:
            return True
        return conversation_id > self.after if self.is_oldest_first else conversation_id < self.after


def find(
    session: Session, words: Sequence[str], *, conditions: Sequence[ColumnElement[bool]], span: Span
) -> Sequence[UUID]:
    """Return the ids of conversations that have all of these words and meet the conditions. Reads only."""
    having = _count(session, words)
    is_walk = having > USUAL and not is_sqlite(session)
    most = MOST if is_walk else int(having / COMPARING)
    compared = _compared(session, words, conditions, span, most=most) if most else None
    if compared is not None:
        return compared
    by_index = _in_order if is_sqlite(session) else _sorted
    return by_index(session, words, conditions, span)


def _count(session: Session, words: Sequence[str]) -> int:
    """Return how many of all conversations have the words, whoever may see them; USUAL + 1 when there are more."""
    index = _WORDS if is_sqlite(session) else ConversationText
    some = select(literal(1)).select_from(index).where(_match(session, words)).limit(USUAL + 1).subquery()
    with _led_by_index(session):
        return session.scalar(select(func.count()).select_from(some)) or 0


def _compared(
    session: Session, words: Sequence[str], conditions: Sequence[ColumnElement[bool]], span: Span, *, most: int
) -> Sequence[UUID] | None:
    """Compare the words of those that fit, in order, until there are enough; None where `most` are not all of them.

    None, too, where few of those compared have the words.
    """
    found: list[UUID] = []
    looked = 0
    statement = replace(span, limit=most).of(conditions)
    # One statement that is read as far as needed: to begin again costs as much as the filters have to look at.
    options = {"yield_per": WINDOW} if most > WINDOW else {}
    with closing(session.scalars(statement, execution_options=options)) as candidates:
        for ids in candidates.partitions(WINDOW):
            looked += len(ids)
            if looked == most:
                return None
            found += _with_words(session, ids, words)
            if len(found) >= span.limit:
                break
            if len(ids) == WINDOW and len(found) * _LOOKS_PER_HIT < looked:
                return None
    return found[: span.limit]


def _in_order(
    session: Session, words: Sequence[str], conditions: Sequence[ColumnElement[bool]], span: Span
) -> Sequence[UUID]:
    """Return what SQLite's index names, which it does by age: it is read no further than needed."""
    found: list[UUID] = []
    moment = None
    # Not by way of the session, which would read to the end.
    with session.connection().execute(_by_age(_match(session, words), conditions, span)) as rows:
        for key, conversation_id in rows:
            # Keys of one moment are not in the order of ids: it is read to its end and put in order.
            if len(found) >= span.limit and keys_beside(key) != moment:
                break
            moment = keys_beside(key)
            found.append(conversation_id)
    return sorted(found, reverse=not span.is_oldest_first)[: span.limit]


def _by_age(match: ColumnElement[bool], conditions: Sequence[ColumnElement[bool]], span: Span) -> Select[int, UUID]:
    """Return keys and ids in the order of the keys, as a statement."""
    key = _WORDS.c.rowid
    statement = (
        select(key, Conversation.id)
        .select_from(ConversationText)
        .join(_WORDS, key == ConversationText.id)
        .join(Conversation, Conversation.id == ConversationText.conversation_id)
        .where(match, *conditions, *span.ahead())
    )
    if span.after is not None:
        # So that the index begins there.
        least, greatest = keys_beside(key_of(span.after))
        statement = statement.where(key >= least if span.is_oldest_first else key <= greatest)
    return statement.order_by(key.asc() if span.is_oldest_first else key.desc())


def _sorted(
    session: Session, words: Sequence[str], conditions: Sequence[ColumnElement[bool]], span: Span
) -> Sequence[UUID]:
    """Return what PostgreSQL's index names: all at once and in no order, 50 ms for 70,000."""
    hits = select(ConversationText.conversation_id).where(_match(session, words)).cte("hits")
    # Else it may walk conversations and compute the words of each.
    found = Conversation.id.in_(select(hits.prefix_with("MATERIALIZED").c.conversation_id))
    with _led_by_index(session):
        return session.scalars(span.of([found, *conditions])).all()


def _with_words(session: Session, conversation_ids: Sequence[UUID], words: Sequence[str]) -> list[UUID]:
    """Return those of some thousand conversations that have all of these words, in the same order."""
    padded = literal(" ") + ConversationText.words + literal(" ")
    # Many times quicker than a pattern.
    place_in = func.instr if is_sqlite(session) else func.strpos
    each_there = [place_in(padded, f" {word} ") > 0 for word in words]
    found = select(ConversationText.conversation_id).where(ConversationText.conversation_id.in_(conversation_ids))
    having = set(session.scalars(found.where(*each_there)))
    return [each for each in conversation_ids if each in having]


def _match(session: Session, words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a text has all of these words, by the index of each database."""
    if is_sqlite(session):
        wanted = " AND ".join(f'"{word}"' for word in words)
        return literal_column("conversation_words").op("MATCH", is_comparison=True)(wanted)
    # As in the migration that made the index, or the index is not seen to fit.
    vector = func.array_to_tsvector(func.string_to_array(ConversationText.words, literal_column("' '")))
    # Words are letters and digits: nothing in them has a meaning in the language of queries.
    return vector.op("@@", is_comparison=True)(cast(" & ".join(f"'{word}'" for word in words), TSQUERY))


@contextmanager
def _led_by_index(session: Session) -> Iterator[None]:
    """Have PostgreSQL read by the index of words whatever it expects; what follows is planned as before."""
    if is_sqlite(session):
        yield
        return
    session.execute(text("; ".join(f"SET LOCAL {name} = {value}" for name, value in _INDEX_SETTINGS.items())))
    yield
    # Not after an error: the transaction is over then, and the settings with it.
    session.execute(text("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _INDEX_SETTINGS)))
