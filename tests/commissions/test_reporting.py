"""Reports of commissions: out of the log, read by a second person, signed, issued, checked by anybody."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from qa_server.commissions.definition import Operation
from qa_server.commissions.errors import CommissionChanged, TransitionRefused
from qa_server.commissions.reports.errors import ReportContentRefused
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting
from qa_server.desk.commissions.reports import reporting
from qa_server.desk.commissions.reports.report_course import RemarksOpen, ReportUnfinished
from qa_server.desk.commissions.reports.report_views import ReportSheet
from qa_server.desk.workplace import Workplace
from storage.errors import Forbidden, NotFound
from tests.commissions.village_work import (
    CITATION_VALUES,
    answers,
    director,
    searched,
    staff,
    submitted,
    under_way,
    written_report,
)
from tests.village import Village, come_in

NOVELTY_VALUES: Mapping[str, Any] = {
    "title": "渡口点云研究",
    "title_en": "Point clouds of fords",
    "scope": "international",
    "purpose": "project_start",
    "subject": "T",
    "essentials": "研究渡口遗址三维点云的语义分割方法，建立知识图谱，并与地方文献索引关联。" * 3,
    "points": ["基于稀疏注意力的渡口点云语义分割方法及其应用", "离线导览"],
    "requirement": ["same", "judgement"],
    "keywords_zh": ["渡口", "点云"],
    "keywords_en": ["semantic segmentation of fords", "ferry"],
    "is_truthful": True,
    "affiliation": "own",
    "department": "历史系",
    "delivery_by": "electronic",
}


def _text(sheet: ReportSheet, part: str) -> str:
    blocks = next(each["blocks"] for each in sheet.content["sections"] if each["part"] == part)
    return "\n".join(block["text"] for block in blocks if "text" in block)


def _in_review(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    written_report(place, people.lin, commission_id)
    staff(place, people.lin, commission_id, "send_draft")
    answers(place, reader, commission_id, Operation.APPROVE_DRAFT)
    return commission_id


def test_a_report_is_composed_of_form_and_log(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id, database="CSSCI")

    sheet = reporting.draft(place, people.lin, commission_id)

    text = str(sheet.content)
    assert "CSSCI" in text
    assert "渡口考" in text
    assert sheet.content["applicant"] == "王小渡"
    assert "conclusion" in [part.key for part in sheet.parts if part.is_missing]


def test_what_the_reader_told_is_labelled_and_its_words_stand_in_one_line(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    author = {"author_en": ["Wang, Xiaodu of the School of Fords", "Wang X D"]}
    citation = submitted(place, reader, values={**CITATION_VALUES, **author})
    novelty = submitted(place, reader, "novelty_search", NOVELTY_VALUES)
    for each in (citation, novelty):
        staff(place, people.lin, each, "accept")

    certificate = reporting.draft(place, people.lin, citation)
    report = reporting.draft(place, people.lin, novelty)

    named = "作者中文姓名：王小渡\n作者英文署名：Wang, Xiaodu of the School of Fords；Wang X D\n"
    points = "1. 基于稀疏注意力的渡口点云语义分割方法及其应用\n2. 离线导览\n\n查新要求："
    assert named in _text(certificate, "subject")
    assert "检索词：渡口；点云；semantic segmentation of fords；ferry" in _text(report, "scope")
    assert _text(report, "points").startswith(points)


def test_beginning_an_open_report_again_changes_nothing(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    written = written_report(place, people.lin, commission_id)
    searched(place, people.lin, commission_id, database="CSSCI")

    again = reporting.draft(place, people.lin, commission_id)

    assert (again.revision, again.content) == (written.revision, written.content)


def test_of_two_who_save_the_second_is_told_and_nothing_is_lost(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    sheet = reporting.draft(place, people.lin, commission_id)
    reporting.save(place, people.lin, commission_id, sheet.content | {"notes": "甲"}, revision=sheet.revision)

    with pytest.raises(CommissionChanged):
        reporting.save(place, people.chen, commission_id, sheet.content | {"notes": "乙"}, revision=sheet.revision)

    kept = reporting.sheet(place, people.lin, commission_id)
    assert kept is not None
    assert kept.content["notes"] == "甲"


def test_numbers_dates_and_codes_are_not_written_by_hand(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    sheet = reporting.draft(place, people.lin, commission_id)
    forged = sheet.content | {"report_number": "AAA-0001", "verification_code": "X", "is_draft": False}

    saved = reporting.save(place, people.lin, commission_id, forged, revision=sheet.revision)

    assert saved.content["report_number"] == sheet.content["report_number"]
    assert saved.content["is_draft"] is True
    with pytest.raises(ReportContentRefused):
        reporting.save(place, people.lin, commission_id, {"sections": 1}, revision=saved.revision)


def test_an_unfinished_report_does_not_go_out_to_review(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    reporting.draft(place, people.lin, commission_id)

    with pytest.raises(ReportUnfinished):
        staff(place, people.lin, commission_id, "ask_review")


def test_who_searched_never_reviews(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = under_way(place, reader, people.zhou)
    searched(place, people.zhou, commission_id)
    written_report(place, people.zhou, commission_id)
    staff(place, people.zhou, commission_id, "ask_review")

    with pytest.raises(TransitionRefused):
        staff(place, people.zhou, commission_id, "pass_review")
    with pytest.raises(Forbidden):
        reporting.remark(place, people.zhou, commission_id, section="conclusion", body="很好")


def test_nothing_passes_while_a_remark_is_open(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = _in_review(place, people, reader)
    sheet = reporting.remark(place, people.zhou, commission_id, section="conclusion", body="请写明检索时间。")

    with pytest.raises(RemarksOpen):
        staff(place, people.zhou, commission_id, "pass_review")
    reporting.settle(place, people.lin, commission_id, sheet.remarks[0].id)

    assert staff(place, people.zhou, commission_id, "pass_review").state == "reviewed"


def test_a_signed_report_is_issued_delivered_and_checked_by_anybody(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _in_review(place, people, reader)
    staff(place, people.zhou, commission_id, "pass_review")
    guan = director(place, people.library_a)
    signed = staff(place, guan, commission_id, "sign")
    assert signed.state == "payment_due"
    sheet = reporting.issue(place, guan, commission_id)

    assert sheet.number == "AAA-CY-2026-0001"
    assert sheet.code is not None
    assert not requesting.read(place, reader, commission_id, language="zh").files
    found = reporting.check(place, sheet.code.lower().replace("-", " "))
    assert (found.number, found.library_zh, found.is_replaced) == (sheet.number, "AAA图书馆", False)
    assert "王小渡" not in found.model_dump_json()
    files = handling.read(place, people.lin, commission_id, language="zh").files
    assert {file.name for file in files} == {f"{sheet.number}.pdf", f"{sheet.number}.docx"}
    assert reporting.issue(place, guan, commission_id).model_dump() == sheet.model_dump()


def test_codes_that_were_never_given_out_are_not_there(place: Workplace, people: Village) -> None:
    for code in ("", "x", "2222-2222-2222-2222", "7K3M-X9RA-2HNC-WTD4"):
        with pytest.raises(NotFound):
            reporting.check(place, code)


def test_a_draft_is_drawn_for_its_reader_only_while_it_is_to_be_checked(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    written_report(place, people.lin, commission_id)
    with pytest.raises(NotFound):
        reporting.draft_for_reader(place, reader, commission_id, "html")
    staff(place, people.lin, commission_id, "send_draft")

    drawn = reporting.draft_for_reader(place, reader, commission_id, "html")

    assert "渡口考" in drawn.data.decode()
    other, _ = come_in(place)
    with pytest.raises(NotFound):
        reporting.draft_for_reader(place, other, commission_id, "html")
