"""Clean what people typed before it is stored: no control characters, no blanks around it, a bounded length."""

import re

from qa_server.conversations.errors import MessageEmpty, MessageTooLong

# NUL, which PostgreSQL refuses, and lone surrogates, which no encoder writes.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# These, and Cc: control characters but tab and line end.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text that is looked up or kept as it is, with what no database takes replaced: it stays another text."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def clean_text(text: str, *, limit: int) -> str:
    """Return the text without control characters and surrounding blanks, line ends as \\n.

    `limit` counts characters. Raises MessageEmpty or MessageTooLong.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _UNWANTED.sub("", unified).strip()
    if not kept:
        raise MessageEmpty()
    if len(kept) > limit:
        raise MessageTooLong(characters=len(kept), limit=limit)
    return kept
