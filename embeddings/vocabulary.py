"""Build the tokenizer of a static encoder from texts, and say of which parts each of its tokens is made.

Chinese runs are cut by longest match over the words of the texts; English words stand whole where they are known and
fall apart into pieces otherwise. Traditional forms are tokens of their own that share all with the simplified ones, as
do common slips of the longer English words with the words, and endings that no text had with their stem.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# Endings that every English word of the texts gets, beside those that the texts have.
_ENDINGS = ("s", "ed", "ing")
# Shorter words are too close to others for a slip to be told from a word.
_SHORTEST_SLIPPED = 6
# A slip in a rarer word is not worth a kilobyte of table: words in fewer texts than this, or than one of so many.
_LEAST_COUNT_SLIPPED = 5
_TEXTS_PER_SLIPPED = 1_400
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
    read = list(texts)
    words = _words(read, least_count)
    names = {name: _parts(name) for name in (*_LETTERS, *_common_characters(), *words)}
    for name in list(names):
        names.setdefault(_traditional(name), names[name])
    english = {word: count for word, count in words.items() if _is_english(word)}
    for form, stem in _unseen_endings(english):
        names.setdefault(form, [stem])
    least_slipped = max(_LEAST_COUNT_SLIPPED, round(len(read) / _TEXTS_PER_SLIPPED))
    for slip, word in _slips(english, least_slipped):
        names.setdefault(slip, names[word])
    places: dict[str, int] = {}
    numbered = [tuple(places.setdefault(part, len(places)) for part in parts) for parts in names.values()]
    return Vocabulary(_tokenizer([*_SPECIAL, *names]), ((),) * len(_SPECIAL) + tuple(numbered), len(places))


def _words(texts: Iterable[str], least_count: int) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for text in texts:
        for run in _RUNS.finditer(_simplified(text.lower())):
            found = rjieba.cut(run["han"]) if run["han"] else [run["word"]]
            counts.update(found)
    return {
        word: count
        for word, count in counts.items()
        if count >= least_count and (len(word) <= _MAX_WORD_CHARACTERS or not re.match(f"[{_HAN}]", word))
    }


def _is_english(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _unseen_endings(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    stem = snowballstemmer.stemmer("english").stemWord
    for word in words:
        root, kept = word.removesuffix("e"), stem(word)
        forms = (word, *(root + "e" * (root != word and ending == "s") + ending for ending in _ENDINGS))
        yield from ((form, f"stem {kept}") for form in forms if len(root) > 2 and stem(form) == kept)


def _slips(words: Mapping[str, int], least_count: int) -> Iterator[tuple[str, str]]:
    """Two letters swapped, one left out or doubled, but the first: most slips of a keyboard are these."""
    for word, count in words.items():
        if len(word) >= _SHORTEST_SLIPPED and count >= least_count:
            for place in range(1, len(word)):
                yield word[:place] + word[place + 1 :], word
                yield word[:place] + word[place] + word[place:], word
                yield word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :], word


def _parts(name: str) -> list[str]:
    """A Chinese word is itself and its characters, an English one itself and its stem: kin share what they learn.

    A single letter is nothing: an unknown word falls apart into letters, and their sum would be noise.
    """
    if name in _LETTERS and name.isalpha():
        return []
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
