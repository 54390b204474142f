"""Every sentence of the console has its Chinese, none is kept without use, and scripts find what templates find."""

import re
from pathlib import Path

import pytest

from admin import (
    application_wording,
    article_wording,
    card_wording,
    commission_wording,
    harvest_wording,
    import_wording,
    ledger_wording,
    mask_wording,
    money_wording,
    node_wording,
    opening_text,
    passing_wording,
    record_lines,
    reply_wording,
    roster_wording,
    search_wording,
    service_rows,
    service_wording,
    statistics_wording,
    supply_wording,
    wording,
    working_wording,
)
from admin.pages import article, duplicates, ledger_entry, node_cascade
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
    "lies before the beginning",
    f"has more than {MAX_ALTERNATES} entries",
    *(
        f"is longer than {limit} characters"
        for limit in (MAX_KEY_CHARACTERS, MAX_QUESTION_CHARACTERS, MAX_ANSWER_CHARACTERS)
    ),
}
_LISTS = (
    import_wording.STATES,
    import_wording.OUTCOMES,
    import_wording.FIELDS,
    import_wording.STRUCTURES,
    import_wording.ROW_REASONS,
    duplicates.DONE,
    ledger_entry.DONE,
    ledger_wording.ENTRY_STATES,
    ledger_wording.ORDERS,
    ledger_wording.OWNERS,
    ledger_wording.CLOSINGS,
    ledger_wording.UNDONE,
    import_wording.DONE,
    mask_wording.KINDS,
    mask_wording.PARTS,
    mask_wording.DONE,
    money_wording.KINDS,
    money_wording.METHODS,
    money_wording.LINE_STATES,
    money_wording.DONE,
    money_wording.INVOICE_KINDS,
    money_wording.INVOICE_FIELDS,
    money_wording.CALL_KINDS,
    money_wording.CALL_STATES,
    money_wording.HEADS,
    money_wording.FIGURES,
    money_wording.TOTAL_HEADS,
    money_wording.ROW_HEADS,
    money_wording.RECIPIENTS,
    supply_wording.SUPPLIER_TABS,
    supply_wording.OFFER_STATES,
    supply_wording.REASONS,
    supply_wording.LIMITS,
    supply_wording.SETTLEMENTS,
    supply_wording.WRONG,
    supply_wording.HEADS,
    statistics_wording.USES,
    statistics_wording.FRESHNESS,
    statistics_wording.VALIDITY,
    statistics_wording.OUTCOMES,
    statistics_wording.TABLES,
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
    article_wording.VISIBILITIES,
    article_wording.REASONS,
    article_wording.HAPPENINGS,
    article_wording.LAYER_LEVELS,
    article_wording.AGES,
    article_wording.PARTS,
    article_wording.CAUSES,
    article_wording.DONE,
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
    node_wording.TRAINEE_REVIEWS,
    record_lines.FIELDS,
    application_wording.APPLICATION_STATES,
    application_wording.FINDINGS,
    card_wording.LINE_KINDS,
    commission_wording.SHELVES,
    commission_wording.EMPTY,
    commission_wording.TABS,
    commission_wording.PAYMENT_STATES,
    commission_wording.PAYMENT_ORDERS,
    commission_wording.PURPOSES,
    commission_wording.QUOTE_STATES,
    commission_wording.REPORT_STATES,
    commission_wording.PAPER_KINDS,
    commission_wording.INVOICES,
    commission_wording.ENTRIES,
    commission_wording.DONE,
    harvest_wording.RUN_STATES,
    harvest_wording.RECORD_STATES,
    harvest_wording.INTERVALS,
    harvest_wording.REASONS,
    harvest_wording.DONE,
    card_wording.LINE_KIND_CHOICES,
    card_wording.LINE_KEYS,
    card_wording.CARD_STATES,
    roster_wording.COVERS,
    roster_wording.REQUEST_KINDS,
    wording.ROLES,
    working_wording.AVAILABILITIES,
    working_wording.AVAILABILITY_NOTES,
    working_wording.SOUNDS,
    working_wording.REPEAT_NAMES,
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
    reply_wording.CATEGORIES,
    reply_wording.VARIABLES,
    reply_wording.ORIGINS,
    reply_wording.OUTCOMES,
    search_wording.SORTS,
    search_wording.STATE_GROUPS,
    search_wording.CHANNELS,
    search_wording.RATINGS,
    search_wording.HANDED,
    search_wording.FILTERS,
    search_wording.COMMISSION_GROUPS,
    search_wording.DATED,
    search_wording.RECORD_KINDS,
    search_wording.RECORD_SUBJECTS,
    search_wording.RECORD_ACTIONS,
    service_wording.PARTS,
    service_wording.FIELD_KINDS,
    service_wording.FIELD_SIDES,
    service_wording.ACTORS,
    service_wording.OPERATIONS,
    service_wording.NEEDS,
    service_wording.ORDERS,
    service_wording.ACTS,
    service_wording.REASONS,
    service_wording.TELLS,
    service_wording.EFFECTS,
    service_wording.EVENTS,
    service_wording.ENTRIES,
    service_wording.HINTS,
    service_wording.CODE_HINTS,
    service_wording.TEMPLATES,
    service_wording.DIFFERENCES,
    service_rows.TITLES,
    service_rows.FORM_TITLES,
    {text: text for each in service_rows.HEADINGS.values() for text in each},
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
