"""A text before its publication gets the scores and the place that it has afterwards, and nobody finds it before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from knowledge import articles
from knowledge.candidates import NEXT_NUMBER
from knowledge.catalogue import Scope
from knowledge.keyword_index import KeywordDocument, KeywordIndex
from knowledge.models import Article
from knowledge.search import KnowledgeSearch
from knowledge.visible import VisibleArticle
from storage.database import Database
from tests.knowledge.factories import AUTHOR, REVIEWER, content, publish_in
from tests.knowledge.fakes import TokenEncoder

OWN, STRANGER = UUID(int=1), UUID(int=4)
SCOPE = Scope((OWN,))
QUERY = "网上续借图书"


@pytest.fixture(params=[True, False], ids=["by meaning", "by words"])
def search(sqlite: Database, request: pytest.FixtureRequest) -> Iterator[KnowledgeSearch]:
    """A started search over a few articles."""
    for number in range(12):
        publish_in(sqlite, OWN, question=f"第{number}种图书怎么借？", answer="在我的图书馆里办理。" * (number + 1))
    made = KnowledgeSearch(sqlite, TokenEncoder() if request.param else None, poll_seconds=3600)
    made.start()
    made.catch_up()
    yield made
    made.stop()


def visible(article: Article, question: str, answer: str) -> VisibleArticle:
    return VisibleArticle(
        id=article.id,
        number=article.number or NEXT_NUMBER,
        key=article.key,
        library_id=article.library_id,
        language="zh",
        revision_number=article.current_revision,
        question=question,
        alternates=(),
        answer=answer,
        sources=(),
        published_at=datetime.now(UTC),
    )


def test_a_candidate_stands_where_it_will_stand_when_it_is_published(sqlite: Database, search: KnowledgeSearch) -> None:
    text = {"question": "图书网上怎么续借，续借几次？", "answer": "登录后点击续借按钮，最多两次。"}
    with sqlite.write() as session:
        article = articles.draft(session, content=content(alternates=(), **text), owner=OWN, author_id=AUTHOR)
        articles.submit(session, article)
    before = search.rank(QUERY, scope=SCOPE, limit=10)[1]
    foreseen = search.rank(QUERY, scope=SCOPE, limit=10, candidate=search.prepare(visible(article, **text)))[1]
    # Nobody finds it so far.
    assert search.rank(QUERY, scope=SCOPE, limit=10)[1] == before
    with sqlite.write() as session:
        articles.publish(session, session.get_one(Article, article.id), reviewer_id=REVIEWER)
    search.catch_up()
    after = search.rank(QUERY, scope=SCOPE, limit=10)[1]
    assert [hit.article_id for hit in foreseen] == [hit.article_id for hit in after]
    assert foreseen[0].article_id == article.id
    assert [hit.score for hit in foreseen] == pytest.approx([hit.score for hit in after], abs=0.02)


def test_a_new_text_stands_instead_of_the_published_one(sqlite: Database, search: KnowledgeSearch) -> None:
    article = publish_in(sqlite, OWN, question=QUERY, answer="可以。", alternates=())
    search.catch_up()
    assert search.rank(QUERY, scope=SCOPE)[1][0].article_id == article.id
    changed = search.prepare(visible(article, "校外访问", "用统一身份认证。"))
    assert article.id not in [hit.article_id for hit in search.rank(QUERY, scope=SCOPE, candidate=changed)[1]]


def test_a_candidate_out_of_scope_changes_nothing(sqlite: Database, search: KnowledgeSearch) -> None:
    with sqlite.write() as session:
        article = articles.draft(session, content=content(question=QUERY), owner=STRANGER, author_id=AUTHOR)
    candidate = search.prepare(visible(article, QUERY, "别馆的答案。"))
    assert search.rank(QUERY, scope=SCOPE, candidate=candidate) == search.rank(QUERY, scope=SCOPE)
    found = search.rank(QUERY, scope=Scope((OWN, STRANGER)), candidate=candidate)[1]
    assert found[0].article_id == article.id


@pytest.mark.parametrize("times", [1, 3, 12])
def test_the_words_score_is_foretold(times: int) -> None:
    index, library = KeywordIndex(), uuid4()
    index.update(
        add=[
            KeywordDocument(number, library, "zh", ("图书怎么续借" * (1 + number % 3),), "在我的图书馆里办理" * number)
            for number in range(1, 60)
        ]
    )
    wordings, answer = (QUERY, *("怎样续期，超期罚款多少钱" for _ in range(times))), "登录系统后点击续借" * times
    foretold = index.foretell(QUERY, wordings=wordings, answer=answer)
    assert index.foretell("天文馆", wordings=("哪里停车",), answer="地下。") is None
    index.update(add=[KeywordDocument(777, library, "zh", wordings, answer)])
    (hit,) = [each for each in index.search(QUERY, 100, libraries=[library]) if each.number == 777]
    assert foretold is not None
    assert foretold.score == pytest.approx(hit.score, rel=0.02)
    assert foretold.score / foretold.ceiling == pytest.approx(hit.share, rel=0.05)
