"""Statistics of the knowledge base: what is counted, by whom it is seen, and what a stop or a busy database costs."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from knowledge import use
from knowledge.search import KnowledgeSearch
from knowledge.use import MAX_HELD, Ended, UseRecorder, bucket_of
from knowledge.use_models import ArticleUse, SearchUse, UseKind
from qa_server.desk import finding
from qa_server.desk.articles import measuring
from qa_server.desk.articles.measuring import PeriodUnfit, Statistics
from qa_server.desk.workplace import Workplace
from storage.errors import Forbidden, NotFound
from tests.fakes import Clock
from tests.village import Village


@pytest.fixture
def searching(place: Workplace, people: Village) -> KnowledgeSearch:
    """The search of the place, started."""
    place.search.start()
    return place.search


def look(place: Workplace, query: str, library: str = "AAA") -> list[UUID]:
    found = finding.for_reader(place, library_code=library, query=query, language=None, limit=5, network="n")
    return [hit.article_id for hit in found.hits]


def figures(place: Workplace, people: Village, code: str = "AAA") -> Statistics:
    start, end = measuring.last_days(place, 30)
    return measuring.statistics(place, people.zhou, code=code, start=start, end=end)


def test_searches_and_openings_are_counted_once_they_are_written_down(
    place: Workplace, people: Village, searching: KnowledgeSearch
) -> None:
    (hit, *_) = look(place, "图书馆几点开门")
    assert look(place, "完全无关的量子色动力学") == []
    finding.article_for_reader(place, library_code="AAA", article_id=hit)
    assert figures(place, people).total_searches == 0
    measuring.write_down(place)
    look(place, "图书馆几点开门")
    measuring.write_down(place)
    seen = figures(place, people)
    assert seen.total_searches == 3
    assert seen.outcomes["nothing"] == 1
    assert sum(seen.buckets.values()) == 3
    # The article is the nation's: its use is seen where it is owned, the searches where they were made.
    with place.database.read() as session:
        uses = {row.kind: row.uses for row in session.scalars(select(ArticleUse))}
    assert (uses["found"], uses["opened"]) == (2, 1)


def test_no_words_and_no_reader_are_kept(place: Workplace, people: Village, searching: KnowledgeSearch) -> None:
    look(place, "图书馆几点开门")
    measuring.write_down(place)
    columns = {column.name for table in (ArticleUse, SearchUse) for column in table.__table__.columns}
    assert columns == {
        *("day", "library_id", "article_id", "kind", "uses"),
        *("outcome", "mode", "bucket_ms", "searches"),
    }


def test_counts_that_could_not_be_written_are_written_the_next_time(
    place: Workplace, people: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.use.note_search(date(2026, 9, 1), people.library_a, Ended("nothing", "keyword", 0.01), [])

    def refuse(*_: object) -> None:
        raise OSError

    # The database is away for a moment.
    with monkeypatch.context() as patched:
        patched.setattr("knowledge.use.add", refuse)
        with pytest.raises(OSError):  # noqa: PT011 - whatever it is
            measuring.write_down(place)
        measuring.write_down_at_the_end(place)
    measuring.write_down(place)
    assert figures(place, people).total_searches == 1


def test_two_processes_add_to_the_same_row(place: Workplace, people: Village) -> None:
    day, article = date(2026, 9, 1), uuid4()
    for recorder in (UseRecorder(), UseRecorder()):
        recorder.note_use(day, people.library_a, article, UseKind.SENT)
        with place.database.write() as session:
            from_one = recorder.take()
            use.add(session, from_one)
    with place.database.read() as session:
        assert session.scalar(select(ArticleUse.uses)) == 2


def test_statistics_are_for_who_sees_the_articles_of_a_node(place: Workplace, people: Village) -> None:
    start, end = measuring.last_days(place, 7)
    with pytest.raises(Forbidden):
        measuring.statistics(place, people.grace, code="AAA", start=start, end=end)
    with pytest.raises(NotFound):
        measuring.statistics(place, people.zhou, code="NONE", start=start, end=end)
    with pytest.raises(PeriodUnfit):
        measuring.statistics(place, people.zhou, code="AAA", start=end, end=start)
    assert [node.code for node in measuring.nodes(place, people.grace)] == ["BBB"]


def test_freshness_and_coverage_count_what_is_published(place: Workplace, people: Village, clock: Clock) -> None:
    start, end = measuring.last_days(place, 7)
    seen = measuring.statistics(place, people.grace, code="BBB", start=start, end=end)
    assert [(owner.code, row) for owner, row in seen.coverage] == [("BBB", {"spaces": 1})]
    assert seen.freshness["age_365"] == 1
    assert seen.freshness["valid_open"] == 1
    tables = dict(measuring.tables(seen))
    assert tables["Coverage"][1][:2] == ["BBB", 1]


def test_a_flood_of_different_counts_does_not_fill_the_memory() -> None:
    recorder = UseRecorder()
    day, library = date(2026, 9, 1), uuid4()
    for _ in range(MAX_HELD + 10):
        recorder.note_use(day, library, uuid4(), UseKind.OPENED)
    assert recorder.lost == 10
    assert len(recorder.take().articles) == MAX_HELD
    recorder.note_use(day, library, uuid4(), UseKind.OPENED)
    assert recorder.lost == 10


@pytest.mark.parametrize(("seconds", "bound"), [(0.0, 25), (0.025, 25), (0.3, 300), (0.301, 1_000), (99.0, 60_000)])
def test_times_fall_into_their_buckets(seconds: float, bound: int) -> None:
    assert bucket_of(seconds) == bound
