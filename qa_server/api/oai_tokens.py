"""Resumption tokens of OAI-PMH: all that the next page needs, so that no process has to remember who harvests. Pure.

Everything they open is public. The check sum tells a broken one from a whole one; it keeps no secret.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256

MAX_TOKEN_CHARACTERS = 1_000
_SUM_CHARACTERS = 10
_PURPOSE = b"wenjin oai 1 "
_MAX_NUMBER = 2**62


class TokenUnusable(ValueError):
    """The token is none of ours, or too old."""


@dataclass(frozen=True)
class Token:
    """Where a list stands: what was asked for, behind which record to go on, and until when (seconds since 1970)."""

    verb: str
    prefix: str
    since: str
    until: str
    spec: str
    after: str
    number: int
    cursor: int
    total: int
    expires: int


def written(token: Token) -> str:
    """Return the token as text for an address."""
    body = json.dumps(list(asdict(token).values()), separators=(",", ":"), ensure_ascii=False).encode()
    return _sum(body) + urlsafe_b64encode(body).rstrip(b"=").decode()


def read(text: str, *, verb: str, now: datetime) -> Token:
    """Return the token of this text. Raises TokenUnusable."""
    if len(text) > MAX_TOKEN_CHARACTERS or not text.isascii():
        raise TokenUnusable("too long")
    given, encoded = text[:_SUM_CHARACTERS], text[_SUM_CHARACTERS:]
    try:
        body = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        values = json.loads(body) if _sum(body) == given else None
    except (Base64Error, ValueError) as error:
        raise TokenUnusable("not readable") from error
    token = _token(values)
    if token.verb != verb or token.expires <= now.astimezone(UTC).timestamp():
        raise TokenUnusable("of another list, or too old")
    return token


def _token(values: object) -> Token:
    kinds = [str] * 6 + [int] * 4
    if not isinstance(values, list) or [type(value) for value in values] != kinds:
        raise TokenUnusable("not readable")
    token = Token(*values)
    if not all(0 <= number < _MAX_NUMBER for number in (token.number, token.cursor, token.total, token.expires)):
        raise TokenUnusable("not readable")
    return token


def _sum(body: bytes) -> str:
    return sha256(_PURPOSE + body).hexdigest()[:_SUM_CHARACTERS]
