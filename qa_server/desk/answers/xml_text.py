"""Text that XML 1.0 can carry: it has no way to write most control characters, and no reader would miss one. Pure."""


def carried(text: str) -> str:
    """Return the text without what XML cannot carry."""
    return "".join(each for each in text if _is_carried(ord(each)))


def _is_carried(point: int) -> bool:
    is_low = point in (0x9, 0xA, 0xD) or 0x20 <= point <= 0xD7FF
    return is_low or 0xE000 <= point <= 0xFFFD or 0x10000 <= point <= 0x10FFFF
