"""Every sentence of the console has its Chinese, none is kept without use, and scripts find what templates find."""

import re
from pathlib import Path

import pytest

from admin import (
    application_wording,
    card_wording,
    node_wording,
    opening_text,
    passing_wording,
    roster_wording,
    wording,
)
from admin.pages import article, node_cascade
from admin.wording import event_sentence
from knowledge.content import MAX_ALTERNATES, MAX_ANSWER_CHARACTERS, MAX_KEY_CHARACTERS, MAX_QUESTION_CHARACTERS
from knowledge.models import ArticleState, QuestionType, ServiceTopic
from qa_server.conversations.models import Resolution, State
from qa_server.i18n import read_catalogue

ADMIN = Path(__file__).parent.parent.parent / "admin"
_CALL = re.compile(r"""\b(?:t|say)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_SHORTCUT = re.compile(r'label: "([^"]+)"')
_REFUSED_FIELD = {
    "is empty",
    "is not known",
    "is not a date",
    "is not made of lower-case words joined by dots",
    "contains a control character",
    "has no time zone",
    f"has more than {MAX_ALTERNATES} entries",
    *(
        f"is longer than {limit} characters"
        for limit in (MAX_KEY_CHARACTERS, MAX_QUESTION_CHARACTERS, MAX_ANSWER_CHARACTERS)
    ),
}
_LISTS = (
    wording.STATES,
    wording.RESOLUTIONS,
    wording.RESOLUTION_NOTES,
    wording.READ_LEVELS,
    wording.EVENTS,
    wording.LEVELS,
    wording.ARTICLE_STATES,
    wording.TOPICS,
    wording.QUESTION_TYPES,
    wording.CLC_CLASSES,
    wording.LANGUAGES,
    node_wording.TABS,
    node_wording.DONE,
    node_wording.WEEKDAYS,
    node_wording.SUBJECTS,
    node_wording.ACTIONS,
    node_wording.SETTING_KINDS,
    node_wording.DESK_KINDS,
    node_wording.DESK_MODES,
    node_wording.DESK_STATES,
    node_wording.MEMBER_ROLES,
    application_wording.APPLICATION_STATES,
    application_wording.FINDINGS,
    card_wording.LINE_KINDS,
    card_wording.LINE_KIND_CHOICES,
    card_wording.LINE_KEYS,
    card_wording.CARD_STATES,
    roster_wording.COVERS,
    roster_wording.REQUEST_KINDS,
    wording.ROLES,
    passing_wording.HAND_OVER_REASONS,
    passing_wording.HAND_OVER_STATES,
    passing_wording.RELATIONS,
    passing_wording.WHY_HERE,
    passing_wording.DECISIONS,
    passing_wording.SUPERVISION,
    passing_wording.POINTS,
    passing_wording.SKIPS,
    passing_wording.QUESTION_KINDS,
    passing_wording.WHENS,
    passing_wording.DUTY_KINDS,
    passing_wording.DUTY_STATES,
    node_cascade.PLACES,
    node_cascade.SECONDS,
)


def spoken() -> set[str]:
    """Return every sentence that a page or a script of the console may say."""
    found = {opening_text.TIMES_REMEDY, opening_text.DAY_REMEDY} | set(_REFUSED_FIELD)
    found |= set(article.DONE.values()) | {text for each in _LISTS for text in each.values()}
    for path in (*ADMIN.rglob("*.html"), *ADMIN.rglob("*.js"), *(ADMIN / "pages").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        found |= {double or single for double, single in _CALL.findall(source)}
    shortcuts = ADMIN / "static" / "lib" / "shortcuts.js"
    return found | set(_SHORTCUT.findall(shortcuts.read_text(encoding="utf-8")))


def test_every_sentence_has_its_chinese() -> None:
    missing = spoken() - set(read_catalogue(ADMIN / "locales" / "zh_CN.po"))
    assert missing == set()


def test_no_translation_is_kept_without_use() -> None:
    unused = set(read_catalogue(ADMIN / "locales" / "zh_CN.po")) - spoken()
    assert unused == set()


def test_chinese_is_translated_into_chinese() -> None:
    same = {
        key
        for key, text in read_catalogue(ADMIN / "locales" / "zh_CN.po").items()
        if not re.search("[\u4e00-\u9fff]", text)
    }
    assert same == set()


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (wording.STATES, State),
        (wording.RESOLUTIONS, Resolution),
        (wording.RESOLUTION_NOTES, Resolution),
        (wording.ARTICLE_STATES, ArticleState),
        (wording.TOPICS, ServiceTopic),
        (wording.QUESTION_TYPES, QuestionType),
    ],
)
def test_every_code_has_a_word(words: dict[str, str], codes: type[State]) -> None:
    assert set(words) == {str(code) for code in codes}


def test_an_event_names_who_and_why() -> None:
    assert event_sentence("released", {"reason": "returned"}, "Lin") == (
        "{name} gave the question back",
        {"name": "Lin"},
    )
    assert event_sentence("closed", {"by": "reader"}, None)[0] == "The reader ended the conversation"
    assert event_sentence("something_new", {}, None)[0] == "something_new"
