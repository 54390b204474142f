"""Cut a text into the tokens that keyword search compares: Chinese words and characters, English stems.

Width, case and script are folded first (ＡＢ, AB, ab; 圖書, 图书), so that a reader's keyboard does not matter.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

import opencc
import rjieba
import snowballstemmer

from knowledge.terms import LIBRARY_TERMS

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
# High enough that a term of the field always stays whole; the tag (noun) is not used.
_TERM_FREQUENCY = 20_000
_TERM_TAG = "n"
# English readers use a few thousand words; the rest is slips.
_STEM_CACHE = 50_000
# A two-character word is a pair already; only longer words add anything to the pairs.
_SHORTEST_WORD = 3


def fold(text: str) -> str:
    """Return the text in one width, lower case and simplified script."""
    converted: str = _converter().convert(unicodedata.normalize("NFKC", text).lower())
    return converted


def tokens(text: str) -> list[str]:
    """Return the tokens of the text in order, repeated ones kept. Text without letters or digits gives none."""
    found: list[str] = []
    for run in _RUNS.finditer(fold(text)):
        if run["han"]:
            found.extend(_han_tokens(run["han"]))
        else:
            found.append(_stem(run["word"]))
    return found


def has_han(text: str) -> bool:
    """Say whether the text contains a Chinese character."""
    return any(run["han"] for run in _RUNS.finditer(text))


def _han_tokens(run: str) -> list[str]:
    pairs = [run[start : start + 2] for start in range(len(run) - 1)]
    words = [word for word in _segmenter().cut(run) if len(word) >= _SHORTEST_WORD] if len(run) > 2 else []
    return [*run, *pairs, *words]


@lru_cache(maxsize=_STEM_CACHE)
def _stem(word: str) -> str:
    # A stemmer keeps state while it works, so threads may not share one; making one costs less than a microsecond.
    stemmed: str = snowballstemmer.stemmer("english").stemWord(word)
    return stemmed


@cache
def _converter() -> Any:
    return opencc.OpenCC("t2s")


@cache
def _segmenter() -> Any:
    segmenter = rjieba.Jieba()
    for term in LIBRARY_TERMS:
        segmenter.add_word(term, _TERM_FREQUENCY, _TERM_TAG)
    return segmenter
