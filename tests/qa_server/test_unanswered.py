"""The ledger of unanswered questions: what gets in, whose it is, what closes it, and what opens it again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from knowledge.errors import ReasonMissing
from knowledge.ledger import closings
from knowledge.ledger import queries as ledger_queries
from knowledge.ledger.models import EntryState, UnansweredQuestion
from knowledge.results import Thresholds
from knowledge.search import KnowledgeSearch
from qa_server.desk import asking
from qa_server.desk.articles import curating, learning
from qa_server.desk.ledger import intake as ledger_intake
from qa_server.desk.ledger import proof as ledger_proof
from qa_server.desk.ledger import upkeep as ledger_upkeep
from qa_server.desk.ledger import work as ledger_work
from qa_server.desk.ledger.intake import LedgerKeeper
from qa_server.desk.ledger.views import EntryCard
from qa_server.desk.ledger.work import NotACurator, Wanted
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from qa_server.people.rights import Grant, StaffMember
from storage.errors import Forbidden, NotFound
from tests.fakes import Clock
from tests.knowledge.fakes import TokenEncoder
from tests.qa_server.test_staff_api import become
from tests.village import Village, come_in, new_client_id, publish_article, question

PRINTER = "打印机卡纸了怎么办"
PRINTER_TOO = "打印机卡纸了应该怎么办"
LOCKER = "储物柜的钥匙丢了找谁"


@pytest.fixture
def here(place: Workplace, people: Village) -> Iterator[Workplace]:
    """The place with an encoder, in whose search nothing but a close hit is shown."""
    search = KnowledgeSearch(place.database, TokenEncoder(), thresholds=Thresholds(0.9, 0.6), clock=place.clock)
    search.start()
    search.catch_up()
    yield replace(place, search=search)
    search.stop()


@pytest.fixture
def nation_curator(people: Village) -> StaffMember:
    """Somebody who curates for the nation."""
    return replace(people.zhou, id=people.grace.id, grants=(Grant(people.nation, Role.CURATOR),))


@pytest.fixture
def keeper() -> LedgerKeeper:
    return LedgerKeeper()


def search_in_vain(place: Workplace, words: str, library: str = "AAA") -> bool:
    """Report a search as a reader's page does."""
    return ledger_intake.note_search(
        place, library_code=library, query=words, language="zh", client_id=new_client_id(), network="10.1.0.0/24"
    )


def seen(place: Workplace, person: StaffMember, **wanted: object) -> list[EntryCard]:
    """Return what the person sees in the ledger."""
    return ledger_work.entries(place, person, Wanted(**wanted)).cards  # type: ignore[arg-type]


def only(place: Workplace, person: StaffMember) -> EntryCard:
    (card,) = seen(place, person)
    return card


def publish(place: Workplace, owner: UUID, text: str, *, key: str = "printers.jam") -> UUID:
    """Publish an article that is found by this question."""
    with place.database.write() as session:
        article = publish_article(session, owner=owner, key=key, question=text, answer="打开后盖取出纸张。")
    place.search.catch_up()
    return article


