"""Hash and check passwords with Argon2id. Slow on purpose (tens of milliseconds): never call inside a transaction."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Longer input only costs time to hash.
MAX_PASSWORD_CHARACTERS = 256

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return an Argon2id string with its own salt and parameters."""
    return _hasher.hash(password)


def is_password_right(password: str, password_hash: str | None) -> bool:
    """Compare a password with a stored hash; None takes as long as a wrong one, so that a login cannot be probed."""
    try:
        return _hasher.verify(password_hash or _decoy_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy_hash() -> str:
    return _hasher.hash("nobody")
