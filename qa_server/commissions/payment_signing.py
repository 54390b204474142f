"""Signs and checks what passes between the service and a payment service. Pure.

The signature is HMAC-SHA256 over the time, a point and the body, so that neither can be changed nor used later.
"""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

SECRET_BYTES = 32
# Clocks of two machines may differ by so much; what is older is not taken.
WINDOW = timedelta(minutes=5)
TIMESTAMP_HEADER = "X-Wenjin-Timestamp"
SIGNATURE_HEADER = "X-Wenjin-Signature"
EVENT_HEADER = "X-Wenjin-Event"
# Names the way of signing, should there be another one day.
_VERSION = "v1="
_MAX_DIGITS = 12


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """Return the signature of a body sent at a moment, in seconds since 1970."""
    return _VERSION + hmac.new(secret, b"%d." % timestamp + body, sha256).hexdigest()


def is_signed(secret: bytes, timestamp: str, body: bytes, given: str) -> bool:
    """Say whether a signature fits, in a time that does not tell how much of it does."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > _MAX_DIGITS:
        return False
    expected = sign(secret, int(timestamp), body)
    return hmac.compare_digest(expected.encode(), given.strip().encode("utf-8", "replace"))


def is_fresh(timestamp: str, now: datetime) -> bool:
    """Say whether a moment lies within the window around now. It has to have been signed."""
    seconds = int(timestamp)
    return abs(now.timestamp() - seconds) <= WINDOW.total_seconds()


def seconds_of(moment: datetime) -> int:
    """Return a moment as seconds since 1970."""
    return int(moment.astimezone(UTC).timestamp())
