"""What a canned reply may say, what its variables become, and which of several with one shortcut wins."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sounds import initials
from qa_server.replies.errors import ReplyInvalid, ReplyVariableUnknown
from qa_server.replies.fields import ReplyFields, checked
from qa_server.replies.holders import Holder, HolderKind, nearest_first, winners
from qa_server.replies.models import CannedReply
from qa_server.replies.variables import BLANK, VARIABLES, fill, normalised

GOOD = ReplyFields(shortcut="hi", title_zh="问候", text_zh="您好，{reader_name}！", category="greeting")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("您好，{reader_name}！", "您好，{reader_name}！"),
        ("{ Library } is open {hours_today}.", "{library} is open {hours_today}."),
        ("请致电｛library_phone｝。", "请致电{library_phone}。"),
        ("{reader name}, {Library-Phone}", "{reader_name}, {library_phone}"),
        ("Set {1, 2} and {} and {3} stay", "Set {1, 2} and {} and {3} stay"),
        ("a { b", "a { b"),
    ],
)
def test_variables_are_kept_in_one_form_and_other_braces_stay(typed: str, kept: str) -> None:
    assert normalised(typed) == kept


@pytest.mark.parametrize("unknown", ["{name}", "{读者姓名}", "｛phone｝", "{reader_name_}", "{library}{x}"])
def test_a_name_that_stands_for_nothing_is_refused_and_the_known_ones_are_named(unknown: str) -> None:
    with pytest.raises(ReplyVariableUnknown) as refused:
        normalised(unknown)
    assert "{reader_name}" in str(refused.value.details["known"])


def test_filling_in_leaves_a_blank_for_what_is_not_known_and_names_it_once() -> None:
    filled = fill("{library}: {library_phone}, again {library_phone}", {"library": "AAA", "library_phone": ""})
    assert filled.text == f"AAA: {BLANK}, again {BLANK}"
    assert filled.missing == ("library_phone",)


def test_what_a_variable_is_filled_with_is_not_looked_at_again() -> None:
    assert fill("{reader_name} {number}", {"reader_name": "{number}", "number": "7"}).text == "{number} 7"


@given(st.text(max_size=200))
def test_a_text_that_was_kept_once_is_kept_as_it_is(text: str) -> None:
    try:
        kept = normalised(text)
    except ReplyVariableUnknown:
        return
    assert normalised(kept) == kept
    assert fill(kept, dict.fromkeys(VARIABLES, "x")).missing == ()


def test_a_reply_is_made_even_before_it_is_kept() -> None:
    typed = replace(
        GOOD,
        shortcut=" /Hi-There ",
        title_en="  Two\nlines ",
        text_en="one\r\ntwo\x07 ",
        subject=" tp3 ",
        tags=("a", "", "a", " b "),
    )
    kept = checked(typed)
    assert (kept.shortcut, kept.title_en, kept.text_en) == ("hi-there", "Two lines", "one\ntwo")
    assert (kept.subject, kept.tags) == ("TP3", ("a", "b"))


@pytest.mark.parametrize(
    "changes",
    [
        {"shortcut": ""},
        {"shortcut": "two words"},
        {"shortcut": "a/b"},
        {"shortcut": "x" * 33},
        {"title_zh": " "},
        {"title_en": "x" * 101},
        {"text_zh": "", "text_en": " \n"},
        {"text_zh": "x" * 2001},
        {"category": "joke"},
        {"subject": "L1"},
        {"subject": "H-"},
        {"tags": tuple("abcdefghi")},
        {"tags": ("x" * 25,)},
        {"read_level": 2},
        {"hours": 24},
        {"codes": ("loans",)},
        {"resolution": "finished"},
        {"resolution": "answered", "read_level": 7},
        {"resolution": "follow_up_home", "hours": 9},
        {"resolution": "answered", "codes": ("a", "b", "c", "d", "e")},
        {"resolution": "answered", "codes": ("two words",)},
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(changes: dict[str, object]) -> None:
    with pytest.raises(ReplyInvalid) as refused:
        checked(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert refused.value.details["reason"]


@pytest.mark.parametrize("shortcut", ["hi", "校外", "a.b_c-d", "2024"])
def test_shortcuts_may_be_in_any_script(shortcut: str) -> None:
    assert checked(replace(GOOD, shortcut=shortcut)).shortcut == shortcut


LIN, DESK, HOME, OWN, PROVINCE, NATION = (uuid4() for _ in range(6))
EVERYBODY = {
    "person": {"librarian_id": LIN},
    "desk": {"desk_id": DESK},
    "home": {"library_id": HOME},
    "province": {"library_id": PROVINCE},
    "nation": {"library_id": NATION},
    "own": {"library_id": OWN},
}
ORDER = nearest_first(
    person_id=LIN, desk_ids={DESK}, home_path=(HOME, PROVINCE, NATION), own_path=(OWN, PROVINCE, NATION)
)


def held_by(name: str, shortcut: str = "hi") -> CannedReply:
    """Return a reply of one of these."""
    columns: dict[str, UUID | None] = {"library_id": None, "desk_id": None, "librarian_id": None, **EVERYBODY[name]}
    return CannedReply(id=uuid4(), shortcut=shortcut, **columns)


@pytest.mark.parametrize(
    ("there", "winner"),
    [
        (("person", "desk", "home", "own"), "person"),
        (("desk", "home", "nation"), "desk"),
        (("home", "own", "nation"), "home"),
        (("province", "own", "nation"), "province"),
        (("nation", "own"), "nation"),
        (("own",), "own"),
    ],
)
def test_the_nearest_reply_wins_and_the_readers_side_comes_before_the_librarians(
    there: tuple[str, ...], winner: str
) -> None:
    replies = {name: held_by(name) for name in reversed(there)}
    chosen = winners(replies.values(), ORDER)
    assert [(each.reply, each.hides) for each in chosen] == [(replies[winner], len(there) - 1)]


def test_each_shortcut_is_decided_on_its_own_and_strangers_replies_are_left_out() -> None:
    stranger = CannedReply(id=uuid4(), shortcut="zz", library_id=None, desk_id=None, librarian_id=uuid4())
    far, near, other = held_by("nation"), held_by("home"), held_by("nation", "bye")
    assert [each.reply for each in winners([stranger, far, near, other], ORDER)] == [other, near]


def test_a_node_on_both_ways_counts_once() -> None:
    assert ORDER.count(Holder(HolderKind.NODE, NATION)) == 1


@pytest.mark.parametrize(
    ("title", "letters"),
    [("校外访问 VPN", "xwfwv"), ("请稍候", "qsh"), ("Off-campus access", "oca"), ("", ""), ("？！", "")],
)
def test_first_letters_find_a_title(title: str, letters: str) -> None:
    assert initials(title) == letters
