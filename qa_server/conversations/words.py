"""The words by which conversations are found: Chinese characters and pairs of them, English stems. Pure.

No segmenter's word is among them: the same characters are cut differently in a question and in a search, and a search
wants all of its words found.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from uuid import UUID

from knowledge.tokens import fold, tokens

# PostgreSQL refuses a lexeme above 2,046 bytes; nobody looks for the end of such a word.
MAX_WORD_CHARACTERS = 64
# What one conversation is found by; the longest chats have a few thousand different words.
MAX_WORDS = 20_000
# Words of one search; more only make it slower.
MAX_WANTED = 24
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|[^\W_{_HAN}]+")
_KEPT_STEMS = 50_000
# Bits of a UUIDv7 that a key keeps below its 48 bits of milliseconds: 63 in all, as many as both databases count with.
_RANDOM_BITS = 15


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of these texts, at most MAX_WORDS."""
    found: set[str] = set()
    for text in texts:
        for run, is_han in _runs(text):
            found.update({*run, *_pairs(run)} if is_han else {_stem(run)})
        if len(found) >= MAX_WORDS:
            return set(sorted(found)[:MAX_WORDS])
    return found


def wanted_words(query: str) -> list[str]:
    """Return the words that all have to be there, each once: pairs of Chinese characters rather than each alone."""
    found: list[str] = []
    for run, is_han in _runs(query):
        found += [_stem(run)] if not is_han else _pairs(run) if len(run) > 1 else [run]
    return list(dict.fromkeys(found))[:MAX_WANTED]


def key_of(conversation_id: UUID) -> int:
    """Return a number that grows with the age of a conversation, from the time in its id."""
    value = conversation_id.int
    return (value >> 80) << _RANDOM_BITS | (value & ((1 << _RANDOM_BITS) - 1))


def keys_beside(key: int) -> tuple[int, int]:
    """Return the least and the greatest key of the millisecond of this one; between them keys are in no order."""
    others = (1 << _RANDOM_BITS) - 1
    return (key & ~others, key | others)


def id_at(milliseconds: int) -> UUID:
    """Return the least id that a conversation opened at this moment (since 1970) may have."""
    return UUID(int=milliseconds << 80)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield stretches of one script, folded, and whether they are Chinese."""
    for run in _RUNS.finditer(fold(text)):
        yield run.group(), run["han"] is not None


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)]


@lru_cache(maxsize=_KEPT_STEMS)
def _stem(word: str) -> str:
    return (tokens(word) or [word])[0][:MAX_WORD_CHARACTERS]
