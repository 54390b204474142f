"""The ledger and look-alike articles on the console: lists, entries, drafts, closings and merges by plain forms."""

import re
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from knowledge.search import KnowledgeSearch
from qa_server.desk.articles import doubling
from qa_server.desk.ledger import intake as ledger_intake
from qa_server.desk.ledger import work as ledger_work
from qa_server.desk.ledger.intake import LedgerKeeper
from qa_server.desk.ledger.work import Wanted
from qa_server.desk.workplace import Workplace
from tests.admin.conftest import Doors
from tests.knowledge.fakes import TokenEncoder
from tests.village import Village, new_client_id, publish_article

PAGE = "/console/articles/unanswered"
PAIRS = "/console/articles/duplicates"
PRINTER = "打印机卡纸了怎么办"


@pytest.fixture
def meaning(doors: Doors, townsfolk: Village) -> Iterator[Workplace]:
    """The application's place with an encoder, to sort questions in and to compare articles."""
    search = KnowledgeSearch(doors.place.database, TokenEncoder(), clock=doors.place.clock)
    search.start()
    search.catch_up()
    yield replace(doors.place, search=search)
    search.stop()


@pytest.fixture
def entry(meaning: Workplace, townsfolk: Village) -> str:
    """The address of an entry that readers of library A have asked for twice."""
    for words in (PRINTER, PRINTER + "呢"):
        ledger_intake.note_search(
            meaning, library_code="AAA", query=words, language="zh", client_id=new_client_id(), network="n"
        )
    LedgerKeeper().work(meaning)
    (card,) = ledger_work.entries(meaning, townsfolk.zhou, Wanted()).cards
    return f"{PAGE}/{card.seen.entry.id}"


def publish(doors: Doors, owner: UUID, key: str, question: str, answer: str = "打开后盖，取出卡住的纸张。") -> UUID:
    with doors.place.database.write() as session:
        article = publish_article(session, owner=owner, key=key, question=question, answer=answer)
    doors.place.search.refresh()
    return article


def test_a_curator_takes_an_entry_drafts_proves_and_closes_it(
    doors: Doors, townsfolk: Village, entry: str, meaning: Workplace
) -> None:
    curator = doors.sign_in("zhou")
    assert f'href="{PAGE}"' in curator.read("/console/articles")
    page = curator.read(PAGE)
    assert PRINTER in page
    assert "Curators of AAA Library" in page
    assert curator.post(f"{entry}/owner", take="1").headers["location"] == f"{entry}?done=taken"
    assert "You answer for this entry now." in curator.read(f"{entry}?done=taken")
    draft = curator.read(f"{entry}/draft")
    assert re.search(rf'name="question" value="{PRINTER}', draft)
    article = publish(doors, townsfolk.library_a, "printers.jam", PRINTER)
    proof = curator.read(f"{entry}?article={article}")
    assert "place 1" in proof
    answer = curator.post(f"{entry}/closing", article=str(article), reason="second wording is the same")
    assert answer.headers["location"] == f"{entry}?done=closed"
    closed = curator.read(f"{entry}?done=closed")
    assert "Answered by an article" in closed
    (closing,) = re.findall(rf"{PAGE}/closings/([0-9a-f-]+)/reopening", closed)
    assert curator.post(f"{PAGE}/closings/{closing}/reopening").headers["location"] == f"{entry}?done=reopened"
    assert "taken back" in curator.read(entry)


def test_a_refusal_says_why_and_keeps_what_was_typed(doors: Doors, townsfolk: Village, entry: str) -> None:
    article = publish(doors, townsfolk.library_a, "rooms", "研讨室怎么预约？")
    curator = doors.sign_in("zhou")
    refused = curator.post(f"{entry}/closing", article=str(article), reason="因为")
    assert refused.status_code == 409
    assert "None of these questions finds this article." in refused.text
    assert curator.post(f"{entry}/closing", reason="  ").status_code == 422
    assert curator.post(f"{entry}/owner", login="lin").status_code == 409
    done = curator.post(f"{entry}/closing", reason="不归图书馆管")
    assert done.headers["location"] == f"{entry}?done=declined"
    assert "不归图书馆管" in curator.read(entry)


def test_others_see_nothing_of_it_and_a_librarian_cannot_close(doors: Doors, entry: str) -> None:
    grace = doors.sign_in("grace")
    assert PRINTER not in grace.read(PAGE)
    for path in (entry, f"{entry}/draft"):
        assert grace.client.get(path).status_code == 404
    assert grace.post(f"{entry}/owner", take="1").status_code == 404
    lin = doors.sign_in("lin")
    assert PRINTER in lin.read(PAGE)
    assert lin.post(f"{entry}/closing", reason="x").status_code == 403
    assert "Close without an answer" not in lin.read(entry)


def test_the_list_and_the_figures_take_any_query(doors: Doors, entry: str) -> None:
    curator = doors.sign_in("zhou")
    for query in ("?state=open&order=growth", "?state=nonsense&page=0&order=x&owner=y&language=zz&node=QQQ", "?page=9"):
        assert curator.client.get(PAGE + query).status_code == 200
    assert PRINTER in curator.read(PAGE + "?node=aaa&language=zh&growing=1&owner=nobody")
    figures = curator.read(f"{PAGE}/figures")
    assert "AAA Library" in figures
    assert "<rect" in figures


def test_two_that_look_alike_are_compared_merged_and_parted(
    doors: Doors, townsfolk: Village, meaning: Workplace
) -> None:
    one = publish(doors, townsfolk.library_a, "printers.jam", PRINTER)
    other = publish(doors, townsfolk.library_a, "printers.again", PRINTER + "呢")
    doubling.find_duplicates(meaning)
    curator = doors.sign_in("zhou")
    page = curator.read(PAIRS)
    assert f"{PAIRS}/{one}/{other}" in page
    pair = curator.read(f"{PAIRS}/{one}/{other}?keep=second")
    assert "This one goes on" in pair
    assert f'value="{PRINTER}"' in pair
    merged = curator.post(f"{PAIRS}/{one}/{other}/merge", keep="first", answer="own", chosen="1")
    assert merged.headers["location"] == f"{PAIRS}?done=merged"
    page = curator.read(f"{PAIRS}?done=merged")
    (merge,) = re.findall(r"/console/articles/merges/([0-9a-f-]+)/undoing", page)
    again = curator.post(f"{PAIRS}/{one}/{other}/merge", keep="second")
    assert again.status_code == 409
    assert curator.post(f"/console/articles/merges/{merge}/undoing").headers["location"] == f"{PAIRS}?done=parted"
    assert curator.post(f"{PAIRS}/{one}/{other}/dismissal").headers["location"] == f"{PAIRS}?done=dismissed"
    assert f"{PAIRS}/{one}/{other}" not in curator.read(PAIRS)


def test_a_form_of_an_article_names_what_is_near(doors: Doors, townsfolk: Village) -> None:
    assert "<near-articles" in doors.sign_in("zhou").read("/console/articles/new")
