"""What search finds on questions written apart from articles, alternates and training texts. Floors only go up."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.loading import SHIPPED_FOLDER, load_encoder
from embeddings.training import field_groups
from knowledge.calibrated import CALIBRATION_FILE, read_calibration
from knowledge.calibration import LABELLED_QUESTIONS
from knowledge.catalogue import Scope
from knowledge.evaluation import Report, evaluate
from knowledge.labelled import read_articles, read_questions
from knowledge.search import KnowledgeSearch
from knowledge.throwaway import filled_database, library_id

HERE = Path(__file__).parent
QUESTIONS, ARTICLES = HERE / "questions.jsonl", HERE / "articles.jsonl"
# Of another author: questions that share hardly a word with the article that answers them, and articles without
# other wordings.
COLLOQUIAL_QUESTIONS, COLLOQUIAL_ARTICLES = HERE / "colloquial_questions.jsonl", HERE / "colloquial_articles.jsonl"
MAX_SHIPPED_BYTES = 40_000_000


@pytest.fixture(scope="module")
def searching() -> Iterator[KnowledgeSearch]:
    with filled_database(read_articles(ARTICLES)) as (database, _):
        search = KnowledgeSearch(database, load_encoder("shipped"))
        search.start()
        search.catch_up()
        yield search
        search.stop()


@pytest.fixture(scope="module")
def hybrid() -> Report:
    encoder = load_encoder("shipped")
    return evaluate(QUESTIONS, ARTICLES, encoder)


@pytest.fixture(scope="module")
def keyword() -> Report:
    return evaluate(QUESTIONS, ARTICLES, None)


@pytest.fixture(scope="module")
def colloquial() -> Report:
    return evaluate(COLLOQUIAL_QUESTIONS, COLLOQUIAL_ARTICLES, load_encoder("shipped"))


@pytest.mark.parametrize(("questions", "least"), [(QUESTIONS, 500), (COLLOQUIAL_QUESTIONS, 430)])
def test_no_question_of_a_set_is_in_the_training_texts(questions: Path, least: int) -> None:
    asked = {json.loads(line)["query"].strip().lower() for line in questions.read_text("utf-8").splitlines()}
    trained = {text.strip().lower() for group in field_groups() for text in group.texts}
    assert len(asked) >= least
    assert asked & trained == set()


def test_a_quarter_of_the_set_has_no_answer(hybrid: Report) -> None:
    total = hybrid.unanswerable + hybrid.groups["all"].questions
    assert hybrid.unanswerable / total >= 0.24


@pytest.mark.parametrize(
    ("group", "recall_at_1", "recall_at_5"),
    [("all", 0.81, 0.94), ("zh", 0.84, 0.96), ("en", 0.78, 0.93), ("cross", 0.66, 0.84)],
)
def test_search_finds_at_least_this(hybrid: Report, group: str, recall_at_1: float, recall_at_5: float) -> None:
    assert hybrid.groups[group].recall_at_1 >= recall_at_1
    assert hybrid.groups[group].recall_at_5 >= recall_at_5


def test_meaning_finds_more_than_words_alone(hybrid: Report, keyword: Report) -> None:
    for group in ("all", "zh", "en", "cross"):
        assert hybrid.groups[group].recall_at_5 > keyword.groups[group].recall_at_5
    assert hybrid.auroc is not None
    assert keyword.auroc is not None
    assert hybrid.auroc > keyword.auroc + 0.2
    assert hybrid.auroc >= 0.91


@pytest.mark.parametrize(
    ("group", "recall_at_1", "recall_at_5"),
    [("all", 0.63, 0.87), ("zh", 0.65, 0.88), ("en", 0.56, 0.81), ("cross", 0.67, 0.93)],
)
def test_situations_described_in_other_words_are_found(
    colloquial: Report, group: str, recall_at_1: float, recall_at_5: float
) -> None:
    assert colloquial.groups[group].recall_at_1 >= recall_at_1
    assert colloquial.groups[group].recall_at_5 >= recall_at_5
    words_alone = evaluate(COLLOQUIAL_QUESTIONS, COLLOQUIAL_ARTICLES, None).groups[group]
    assert colloquial.groups[group].recall_at_5 > words_alone.recall_at_5 + 0.3


def test_little_is_answered_wrongly_where_words_do_not_help(colloquial: Report) -> None:
    assert colloquial.answer_precision is not None
    assert colloquial.answer_precision >= 0.95
    assert colloquial.false_answers <= 0.03


def test_an_answer_is_right_nineteen_times_of_twenty(hybrid: Report, keyword: Report) -> None:
    for report in (hybrid, keyword):
        assert report.answer_precision is None or report.answer_precision >= 0.95
    assert hybrid.coverage > keyword.coverage
    assert hybrid.coverage >= 0.45
    assert hybrid.false_answers <= 0.03


def test_questions_for_choosing_and_calibrating_are_neither_in_the_set_nor_in_the_training_texts() -> None:
    asked = {each.query.strip().lower() for each in read_questions(QUESTIONS)}
    asked |= {each.query.strip().lower() for each in read_questions(COLLOQUIAL_QUESTIONS)}
    chosen_by = {each.query.strip().lower() for each in read_questions(LABELLED_QUESTIONS)}
    trained = {text.strip().lower() for group in field_groups() for text in group.texts}
    assert len(chosen_by) >= 700
    assert chosen_by & (asked | trained) == set()


@pytest.mark.parametrize(
    ("slipped", "meant"),
    [
        ("馆际户借怎么申请", "ill.print_book:zh"),
        ("guanji hujie 怎么办理", "ill.print_book:zh"),
        ("文献船递要几天", "docdel.time:zh"),
        ("科技茶新要交什么材料", "novelty.materials_time:zh"),
        ("chachong 多少算合格", "theses.plagiarism_check:zh"),
        ("zhiwang 和 wanfang 有什么区别", "eres.cnki_wanfang:zh"),
        ("how do I renwe my bok loan", "renewals.how:en"),
        ("resreve a seat in the libary", "seats.booking.howto:en"),
        ("overdeu fine per day", "fines.amount:en"),
    ],
)
def test_slips_of_sound_and_keyboard_still_find(searching: KnowledgeSearch, slipped: str, meant: str) -> None:
    scope = Scope((library_id("NRC"),))
    assert meant in [hit.key for hit in searching.rank(slipped, scope=scope, language=meant[-2:], limit=3)[1]]


def test_the_shipped_encoder_is_small_calibrated_and_readable_by_all() -> None:
    files = [path for path in SHIPPED_FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MAX_SHIPPED_BYTES
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in files)
    assert read_calibration(SHIPPED_FOLDER / CALIBRATION_FILE, encoder=load_encoder("shipped").name) is not None
