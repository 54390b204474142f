"""What a reader's keyboard must not change, and what keyword search compares."""

import pytest

from knowledge.tokens import fold, has_han, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("圖書館開放時間", "图书馆开放时间"),
        ("ＶＰＮ１２", "vpn12"),
        ("Borrowing BOOKS", "borrow book"),
        ("renewed", "renew"),
    ],
)
def test_script_width_case_and_ending_do_not_matter(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


def test_chinese_gives_characters_pairs_and_long_words() -> None:
    assert tokens("馆际互借") == ["馆", "际", "互", "借", "馆际", "际互", "互借", "馆际互借"]


def test_mixed_text_gives_tokens_of_both_languages() -> None:
    assert {"续借", "renew", "按钮"} <= set(tokens("续借renew按钮点不了"))


@pytest.mark.parametrize("text", ["", " ", "😀👍", "!!! \"'*+-:()^~ /\\", "\x00\x07", "______"])
def test_text_without_letters_or_digits_gives_no_tokens(text: str) -> None:
    assert tokens(text) == []


def test_a_chinese_character_is_seen_anywhere() -> None:
    assert has_han("VPN 怎么用")
    assert not has_han("how to use VPN")
    assert fold("Ｇｏ") == "go"
