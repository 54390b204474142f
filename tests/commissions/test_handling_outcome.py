"""What leaves a commission: lists as files, articles of the outcome, a reader's address; and who may have it."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from knowledge.models import Article, Revision
from qa_server.commissions.definition import Operation
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import acquainting, article_drafting, handling, working
from qa_server.desk.commissions.article_drafting import CommissionConfidential, CommissionNotOver
from qa_server.desk.commissions.finding import exporting
from qa_server.desk.commissions.finding.shelves import EVERYTHING, Wanted
from qa_server.desk.commissions.working import LogInput, StrategyInput
from qa_server.desk.workplace import Workplace
from qa_server.people.audit_models import AuditEntry
from storage.errors import Forbidden
from tests.commissions.village_work import CITATION_VALUES, answers, searched, submitted, under_way
from tests.village import Village, new_client_id

SHANGHAI = ZoneInfo("Asia/Shanghai")


def csv_of(place: Workplace, person: object, wanted: Wanted = EVERYTHING) -> list[str]:
    """Return the lines of everything that somebody may take out."""
    content = exporting.export(
        place,
        person,  # type: ignore[arg-type]
        None,
        "csv",
        wanted=wanted,
        zone=SHANGHAI,
        language="zh",
    )
    return content.decode("utf-8-sig").splitlines()


def test_a_list_leaves_without_the_readers_and_no_title_is_a_formula(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    submitted(place, reader, values={**CITATION_VALUES, "title": '=HYPERLINK("https://evil.example")'})
    submitted(place, reader)

    lines = csv_of(place, people.lin)

    assert len(lines) == 3
    assert not any(line.split(",")[2].startswith("=") for line in lines)
    assert any("'=HYPERLINK" in line for line in lines)
    assert not any("13900000000" in line or "xiaodu" in line for line in lines)
    assert len(csv_of(place, people.lin, Wanted(words="收录引用"))) == 2
    assert len(csv_of(place, people.grace)) == 1
    with place.database.read() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.subject_key == "commissions")).all()
    assert [entry.details["rows"] for entry in noted] == [2, 1, 0]


def test_looking_at_a_reader_is_written_down_once_in_ten_minutes(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)

    told = [acquainting.who(place, people.lin, commission_id) for _ in range(3)]
    acquainting.who(place, people.chen, commission_id)

    assert told[0].contact.phone == "13900000000"
    number = handling.read(place, people.lin, commission_id, language="zh").number
    with place.database.read() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.subject_key == number)).all()
    assert {entry.librarian_id for entry in noted} == {people.lin.id, people.chen.id}
    assert len(noted) == 2


def test_an_article_of_the_outcome_is_made_once_and_holds_nothing_of_the_reader(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    with pytest.raises(CommissionNotOver):
        article_drafting.proposal(place, people.lin, commission_id)
    searched(place, people.lin, commission_id)
    answers(place, reader, commission_id, Operation.CANCEL)
    proposed = article_drafting.proposal(place, people.lin, commission_id)
    typed = proposed.answer + "\n示例大学的王小渡（xiaodu@reader.example）这样查。"

    made = [
        article_drafting.draft(place, people.lin, commission_id, question=proposed.question, answer=typed)
        for _ in range(2)
    ]

    assert made[0] == made[1]
    with place.database.read() as session:
        article = session.get_one(Article, made[0])
        revision = session.scalars(select(Revision).where(Revision.article_id == made[0])).one()
    text = f"{revision.question}\n{revision.answer}\n{article.origin}\n{article.key}"
    assert "AU=(Wang XD)" in text
    for told in ("王小渡", "xiaodu", "示例大学", str(commission_id), "W-AAA"):
        assert told not in text, told


def test_a_confidential_topic_gives_no_article(place: Workplace, people: Village, reader: KnownReader) -> None:
    values = {
        "title": "尚未公开的课题",
        "subject": "T",
        "background": "请勿外传，本课题还在申报之中，内容尚未定稿，也未公开发表。",
        "keywords_zh": ["保密"],
        "product": "review",
        "affiliation": "own",
        "department": "文学院",
        "is_confidential": True,
    }
    commission_id = submitted(place, reader, "topic_consultation", values)
    answers(place, reader, commission_id, Operation.CANCEL)

    with pytest.raises(CommissionConfidential):
        article_drafting.proposal(place, people.lin, commission_id)
    with pytest.raises(CommissionConfidential):
        article_drafting.draft(place, people.lin, commission_id, question="问", answer="答")


def test_a_corrected_step_keeps_what_it_said_and_the_time_counts_once(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    first = LogInput(client_id=new_client_id(), database="EI", hits=5, minutes=30)
    (entry,) = working.write(place, people.lin, commission_id, first)
    second = LogInput(client_id=new_client_id(), database="EI", hits=6, minutes=35, replaces=entry.id)

    (corrected,) = working.write(place, people.chen, commission_id, second)
    again = working.write(place, people.chen, commission_id, second)

    assert again == [corrected]
    assert (corrected.hits, corrected.minutes, corrected.name_zh) == (6, 35, "chen老师")
    assert [(each.hits, each.name_zh) for each in corrected.earlier] == [(5, "lin老师")]


def test_a_strategy_is_kept_once_and_dropped_only_by_whose_it_is(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    kept = StrategyInput(title="作者", database="SCIE", strategy="AU=()")
    working.keep_strategy(place, people.lin, commission_id, kept)
    (strategy,) = working.keep_strategy(place, people.lin, commission_id, kept)

    with pytest.raises(Forbidden):
        working.drop_strategy(place, people.chen, commission_id, strategy.id)

    assert working.databases(place, people.lin, commission_id) == []
    assert working.drop_strategy(place, people.lin, commission_id, strategy.id) == []
