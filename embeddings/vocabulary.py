"""Build the tokenizer of a static encoder from texts, and say of which parts each of its tokens is made.

Chinese runs are cut by longest match over the words of the texts; English words stand whole where they are known and
fall apart into pieces otherwise. Traditional forms are tokens of their own that share all with the simplified ones.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import opencc
import rjieba
import snowballstemmer
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "[UNK]"
PADDING = "[PAD]"
_SPECIAL = (PADDING, UNKNOWN)
_HAN = r"\u4e00-\u9fff"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
_MAX_WORD_CHARACTERS = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
# GB 2312 level 1: the 3,755 characters of everyday writing, by bytes B0A1 to D7F9.
_LEVEL_1 = (0xB0, 0xD7)
# A run of Chinese without a break is one word for the tokenizer; longer ones are cut by StaticEncoder's limit anyway.
_MAX_RUN = 10_000


@dataclass(frozen=True)
class Vocabulary:
    """The tokenizer and, for each token id, the parts whose vectors add up to its vector."""

    tokenizer: Tokenizer
    parts: tuple[tuple[int, ...], ...]
    part_count: int


def build_vocabulary(texts: Iterable[str], *, least_count: int = 1) -> Vocabulary:
    """Return a vocabulary of the words in the texts (at least that often), every common character and letter."""
    words = _words(texts, least_count)
    names = dict.fromkeys([*_SPECIAL, *_LETTERS, *_common_characters(), *words])
    for name in list(names):
        names.setdefault(_traditional(name))
    tokenizer = _tokenizer(list(names))
    places: dict[str, int] = {}
    parts = tuple(
        () if name in _SPECIAL else tuple(places.setdefault(part, len(places)) for part in _parts(name))
        for name in names
    )
    return Vocabulary(tokenizer, parts, len(places))


def _words(texts: Iterable[str], least_count: int) -> list[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        for run in _RUNS.finditer(_simplified(text.lower())):
            found = rjieba.cut(run["han"]) if run["han"] else [run["word"]]
            counts.update(found)
    return [
        word
        for word, count in counts.items()
        if count >= least_count and (len(word) <= _MAX_WORD_CHARACTERS or not re.match(f"[{_HAN}]", word))
    ]


def _parts(name: str) -> list[str]:
    """A Chinese word is itself and its characters, an English one itself and its stem: kin share what they learn."""
    simplified = _simplified(name)
    if re.match(f"[{_HAN}]", simplified):
        return [f"word {simplified}", *(f"character {character}" for character in simplified)]
    return [f"word {name}", f"stem {snowballstemmer.stemmer('english').stemWord(name)}"]


def _tokenizer(names: Sequence[str]) -> Tokenizer:
    vocabulary = {name: place for place, name in enumerate(names)}
    made = Tokenizer(
        models.WordPiece(
            vocab=vocabulary, unk_token=UNKNOWN, continuing_subword_prefix="", max_input_chars_per_word=_MAX_RUN
        )
    )
    known = "".join(name for name in names if len(name) == 1)
    # A character outside the vocabulary would make its whole run unknown; it becomes a break instead.
    unknown = Regex(rf"[^{re.escape(known)}]")
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(unknown, " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(rf"[{_HAN}]+"), "isolated"), pre_tokenizers.WhitespaceSplit()]
    )
    return made


def _common_characters() -> list[str]:
    return [
        bytes((high, low)).decode("gb2312", errors="ignore")
        for high in range(_LEVEL_1[0], _LEVEL_1[1] + 1)
        for low in range(0xA1, 0xFF)
        if bytes((high, low)).decode("gb2312", errors="ignore")
    ]


def _simplified(text: str) -> str:
    converted: str = _converter("t2s").convert(text)
    return converted


def _traditional(text: str) -> str:
    converted: str = _converter("s2t").convert(text)
    return converted


@cache
def _converter(direction: str) -> Any:
    return opencc.OpenCC(direction)
