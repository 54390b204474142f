"""Split authors as people and programs write them in one text. Pure."""

import re

_HAN = re.compile(r"[\u3400-\u9fff〇]")
_SEMICOLON = re.compile(r"\s*[;；]\s*")
_HAN_MARKS = re.compile(r"\s*[,，、;；/]\s*")
# Two Chinese names with nothing but a blank between them.
_HAN_BLANK = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_AND = re.compile(r"\s*,?\s+(?:and|&)\s+|\s*&\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*[,，]\s*")
_INITIALS = re.compile(r"(?:[A-Z](?:[a-z]?\.)?[\s-]?){1,5}(?:\s*(?:Jr|Sr|I{2,3})\.?)?")
_ENDS_IN_INITIALS = re.compile(r"\s(?:[A-Z]\.?[\s-]?){1,3}$")
_ET_AL = re.compile(r"[\s,]\s*(et al\.?)\s*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")


def split_authors(text: str) -> list[str]:
    """Return the names of a text in order; "等" and "et al." stay as the last of them."""
    text = text.strip(" ,;，；、")
    if not text:
        return []
    if _SEMICOLON.search(text):
        parts = _SEMICOLON.split(text)
    elif _HAN.search(text):
        parts = [name for part in _HAN_MARKS.split(text) for name in _han_names(part)]
    else:
        parts = [name for part in _AND.split(text) for name in _latin_names(part)]
    return [name for part in parts if (name := _bare(part))]


def _bare(part: str) -> str:
    name = part.strip(" ,;，；、")
    # A point ends an initial, and no Chinese name.
    return name.rstrip(".．。 ") if name and _HAN.match(name[-2:]) else name


def _han_names(part: str) -> list[str]:
    names = _HAN_BLANK.split(part)
    # "张 三" is one person, "张三 李四" are two, and "张三 等" is one with others.
    return names if all(len(name) > 1 or name == "等" for name in names) else [part]


def _latin_names(part: str) -> list[str]:
    others = _ET_AL.search(part)
    if others and others.start():
        return [*_latin_names(part[: others.start()]), others[1]]
    pieces = [piece for piece in _COMMA.split(part) if piece]
    if len(pieces) < 2:
        return pieces
    if _alternates(pieces):
        return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    return pieces


def _alternates(pieces: list[str]) -> bool:
    """Say whether the pieces are family name, given name, family name and so on."""
    given = pieces[1::2]
    if len(pieces) % 2:
        return False
    if any(_ENDS_IN_INITIALS.search(piece) for piece in pieces[::2]):
        return False
    if all(_INITIALS.fullmatch(piece) for piece in given):
        return True
    return len(pieces) == 2 and all(_WORD.fullmatch(piece) for piece in pieces)
