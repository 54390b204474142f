"""Our own provider in a process of its own, harvested by a harvester of others and by ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sickle import Sickle
from sqlalchemy import func, select

from knowledge import articles
from knowledge.articles import Change
from knowledge.content import ArticleContent
from knowledge.models import Article, ArticleState, Revision
from qa_server.desk.answers import harvesting
from qa_server.desk.answers import sources as harvest_sources
from qa_server.desk.answers.harvesting import RunReport
from qa_server.desk.workplace import Workplace
from qa_server.harvesting.models import HarvestedRecord, HarvestSource, RecordState
from qa_server.harvesting.sources import SourceFields
from storage.database import Database
from tests import village
from tests.conftest import make_app
from tests.databases import migrated_sqlite
from tests.fakes import Clock
from tests.operation.running import running
from tests.village import Village, publish_article

ARTICLES = 12


@dataclass
class Provider:
    """A running provider: its address, and its database for changing what it provides."""

    address: str
    database: Database
    people: Village
    ids: list[UUID]
    fresh: Iterator[int]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The service in a process of its own, with twelve articles beside those of the village, five to a page."""
    folder = tmp_path_factory.mktemp("provider")
    url = f"sqlite:///{migrated_sqlite(folder)}"
    database = Database(url)
    people = village.build(database)
    with database.write() as session:
        ids = [
            publish_article(
                session,
                owner=people.nation,
                key=f"k.n{count}",
                question=f"问题 {count}？",
                answer=f"答案 {count} <b>&。",
            )
            for count in range(ARTICLES)
        ]
    settings = {"WENJIN_OAI_PAGE_SIZE": "5", "WENJIN_INDEX_FOLDER": "", "WENJIN_LOG_LEVEL": "WARNING"}
    with running("serve", "--database", url, "--port", "0", log=folder / "log", **settings) as server:
        yield Provider(f"{server.address}/oai", database, people, ids, iter(range(ARTICLES)))
    database.dispose()


@pytest.fixture
def place(database_url: str) -> Iterator[Workplace]:
    """The harvesting side, on both databases."""
    settings = {"harvest_private_addresses": True, "harvest_pause_seconds": 0}
    workplace: Workplace = make_app(database_url, Clock(), **settings).state.place
    yield workplace
    workplace.search.stop()
    workplace.messages.stop()
    workplace.database.dispose()


def test_a_harvester_of_others_gets_everything_in_pages(provider: Provider) -> None:
    harvester = Sickle(provider.address)
    assert harvester.Identify().deletedRecord == "persistent"
    assert [each.metadataPrefix for each in harvester.ListMetadataFormats()] == ["oai_dc"]
    assert "library:NAT:PRV:BBB" in [each.setSpec for each in harvester.ListSets()]
    records = list(harvester.ListRecords(metadataPrefix="oai_dc"))
    assert len({record.header.identifier for record in records}) == len(records) == ARTICLES + 2
    found = harvester.GetRecord(identifier=records[0].header.identifier, metadataPrefix="oai_dc")
    assert found.metadata["title"] == ["图书馆几点开门？"]
    assert len(list(harvester.ListIdentifiers(metadataPrefix="oai_dc", set="library:NAT:PRV:BBB"))) == 1


def test_a_harvest_makes_drafts_once_and_follows_what_changes(provider: Provider, place: Workplace) -> None:
    people = village.build(place.database)
    place.search.refresh()
    source = _source(place, people, provider.address)
    first = _run(place, source)
    # Two ask what the village knows already, word for word, of which one is of a library beside.
    assert (first.seen, first.drafted, first.duplicates, first.problem) == (ARTICLES + 2, ARTICLES + 1, 1, None)
    with place.database.read() as session:
        drafts = session.scalars(select(Article).where(Article.origin.is_not(None))).all()
        assert {draft.state for draft in drafts} == {ArticleState.DRAFT}
        assert {draft.library_id for draft in drafts} == {people.library_a}
        assert {draft.author_id for draft in drafts} == {people.zhou.id}
        texts = [session.get_one(Revision, (draft.id, 1)) for draft in drafts]
        assert "答案 3 <b>&。" in [text.answer for text in texts]
        assert all("/answers/" in text.sources[0] for text in texts)
        # Asked for from the provider's own moment on.
        assert session.get_one(HarvestSource, source).harvested_until
    again = _run(place, source)
    assert (again.drafted, again.revised, again.problem) == (0, 0, None)
    with place.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Article).where(Article.origin.is_not(None))) == len(
            drafts
        )


def test_a_change_renews_an_untouched_draft_and_flags_one_under_work(provider: Provider, place: Workplace) -> None:
    people = village.build(place.database)
    source = _source(place, people, provider.address)
    _run(place, source)
    plain, worked, gone = next(provider.fresh), next(provider.fresh), next(provider.fresh)
    touched = _draft(place, f"问题 {worked}？")
    with place.database.write() as session:
        article = session.get_one(Article, touched)
        articles.revise(
            session,
            article,
            content=_content(f"问题 {worked}？", "我们的答案。"),
            change=Change(1, uuid4(), "Own words."),
        )
    _renew(provider, plain, "新答案 0")
    _renew(provider, worked, "新答案 1")
    with provider.database.write() as session:
        articles.retire(session, session.get_one(Article, provider.ids[gone]))
    report = _run(place, source)
    assert (report.revised, report.deleted, report.problem) == (2, 1, None)
    with place.database.read() as session:
        states = dict(session.execute(select(HarvestedRecord.title, HarvestedRecord.state)).all())
        untouched = session.get_one(Article, _draft(place, f"问题 {plain}？"))
        assert articles.current_revision(session, untouched).answer == "新答案 0"
        assert articles.current_revision(session, session.get_one(Article, touched)).answer == "我们的答案。"
    assert states[f"问题 {worked}？"] == RecordState.CHANGED
    assert states[f"问题 {gone}？"] == RecordState.DELETED


def _source(place: Workplace, people: Village, address: str) -> UUID:
    fields = SourceFields("Ours", address, "", "zh", "other", 0)
    return harvest_sources.add(place, people.zhou, "AAA", fields)


def _run(place: Workplace, source: UUID) -> RunReport:
    return harvesting.run(place, source, wait=lambda seconds: None)


def _draft(place: Workplace, question: str) -> UUID:
    with place.database.read() as session:
        found = select(HarvestedRecord.article_id).where(HarvestedRecord.title == question)
        id_ = session.scalar(found)
        assert id_ is not None
        return id_


def _renew(provider: Provider, number: int, answer: str) -> None:
    with provider.database.write() as session:
        article = session.get_one(Article, provider.ids[number])
        content = _content(f"问题 {number}？", answer)
        articles.revise(session, article, content=content, change=Change(1, uuid4(), "Renewed."))
        articles.submit(session, article)
        articles.publish(session, article, reviewer_id=uuid4())


def _content(question: str, answer: str) -> ArticleContent:
    return ArticleContent(
        key="k.any", language="zh", question=question, answer=answer, service_topic="spaces", question_type="fact"
    )
