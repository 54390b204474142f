"""Links that open one file for a few minutes: its id, the end of its time, and a signature of both. Pure."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from qa_server.attachments.errors import LinkExpired, LinkRefused

SECRET_BYTES = 32
# Seconds since 1970 that still are a date.
MAX_EXPIRES = 253_402_300_799
# Ties the signature to this use of the secret.
_PURPOSE = b"wenjin attachment link 1"


def signature(secret: bytes, attachment_id: UUID, expires: int) -> str:
    """Return the signature of a link, 43 characters. `expires` is seconds since 1970."""
    digest = hmac.digest(secret, b"%s %s %d" % (_PURPOSE, attachment_id.bytes, expires), sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def check(secret: bytes, attachment_id: UUID, *, expires: int, given: str, now: datetime) -> None:
    """Return when the link is good. Raises LinkRefused, LinkExpired."""
    if not hmac.compare_digest(signature(secret, attachment_id, expires).encode(), given.encode("utf-8", "replace")):
        raise LinkRefused()
    if now >= datetime.fromtimestamp(expires, UTC):
        raise LinkExpired()
