"""A library's own forms of reports, the report's routes, and the public page behind the code on a report."""

from io import BytesIO
from urllib.parse import quote
from uuid import UUID

import pytest
from PIL import Image

from qa_server.commissions.definition import Operation
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions.reports import reporting
from tests.admin.conftest import Doors, Visit, console_app, doors
from tests.commissions.village_work import answers, director, searched, staff, under_way, written_report
from tests.village import Village, come_in
from widget import report_check

__all__ = ["console_app", "doors"]


@pytest.fixture
def asked_for(doors: Doors, townsfolk: Village) -> tuple[KnownReader, UUID]:
    """A citation search whose report was passed in review, and its reader."""
    reader, _ = come_in(doors.place)
    commission_id = under_way(doors.place, reader, townsfolk.lin)
    searched(doors.place, townsfolk.lin, commission_id)
    written_report(doors.place, townsfolk.lin, commission_id)
    staff(doors.place, townsfolk.lin, commission_id, "send_draft")
    answers(doors.place, reader, commission_id, Operation.APPROVE_DRAFT)
    staff(doors.place, townsfolk.zhou, commission_id, "pass_review")
    return reader, commission_id


def seal() -> bytes:
    """Return the picture of a seal."""
    target = BytesIO()
    Image.new("RGB", (60, 60), "red").save(target, "PNG")
    return target.getvalue()


def put(visit: Visit, service: str, name: str, data: bytes) -> int:
    """Upload a form of library A; return the status of the answer."""
    headers = {"X-CSRF-Token": visit.csrf_token, "X-File-Name": quote(name)}
    path = f"/api/v1/staff/libraries/AAA/report-forms/{service}"
    return visit.client.post(path, content=data, headers=headers).status_code


def test_only_who_answers_for_the_services_changes_seal_and_forms(doors: Doors, townsfolk: Village) -> None:
    director(doors.place, townsfolk.library_a)

    assert put(doors.sign_in("lin"), "seal", "章.png", seal()) == 403
    assert put(doors.sign_in("guan"), "seal", "章.png", seal()) == 201
    listed = doors.sign_in("guan").client.get("/api/v1/staff/libraries/AAA/report-forms").json()
    assert [(each["code"], each["name"]) for each in listed] == [("seal", "章.png")]


def test_what_is_no_form_is_refused_and_the_old_one_holds(doors: Doors, townsfolk: Village) -> None:
    director(doors.place, townsfolk.library_a)
    guan = doors.sign_in("guan")
    sample = guan.client.get("/api/v1/staff/libraries/AAA/report-forms/citation_search/sample.docx")
    assert put(guan, "citation_search", "报告.docx", sample.content) == 201

    assert put(guan, "citation_search", "报告.docx", b"no Word file") == 422
    assert put(guan, "seal", "报告.docx", sample.content) == 415
    assert put(guan, "no_such_service", "报告.docx", sample.content) == 404
    listed = guan.client.get("/api/v1/staff/libraries/AAA/report-forms").json()
    assert [each["code"] for each in listed] == ["citation_search"]


def test_the_routes_of_a_report_are_for_those_of_its_library(
    doors: Doors, townsfolk: Village, asked_for: tuple[KnownReader, UUID]
) -> None:
    path = f"/api/v1/staff/commissions/{asked_for[1]}/report"
    lin, grace = doors.sign_in("lin"), doors.sign_in("grace")

    assert lin.client.get(path).json()["state"] == "passed"
    for method, tail in (("GET", ""), ("POST", ""), ("GET", ".html"), ("POST", "/issue")):
        headers = {"X-CSRF-Token": grace.csrf_token}
        assert grace.client.request(method, path + tail, headers=headers).status_code == 404, tail
    page = lin.client.get(f"{path}.html")
    assert (page.status_code, "sandbox" in page.headers["content-security-policy"]) == (200, True)


def test_anybody_checks_a_report_and_learns_nothing_of_its_reader(
    doors: Doors, townsfolk: Village, asked_for: tuple[KnownReader, UUID]
) -> None:
    guan = director(doors.place, townsfolk.library_a)
    staff(doors.place, guan, asked_for[1], "sign")
    sheet = reporting.issue(doors.place, guan, asked_for[1])
    assert sheet.code is not None
    anybody = doors.stranger()
    anybody.app.include_router(report_check.router())  # type: ignore[attr-defined]

    shown = anybody.get(f"/reports/check/{sheet.code.lower()}")

    assert shown.status_code == 200
    assert sheet.number is not None
    assert sheet.number in shown.text
    assert "王小渡" not in shown.text
    unknown = anybody.get("/reports/check/7K3M-X9RA-2HNC-WTD4")
    assert (unknown.status_code, sheet.number in unknown.text) == (404, False)
    typed = anybody.get("/reports/check", params={"code": sheet.code.replace("-", " ")}, follow_redirects=False)
    assert (typed.status_code, sheet.code in typed.headers["location"]) == (303, True)
    assert anybody.get(f"/api/v1/reports/{sheet.code}").json()["digest"] == sheet_digest(doors, sheet.code)


def sheet_digest(doors: Doors, code: str) -> str | None:
    """Return the digest that belongs to a code."""
    return reporting.check(doors.place, code).digest
