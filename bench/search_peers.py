"""What a user could pick instead without installing anything, asked the same questions by bench/search.py."""

import sqlite3
from collections.abc import Callable

import numpy as np

from embeddings.encoder import Encoder
from knowledge.tokens import tokens
from storage.database import Database


def sqlite_fts5(database: Database) -> Callable[[str], object]:
    """The same wordings in SQLite's own full text index, asked with any word."""
    table = sqlite3.connect(":memory:", check_same_thread=False)
    table.execute("CREATE VIRTUAL TABLE wordings USING fts5(words)")
    source = sqlite3.connect(str(database.engine.url.database))
    rows = source.execute("SELECT question FROM article_revisions")
    table.executemany("INSERT INTO wordings VALUES (?)", ((" ".join(tokens(row[0])),) for row in rows))
    source.close()

    def ask(text: str) -> object:
        words = " OR ".join(f'"{token}"' for token in dict.fromkeys(tokens(text)))
        found = "SELECT rowid FROM wordings WHERE wordings MATCH ? ORDER BY rank LIMIT 5"
        return table.execute(found, (words,)).fetchall()

    return ask


def numpy_scan(count: int, encoder: Encoder) -> Callable[[str], object]:
    """Every vector compared by numpy, as a small script would."""
    rows = np.random.default_rng(0).standard_normal((count, encoder.dimensions)).astype(np.float32)
    return lambda text: np.argpartition(rows @ encoder.encode_queries([text])[0], -5)[-5:]
