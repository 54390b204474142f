"""Search through its public door: outcomes, scope, nearness, freshness, and what a failing encoder leaves."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select

from embeddings.errors import EncoderUnavailable
from knowledge import articles, queries
from knowledge.articles import Change
from knowledge.catalogue import Scope
from knowledge.models import PassageVector
from knowledge.results import Thresholds
from knowledge.search import MAX_QUERY_CHARACTERS, KnowledgeSearch
from knowledge.vector_engines import IndexHome
from storage.after_commit import after_commit
from storage.base import Base
from storage.database import Database
from tests.knowledge.factories import AUTHOR, REVIEWER, content, publish, publish_in
from tests.knowledge.fakes import BrokenEncoder, TokenEncoder

OWN, PROVINCE, NATION, STRANGER = (UUID(int=number) for number in (1, 2, 3, 4))
SCOPE = Scope((OWN, PROVINCE, NATION))
COLLOQUIAL = "晚上最晚能待到几点"
EASY = Thresholds(answer=0.8, suggestion=0.3)
Start = Callable[..., KnowledgeSearch]
# Generous for a busy machine; reached only when something is wrong.
DEADLINE_SECONDS = 20


@pytest.fixture
def searching(database: Database) -> Iterator[Start]:
    """Makes a started search that has taken over everything; stops all at the end."""
    made: list[KnowledgeSearch] = []

    def start(encoder: TokenEncoder | None = None, **options: object) -> KnowledgeSearch:
        search = KnowledgeSearch(database, encoder, poll_seconds=3600, **options)  # type: ignore[arg-type]
        made.append(search)
        search.start()
        search.catch_up()
        return search

    yield start
    for search in made:
        search.stop()


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.01)


def found(search: KnowledgeSearch, query: str, scope: Scope = SCOPE, language: str | None = None) -> list[UUID]:
    return [hit.article_id for hit in search.rank(query, scope=scope, language=language)[1]]


def test_a_question_in_other_words_is_found_by_meaning(database: Database, searching: Start) -> None:
    encoder = TokenEncoder(synonyms={COLLOQUIAL: "图书馆的开放时间是什么？"})
    article = publish_in(database, NATION)
    publish_in(database, NATION, question="怎样续借？", alternates=(), answer="在我的图书馆里续借。")
    result = searching(encoder, thresholds=EASY).search(COLLOQUIAL, scope=SCOPE)
    assert (result.outcome, result.mode) == ("suggestions", "hybrid")
    assert result.hits[0].article_id == article.id
    assert (result.hits[0].vector_rank, result.hits[0].matched_text) == (1, "图书馆的开放时间是什么？")
    assert result.hits[0].vector_score == pytest.approx(1.0, abs=1e-5)


def test_a_repeated_wording_is_an_answer_with_all_that_staff_need(database: Database, searching: Start) -> None:
    article = publish_in(database, PROVINCE, key="spaces.hours")
    result = searching().search("几点关门？", scope=SCOPE)
    hit = result.hits[0]
    assert (result.outcome, result.mode) == ("answer", "keyword")
    assert (hit.article_id, hit.key, hit.library_id, hit.language) == (article.id, "spaces.hours", PROVINCE, "zh")
    assert (hit.matched_text, hit.score, hit.keyword_rank, hit.vector_rank) == ("几点关门", 1.0, 1, None)
    assert hit.keyword_score > 0
    assert hit.published_at == article.published_at


def test_a_question_nothing_answers_finds_nothing(database: Database, searching: Start) -> None:
    publish_in(database, NATION)
    for encoder in (None, TokenEncoder()):
        result = searching(encoder, thresholds=EASY).search("how to cook rice", scope=SCOPE)
        assert (result.outcome, result.hits) == ("nothing", ())


def test_articles_outside_the_scope_never_come_back(database: Database, searching: Start) -> None:
    hidden = publish_in(database, STRANGER)
    seen = publish_in(database, OWN)
    for encoder in (None, TokenEncoder()):
        search = searching(encoder)
        assert hidden.id in found(search, "开放时间", Scope((STRANGER,)))
        assert found(search, "开放时间") == [seen.id]
        assert found(search, "开放时间", Scope(())) == []
        assert found(search, "开放时间", Scope((uuid4(),))) == []


def test_a_narrow_scope_is_full_even_when_a_wide_one_has_closer_articles(database: Database, searching: Start) -> None:
    with database.write() as session:
        for _ in range(60):
            publish(session, STRANGER, alternates=("开放时间", "图书馆开放时间"))
        own = [publish(session, OWN, question="开放时间说明", alternates=(), answer="见公告。").id for _ in range(3)]
    assert set(found(searching(TokenEncoder()), "图书馆开放时间")) == set(own)


def test_a_scope_of_all_there_is_leaves_out_the_library_that_joins_later(database: Database, searching: Start) -> None:
    own = publish_in(database, OWN)
    search = searching()
    before = search.keyword_hits("开放时间", scope=SCOPE)
    assert [hit.number for hit in before] == [own.number]
    stranger = publish_in(database, STRANGER)
    search.catch_up()
    assert [hit.number for hit in search.keyword_hits("开放时间", scope=SCOPE)] == [own.number]
    everything = search.keyword_hits("开放时间", scope=Scope((*SCOPE.library_ids, STRANGER)))
    assert {hit.number for hit in everything} == {own.number, stranger.number}


def test_the_nearest_library_speaks_for_a_topic_even_in_other_words(database: Database, searching: Start) -> None:
    with database.write() as session:
        national = publish(session, NATION, key="loans.period", question="图书可以借多久？")
        own = publish(session, OWN, key="loans.period", question="本馆借期", alternates=(), answer="三十天。")
    search = searching(TokenEncoder())
    assert found(search, "图书可以借多久？") == [own.id]
    assert found(search, "图书可以借多久？", Scope((PROVINCE, NATION))) == [national.id]


def test_a_topic_is_shown_in_the_language_of_the_question(database: Database, searching: Start) -> None:
    with database.write() as session:
        english = {"language": "en", "question": "What are the opening hours?", "alternates": (), "answer": "8 to 22."}
        chinese = publish(session, NATION, key="spaces.hours")
        translated = publish(session, NATION, key="spaces.hours", **english)
    search = searching()
    assert found(search, "opening hours") == [translated.id]
    assert found(search, "开放时间") == [chinese.id]
    assert found(search, "opening hours", language="zh") == []
    assert found(search, "opening hours 开放时间", language="en") == [translated.id]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "图",
        "a",
        "😀",
        '"',
        '开放" AND (title:x OR *',
        "a:b^2~ +[x TO y] \\",
        "\x00",
        "' OR 1=1 --",
        "开" * 9000,
    ],
)
def test_any_text_is_a_valid_query(query: str, database: Database, searching: Start) -> None:
    publish_in(database, NATION)
    for encoder in (None, TokenEncoder()):
        assert searching(encoder).search(query, scope=SCOPE).outcome in {"answer", "suggestions", "nothing"}


def test_only_the_beginning_of_a_pasted_text_counts(database: Database, searching: Start) -> None:
    publish_in(database, NATION)
    assert found(searching(), "x" * MAX_QUERY_CHARACTERS + " 开放时间") == []


def test_a_published_article_is_found_after_commit_and_a_retired_one_is_not(
    database: Database, searching: Start
) -> None:
    search = searching(TokenEncoder())
    with database.write() as session:
        article = publish(session, OWN)
        after_commit(session, search.wake)
    eventually(lambda: found(search, "开放时间") == [article.id] and search.status().passages > 0)
    with database.write() as session:
        articles.retire(session, queries.find_article(session, article.id))
    # Before any refresh: texts come from the database, so what is hidden there is not shown.
    assert found(search, "开放时间") == []
    search.refresh()
    assert (search.status().articles, search.status().passages, search.status().lag) == (0, 0, 0)


def test_a_draft_is_not_found_and_a_revision_replaces_the_text(database: Database, searching: Start) -> None:
    search = searching(TokenEncoder())
    with database.write() as session:
        articles.draft(session, content=content(), owner=OWN, author_id=AUTHOR)
        article = publish(session, OWN, question="打印多少钱", alternates=("打印价格",), answer="一页一角。")
    search.catch_up()
    assert found(search, "打印多少钱") == [article.id]
    with database.write() as session:
        loaded = queries.find_article(session, article.id)
        changed = content(question="复印收费标准", alternates=(), answer="一页两角。")
        articles.revise(session, loaded, content=changed, change=Change(1, AUTHOR, "price"))
        articles.submit(session, loaded)
    search.catch_up()
    assert found(search, "打印多少钱") == [article.id]
    with database.write() as session:
        articles.publish(session, queries.find_article(session, article.id), reviewer_id=REVIEWER)
    search.catch_up()
    assert search.rank("复印收费标准", scope=SCOPE)[1][0].answer == "一页两角。"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PassageVector)) == search.status().passages == 2


def test_an_article_past_its_date_is_not_shown_even_before_anyone_marks_it(
    database: Database, searching: Start
) -> None:
    now = [datetime(2026, 5, 4, tzinfo=UTC)]
    article = publish_in(database, OWN, valid_until=now[0] + timedelta(days=1))
    search = searching(clock=lambda: now[0])
    assert found(search, "开放时间") == [article.id]
    now[0] += timedelta(days=2)
    assert found(search, "开放时间") == []


def test_another_process_catches_up_by_change_number(database: Database, searching: Start) -> None:
    one, other = searching(TokenEncoder()), searching(TokenEncoder())
    article = publish_in(database, OWN)
    assert other.status().lag == 1
    assert one.catch_up() == other.catch_up() == 1
    assert found(other, "开放时间") == [article.id]
    assert other.status().lag == 0


def test_a_restart_encodes_nothing_that_is_stored(database: Database, searching: Start) -> None:
    article = publish_in(database, OWN)
    searching(TokenEncoder())
    again = TokenEncoder()
    assert found(searching(again), "开放时间") == [article.id]
    assert again.encoded == []
    other = TokenEncoder("another-model")
    searching(other)
    assert len(other.encoded) == 4


def test_a_saved_index_is_taken_over_and_follows_what_changed_since(
    database: Database, searching: Start, tmp_path: Path
) -> None:
    kept, gone = publish_in(database, OWN), publish_in(database, OWN, question="怎样续借？", alternates=())
    searching(TokenEncoder(), home=IndexHome(tmp_path)).stop()
    assert (tmp_path / "0" / "passages.index").is_file()
    with database.write() as session:
        articles.retire(session, queries.find_article(session, gone.id))
        added = publish(session, OWN, question="打印多少钱", alternates=(), answer="一角。")
        session.execute(delete(PassageVector).where(PassageVector.article_id == kept.id))
    again = TokenEncoder()
    search = searching(again, home=IndexHome(tmp_path))
    assert again.encoded == ["打印多少钱", "一角。"]
    assert found(search, "开放时间")[0] == kept.id
    assert gone.id not in found(search, "怎样续借")
    assert search.rank("打印多少钱", scope=SCOPE)[1][0].article_id == added.id
    assert search.status().passages == 6


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"damaged"), lambda path: path.unlink()])
def test_a_damaged_or_missing_index_file_is_rebuilt_from_the_database(
    database: Database, searching: Start, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    article = publish_in(database, OWN)
    searching(TokenEncoder(), home=IndexHome(tmp_path)).stop()
    spoil(tmp_path / "0" / "passages.index")
    search = searching(TokenEncoder(), home=IndexHome(tmp_path))
    assert found(search, "开放时间") == [article.id]
    assert search.status().passages == 4


def test_an_index_file_of_another_database_is_not_trusted(sqlite: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    Base.metadata.create_all(other.engine)
    for number, each in enumerate((sqlite, other)):
        publish_in(each, OWN, question=f"问题 {number}", alternates=())
        search = KnowledgeSearch(each, TokenEncoder(), poll_seconds=3600, home=IndexHome(tmp_path))
        search.start()
        search.catch_up()
        assert search.rank(f"问题 {number}", scope=SCOPE)[1][0].vector_score == pytest.approx(1, abs=1e-5)
        search.stop()
    other.dispose()


def test_without_an_encoder_the_keyword_side_answers_and_says_why(database: Database, searching: Start) -> None:
    def unavailable() -> TokenEncoder:
        raise EncoderUnavailable("There is no model folder /x.", "Check the path.")

    article = publish_in(database, OWN)
    search = searching(load_encoder=unavailable)
    assert search.search("几点关门", scope=SCOPE).mode == "keyword"
    assert found(search, "开放时间") == [article.id]
    assert search.status().reason == "There is no model folder /x. Check the path."
    assert searching().status().reason == "No encoder is set."


def test_an_encoder_that_fails_on_a_query_leaves_the_keyword_side(
    database: Database, searching: Start, caplog: pytest.LogCaptureFixture
) -> None:
    article = publish_in(database, OWN)
    search = searching(BrokenEncoder())
    result = search.search("几点关门", scope=SCOPE)
    assert (result.mode, result.hits[0].article_id) == ("keyword", article.id)
    assert "could not be encoded" in (search.status().reason or "")
    assert "几点关门" not in caplog.text


def test_searches_go_on_while_articles_come(database: Database, searching: Start) -> None:
    search = searching(TokenEncoder())
    article = publish_in(database, OWN)
    search.catch_up()
    faults: list[BaseException] = []
    done = threading.Event()

    def keep_searching() -> None:
        try:
            while not done.is_set():
                assert article.id in found(search, "图书馆的开放时间是什么")
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=keep_searching) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(15):
        publish_in(database, OWN, question=f"第 {number} 个问题", alternates=(), answer="答。")
        search.catch_up()
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert search.status().articles == 16
