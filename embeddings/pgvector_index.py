"""Neighbours of a vector in a PostgreSQL with the extension pgvector: one table that all processes share.

The table is made when it is first needed and named after the encoder. It is a cache: what it is true up to stands
beside it, and whoever does not trust that clears it. Every database error comes out as EngineUnavailable.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from embeddings.encoder import Vectors
from embeddings.errors import DimensionMismatch, EngineUnavailable
from embeddings.id_set import Ids
from embeddings.vector_index import Selection

# Half precision: half the memory of the table and the graph.
_TYPE = "halfvec"
MAX_DIMENSIONS = 4_000
# Below this many selected rows every one is compared: as quick as the graph, and exact.
EXACT_ROWS = 20_000
# How far the graph may be followed in search of rows that are selected.
_MAX_SCANNED = 100_000
_ROWS_PER_STATEMENT = 1_000
_POOL_SIZE = 8
# Whether few rows are selected is asked again after so long; it decides how to look, never what is found.
_REMEMBERED_SECONDS = 10
_REMEMBERED_SELECTIONS = 10_000
_SILENCE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
# Of several processes that begin at once one makes the tables; the number stands for "wenjin" and nothing else.
_LOCK = 0x77656E6A
_NO_EXTENSION = "Install pgvector for this PostgreSQL and let an administrator run: CREATE EXTENSION vector;"
_NO_SERVER = "Check the setting of the vector engine's database, or use the engine faiss."


class PgvectorIndex:
    """A VectorIndex in PostgreSQL. Opens the connection and makes the table. Raises EngineUnavailable with the remedy.

    Exact while few rows are selected, an HNSW graph with an iterative scan above; where the graph gives up before the
    page is full, the search is done again exactly.
    """

    def __init__(self, url: str, *, encoder: str, dimensions: int, exact_rows: int = EXACT_ROWS) -> None:
        if dimensions > MAX_DIMENSIONS:
            raise EngineUnavailable(
                f"pgvector indexes at most {MAX_DIMENSIONS} numbers a vector; the encoder gives {dimensions}.",
                "Set another encoder, or use the engine faiss.",
            )
        self._dimensions = dimensions
        self._exact_rows = exact_rows
        self._encoder = encoder
        # Only hexadecimal digits of our own hash go into the statements; every value is a parameter.
        self._table = f"wenjin_vectors_{hashlib.sha256(f'{encoder}/{dimensions}'.encode()).hexdigest()[:16]}"
        self._narrow: dict[tuple[str, ...] | None, tuple[float, bool]] = {}
        self._engine = _engine(url)
        try:
            with self._transaction() as connection:
                _require_extension(connection)
                self._make_tables(connection)
        except EngineUnavailable:
            self._engine.dispose()
            raise

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def table(self) -> str:
        """The name of the table, for whoever looks after the database."""
        return self._table

    def __len__(self) -> int:
        with self._transaction() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {self._table}")).scalar_one())  # noqa: S608

    @property
    def kept(self) -> tuple[int, str] | None:
        """The change number and mark that `keep` was last given, None when nothing is kept."""
        with self._transaction() as connection:
            row = connection.execute(
                text("SELECT change_number, mark FROM wenjin_vector_tables WHERE name = :name"), {"name": self._table}
            ).one_or_none()
        return (row.change_number, row.mark) if row else None

    def keep(self, change_number: int, mark: str) -> None:
        """Note up to which change the table is true. A lower number than the one noted is ignored."""
        with self._transaction() as connection:
            connection.execute(
                text(
                    "INSERT INTO wenjin_vector_tables (name, encoder, dimensions, change_number, mark)"
                    " VALUES (:name, :encoder, :dimensions, :change_number, :mark)"
                    " ON CONFLICT (name) DO UPDATE SET change_number = excluded.change_number, mark = excluded.mark"
                    " WHERE wenjin_vector_tables.change_number < excluded.change_number"
                ),
                {
                    "name": self._table,
                    "encoder": self._encoder,
                    "dimensions": self._dimensions,
                    "change_number": change_number,
                    "mark": mark,
                },
            )

    def clear(self) -> None:
        """Take every entry out and forget what the table was true up to."""
        with self._transaction() as connection:
            connection.execute(text("DELETE FROM wenjin_vector_tables WHERE name = :name"), {"name": self._table})
            connection.execute(text(f"TRUNCATE {self._table}"))

    def close(self) -> None:
        """Close the connections; one that a search still uses is closed when it comes back."""
        event.listen(self._engine, "checkin", _close_returned)
        self._engine.dispose()

    def add(self, ids: Ids, vectors: Vectors, *, groups: Sequence[str] = (), instead_of: Ids | None = None) -> None:
        self._check(vectors)
        names = groups or [""] * len(ids)
        # In one order, so that two processes that write the same rows wait for each other instead of locking up.
        order = np.argsort(ids).tolist()
        with self._transaction() as connection:
            if instead_of is not None and len(instead_of):
                self._delete(connection, instead_of)
            for start in range(0, len(order), _ROWS_PER_STATEMENT):
                part = order[start : start + _ROWS_PER_STATEMENT]
                rows = {
                    "ids": [int(ids[place]) for place in part],
                    "names": [names[place] for place in part],
                    "vectors": [_literal(vectors[place]) for place in part],
                }
                connection.execute(self._upsert(), rows)

    def remove(self, ids: Ids) -> int:
        with self._transaction() as connection:
            gone = self._delete(connection, ids)
        return gone

    def search(self, queries: Vectors, limit: int, selection: Selection | None = None) -> tuple[Vectors, Ids]:
        self._check(queries)
        scores = np.full((len(queries), limit), -np.inf, dtype=np.float32)
        ids = np.full((len(queries), limit), -1, dtype=np.int64)
        with self._transaction() as connection:
            is_narrow = self._is_narrow(connection, selection)
            for place, query in enumerate(queries):
                rows = self._nearest(connection, query, limit, selection, is_narrow)
                for column, row in enumerate(rows):
                    scores[place, column], ids[place, column] = -row.distance, row.id
        return scores, ids

    def _nearest(
        self, connection: Connection, query: Vectors, limit: int, selection: Selection | None, is_narrow: bool
    ) -> Sequence[Any]:
        values: dict[str, object] = {"query": _literal(query), "limit": limit}
        where = ""
        if selection is not None:
            where, values["groups"] = "WHERE group_name = ANY(:groups)", list(selection.groups)
        statement = text(
            f"SELECT id, vector <#> CAST(:query AS {_TYPE}) AS distance FROM {self._table} {where}"  # noqa: S608
            " ORDER BY distance LIMIT :limit"
        )
        rows: Sequence[Any] = []
        if not is_narrow:
            _use_graph(connection, limit)
            rows = connection.execute(statement, values).all()
        if len(rows) < limit:
            _use_no_graph(connection)
            rows = connection.execute(statement, values).all()
        return sorted(rows, key=lambda row: row.distance)

    def _is_narrow(self, connection: Connection, selection: Selection | None) -> bool:
        """Say whether so few rows are selected that comparing each is quick; asked once in a while per selection."""
        groups = None if selection is None else selection.groups
        known = self._narrow.get(groups)
        if known and known[0] > time.monotonic():
            return known[1]
        where = "" if groups is None else "WHERE group_name = ANY(:groups)"
        counted = f"SELECT count(*) FROM (SELECT 1 FROM {self._table} {where} LIMIT :enough) AS first_rows"  # noqa: S608
        values = {"enough": self._exact_rows + 1} | ({} if groups is None else {"groups": list(groups)})
        is_narrow = bool(connection.execute(text(counted), values).scalar_one() <= self._exact_rows)
        if len(self._narrow) >= _REMEMBERED_SELECTIONS:
            self._narrow = {}
        self._narrow[groups] = (time.monotonic() + _REMEMBERED_SECONDS, is_narrow)
        return is_narrow

    def _delete(self, connection: Connection, ids: Ids) -> int:
        statement = text(f"DELETE FROM {self._table} WHERE id = ANY(:ids)")  # noqa: S608
        return connection.execute(statement, {"ids": [int(id_) for id_ in ids]}).rowcount

    def _upsert(self) -> Any:
        # What another process has written already is left as it is: the graph then has nothing to do.
        return text(
            f"INSERT INTO {self._table} AS kept (id, group_name, vector)"  # noqa: S608
            f" SELECT id, group_name, CAST(vector AS {_TYPE}) FROM"
            " unnest(CAST(:ids AS bigint[]), CAST(:names AS text[]), CAST(:vectors AS text[]))"
            " AS given (id, group_name, vector)"
            " ON CONFLICT (id) DO UPDATE SET group_name = excluded.group_name, vector = excluded.vector"
            " WHERE kept.group_name <> excluded.group_name OR kept.vector <> excluded.vector"
        )

    def _make_tables(self, connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        for statement in (
            "CREATE TABLE IF NOT EXISTS wenjin_vector_tables (name text PRIMARY KEY, encoder text NOT NULL,"
            " dimensions integer NOT NULL, change_number bigint NOT NULL, mark text NOT NULL)",
            f"CREATE TABLE IF NOT EXISTS {self._table} (id bigint PRIMARY KEY, group_name text NOT NULL,"
            f" vector {_TYPE}({self._dimensions}) NOT NULL)",
            f"CREATE INDEX IF NOT EXISTS {self._table}_group ON {self._table} (group_name)",
            f"CREATE INDEX IF NOT EXISTS {self._table}_graph ON {self._table} USING hnsw (vector {_TYPE}_ip_ops)",
        ):
            connection.execute(text(statement))

    def _check(self, vectors: Vectors) -> None:
        if vectors.shape[1] != self._dimensions:
            raise DimensionMismatch(self._dimensions, vectors.shape[1])

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise EngineUnavailable("The vector engine's database does not answer as it should.", _NO_SERVER) from error


def _engine(url: str) -> Any:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed, pool_size=_POOL_SIZE, pool_pre_ping=True, connect_args=_SILENCE, hide_parameters=True
            )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise EngineUnavailable("The address of the vector engine is not understood.", _NO_SERVER) from error
    raise EngineUnavailable("The vector engine pgvector needs a PostgreSQL database.", _NO_SERVER)


def _close_returned(_connection: object, record: ConnectionPoolEntry) -> None:
    record.close()


def _require_extension(connection: Connection) -> None:
    there = "SELECT 1 FROM pg_extension WHERE extname = 'vector'"
    if connection.execute(text(there)).scalar():
        return
    offered = "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
    if not connection.execute(text(offered)).scalar():
        raise EngineUnavailable("The extension pgvector is not installed in that PostgreSQL.", _NO_EXTENSION)
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    except DBAPIError as error:
        raise EngineUnavailable("The extension pgvector could not be switched on.", _NO_EXTENSION) from error


def _use_graph(connection: Connection, limit: int) -> None:
    connection.execute(text("SET LOCAL enable_indexscan = on"))
    connection.execute(text("SET LOCAL hnsw.iterative_scan = relaxed_order"))
    connection.execute(text(f"SET LOCAL hnsw.ef_search = {min(1000, max(100, limit))}"))
    connection.execute(text(f"SET LOCAL hnsw.max_scan_tuples = {_MAX_SCANNED}"))


def _use_no_graph(connection: Connection) -> None:
    # The graph can only be reached by an index scan; the index of the groups also by a bitmap.
    connection.execute(text("SET LOCAL enable_indexscan = off"))


def _literal(vector: Vectors) -> str:
    return "[" + ",".join(map(repr, vector.astype(float).tolist())) + "]"
