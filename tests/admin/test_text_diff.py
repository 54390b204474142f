"""The difference of two texts is readable, complete, and quick on the largest texts."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.text_diff import Segment, difference, has_changed

TEXTS = st.text(alphabet="图书馆ab \n，", max_size=60)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("可续借一次。", "可续借两次。", [("same", "可续借"), ("removed", "一"), ("added", "两"), ("same", "次。")]),
        ("open at 8", "open at 9", [("same", "open at "), ("removed", "8"), ("added", "9")]),
        ("same", "same", [("same", "same")]),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        ("a\nb\n", "a\nc\nb\n", [("same", "a\n"), ("added", "c\n"), ("same", "b\n")]),
    ],
)
def test_a_difference_is_shown_in_words_and_characters(before: str, after: str, shown: list[tuple[str, str]]) -> None:
    assert [(segment.kind, segment.text) for segment in difference(before, after)] == shown


@given(TEXTS, TEXTS)
def test_the_segments_spell_both_texts(before: str, after: str) -> None:
    segments = difference(before, after)
    assert _spelled(segments, without="added") == before
    assert _spelled(segments, without="removed") == after
    assert has_changed(segments) == (before != after)


def test_the_largest_texts_are_compared_in_time() -> None:
    started = perf_counter()
    difference("图书馆开放时间" * 2_800, "开放时间图书馆" * 2_800)
    assert perf_counter() - started < 2


def _spelled(segments: list[Segment], *, without: str) -> str:
    return "".join(segment.text for segment in segments if segment.kind != without)
