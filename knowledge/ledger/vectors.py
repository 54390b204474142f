"""Vectors of asked words, encoded once and kept, and the middles of all entries as one process compares with them."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

import numpy as np
from sqlalchemy import select

from embeddings.encoder import Encoder, Vectors
from knowledge.ledger.clustering import Centres
from knowledge.ledger.counts import keep_vectors
from knowledge.ledger.models import EntryState, LedgerEntry, QuestionVector
from knowledge.sounds import spell_out
from storage.database import Database

_PAGE = 2_000


class Worded(Protocol):
    """Something that was asked in words."""

    @property
    def words(self) -> str: ...

    @property
    def words_hash(self) -> str: ...


def vectors_of(database: Database, encoder: Encoder | None, asked: Sequence[Worded]) -> Vectors | None:
    """Return a row for each, reading what is kept and encoding and keeping the rest; None without an encoder.

    Encodes outside every transaction. May block for long.
    """
    if encoder is None:
        return None
    kept = _kept(database, encoder, {each.words_hash for each in asked})
    missing = {each.words_hash: each.words for each in asked if each.words_hash not in kept}
    if missing:
        made = encoder.encode_queries([spell_out(words) for words in missing.values()])
        fresh = dict(zip(missing, made, strict=True))
        _keep(database, encoder, fresh)
        kept.update(fresh)
    return np.stack([kept[each.words_hash] for each in asked]).astype(np.float32)


def centres_of(database: Database, encoder: str, dimensions: int) -> Centres[UUID]:
    """Return the middles of all entries that this encoder has made."""
    centres: Centres[UUID] = Centres(dimensions)
    last = UUID(int=0)
    while True:
        with database.read() as session:
            rows = session.execute(
                select(LedgerEntry.id, LedgerEntry.centre)
                .where(LedgerEntry.id > last, LedgerEntry.encoder == encoder, LedgerEntry.state != EntryState.MERGED)
                .order_by(LedgerEntry.id)
                .limit(_PAGE)
            ).all()
        for row in rows:
            if len(row.centre) == 4 * dimensions:
                centres.put(row.id, np.frombuffer(row.centre, dtype=np.float32))
        if len(rows) < _PAGE:
            return centres
        last = rows[-1].id


def _kept(database: Database, encoder: Encoder, hashes: Iterable[str]) -> dict[str, Vectors]:
    with database.read() as session:
        rows = session.execute(
            select(QuestionVector.words_hash, QuestionVector.vector).where(
                QuestionVector.encoder == encoder.name, QuestionVector.words_hash.in_(hashes)
            )
        ).all()
    return {
        row.words_hash: np.frombuffer(row.vector, dtype=np.float16).astype(np.float32)
        for row in rows
        if len(row.vector) == 2 * encoder.dimensions
    }


def _keep(database: Database, encoder: Encoder, fresh: dict[str, Vectors]) -> None:
    with database.write() as session:
        keep_vectors(session, encoder.name, {each: row.astype(np.float16).tobytes() for each, row in fresh.items()})
