"""The words by which conversations are found."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_server.conversations.words import MAX_WORD_CHARACTERS, id_at, key_of, wanted_words, words_of
from qa_server.desk.search_excerpts import EXCERPT_CHARACTERS, Piece, excerpt, pieces
from qa_server.desk.search_filters import ConversationFilters, read_filters
from storage.base import new_id


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("文献传递", "图书馆的文献传递服务"),
        ("文獻傳遞", "图书馆的文献传递服务"),
        ("借", "怎么续借？"),
        ("renewing", "Can I renew it?"),
        ("ＩＳＢＮ 978", "isbn 978-7-04"),
        ("续借 renew", "How to renew（续借）"),
    ],
)
def test_a_text_has_the_words_that_people_look_for(query: str, text: str) -> None:
    assert wanted_words(query)
    assert set(wanted_words(query)) <= words_of([text])


@pytest.mark.parametrize(("query", "text"), [("传文", "文献传递"), ("renew", "new books"), ("续借", "续了又借")])
def test_a_text_without_the_words_does_not_have_them(query: str, text: str) -> None:
    assert not set(wanted_words(query)) <= words_of([text])


@given(st.text(max_size=200))
def test_words_are_letters_and_digits_that_both_databases_take(text: str) -> None:
    for word in words_of([text]) | set(wanted_words(text)):
        assert word.isalnum() or all(letter.isalnum() or letter.isnumeric() for letter in word), word
        assert 0 < len(word) <= MAX_WORD_CHARACTERS


@given(st.text(alphabet="图书馆续借abc de", min_size=1, max_size=30))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert set(wanted_words(text)) <= words_of([text])


def test_keys_grow_with_the_age_of_conversations() -> None:
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    ids = [id_at(int((moment + timedelta(hours=hours)).timestamp() * 1_000)) for hours in range(48)]
    assert [key_of(each) for each in ids] == sorted({key_of(each) for each in ids})
    assert 0 < key_of(new_id()) < 2**63 > key_of(UUID(int=2**128 - 1))


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_pieces_put_together_are_the_text(text: str, hits: list[str]) -> None:
    assert "".join(piece.text for piece in pieces(text, hits)) == text


def test_an_excerpt_shows_the_words_around_the_hit_and_marks_it() -> None:
    found = excerpt("续借", ["没有关系的话", "好" * 300 + "可以续借一次" + "啊" * 300])
    assert Piece(text="续借", is_hit=True) in found
    assert len("".join(piece.text for piece in found)) <= EXCERPT_CHARACTERS + 2
    assert excerpt("续借", ["没有"]) == []


@given(st.dictionaries(st.sampled_from(["q", "desk", "state", "read", "rating", "first", "sort", "x"]), st.text()))
def test_filters_are_read_from_anything_and_written_back_the_same(given: dict[str, str]) -> None:
    filters = read_filters(given)
    assert read_filters(filters.written()) == filters


def test_filters_that_are_none_narrow_nothing() -> None:
    wrong = {"desk": "x", "state": "gone", "read": "7", "rating": "9", "first": "0001-01-01", "language": "fr"}
    assert read_filters(wrong) == ConversationFilters()
