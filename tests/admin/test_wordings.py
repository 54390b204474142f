"""Proposed wordings on the console: seen by who may decide, and decided on by plain forms."""

import re
from uuid import UUID

import pytest

from qa_server.desk.articles import learning
from tests.admin.conftest import Doors
from tests.village import Village, come_in, publish_article

PAGE = "/console/articles/wordings"
WORDS = "书到期了想再看两周"


@pytest.fixture
def article(doors: Doors, townsfolk: Village) -> UUID:
    """A published article of library A."""
    with doors.place.database.write() as session:
        return publish_article(
            session, owner=townsfolk.library_a, key="loans", question="怎么续借？", answer="网上续借。"
        )


def propose(doors: Doors, article: UUID, words: str = WORDS) -> str:
    """Let a reader of library A say that the article helped; return the path of the wording that waits."""
    reader, token = come_in(doors.place)
    learning.judge_answer(doors.place, reader, article, words=words, is_helpful=True, secret=token)
    page = doors.sign_in("zhou").read(PAGE)
    ids = re.findall(rf'{PAGE}/([0-9a-f-]+)/confirmation"(?:(?!</form>).)*value="{words}"', page, re.DOTALL)
    assert len(ids) == 1, page
    return f"{PAGE}/{ids[0]}"


def test_a_curator_comes_from_the_articles_confirms_and_sees_it_in_the_article(doors: Doors, article: UUID) -> None:
    path = propose(doors, article)
    curator = doors.sign_in("zhou")
    assert f'href="{PAGE}"' in curator.read("/console/articles")
    page = curator.read(PAGE)
    assert "怎么续借？" in page
    assert "Used 1×" in page
    assert "AAA Library" in page
    answer = curator.post(f"{path}/confirmation", words=f"{WORDS}可以吗", at="0")
    assert answer.headers["location"].startswith(f"{PAGE}?done=confirmed&at=0")
    done = curator.read(answer.headers["location"])
    assert "Confirmed." in done
    assert "No wording waits." in done
    shown = curator.read(f"/console/articles/{article}")
    assert f"<li>{WORDS}可以吗</li>" in shown
    assert "1 readers said yes, 0 said no" in shown
    assert f'href="{PAGE}"' not in curator.read("/console/articles")


def test_a_rejection_can_be_taken_back(doors: Doors, article: UUID) -> None:
    path = propose(doors, article)
    curator = doors.sign_in("zhou")
    page = curator.read(curator.post(f"{path}/rejection").headers["location"])
    assert WORDS not in page
    assert f'action="{path}/restoration"' in page
    assert WORDS in curator.read(curator.post(f"{path}/restoration").headers["location"])


def test_what_is_refused_says_why_and_keeps_what_was_typed(doors: Doors, article: UUID) -> None:
    path = propose(doors, article)
    curator = doors.sign_in("zhou")
    refused = curator.post(f"{path}/confirmation", words="？？")
    assert refused.status_code == 422
    assert "Write how a reader would ask this." in refused.text
    assert 'value="？？"' in refused.text
    curator.post(f"{path}/confirmation", words=WORDS)
    late = curator.post(f"{path}/rejection")
    assert late.status_code == 409
    assert "Somebody has already decided on this wording." in late.text


def test_the_cursor_goes_on_to_the_next_wording(doors: Doors, article: UUID) -> None:
    first = propose(doors, article)
    propose(doors, article, "能再借一个月吗")
    curator = doors.sign_in("zhou")
    page = curator.read(curator.post(f"{first}/rejection", at="1").headers["location"])
    assert len(re.findall(r"\bautofocus\b", page)) == 1
    assert "autofocus" not in curator.read(PAGE)


def test_one_article_can_be_looked_at_alone(doors: Doors, article: UUID, townsfolk: Village) -> None:
    path = propose(doors, article)
    with doors.place.database.write() as session:
        other = publish_article(
            session, owner=townsfolk.library_a, key="fees", question="超期怎么罚款", answer="没有。"
        )
    propose(doors, other, "晚还要交钱吗")
    curator = doors.sign_in("zhou")
    alone = curator.read(f"{PAGE}?article={article}")
    assert WORDS in alone
    assert "晚还要交钱吗" not in alone
    answer = curator.post(f"{path}/rejection", article=str(article))
    assert f"article={article}" in answer.headers["location"]


def test_who_may_not_decide_sees_nothing_and_changes_nothing(doors: Doors, article: UUID) -> None:
    path = propose(doors, article)
    for login, status in (("lin", 403), ("grace", 404)):
        visit = doors.sign_in(login)
        assert WORDS not in visit.read(PAGE)
        assert PAGE not in visit.read("/console/articles")
        for step in ("confirmation", "rejection", "restoration"):
            assert visit.post(f"{path}/{step}", words="x").status_code == status
    assert WORDS in doors.sign_in("zhou").read(PAGE)


@pytest.mark.parametrize("step", ["confirmation", "rejection", "restoration"])
def test_every_decision_needs_the_token_of_the_page(doors: Doors, article: UUID, step: str) -> None:
    path = propose(doors, article)
    curator = doors.sign_in("zhou")
    assert curator.client.post(f"{path}/{step}", data={"words": WORDS}, follow_redirects=False).status_code == 403
    assert WORDS in curator.read(PAGE)


def test_the_closest_articles_say_why_they_are_there(doors: Doors, article: UUID) -> None:
    doors.place.search.refresh()
    page = doors.sign_in("zhou").read("/console/articles?q=书续借到什么时候")
    assert "Closest in meaning" in page
    assert re.search(r"0\.\d\d · words #1 \(\d+\.\d\d\) · meaning –", page)
    assert "Readers are shown an answer from 0.60 and suggestions from 0.08." in page
