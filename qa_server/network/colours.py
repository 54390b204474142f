"""Contrast of colours as WCAG 2.2 counts it, and the shades that are made of one colour. Pure."""

import re

# What text needs on its ground, and what a reader sees of a part without text (WCAG 1.4.3, 1.4.11).
TEXT_CONTRAST = 4.5
WHITE = "#ffffff"
# The widget's paper in the dark, and what stands on a light accent there.
DARK_PAPER = "#161d1d"
DARK_INK = "#06282b"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_STEPS = 20


def colour(text: str) -> str:
    """Return `#rrggbb` in small letters. Raises ValueError."""
    found = text.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", found):
        found = "#" + "".join(each * 2 for each in found[1:])
    if not _COLOUR.fullmatch(found):
        raise ValueError("Write a colour such as #0d5c63.")
    return found


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Return `one` with a share, 0 to 1, of `other`."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def light_enough(text: str) -> str:
    """Return the colour, mixed with white until it can be read on dark paper and dark text can be read on it."""
    steps = (mixed(text, WHITE, step / _STEPS) for step in range(_STEPS + 1))
    fits = (each for each in steps if min(contrast(each, DARK_PAPER), contrast(each, DARK_INK)) >= TEXT_CONTRAST)
    return next(fits, WHITE)


def _luminance(text: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(text))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _parts(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
