"""Search with its vectors in PostgreSQL: the same answers, kept between starts, and keywords while it is away."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import create_engine, text

from embeddings.errors import EngineUnavailable
from embeddings.pgvector_index import PgvectorIndex
from knowledge import articles, queries
from knowledge.catalogue import Scope
from knowledge.search import KnowledgeSearch
from knowledge.vector_engines import IndexHome, PgvectorEngine
from storage.database import Database
from tests.databases import POSTGRES, copied_postgres
from tests.knowledge.factories import publish_in
from tests.knowledge.fakes import TokenEncoder
from tests.vector_server import fresh_database, vector_server

OWN, STRANGER = UUID(int=1), UUID(int=2)
SCOPE = Scope((OWN,))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server with pgvector."""
    with vector_server() as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    """An empty database on it."""
    return fresh_database(server, f"v{uuid4().hex}")


def started(database: Database, url: str, encoder: TokenEncoder | None = None) -> KnowledgeSearch:
    home = IndexHome(engine=PgvectorEngine(url))
    search = KnowledgeSearch(database, encoder or TokenEncoder(), poll_seconds=3600, home=home)
    search.start()
    search.catch_up()
    return search


def found(search: KnowledgeSearch, query: str) -> list[UUID]:
    return [hit.article_id for hit in search.rank(query, scope=SCOPE)[1] if hit.vector_rank]


def execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_vectors_elsewhere_find_what_is_in_scope_and_follow_every_change(sqlite: Database, url: str) -> None:
    own, hidden = publish_in(sqlite, OWN), publish_in(sqlite, STRANGER)
    search = started(sqlite, url)
    assert search.status().mode == "hybrid"
    assert search.status().passages == 8
    assert found(search, "开放时间") == [own.id]
    added = publish_in(sqlite, OWN, question="打印多少钱", alternates=(), answer="一角。")
    with sqlite.write() as session:
        articles.retire(session, queries.find_article(session, own.id))
    search.catch_up()
    assert found(search, "打印多少钱") == [added.id]
    assert not {own.id, hidden.id} & set(found(search, "开放时间"))
    assert search.status().passages == 6
    search.stop()


def test_a_restart_and_a_second_process_take_over_what_is_there(sqlite: Database, url: str) -> None:
    article = publish_in(sqlite, OWN)
    one = started(sqlite, url)
    later = publish_in(sqlite, OWN, question="怎样续借？", alternates=(), answer="在线续借。")
    other = started(sqlite, url)
    one.catch_up()
    for search in (one, other):
        assert found(search, "开放时间")[0] == article.id
        assert found(search, "怎样续借？")[0] == later.id
        assert search.status().passages == 6
        search.stop()


def test_vectors_of_another_database_are_not_trusted(sqlite: Database, url: str) -> None:
    index = PgvectorIndex(url, encoder="token-encoder", dimensions=256)
    index.add(np.array([5], dtype=np.int64), np.ones((1, 256), dtype=np.float32))
    index.keep(1, "another database's change")
    index.close()
    article = publish_in(sqlite, OWN)
    search = started(sqlite, url)
    assert search.status().passages == 4
    assert found(search, "开放时间") == [article.id]
    search.stop()


def test_an_engine_that_goes_away_leaves_the_keywords_and_comes_back(sqlite: Database, url: str) -> None:
    article = publish_in(sqlite, OWN)
    search = started(sqlite, url)
    table = PgvectorIndex(url, encoder="token-encoder", dimensions=256)
    execute(url, "ALTER TABLE wenjin_vector_tables RENAME TO away")
    execute(url, f"ALTER TABLE {table.table} RENAME TO away_too")
    result = search.search("几点关门", scope=SCOPE)
    assert (result.mode, result.hits[0].article_id) == ("keyword", article.id)
    later = publish_in(sqlite, OWN, question="怎样续借？", alternates=(), answer="在线续借。")
    search.catch_up()
    assert search.search("怎样续借？", scope=SCOPE).hits[0].article_id == later.id
    assert "vector engine" in (search.status().reason or "")
    execute(url, "DROP TABLE away_too")
    search.catch_up()
    assert (search.status().mode, search.status().passages) == ("hybrid", 6)
    table.close()
    search.stop()


def test_a_server_without_the_extension_is_refused_with_the_remedy(sqlite: Database) -> None:
    article = publish_in(sqlite, OWN)
    with copied_postgres("template1") as plain:
        engine = create_engine(plain)
        with engine.connect() as connection:
            offered = connection.execute(text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")).scalar()
        engine.dispose()
        if offered:
            pytest.skip(f"the server at {POSTGRES.partition('@')[2]} has pgvector")
        with pytest.raises(EngineUnavailable, match="CREATE EXTENSION vector"):
            PgvectorIndex(plain, encoder="e", dimensions=8)
        search = started(sqlite, plain)
        assert search.search("几点关门", scope=SCOPE).mode == "keyword"
        assert found(search, "开放时间") == []
        assert search.rank("开放时间", scope=SCOPE)[1][0].article_id == article.id
        assert "CREATE EXTENSION vector" in (search.status().reason or "")
        search.stop()


@pytest.mark.parametrize("url", ["sqlite:///x.db", "nonsense", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_an_address_that_leads_nowhere_is_refused_with_the_remedy(url: str) -> None:
    with pytest.raises(EngineUnavailable, match="faiss"):
        PgvectorIndex(url, encoder="e", dimensions=8)
