"""Words that are kept for a time, unreadable to who has the database alone: AES-256-GCM with keys from a file.

The file has one key per line, the newest first: that one seals, every one opens. It is read anew each time, so that a
change of keys holds for all processes at once.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import AppError

KEY_BYTES = 32
# What AES-GCM asks for; made anew for every sealing.
_NONCE_BYTES = 12
_KEY_ID_CHARACTERS = 16
# Readable by the service's own user alone.
_MODE = 0o600


class OriginalLost(AppError):
    """The key that masked words were sealed with is not in the file, or they were changed."""

    code = "original_lost"
    status = 410
    message = (
        "What stood here cannot be read any more: the key it was kept with is gone. The text can be used as it is; "
        "write the words again if they are needed."
    )


class KeyFileUnusable(AppError):
    """The file with the keys cannot be read or made; `reason` says why."""

    code = "key_file_unusable"
    status = 503
    message = (
        "Nothing can be kept sealed just now: the key file cannot be used ({reason}). Tell whoever runs the service."
    )


@dataclass(frozen=True)
class Sealed:
    """Sealed words, and which key opens them."""

    key_id: str
    text: str


class KeyRing:
    """The keys of one file. `about` ties sealed words to their row: moved elsewhere they do not open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, words: str, *, about: str) -> Sealed:
        """Seal words with the newest key, making the file first where there is none. Raises KeyFileUnusable."""
        key = self._keys(makes=True)[0]
        nonce = token_bytes(_NONCE_BYTES)
        hidden = AESGCM(key).encrypt(nonce, words.encode(), about.encode())
        return Sealed(_id_of(key), urlsafe_b64encode(nonce + hidden).decode())

    def unseal(self, sealed: Sealed, *, about: str) -> str:
        """Return the words. Raises OriginalLost, KeyFileUnusable."""
        for key in self._keys():
            if _id_of(key) == sealed.key_id:
                try:
                    raw = urlsafe_b64decode(sealed.text)
                    return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode()).decode()
                except (InvalidTag, ValueError):
                    break
        raise OriginalLost()

    @property
    def newest(self) -> str | None:
        """The id of the key that seals, None while there is none. Raises KeyFileUnusable."""
        keys = self._keys()
        return _id_of(keys[0]) if keys else None

    def add(self) -> None:
        """Put a new key first. What was sealed with the others still opens. Raises KeyFileUnusable."""
        self._write([token_bytes(KEY_BYTES), *self._keys()], is_new=not self._path.exists())

    def drop_old(self) -> int:
        """Leave the newest key alone; return how many went. What they sealed is lost. Raises KeyFileUnusable."""
        keys = self._keys()
        if len(keys) > 1:
            self._write(keys[:1], is_new=False)
        return max(0, len(keys) - 1)

    def _keys(self, *, makes: bool = False) -> list[bytes]:
        try:
            lines = self._path.read_text("ascii").split()
        except FileNotFoundError:
            if not makes:
                return []
            self._write([token_bytes(KEY_BYTES)], is_new=True)
            return self._keys()
        except (OSError, ValueError) as error:
            raise KeyFileUnusable(reason=type(error).__name__) from None
        try:
            keys = [urlsafe_b64decode(line) for line in lines]
        except Error:
            keys = []
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise KeyFileUnusable(reason="its content is not keys")
        return keys

    def _write(self, keys: list[bytes], *, is_new: bool) -> None:
        text = "".join(f"{urlsafe_b64encode(key).decode()}\n" for key in keys)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self._path.parent, prefix=f".{self._path.name}.", delete=False) as file:
                os.chmod(file.name, _MODE)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            self._put(Path(file.name), is_new=is_new)
        except OSError as error:
            raise KeyFileUnusable(reason=type(error).__name__) from None

    def _put(self, written: Path, *, is_new: bool) -> None:
        if not is_new:
            written.replace(self._path)
            return
        try:
            # Of two processes that make the file at once the first wins, and both use its key.
            os.link(written, self._path)
        except FileExistsError:
            pass
        finally:
            written.unlink()


def _id_of(key: bytes) -> str:
    return sha256(b"key of masked originals" + key).hexdigest()[:_KEY_ID_CHARACTERS]
