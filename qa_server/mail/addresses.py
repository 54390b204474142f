"""Which e-mail addresses we write to: plain ones that no mail program can misread."""

import re

MAX_ADDRESS_CHARACTERS = 254
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# RFC 5321's dot-string at a domain; no quotes, comments, brackets or line ends, so nothing can be put into a header.
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+{_LABEL}", re.ASCII)


def deliverable(text: str) -> str | None:
    """Return an address as it is written to, with an international domain in its ASCII form, or None."""
    local, at, domain = text.strip().rpartition("@")
    try:
        address = f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return address if len(address) <= MAX_ADDRESS_CHARACTERS and _ADDRESS.fullmatch(address) else None
