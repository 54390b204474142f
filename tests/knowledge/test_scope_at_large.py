"""Nobody finds what is not theirs: the measurement of bench/scope.py, small enough to run every time."""

from pathlib import Path

from bench import scope
from knowledge.catalogue import Scope
from knowledge.models import Audience
from knowledge.search import KnowledgeSearch
from knowledge.throwaway import filled_database, library_id
from tests.knowledge.fakes import TokenEncoder


def test_a_thousand_queries_at_two_hundred_libraries_find_nothing_out_of_scope(tmp_path: Path) -> None:
    tree = scope.network(200)
    with filled_database(scope.written(tree.owners, 3), folder=tmp_path) as (database, _):
        allowed = scope.settle(database)
        search = KnowledgeSearch(database, TokenEncoder())
        search.start()
        search.catch_up()
        try:
            tally = scope.ask(search, tree, allowed, queries=1_000, seed=3)
            # There is something to leak: without the scope of a library the same questions find what it may not see.
            everything = Scope(tuple(library_id(owner) for owner in tree.owners), Audience.STAFF)
            wide = search.rank("怎么借图书？", scope=everything, limit=10)[1]
            own = {library_id(owner) for owner in tree.scopes["L0"]}
            assert any(hit.library_id not in own for hit in wide)
        finally:
            search.stop()
    assert tally.answered > 500
    assert tally.leaks == 0
    assert all(tally.by_audience.get(each.name.lower()) for each in Audience)
