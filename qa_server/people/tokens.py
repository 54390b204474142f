"""Opaque tokens. The person's side holds the token, the database only its SHA-256."""

from hashlib import sha256
from secrets import token_urlsafe

# The cookie that holds the token of a staff session, for pages, HTTP and the socket alike.
STAFF_COOKIE = "wenjin_staff"
# 32 random bytes: cannot be guessed, so a fast hash is enough.
_TOKEN_BYTES = 32


def new_token() -> str:
    """Return a fresh URL-safe token of 43 characters."""
    return token_urlsafe(_TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """Return the 32 bytes under which a token is stored and looked up."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
