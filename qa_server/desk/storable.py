"""Makes text that somebody typed safe for every database: for words that are looked up or kept beside the main text."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """Return the text with each NUL, which PostgreSQL refuses, and each half of a surrogate pair replaced."""
    return "".join(_REPLACEMENT if each == "\0" or "\ud800" <= each <= "\udfff" else each for each in text)
