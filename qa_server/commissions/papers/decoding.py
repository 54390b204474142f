"""Turn the bytes of a list into text, whatever program wrote it. Pure."""

import codecs
import re

from qa_server.commissions.papers.errors import PaperListTypeUnknown

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Controls that no text holds.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 4_000


def decoded(content: bytes) -> tuple[str, bool]:
    """Return the text of UTF-8, UTF-16, GB 18030 or Western bytes, and whether the encoding is a guess.

    Raises PaperListTypeUnknown for what is no text.
    """
    encoding, is_guess = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise _not_text() from None
    if _BINARY.search(text):
        raise _not_text()
    return text.removeprefix("\ufeff"), is_guess


def _encoding(content: bytes) -> tuple[str, bool]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, False
    if b"\0" in content[:_LOOKED_AT]:
        return _utf_16(content[:_LOOKED_AT]), True
    if _is_in(content, "utf-8"):
        return "utf-8", False
    # A character of GB 18030 takes two bytes or more, and Chinese ones stand together; an accent of a Western
    # alphabet stands alone among letters, and would be read as a rare character together with the letter behind it.
    runs = [len(run) for run in _HIGH_RUN.findall(content)]
    if runs.count(1) * 2 <= len(runs) and _is_in(content, "gb18030"):
        return "gb18030", False
    return ("cp1252", True) if _is_in(content, "cp1252") else ("latin-1", True)


def _utf_16(content: bytes) -> str:
    """Return the order of the bytes: the empty half of Latin letters, digits and line ends tells it."""
    return "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be"


def _is_in(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _not_text() -> PaperListTypeUnknown:
    return PaperListTypeUnknown(reason="Please hand in text, BibTeX, RIS, EndNote, CSV or XLSX, or paste the list.")
