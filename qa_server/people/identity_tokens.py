"""Signed statements of a library's page about its signed-in reader: JWS compact, HS256 and nothing else. Pure.

Claims: `sub` (the library's own id of the reader), `name`, `aud` ("wenjin:CODE"), `exp` (seconds since 1970, at most
an hour ahead), `jti` (8 to 64 characters, used once); `email`, `status` and `department` if the library wants to tell.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from qa_server.people.errors import IdentityRefused

MAX_TOKEN_CHARACTERS = 4_000
# A token is made for one page view; what lives longer is one that leaked.
MAX_LIFETIME = timedelta(hours=1)
# Clocks of two servers differ by this much at most.
LEEWAY = timedelta(seconds=60)
_MAX_CHARACTERS = {"sub": 200, "name": 100, "jti": 64, "email": 254, "status": 60, "department": 100}
_MIN_NONCE_CHARACTERS = 8
_OPTIONAL = ("email", "status", "department")


@dataclass(frozen=True)
class Identity:
    """Who somebody is, as the library says."""

    subject: str
    name: str
    details: dict[str, str]
    nonce: str
    expires_at: datetime


def audience_of(code: str) -> str:
    """Return what `aud` has to say for a library."""
    return f"wenjin:{code.upper()}"


def sign(claims: Mapping[str, Any], secret: bytes) -> str:
    """Return a token; what a library's page does in its own language."""
    head = _encode(b'{"alg":"HS256","typ":"JWT"}')
    body = _encode(json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode())
    return f"{head}.{body}.{_signature(f'{head}.{body}', secret)}"


def verify(token: str, secrets: Collection[bytes], *, audience: str, now: datetime) -> Identity:
    """Return who the token is about. The signature is looked at before anything it says. Raises IdentityRefused."""
    signed, _, given = token.rpartition(".")
    head, _, body = signed.partition(".")
    if len(token) > MAX_TOKEN_CHARACTERS or not body or "." in body:
        raise IdentityRefused(reason="The token is not a signed token of three parts.")
    if _read(head).get("alg") != "HS256":
        raise IdentityRefused(reason="The token has to be signed with HS256.")
    if not any(hmac.compare_digest(_signature(signed, secret), given) for secret in secrets if given.isascii()):
        raise IdentityRefused(reason="The token is not signed with this library's secret.")
    return _identity(_read(body), audience=audience, now=now)


def _identity(claims: Mapping[str, Any], *, audience: str, now: datetime) -> Identity:
    meant_for = claims.get("aud")
    if audience not in (meant_for if isinstance(meant_for, list) else [meant_for]):
        raise IdentityRefused(reason="The token is meant for another audience.")
    expires_at = _moment(claims.get("exp"))
    if expires_at + LEEWAY <= now:
        raise IdentityRefused(reason="The token has expired.")
    if expires_at > now + MAX_LIFETIME + LEEWAY:
        raise IdentityRefused(reason="The token lives longer than an hour.")
    nonce = _word(claims, "jti")
    if len(nonce) < _MIN_NONCE_CHARACTERS:
        raise IdentityRefused(reason="The token lacks a claim, or one has the wrong form.")
    details = {key: _word(claims, key) for key in _OPTIONAL if claims.get(key)}
    return Identity(_word(claims, "sub"), _word(claims, "name"), details, nonce, expires_at)


def _word(claims: Mapping[str, Any], key: str) -> str:
    value = claims.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_CHARACTERS[key] or not value.isprintable():
        raise IdentityRefused(reason="The token lacks a claim, or one has the wrong form.")
    return value.strip()


def _moment(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IdentityRefused(reason="The token lacks a claim, or one has the wrong form.")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise IdentityRefused(reason="The token lacks a claim, or one has the wrong form.") from error


def _read(part: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (Error, ValueError, RecursionError) as error:
        raise IdentityRefused(reason="The token is not a signed token of three parts.") from error
    if not isinstance(found, dict):
        raise IdentityRefused(reason="The token is not a signed token of three parts.")
    return found


def _signature(signed: str, secret: bytes) -> str:
    return _encode(hmac.digest(secret, signed.encode("utf-8", "replace"), sha256))


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
