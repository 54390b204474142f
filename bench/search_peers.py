"""What a user could pick instead, asked the same questions by bench/search.py: each is skipped where it is missing.

SQLite FTS5 comes with Python. The others are in bench/requirements.txt; none is a dependency of the product.
"""

import importlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from embeddings.encoder import Encoder
from knowledge.catalogue import Scope
from knowledge.tokens import tokens
from storage.database import Database

Ask = Callable[[str], object]
_ROWS_AT_ONCE = 5_000
_FOUND = 5


class PeerMissing(Exception):
    """The package of a peer is not installed."""


@dataclass(frozen=True)
class Source:
    """What the peers are filled from: the questions of the articles with their owners, and the scope to ask in."""

    database: Database
    encoder: Encoder
    scope: Scope

    def questions(self) -> Iterator[Sequence[Any]]:
        """Yield rows of number, owner and question, in parts."""
        statement = text(
            "SELECT a.number, a.library_id, r.question FROM articles a"
            " JOIN article_revisions r ON r.article_id = a.id ORDER BY a.number"
        )
        with self.database.engine.connect() as connection:
            yield from connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(statement).partitions()


def sqlite_fts5(source: Source) -> Ask:
    """SQLite's own full text index over the same tokens, any word, in the scope."""
    table = sqlite3.connect(":memory:", check_same_thread=False)
    table.execute("CREATE VIRTUAL TABLE wordings USING fts5(words, owner UNINDEXED)")
    for part in source.questions():
        rows = [(number, " ".join(tokens(question)), owner) for number, owner, question in part]
        table.executemany("INSERT INTO wordings (rowid, words, owner) VALUES (?, ?, ?)", rows)
    owners = [owner.hex for owner in source.scope.library_ids]
    marks = ", ".join("?" for _ in owners)
    found = f"SELECT rowid FROM wordings WHERE wordings MATCH ? AND owner IN ({marks}) ORDER BY rank LIMIT {_FOUND}"

    def ask(query: str) -> object:
        words = " OR ".join(f'"{token}"' for token in dict.fromkeys(tokens(query)))
        return table.execute(found, (words, *owners)).fetchall()

    return ask


def bm25s(source: Source) -> Ask:
    """bm25s over the same tokens. It knows no filter: what is out of scope would have to be dropped afterwards."""
    package = _load("bm25s")
    retriever = package.BM25()
    retriever.index([tokens(row[2]) for part in source.questions() for row in part], show_progress=False)
    return lambda query: retriever.retrieve([tokens(query)], k=_FOUND, show_progress=False)


def chroma(source: Source) -> Ask:
    """Chroma in memory with the same encoder, one vector for each question, in the scope. It has no keyword side."""
    package = _load("chromadb")
    client = package.EphemeralClient(settings=package.Settings(anonymized_telemetry=False))
    table = client.get_or_create_collection("articles", configuration={"hnsw": {"space": "ip"}})
    for part in source.questions():
        table.add(
            ids=[str(row[0]) for row in part],
            embeddings=source.encoder.encode_passages([row[2] for row in part]),
            metadatas=[{"owner": row[1]} for row in part],
        )
    owners = {"owner": {"$in": [owner.hex for owner in source.scope.library_ids]}}
    return lambda query: table.query(
        query_embeddings=source.encoder.encode_queries([query]), n_results=_FOUND, where=owners
    )


PEERS: dict[str, Callable[[Source], Ask]] = {"sqlite_fts5": sqlite_fts5, "bm25s": bm25s, "chroma": chroma}


def _load(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PeerMissing(name) from error
