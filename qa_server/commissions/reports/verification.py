"""Codes by which anybody can check a report, and what a report's bytes are known by.

A code is 15 random symbols and a check symbol, 67 bits: nobody finds one by trying. The symbols leave out what is
misread on paper or over the telephone (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V, Q).
"""

import secrets
import unicodedata
from hashlib import sha256
from typing import Final

# 23 symbols, a prime number: the weighted sum below then notices every single mistake and every swap of two symbols.
_SYMBOLS: Final = "23456789ACDEFHJKMNPRTWX"
_RANDOM_SYMBOLS: Final = 15
_GROUP: Final = 4
# Letters that are not in use and can only be a misread digit.
_MISREAD = str.maketrans("ZSGB", "2568")


def new_code() -> str:
    """Return a new code in four groups of four, such as 7K3M-X9RA-2HNC-WTD4."""
    symbols = "".join(secrets.choice(_SYMBOLS) for _ in range(_RANDOM_SYMBOLS))
    return _grouped(symbols + _check_symbol(symbols))


def normalise(code: str) -> str | None:
    """Return a code that a person typed in its proper form; None when it cannot be one.

    Case, spaces, hyphens and full-width letters do not matter; Z, S, G and B are taken for the digits they look like.
    """
    if len(code) > 100:
        return None
    wide = unicodedata.normalize("NFKC", code).upper()
    symbols = "".join(symbol for symbol in wide if symbol.isalnum()).translate(_MISREAD)
    if len(symbols) != _RANDOM_SYMBOLS + 1 or not set(symbols) <= set(_SYMBOLS):
        return None
    return _grouped(symbols) if _check_symbol(symbols[:-1]) == symbols[-1] else None


def digest(pdf_bytes: bytes) -> str:
    """Return the sha256 of a delivered file in hexadecimal."""
    return sha256(pdf_bytes).hexdigest()


def _check_symbol(symbols: str) -> str:
    # Weights 2, 3, 4 ...: different and never 0, so that a swap changes the sum; the check symbol itself weighs 1.
    total = sum(weight * _SYMBOLS.index(symbol) for weight, symbol in enumerate(symbols, start=2))
    return _SYMBOLS[-total % len(_SYMBOLS)]


def _grouped(symbols: str) -> str:
    return "-".join(symbols[start : start + _GROUP] for start in range(0, len(symbols), _GROUP))
