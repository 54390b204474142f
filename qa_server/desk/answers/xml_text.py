"""Text that XML 1.0 can carry: it has no way to write most control characters, and no reader would miss one. Pure."""

import re

_NOT_CARRIED = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def carried(text: str) -> str:
    """Return the text without what XML cannot carry."""
    return _NOT_CARRIED.sub("", text)