def test_searches_in_vain_of_one_meaning_are_one_entry_with_counts(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    assert search_in_vain(here, PRINTER)
    assert search_in_vain(here, PRINTER)
    assert search_in_vain(here, PRINTER_TOO)
    assert search_in_vain(here, LOCKER)
    assert keeper.work(here) == 4
    first, second = seen(here, people.zhou)
    assert (first.seen.asked, first.seen.open_count, first.seen.recent, first.seen.before) == (3, 3, 3, 0)
    assert first.seen.typical in (PRINTER, PRINTER_TOO)
    assert (second.seen.typical, second.seen.asked) == (LOCKER, 1)
    page = ledger_work.entry(here, people.zhou, first.seen.entry.id)
    assert {(each.words, each.times) for each in page.asked} == {(PRINTER, 2), (PRINTER_TOO, 1)}
    assert page.weeks[-1][1] == 3


def test_what_finds_an_answer_or_says_nothing_does_not_get_in(here: Workplace, people: Village) -> None:
    assert not search_in_vain(here, "图书馆几点开门？")
    assert not search_in_vain(here, "?!")
    assert not search_in_vain(here, "我的电话 13912345678 打不通")
    with pytest.raises(NotFound):
        search_in_vain(here, PRINTER, library="XXX")


def test_a_repeated_report_counts_once(here: Workplace, people: Village, keeper: LedgerKeeper) -> None:
    for _ in range(2):
        ledger_intake.note_search(
            here, library_code="AAA", query=PRINTER, language="zh", client_id="the-same-page", network="n"
        )
    assert keeper.work(here) == 1


def test_a_question_to_a_librarian_is_noted_unless_an_answer_was_there(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    reader, _ = come_in(here)
    for text in (PRINTER, "图书馆几点开门？", "卡号 201912345678 借不了书"):
        asking.ask(here, reader, question(text))
    keeper.work(here)
    keeper.work(here)
    LedgerKeeper().work(here)
    assert only(here, people.zhou).seen.asked == 1
    assert only(here, people.zhou).seen.typical == PRINTER
    # Words with a card number are kept nowhere; that something was asked is.
    assert ledger_work.entries(here, people.zhou, Wanted()).gaps.wordless == 1


def test_who_searches_in_vain_and_then_asks_has_asked_once(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    search_in_vain(here, PRINTER)
    asking.ask(here, come_in(here)[0], question(PRINTER))
    keeper.work(here)
    assert only(here, people.zhou).seen.asked == 1
    with here.database.read() as session:
        assert session.scalars(select(UnansweredQuestion.source)).all() == ["asked"]


def test_a_no_gets_in_and_a_later_yes_takes_it_out(here: Workplace, people: Village, keeper: LedgerKeeper) -> None:
    article = publish(here, people.library_a, "自习室怎么预约？", key="rooms")
    reader, token = come_in(here)
    learning.judge_answer(here, reader, article, words=PRINTER, is_helpful=False, secret=token)
    keeper.work(here)
    assert only(here, people.zhou).seen.open_count == 1
    learning.judge_answer(here, reader, article, words=PRINTER, is_helpful=True, secret=token)
    assert seen(here, people.zhou) == []


def test_everybody_sees_the_questions_of_their_own_libraries_alone(
    here: Workplace, people: Village, keeper: LedgerKeeper, nation_curator: StaffMember
) -> None:
    search_in_vain(here, PRINTER, "AAA")
    search_in_vain(here, PRINTER_TOO, "BBB")
    search_in_vain(here, LOCKER, "BBB")
    keeper.work(here)
    (own,) = seen(here, people.zhou)
    assert (own.seen.typical, own.seen.asked, own.seen.libraries) == (PRINTER, 1, 1)
    page = ledger_work.entry(here, people.zhou, own.seen.entry.id)
    assert [each.words for each in page.asked] == [PRINTER]
    assert [owner.code for owner, _, _ in page.libraries] == ["AAA"]
    assert page.weeks[-1][1] == 1
    everything = seen(here, nation_curator)
    assert [(card.seen.asked, card.node and card.node.code) for card in everything] == [(2, "PRV"), (1, "BBB")]
    with pytest.raises(NotFound):
        ledger_work.entry(here, people.zhou, everything[1].seen.entry.id)
    assert seen(here, nation_curator, node="AAA")[0].seen.asked == 1
    assert seen(here, people.zhou, node="BBB") == []


def test_an_entry_is_the_business_of_the_lowest_node_above_its_libraries(
    here: Workplace, people: Village, keeper: LedgerKeeper, nation_curator: StaffMember
) -> None:
    search_in_vain(here, PRINTER, "AAA")
    keeper.work(here)
    card = only(here, people.zhou)
    assert card.node is not None
    assert card.node.code == "AAA"
    assert card.may_assign
    ledger_work.assign(here, people.zhou, card.seen.entry.id, "zhou")
    assert only(here, people.zhou).seen.state == EntryState.IN_WORK
    with pytest.raises(NotACurator):
        ledger_work.assign(here, people.zhou, card.seen.entry.id, "lin")
    with pytest.raises(Forbidden):
        ledger_work.take(here, people.lin, card.seen.entry.id)
    search_in_vain(here, PRINTER, "BBB")
    keeper.work(here)
    card = only(here, people.zhou)
    assert card.node is not None
    assert (card.node.code, card.may_assign) == ("PRV", False)
    with pytest.raises(Forbidden):
        ledger_work.take(here, people.zhou, card.seen.entry.id)
    ledger_work.assign(here, nation_curator, card.seen.entry.id, "")
    assert only(here, nation_curator).seen.state == EntryState.OPEN


def test_closing_takes_an_article_that_the_questions_find(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    search_in_vain(here, PRINTER)
    search_in_vain(here, PRINTER_TOO)
    keeper.work(here)
    entry = only(here, people.zhou).seen.entry.id
    unrelated = publish(here, people.library_a, "校外怎么访问数据库？", key="remote")
    with pytest.raises(closings.ProofMissing):
        ledger_proof.close(here, people.zhou, entry, unrelated, reason="")
    article = publish(here, people.library_a, PRINTER)
    proof = ledger_proof.test(here, people.zhou, entry, article)
    assert {(each.words, each.is_found) for each in proof.tests} == {(PRINTER, True), (PRINTER_TOO, True)}
    done = ledger_proof.close(here, people.zhou, entry, article, reason="")
    assert (done.tested, done.found, done.settled) == (2, 2, 2)
    assert only(here, people.zhou).seen.state == EntryState.CLOSED


def test_a_remainder_needs_a_reason(here: Workplace, people: Village, keeper: LedgerKeeper) -> None:
    odd = "打印机卡纸了怎么办纸张打印机卡住彩色"
    for words in (PRINTER, odd):
        search_in_vain(here, words)
    keeper.work(here)
    entry = only(here, people.zhou).seen.entry.id
    strict = KnowledgeSearch(here.database, TokenEncoder(), thresholds=Thresholds(0.99, 0.95), clock=here.clock)
    strict.start()
    strict.catch_up()
    there = replace(here, search=strict)
    article = publish(there, people.library_a, PRINTER)
    try:
        assert [each.is_found for each in ledger_proof.test(there, people.zhou, entry, article).tests].count(True) == 1
        with pytest.raises(closings.RemainderUnexplained):
            ledger_proof.close(there, people.zhou, entry, article, reason=" ")
        done = ledger_proof.close(there, people.zhou, entry, article, reason="彩色打印机已撤")
        assert (done.found, done.settled, done.reason) == (1, 2, "彩色打印机已撤")
    finally:
        strict.stop()


def test_a_draft_or_somebody_elses_article_proves_nothing(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    search_in_vain(here, PRINTER)
    keeper.work(here)
    entry = only(here, people.zhou).seen.entry.id
    others = publish(here, people.library_b, PRINTER)
    with pytest.raises(closings.ProofMissing):
        ledger_proof.close(here, people.zhou, entry, others, reason="")
    own = publish(here, people.library_a, PRINTER)
    curating.retire(here, people.zhou, own)
    with pytest.raises(NotFound):
        ledger_proof.close(here, people.zhou, entry, own, reason="")


def test_each_closes_the_part_of_the_own_libraries(
    here: Workplace, people: Village, keeper: LedgerKeeper, nation_curator: StaffMember
) -> None:
    search_in_vain(here, PRINTER, "AAA")
    search_in_vain(here, PRINTER, "BBB")
    keeper.work(here)
    entry = only(here, nation_curator).seen.entry.id
    article = publish(here, people.library_a, PRINTER)
    ledger_proof.close(here, people.zhou, entry, article, reason="")
    assert only(here, people.zhou).seen.state == EntryState.CLOSED
    card = only(here, nation_curator)
    assert (card.seen.state, card.seen.open_count, card.node and card.node.code) == (EntryState.OPEN, 1, "BBB")
    with pytest.raises(Forbidden):
        ledger_proof.decline(here, people.lin, entry, reason="不办")


def test_who_will_not_answer_says_why_and_it_stays_closed(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    search_in_vain(here, PRINTER)
    keeper.work(here)
    entry = only(here, people.zhou).seen.entry.id
    with pytest.raises(ReasonMissing):
        ledger_proof.decline(here, people.zhou, entry, reason=" ")
    ledger_proof.decline(here, people.zhou, entry, reason="打印机不归图书馆管")
    search_in_vain(here, PRINTER_TOO)
    keeper.work(here)
    card = only(here, people.zhou)
    assert (card.seen.state, card.seen.asked) == (EntryState.CLOSED, 2)


def test_a_new_question_opens_it_again_only_when_the_article_does_not_answer(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    search_in_vain(here, PRINTER)
    search_in_vain(here, PRINTER_TOO)
    keeper.work(here)
    entry = only(here, people.zhou).seen.entry.id
    article = publish(here, people.library_a, PRINTER)
    ledger_proof.close(here, people.zhou, entry, article, reason="")
    reader, token = come_in(here)
    learning.judge_answer(here, reader, article, words=PRINTER_TOO, is_helpful=False, secret=token)
    keeper.work(here)
    card = only(here, people.zhou)
    assert (card.seen.state, card.seen.open_count) == (EntryState.OPEN, 1)
    assert card.seen.entry.reopened_at == here.clock()


def test_a_question_that_the_article_answers_by_now_does_not_open_it(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    search_in_vain(here, PRINTER)
    keeper.work(here)
    # Reported before the article was there, looked at after.
    search_in_vain(here, PRINTER_TOO)
    entry = only(here, people.zhou).seen.entry.id
    ledger_proof.close(here, people.zhou, entry, publish(here, people.library_a, PRINTER), reason="")
    keeper.work(here)
    card = only(here, people.zhou)
    assert (card.seen.state, card.seen.asked, card.seen.open_count) == (EntryState.CLOSED, 2, 0)


def test_a_closing_can_be_taken_back_and_falls_with_its_article(
    here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    search_in_vain(here, PRINTER)
    keeper.work(here)
    entry = only(here, people.zhou).seen.entry.id
    article = publish(here, people.library_a, PRINTER)
    closing = ledger_proof.close(here, people.zhou, entry, article, reason="")
    with pytest.raises(NotFound):
        ledger_proof.reopen(here, people.grace, closing.id)
    with pytest.raises(Forbidden):
        ledger_proof.reopen(here, people.lin, closing.id)
    ledger_proof.reopen(here, people.zhou, closing.id)
    assert only(here, people.zhou).seen.state == EntryState.OPEN
    ledger_proof.close(here, people.zhou, entry, article, reason="")
    assert ledger_upkeep.reopen_voided(here) == 0
    curating.retire(here, people.zhou, article)
    assert ledger_upkeep.reopen_voided(here) == 1
    assert only(here, people.zhou).seen.state == EntryState.OPEN


def test_without_an_encoder_questions_wait_and_are_caught_up(
    place: Workplace, here: Workplace, people: Village, keeper: LedgerKeeper
) -> None:
    place.search.start()
    search_in_vain(place, PRINTER)
    assert keeper.work(place) == 0
    assert ledger_work.entries(place, people.zhou, Wanted()).gaps.waiting == 1
    assert keeper.work(here) == 1
    assert ledger_work.entries(place, people.zhou, Wanted()).gaps.waiting == 0


def test_one_process_at_a_time_keeps_the_ledger_and_another_takes_over(
    here: Workplace, people: Village, clock: Clock
) -> None:
    first, second = LedgerKeeper(), LedgerKeeper()
    search_in_vain(here, PRINTER)
    assert first.work(here) == 1
    search_in_vain(here, PRINTER_TOO)
    assert second.work(here) == 0
    clock.forward(minutes=5)
    assert second.work(here) == 1
    search_in_vain(here, PRINTER + "？")
    assert first.work(here) == 0
    clock.forward(minutes=5)
    # The middles that it remembers are older than what the other process did.
    search_in_vain(here, LOCKER)
    assert first.work(here) == 2
    assert sorted(card.seen.asked for card in seen(here, people.zhou)) == [1, 3]


def test_words_leave_with_time_and_counts_stay(
    here: Workplace, people: Village, keeper: LedgerKeeper, clock: Clock
) -> None:
    search_in_vain(here, PRINTER)
    keeper.work(here)
    clock.forward(days=here.settings.ledger_words_days + 1)
    assert ledger_upkeep.forget_words(here) == 1
    card = only(here, people.zhou)
    assert (card.seen.typical, card.seen.asked, card.seen.open_count) == (None, 1, 1)
    with here.database.read() as session:
        assert session.scalar(select(func.count()).where(UnansweredQuestion.words_hash.is_not(None))) == 0


def test_the_list_can_be_narrowed_and_ordered(
    here: Workplace, people: Village, keeper: LedgerKeeper, clock: Clock
) -> None:
    for _ in range(3):
        search_in_vain(here, PRINTER)
    keeper.work(here)
    clock.forward(weeks=5)
    for words in (LOCKER, LOCKER, "where is the printer on campus"):
        search_in_vain(here, words)
    keeper.work(here)
    assert [card.seen.asked for card in seen(here, people.zhou)] == [3, 2, 1]
    assert [card.seen.growth for card in seen(here, people.zhou, order=ledger_queries.Order.GROWTH)] == [2, 1, -3]
    assert [card.seen.typical for card in seen(here, people.zhou, language="en")] == ["where is the printer on campus"]
    assert len(seen(here, people.zhou, growing=True)) == 2
    assert seen(here, people.zhou, owner="mine") == []
    ledger_work.take(here, people.zhou, seen(here, people.zhou)[0].seen.entry.id)
    assert len(seen(here, people.zhou, owner="mine")) == 1
    assert len(seen(here, people.zhou, state=EntryState.IN_WORK)) == 1
    assert len(seen(here, people.zhou, owner="nobody")) == 2


def test_figures_count_what_was_asked_and_closed_by_week_and_library(
    here: Workplace, people: Village, keeper: LedgerKeeper, nation_curator: StaffMember
) -> None:
    search_in_vain(here, PRINTER, "AAA")
    search_in_vain(here, PRINTER, "BBB")
    keeper.work(here)
    ledger_proof.decline(here, people.zhou, only(here, people.zhou).seen.entry.id, reason="不办")
    figures = ledger_work.figures(here, nation_curator)
    assert figures.weeks[-1][1:] == (2, 1)
    assert [(each.library.code, each.open_count) for each in figures.libraries] == [("BBB", 1), ("AAA", 0)]
    assert [each.library.code for each in ledger_work.figures(here, people.zhou).libraries] == ["AAA"]


def test_the_daily_work_is_done_once_a_day_by_one_process(
    here: Workplace, people: Village, keeper: LedgerKeeper, clock: Clock
) -> None:
    assert ledger_upkeep.keep_in_order(here, keeper)
    assert not ledger_upkeep.keep_in_order(here, LedgerKeeper())
    clock.now += timedelta(hours=25)
    assert ledger_upkeep.keep_in_order(here, LedgerKeeper())


def test_the_ledger_over_http(client: TestClient, app: FastAPI, townsfolk: Village) -> None:
    report = {"query": PRINTER, "client_id": new_client_id()}
    assert client.post("/api/v1/libraries/AAA/unanswered-searches", json=report).status_code == 204
    assert client.post("/api/v1/libraries/XXX/unanswered-searches", json=report).status_code == 404
    assert client.get("/api/v1/staff/ledger").status_code == 401
    become(client, app.state.place, "zhou")
    found = client.get("/api/v1/staff/ledger").json()
    assert (found["total"], found["waiting"]) == (0, 1)
    missing = f"/api/v1/staff/ledger/{townsfolk.nation}"
    assert client.get(missing).status_code == 404
    assert client.put(f"{missing}/owner", json={"login": "zhou"}).status_code == 404
    assert client.post(f"{missing}/closings", json={"reason": "x"}).status_code == 404
    assert client.get(f"{missing}/proof", params={"article_id": str(townsfolk.nation)}).status_code == 404
