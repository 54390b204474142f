"""Reports that others read, sign and replace: what may change when, whose seal they carry, how they are numbered."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from qa_server.commissions.definition import Operation
from qa_server.commissions.errors import TransitionIncomplete
from qa_server.commissions.models import Commission
from qa_server.commissions.reports.wording import declaration
from qa_server.commissions.work_models import CommissionReport, ReportTemplate
from qa_server.desk.asking import KnownReader
from qa_server.desk.attaching import store_of
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.commissions.reports import report_drawing, reporting
from qa_server.desk.commissions.reports.report_course import DraftWithReader
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound
from tests.commissions.village_work import answers, director, searched, staff, submitted, under_way, written_report
from tests.village import Village

RED = (200, 20, 30)
PROXY_VALUES = {
    "title": "渡口旧志馆藏",
    "wanted": ["holdings"],
    "papers": [{"title": "渡口旧志"}],
    "reach": "network",
    "affiliation": "own",
    "department": "历史系",
}


def _written(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    commission_id = under_way(place, reader, people.lin)
    searched(place, people.lin, commission_id)
    written_report(place, people.lin, commission_id)
    return commission_id


def _signed(place: Workplace, people: Village, commission_id: UUID) -> StaffMember:
    staff(place, people.lin, commission_id, "ask_review")
    staff(place, people.zhou, commission_id, "pass_review")
    guan = director(place, people.library_a)
    staff(place, guan, commission_id, "sign")
    return guan


def _keep_seal(place: Workplace, person: StaffMember, library_id: UUID) -> None:
    target = BytesIO()
    Image.new("RGB", (60, 60), RED).save(target, "PNG")
    store = store_of(place.settings)
    with store.incoming() as path:
        path.write_bytes(target.getvalue())
        sha256 = store.keep(path)
    with place.database.write() as session:
        session.add(
            ReportTemplate(
                library_id=library_id,
                code="seal",
                sha256=sha256,
                name="章.png",
                by_id=person.id,
                created_at=place.clock(),
            )
        )


def test_what_the_reader_is_checking_does_not_change_under_the_readers_eyes(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _written(place, people, reader)
    staff(place, people.lin, commission_id, "send_draft")
    sheet = reporting.sheet(place, people.lin, commission_id)
    assert sheet is not None

    with pytest.raises(DraftWithReader):
        reporting.save(place, people.lin, commission_id, sheet.content, revision=sheet.revision)
    with pytest.raises(DraftWithReader):
        reporting.draft(place, people.lin, commission_id)

    assert (sheet.may_edit, sheet.is_with_reader) == (False, True)
    answers(place, reader, commission_id, Operation.CORRECT_DRAFT, reason="第二篇的年份应为 2024。")
    again = reporting.sheet(place, people.lin, commission_id)
    assert again is not None
    assert (again.may_edit, again.version) == (True, 2)


def test_what_was_given_back_is_kept_and_the_remarks_go_along(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _written(place, people, reader)
    staff(place, people.lin, commission_id, "ask_review")
    reporting.remark(place, people.zhou, commission_id, section="conclusion", body="请写明检索日期。")
    staff(place, people.zhou, commission_id, "fail_review", reason="请看意见。")
    sheet = reporting.sheet(place, people.lin, commission_id)
    assert sheet is not None

    reporting.save(place, people.lin, commission_id, sheet.content | {"notes": "已补"}, revision=sheet.revision)

    before = reporting.before(place, people.zhou, commission_id)
    assert before is not None
    assert (before.version, before.content.notes != "已补") == (1, True)
    assert (sheet.version, sheet.state) == (2, "returned")
    assert [(each.section, each.is_settled) for each in sheet.remarks] == [("conclusion", False)]


def test_a_report_carries_the_seal_of_the_library_that_issues_it(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _written(place, people, reader)
    _keep_seal(place, people.lin, people.library_a)
    bare = reporting.preview(place, people.lin, commission_id, "pdf").data
    guan = _signed(place, people, commission_id)

    sealed = reporting.preview(place, guan, commission_id, "pdf").data

    assert b"/Subtype/Image" not in bare
    assert b"/Subtype/Image" in sealed
    assert 'alt="AAA图书馆' in reporting.preview(place, guan, commission_id, "html").data.decode()


def test_an_address_to_check_is_printed_only_where_it_leads_somewhere(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _written(place, people, reader)
    guan = _signed(place, people, commission_id)
    issued = reporting.issue(place, guan, commission_id)
    public = replace(place, settings=place.settings.model_copy(update={"public_url": "https://ask.example.edu/"}))

    bare = reporting.preview(place, guan, commission_id, "html").data.decode()
    whole = reporting.preview(public, guan, commission_id, "html").data.decode()

    assert place.settings.public_url == ""
    assert str(issued.code) in bare
    assert "reports/check" not in bare
    assert f"https://ask.example.edu/reports/check/{issued.code}" in whole


def test_a_seal_is_never_that_of_a_node_above(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = _written(place, people, reader)
    _keep_seal(place, people.zhou, people.nation)
    guan = _signed(place, people, commission_id)

    page = reporting.preview(place, guan, commission_id, "html").data.decode()

    assert "（盖章）" in page or "印章" in page
    assert "data:image/png" not in page


def test_a_new_version_is_delivered_only_when_it_is_issued_and_only_its_files_are(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _written(place, people, reader)
    with place.database.write() as session:
        session.get_one(Commission, commission_id).price = Decimal(0)
    guan = _signed(place, people, commission_id)
    first = reporting.issue(place, guan, commission_id)
    staff(place, people.lin, commission_id, "reopen_work", reason="年份有误。")
    second = reporting.draft(place, people.lin, commission_id)
    staff(place, people.lin, commission_id, "ask_review")
    staff(place, people.zhou, commission_id, "pass_review")
    staff(place, guan, commission_id, "sign")
    with pytest.raises(TransitionIncomplete):
        staff(place, people.lin, commission_id, "deliver")

    issued = reporting.issue(place, guan, commission_id)

    assert (first.number, second.version, issued.number) == ("AAA-CY-2026-0001", 2, "AAA-CY-2026-0002")
    assert first.code is not None
    assert reporting.check(place, first.code).is_replaced
    files = handling.read(place, people.lin, commission_id, language="zh").files
    assert {Path(each.name).stem for each in files} == {issued.number}


def test_without_the_packages_for_files_a_report_is_issued_as_a_page(
    place: Workplace, people: Village, reader: KnownReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    commission_id = _written(place, people, reader)
    guan = _signed(place, people, commission_id)
    # The packages are installed here; on a small server they are not.
    monkeypatch.setattr(report_drawing, "can_make_pdf", lambda: False)
    monkeypatch.setattr(report_drawing, "can_make_docx", lambda: False)

    sheet = reporting.issue(place, guan, commission_id)

    files = handling.read(place, people.lin, commission_id, language="zh").files
    assert [each.name for each in files] == [f"{sheet.number}.html"]
    assert sheet.code is not None
    assert reporting.check(place, sheet.code).digest is None


def test_a_number_that_another_service_has_is_passed_over(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    first, second = _written(place, people, reader), _written(place, people, reader)
    sheet = reporting.sheet(place, people.lin, first)
    assert sheet is not None
    with place.database.write() as session:
        report = session.get_one(CommissionReport, sheet.id)
        report.number = "AAA-CY-2026-0001"
    guan = _signed(place, people, second)

    assert reporting.issue(place, guan, second).number == "AAA-CY-2026-0002"


def test_only_who_has_to_do_with_the_report_issues_it(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = _written(place, people, reader)
    _signed(place, people, commission_id)
    with place.database.write() as session:
        session.get_one(Commission, commission_id).contact_librarian_id = people.grace.id

    with pytest.raises(Forbidden):
        reporting.issue(place, people.grace, commission_id)


def test_the_language_of_a_report_turns_its_headings_and_leaves_what_was_written(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = _written(place, people, reader)
    sheet = reporting.sheet(place, people.lin, commission_id)
    assert sheet is not None

    turned = reporting.save(
        place, people.lin, commission_id, sheet.content | {"language": "en"}, revision=sheet.revision
    )

    headings = [each["heading"] for each in turned.content["sections"]]
    assert "Conclusion of the search" in headings
    assert "两篇论文均被收录。" in str(turned.content)
    # What nobody wrote by hand turns with them.
    assert turned.content["notes"] == declaration("citation_search", "en")


def test_a_service_without_a_seal_has_its_report_signed_by_issuing(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader, "proxy_search", PROXY_VALUES)
    staff(place, people.lin, commission_id, "accept")
    staff(place, people.lin, commission_id, "quote", offer=Offer())
    answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    staff(place, people.lin, commission_id, "begin")
    searched(place, people.lin, commission_id)
    written_report(place, people.lin, commission_id)
    with pytest.raises(NotFound):
        reporting.issue(place, people.grace, commission_id)

    sheet = reporting.issue(place, people.lin, commission_id)

    assert (sheet.state, sheet.number) == ("issued", "AAA-DC-2026-0001")
    assert staff(place, people.lin, commission_id, "deliver").state == "delivered"
