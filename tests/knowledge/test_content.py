"""Limits of what an article may hold, each refused by the name of its field."""

from datetime import UTC, datetime

import pytest

from knowledge.content import (
    MAX_ALTERNATES,
    MAX_ANSWER_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    MAX_SOURCES,
    check_content,
)
from knowledge.errors import ArticleContentInvalid
from tests.knowledge.factories import content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question", "  "),
        ("question", "x" * (MAX_QUESTION_CHARACTERS + 1)),
        ("question", "bell\x07"),
        ("question", "half \ud800"),
        ("answer", ""),
        ("answer", "x" * (MAX_ANSWER_CHARACTERS + 1)),
        ("answer", "nul\x00"),
        ("alternates", ("ok", " ")),
        ("alternates", tuple(f"wording {n}" for n in range(MAX_ALTERNATES + 1))),
        ("sources", ("x",) * (MAX_SOURCES + 1)),
        ("key", "Upper.Case"),
        ("key", ""),
        ("key", "a" * 121),
        ("language", "fr"),
        ("service_topic", "cooking"),
        ("question_type", "riddle"),
        ("clc_class", "L"),
        ("clc_class", "TP"),
        ("valid_until", datetime(2027, 1, 1)),
    ],
)
def test_a_field_that_breaks_its_limit_is_named(field: str, value: object) -> None:
    with pytest.raises(ArticleContentInvalid) as refusal:
        check_content(content(**{field: value}))
    assert refusal.value.details["field"] == field


def test_text_at_its_limit_is_taken_and_trimmed() -> None:
    checked = check_content(
        content(
            question=f" {'问' * MAX_QUESTION_CHARACTERS} ",
            answer="line one\n\tline two\r\n",
            clc_class="R",
            valid_until=datetime(2027, 1, 1, tzinfo=UTC),
        )
    )
    assert len(checked.question) == MAX_QUESTION_CHARACTERS
    assert checked.answer == "line one\n\tline two"


def test_repeated_alternates_are_dropped_and_the_question_is_none_of_them() -> None:
    checked = check_content(content(question="几点开门", alternates=("几点开门", "早上啥时候开", " 早上啥时候开 ")))
    assert checked.alternates == ("早上啥时候开",)
