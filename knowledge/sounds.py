"""Understand names of services written by their sound: 馆际户借 for 馆际互借, "guanji hujie", "zhiwang". Pure.

Only terms of the field are recognised. A whole term must sound alike, so that ordinary words stay as they are.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from knowledge.terms import LIBRARY_TERMS

# The 3,755 characters of everyday writing (GB 2312 level 1) by their commonest syllable, without tones.
_SYLLABLES_FILE = Path(__file__).parent / "sounds.tsv"
# Three characters that sound like a term are too often words of their own (自习时 is not 自习室).
_SHORTEST_IN_CHARACTERS = 4
_SHORTEST_IN_LETTERS = 2
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{4,}")
_LETTERS = re.compile(r"[a-z]+(?: [a-z]+)*", re.IGNORECASE)
# What southern speakers and their keyboards do not tell apart.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_SIBILANTS = 3
# A name in letters is at most so many words ("guan ji hu jie"), each at most so long.
_MAX_WORDS = 6


def spell_out(text: str) -> str:
    """Return the text with terms in the place of characters that sound like them, and behind their pinyin.

    Text without such slips comes back as it was. Simplified characters only.
    """
    return _LETTERS.sub(lambda found: _behind_letters(found.group()), _HAN_RUN.sub(_repaired, text))


def initials(text: str) -> str:
    """Return the first letters of the pinyin of a text, with those of its other words: 校外访问 VPN is xwfwv."""
    pieces = re.findall(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", text)
    return "".join(_syllables().get(piece, piece)[0].lower() for piece in pieces)


def _repaired(found: re.Match[str]) -> str:
    run = found.group()
    sounds = _terms_by_sound()
    for length in _lengths():
        start = 0
        while start + length <= len(run):
            window = run[start : start + length]
            term = sounds.get(_sound_of(window))
            if term and term != window and len(term) == length and not _is_of_terms(window):
                run = run[:start] + term + run[start + length :]
                start += length
            else:
                start += 1
    return run


def _behind_letters(phrase: str) -> str:
    return " ".join(_with_terms(phrase.split(" "), _terms_by_letters()))


def _with_terms(words: list[str], terms: dict[str, str]) -> Iterator[str]:
    place = 0
    while place < len(words):
        for count in range(min(_MAX_WORDS, len(words) - place), 0, -1):
            term = terms.get("".join(words[place : place + count]).lower())
            if term:
                yield from (*words[place : place + count], term)
                place += count
                break
        else:
            yield words[place]
            place += 1


@cache
def _terms_by_sound() -> dict[tuple[str, ...], str]:
    return {_sound_of(term): term for term in LIBRARY_TERMS if len(term) >= _SHORTEST_IN_CHARACTERS}


@cache
def _terms_by_letters() -> dict[str, str]:
    """Return terms by their pinyin without spaces, as it is and as southern keyboards have it."""
    found: dict[str, str] = {}
    for term in LIBRARY_TERMS:
        syllables = [_syllables().get(character) for character in term]
        if len(term) >= _SHORTEST_IN_LETTERS and all(syllables):
            spelling = [syllable or "" for syllable in syllables]
            for alike in ((), _ALIKE[:_SIBILANTS], _ALIKE):
                found.setdefault("".join(_alike(each, alike) for each in spelling), term)
    return found


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(sound) for sound in _terms_by_sound()}, reverse=True))


def _is_of_terms(window: str) -> bool:
    return any(window in term or term in window for term in LIBRARY_TERMS)


def _sound_of(characters: str) -> tuple[str, ...]:
    return tuple(_alike(_syllables().get(character, character)) for character in characters)


def _alike(syllable: str, alike: tuple[tuple[str, str], ...] = _ALIKE) -> str:
    for one, other in alike:
        syllable = syllable.replace(one, other)
    return syllable


@cache
def _syllables() -> dict[str, str]:
    lines = (line.split("\t") for line in _SYLLABLES_FILE.read_text("utf-8").splitlines())
    return {character: syllable for syllable, characters in lines for character in characters}
