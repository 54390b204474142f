"""Words find the same conversations by the index, by comparing and by walking, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, event, insert, text
from sqlalchemy.orm import Session

from qa_server.conversations import word_index, word_search
from qa_server.conversations.models import Conversation, Message, State
from qa_server.conversations.word_search import Span
from qa_server.conversations.words import wanted_words
from qa_server.desk.workplace import Workplace
from storage.base import new_id
from tests.village import Village, come_in

CONVERSATIONS = 150
# Every how many conversations have a word.
WORDS = {"常用": 1, "常见": 2, "少见": 12, "一次": 100, "没有": 1_000}
# What the other library's conversations have besides, and nobody else's.
THEIRS = "邻馆"
SEARCHES = ("常用", "常见", "少见", "一次", "没有", "常见 少见", THEIRS, f"常用 {THEIRS}")
# How dear comparing is, which words are usual, how many are compared at a time; no test has 100,000 conversations.
WAYS = {"index": (10.0, 30_000, 3_000), "compared": (0.001, 30_000, 3_000), "walked": (1e9, 0, 30)}


class Shelf:
    """Conversations of two libraries in turn, oldest first, with words as often as WORDS says."""

    def __init__(self, place: Workplace, people: Village) -> None:
        self.place = place
        self.people = people
        self.ids = [new_id() for _ in range(CONVERSATIONS)]
        reader, _ = come_in(place)
        with place.database.write() as session:
            session.execute(insert(Conversation), [self._row(each, reader.id) for each in range(CONVERSATIONS)])
            session.execute(insert(Message), [self._message(each) for each in range(CONVERSATIONS)])
            word_index.take_up(session, self.ids, now=place.clock())

    @property
    def ours(self) -> ColumnElement[bool]:
        """The condition that leaves the conversations of library A."""
        return Conversation.library_id == self.people.library_a

    def words(self, number: int) -> set[str]:
        """Return what is said in a conversation."""
        # Counted from one, so that the first has not every word.
        said = {word for word, every in WORDS.items() if (number + 1) % every == 0}
        return said if self.is_ours(number) else said | {THEIRS}

    def is_ours(self, number: int) -> bool:
        """Say whether a conversation is one of library A."""
        return number % 3 > 0

    def expected(self, q: str, *, only_ours: bool, span: Span) -> list[UUID]:
        """Return what is to be found, by looking at each."""
        numbers = [each for each in range(CONVERSATIONS) if set(q.split()) <= self.words(each)]
        found = [self.ids[each] for each in numbers if self.is_ours(each) or not only_ours]
        return [each for each in (found if span.is_oldest_first else found[::-1]) if span.has_ahead(each)][: span.limit]

    def find(self, session: Session, q: str, *, only_ours: bool, span: Span) -> list[UUID]:
        """Search by words."""
        conditions = [self.ours] if only_ours else []
        return list(word_search.find(session, wanted_words(q), conditions=conditions, span=span))

    def _row(self, number: int, reader_id: UUID) -> dict[str, object]:
        people, is_ours = self.people, self.is_ours(number)
        at = self.place.clock() + timedelta(seconds=number)
        return {
            "id": self.ids[number],
            "number": f"X-2026-{number:06d}",
            "reader_id": reader_id,
            "client_id": f"shelf-{number:06d}",
            "library_id": people.library_a if is_ours else people.library_b,
            "desk_id": people.desk_a if is_ours else people.desk_b,
            "language": "zh",
            "question": "?",
            "state": State.CLOSED.value,
            "last_seq": 1,
            "created_at": at,
            "queued_at": at,
        }

    def _message(self, number: int) -> dict[str, object]:
        return {
            "conversation_id": self.ids[number],
            "seq": 1,
            "kind": "text",
            "author": "reader",
            "sender": "shelf",
            "client_id": "shelf-0001",
            "body": "，".join(sorted(self.words(number))),
            "details": {},
            "created_at": self.place.clock(),
        }


@pytest.fixture
def shelf(place: Workplace, people: Village) -> Shelf:
    """Conversations enough to be found in several ways."""
    return Shelf(place, people)


def choose(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have searches go one way, by constants that stand for other sizes."""
    for name, value in zip(("COMPARING", "USUAL", "WINDOW"), WAYS[way], strict=True):
        monkeypatch.setattr(word_search, name, value)


@contextmanager
def heard(session: Session) -> Iterator[list[str]]:
    """Collect the statements that reach the database."""
    statements: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", hear)
    yield statements
    event.remove(session.get_bind(), "before_cursor_execute", hear)


@pytest.mark.parametrize("way", WAYS)
def test_each_way_finds_what_looking_at_all_finds(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    choose(way, monkeypatch)
    middle = shelf.ids[CONVERSATIONS // 2]
    spans = [
        Span(limit, after, is_oldest_first)
        for limit, after, is_oldest_first in product((10, 1_000), (None, middle, new_id()), (False, True))
    ]
    with shelf.place.database.read() as session:
        for q, only_ours, span in product(SEARCHES, (False, True), spans):
            found = shelf.find(session, q, only_ours=only_ours, span=span)
            assert found == shelf.expected(q, only_ours=only_ours, span=span), (q, only_ours, span)


@pytest.mark.parametrize(
    ("way", "q", "compares", "lists"),
    [
        ("index", "常见", 0, True),
        ("compared", "常见", 1, False),
        ("walked", "常用", 1, False),
        ("walked", "少见", 4, False),
        # Usual elsewhere: given up after one part.
        ("walked", THEIRS, 1, True),
        ("walked", "没有", 0, True),
    ],
)
def test_words_are_looked_for_where_there_is_less_to_look_at(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, way: str, q: str, compares: int, lists: bool
) -> None:
    choose(way, monkeypatch)
    with shelf.place.database.read() as session, heard(session) as statements:
        shelf.find(session, q, only_ours=True, span=Span(20))
        if word_index.is_sqlite(session) and way == "walked":
            # Its index names the rows in order already.
            compares, lists = 0, True
    compared = [each for each in statements if "strpos(" in each or "instr(" in each]
    listed = [each for each in statements if ("@@" in each or "MATCH" in each) and "count(" not in each]
    assert (len(compared), bool(listed)) == (compares, lists)


def test_postgres_reads_by_the_index_of_words_and_plans_the_rest_as_before(shelf: Shelf) -> None:
    settings = "SELECT name, setting FROM pg_settings WHERE name IN ('enable_seqscan', 'jit', 'work_mem')"
    scans = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'conversation_texts'"
    with shelf.place.database.read() as session:
        if word_index.is_sqlite(session):
            pytest.skip("SQLite has no other way to ask its index")
        before = (session.execute(text(settings)).all(), session.scalar(text(scans)))
        assert shelf.find(session, "常用", only_ours=False, span=Span(10)) == shelf.ids[:-11:-1]
        # Left to itself it would read so small a table whole.
        assert (session.execute(text(settings)).all(), session.scalar(text(scans))) == before
