"""Secrets that payment services and this one sign with, sealed with the keys that masked words are sealed with.

Who has the database alone reads none of them. What is clear was written before there were keys: it is read as it is,
and sealed when it is next written, or by `seal_all`.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from qa_server.commissions.money_models import PaymentHook
from qa_server.conversations.sealing import KeyFileUnusable, OriginalLost, Sealed
from qa_server.desk.articles.drafting import keys_of
from qa_server.desk.workplace import Workplace


@dataclass(frozen=True)
class KeptSecret:
    """A secret as it lies in the database. Without a key's id it is clear."""

    library_id: UUID
    kept: bytes
    key_id: str | None


def kept_by(hook: PaymentHook) -> KeptSecret:
    """Return the secret of a payment service as it lies there, to be opened outside of the transaction."""
    return KeptSecret(hook.library_id, hook.secret, hook.secret_key_id)


def opened(place: Workplace, secret: KeptSecret) -> bytes:
    """Return a secret. Raises OriginalLost where its key is gone, KeyFileUnusable."""
    if secret.key_id is None:
        return secret.kept
    sealed = Sealed(secret.key_id, secret.kept.decode("ascii", "replace"))
    return keys_of(place).unseal(sealed, about=_about(secret.library_id)).encode()


def is_readable(place: Workplace, secret: KeptSecret) -> bool:
    """Say whether a secret can be opened: its key is there, and the file of keys can be read."""
    try:
        opened(place, secret)
    except (OriginalLost, KeyFileUnusable):
        return False
    return True


def keep(place: Workplace, hook: PaymentHook, secret: bytes) -> None:
    """Put a secret into the row of a payment service, sealed with the newest key. Raises KeyFileUnusable."""
    sealed = keys_of(place).seal(secret.decode(), about=_about(hook.library_id))
    hook.secret, hook.secret_key_id = sealed.text.encode(), sealed.key_id


def seal_clear(place: Workplace, hook: PaymentHook) -> None:
    """Seal a secret that was kept clear; leave any other as it is. Raises KeyFileUnusable."""
    if hook.secret_key_id is None:
        keep(place, hook, hook.secret)


def seal_all(place: Workplace) -> int:
    """Seal what is clear or was sealed with an older key; return how many. Safe on several processes at once.

    What no key opens stays as it is: its administrators make another. Raises KeyFileUnusable.
    """
    newest, done = keys_of(place).newest, 0
    with place.database.write() as session:
        stale = select(PaymentHook).where(
            or_(PaymentHook.secret_key_id.is_(None), PaymentHook.secret_key_id != (newest or ""))
        )
        for hook in session.scalars(stale.with_for_update(skip_locked=True)):
            try:
                secret = opened(place, kept_by(hook))
            except OriginalLost:
                continue
            keep(place, hook, secret)
            done += 1
    return done


def _about(library_id: UUID) -> str:
    return f"payment_hook:{library_id}"
