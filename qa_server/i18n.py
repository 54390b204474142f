"""Sentences in the language of the person: English is written in the code and is the key of its translation.

Reads the gettext catalogues of all packages as they are, without a compile step, at first use. No web, no database.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from babel import default_locale
from babel.messages.pofile import read_po
from opencc import OpenCC

Language = Literal["zh", "en"]

_ROOT = Path(__file__).parent.parent
# Catalogues in order: where two translate the same sentence, the first wins.
_CATALOGUE_FILES = tuple(_ROOT / package / "locales" / "zh_CN.po" for package in ("qa_server", "admin", "widget"))
# Details that may be sentences themselves, with a translation of their own.
_SENTENCE_DETAILS = ("reason", "remedy")
# In the order a shell means them. Python itself sets LC_CTYPE where a locale is missing, so that one says nothing.
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
# Tags of readers of traditional characters.
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")
# Longest Accept-Language header that is looked at, in characters; browsers send far less.
_MAX_HEADER_CHARACTERS = 500


def translate(message: str, language: Language, **details: object) -> str:
    """Return `message` in `language` with its {placeholders} filled; English where a translation is missing.

    A name that comes in both languages, as `by_zh` and `by_en` beside `by`, is said in the one of the sentence.
    """
    filled = {
        name: _translated_detail(name, details.get(f"{name}_{language}", value), language)
        for name, value in details.items()
    }
    return _in_language(message, language).format(**filled)


def negotiate(accept_language: str | None) -> Language:
    """Choose the language of an answer from an Accept-Language header.

    Chinese when the header says nothing; English when it names other languages only.
    """
    wishes = _wishes(accept_language or "")
    for language, _ in sorted(wishes, key=lambda wish: wish[1], reverse=True):
        if language.startswith("zh") or language == "*":
            return "zh"
        if language.startswith("en"):
            return "en"
    return "en" if wishes else "zh"


def is_traditional(accept_language: str | None) -> bool:
    """Say whether somebody reads Chinese in traditional characters, from an Accept-Language header or a tag of it."""
    wishes = sorted(_wishes(accept_language or ""), key=lambda wish: wish[1], reverse=True)
    return bool(wishes) and wishes[0][0].startswith(_TRADITIONAL)


def in_traditional(text: str) -> str:
    """Return Chinese as it is written in Taiwan: its characters and its words."""
    converted: str = _converter().convert(text)
    return converted


def terminal_language() -> Language:
    """Return the language of the person at the terminal, from the locale of the shell; English when in doubt."""
    return "zh" if (default_locale(_LOCALE_VARIABLES) or "").startswith("zh") else "en"


def read_catalogue(path: Path) -> Mapping[str, str]:
    """Return the translations of one .po file by their English text, without the untranslated and the doubtful."""
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    entries = ((entry.id, entry.string) for entry in catalogue if entry.id and entry.string and not entry.fuzzy)
    return {_first(key): _first(text) for key, text in entries}


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2twp")


@lru_cache(maxsize=1)
def _chinese() -> Mapping[str, str]:
    merged: dict[str, str] = {}
    for path in reversed(_CATALOGUE_FILES):
        merged |= read_catalogue(path)
    return merged


def _in_language(message: str, language: Language) -> str:
    return _chinese().get(message, message) if language == "zh" else message


def _translated_detail(name: str, value: object, language: Language) -> object:
    return _in_language(value, language) if name in _SENTENCE_DETAILS and isinstance(value, str) else value


def _first(text: str | list[str] | tuple[str, ...]) -> str:
    """Return the singular of a plural entry; Chinese has one form for both."""
    return text if isinstance(text, str) else text[0]


def _wishes(header: str) -> list[tuple[str, float]]:
    """Return (language, weight) in the order of the header, without refused ones (weight 0)."""
    wishes = []
    for part in header[:_MAX_HEADER_CHARACTERS].split(","):
        language, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        if language and weight > 0:
            wishes.append((language.strip().lower(), weight))
    return wishes


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
