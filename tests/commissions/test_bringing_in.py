"""Parts of a report written anew: looked at first, chosen one by one, had back from the version that keeps them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from qa_server.commissions.definition import Operation
from qa_server.commissions.errors import CommissionChanged, TransitionRefused
from qa_server.commissions.models import Commission
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.reports import bringing_in, reporting
from qa_server.desk.commissions.reports.report_course import DraftWithReader
from qa_server.desk.commissions.reports.report_views import ReportSheet
from qa_server.desk.workplace import Workplace
from storage.errors import Forbidden, NotFound
from tests.commissions.village_work import answers, director, searched, staff, under_way, written_report
from tests.village import Village

OWN_WORDS = "EI 的检索由馆员在平台上另行核对。"


def _edited(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """Write a report, edit a part that came from the log, and search once more."""
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    sheet = written_report(place, people.lin, commission_id)
    content = dict(sheet.content)
    for part in content["sections"]:
        if part["part"] == "scope":
            part["blocks"].append({"text": OWN_WORDS, "is_markdown": False})
    reporting.save(place, people.lin, commission_id, content, revision=sheet.revision)
    searched(place, people.lin, commission_id, database="CSSCI")
    with place.database.write() as session:
        commission = session.get_one(Commission, commission_id)
        commission.form = commission.form | {"author_zh": "王大渡"}
    return commission_id


def _part(sheet: ReportSheet, key: str) -> str:
    return str(next(each for each in sheet.content["sections"] if each["part"] == key)["blocks"])


def _bring_in(place: Workplace, people: Village, commission_id: UUID, keys: Sequence[str], **more: Any) -> ReportSheet:
    offer = bringing_in.offer(place, people.lin, commission_id, **more)
    return bringing_in.bring_in(place, people.lin, commission_id, keys, revision=offer.revision, **more)


def test_what_would_change_is_shown_and_nothing_is_written(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _edited(place, people, reader)
    before = reporting.sheet(place, people.lin, commission_id)

    offer = bringing_in.offer(place, people.lin, commission_id)

    # What only the searcher wrote is offered by nobody.
    assert [each.key for each in offer.parts] == ["subject", "scope"]
    scope = offer.parts[1]
    assert scope.now is not None
    assert OWN_WORDS in str(scope.now)
    assert OWN_WORDS not in str(scope.other)
    assert "CSSCI" in str(scope.other)
    assert reporting.sheet(place, people.lin, commission_id) == before


def test_only_the_chosen_parts_are_written_anew(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = _edited(place, people, reader)

    sheet = _bring_in(place, people, commission_id, ["subject", "conclusion", "nowhere"])

    assert "王大渡" in _part(sheet, "subject")
    assert OWN_WORDS in _part(sheet, "scope")
    assert "CSSCI" not in _part(sheet, "scope")
    assert "两篇论文均被收录。" in _part(sheet, "conclusion")


def test_what_stood_there_before_is_kept_as_a_version_and_can_be_had_back(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _edited(place, people, reader)
    before = reporting.sheet(place, people.lin, commission_id)
    assert before is not None

    brought_in = _bring_in(place, people, commission_id, ["scope", "subject"])
    back = _bring_in(place, people, commission_id, ["scope"], version=1)

    assert (before.version, brought_in.version, back.version) == (1, 2, 3)
    assert before.id == brought_in.id == back.id
    assert "CSSCI" in _part(brought_in, "scope")
    assert _part(back, "scope") == _part(before, "scope")
    assert "王大渡" in _part(back, "subject")
    assert [(each.version, each.state, each.is_kept) for each in back.versions] == [
        (3, "draft", False),
        (2, "replaced", True),
        (1, "replaced", True),
    ]
    kept = reporting.before(place, people.lin, commission_id, version=1)
    assert kept is not None
    assert OWN_WORDS in str(kept.content)
    entries = handling.read(place, people.lin, commission_id, language="zh").entries
    record = [(each.key, each.is_private) for each in entries]
    assert record[-2:] == [("brought_in", True), ("taken_up", True)]


def test_where_nothing_differs_nothing_is_kept(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = _edited(place, people, reader)
    first = _bring_in(place, people, commission_id, ["scope"])

    again = _bring_in(place, people, commission_id, ["scope"])

    assert again == first
    assert "scope" not in [each.key for each in bringing_in.offer(place, people.lin, commission_id).parts]


def test_the_remarks_of_the_review_stay_with_the_text_that_goes_on(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _edited(place, people, reader)
    staff(place, people.lin, commission_id, "ask_review")
    reporting.remark(place, people.zhou, commission_id, section="scope", body="请补查 CSSCI。")
    staff(place, people.zhou, commission_id, "fail_review", reason="请看意见。")

    sheet = _bring_in(place, people, commission_id, ["scope"])

    assert [each.body for each in sheet.remarks] == ["请补查 CSSCI。"]
    assert sheet.state == "returned"
    # The reviewer compares with what was read, not with what was kept on the way.
    read = reporting.before(place, people.zhou, commission_id)
    assert read is not None
    assert (sheet.version, read.version) == (3, 1)


def test_a_new_version_says_what_the_signed_one_says_until_parts_are_chosen(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _edited(place, people, reader)
    staff(place, people.lin, commission_id, "ask_review")
    staff(place, people.zhou, commission_id, "pass_review")
    guan = director(place, people.library_a)
    staff(place, guan, commission_id, "sign")
    issued = reporting.issue(place, guan, commission_id)
    staff(place, people.lin, commission_id, "reopen_work", reason="年份有误。")

    second = reporting.draft(place, people.lin, commission_id)

    assert (second.version, second.content["sections"]) == (2, issued.content["sections"])
    assert "CSSCI" in _part(_bring_in(place, people, commission_id, ["scope"]), "scope")


def test_form_and_log_come_in_the_language_of_the_report(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _edited(place, people, reader)
    sheet = reporting.sheet(place, people.lin, commission_id)
    assert sheet is not None
    reporting.save(place, people.lin, commission_id, sheet.content | {"language": "en"}, revision=sheet.revision)

    turned = _bring_in(place, people, commission_id, ["scope"])

    assert "Search strategy" in _part(turned, "scope")
    assert [each["heading"] for each in turned.content["sections"] if each["part"] == "scope"] == [
        "Databases and period searched"
    ]


def test_a_sight_that_is_no_longer_so_changes_nothing(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = _edited(place, people, reader)
    offer = bringing_in.offer(place, people.lin, commission_id)
    sheet = reporting.sheet(place, people.lin, commission_id)
    assert sheet is not None
    reporting.save(place, people.lin, commission_id, sheet.content | {"notes": "甲"}, revision=sheet.revision)

    with pytest.raises(CommissionChanged):
        bringing_in.bring_in(place, people.lin, commission_id, ["scope"], revision=offer.revision)
    with pytest.raises(NotFound):
        bringing_in.offer(place, people.lin, commission_id, version=7)


def test_what_others_read_is_not_written_anew(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = _edited(place, people, reader)
    revision = bringing_in.offer(place, people.lin, commission_id).revision
    with place.database.write() as session:
        session.get_one(Commission, commission_id).contact_librarian_id = people.grace.id
    with pytest.raises(Forbidden):
        bringing_in.offer(place, people.grace, commission_id)
    staff(place, people.lin, commission_id, "send_draft")
    with pytest.raises(DraftWithReader):
        bringing_in.bring_in(place, people.lin, commission_id, ["scope"], revision=revision)
    answers(place, reader, commission_id, Operation.APPROVE_DRAFT)

    with pytest.raises(TransitionRefused):
        bringing_in.offer(place, people.lin, commission_id)
