"""The pages of document delivery: suppliers in order, limits before dispatch, a supplier's answer, the settlement."""

import re
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from qa_server.commissions.definition import Operation
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions.services import offering_services
from qa_server.desk.commissions.supply import supplying
from qa_server.people.audit import Action
from qa_server.people.audit_models import AuditEntry
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import librarian_by_login, staff_member
from qa_server.people.rights import StaffMember
from tests.admin.conftest import Doors, Visit
from tests.commissions.test_dispatching import asked, put_result
from tests.commissions.village_work import answers
from tests.village import Village, come_in

LIST = "/console/network/AAA/suppliers"
PAGE = "/console/commissions"
LIBRARY = {"kind": "library", "library": "BBB", "is_new": "1", "fee_page": "0.30", "subsidy_percent": "50"}
OUTSIDE = {"kind": "paid", "name_zh": "示例文献中心", "name_en": "Sample Centre", "is_new": "1", "fee_item": "5"}


@pytest.fixture
def head(doors: Doors, townsfolk: Village) -> Visit:
    """CHEN, who administers library A, with BBB and a service outside in the list."""
    with doors.place.database.write() as session:
        grant = RoleGrant(
            librarian_id=townsfolk.chen.id, library_id=townsfolk.library_a, role=Role.LIBRARY_ADMINISTRATOR
        )
        session.add(grant)
    offering_services.keep_shipped(doors.place)
    visit = doors.sign_in("chen")
    for form in (LIBRARY, OUTSIDE):
        assert visit.post(LIST, **form).status_code == 303
    return visit


@pytest.fixture
def asker(doors: Doors) -> KnownReader:
    """A reader of library A."""
    return come_in(doors.place)[0]


def person(doors: Doors, login: str) -> StaffMember:
    with doors.place.database.read() as session:
        row = librarian_by_login(session, login)
        assert row is not None
        found = staff_member(session, row.id, csrf_token="csrf")
    assert found is not None
    return found


def press(visit: Visit, commission_id: UUID, key: str, part: str = "supply", **more: str) -> int:
    """Take a step as its form on the page does; return the status."""
    action = f"{PAGE}/{commission_id}/{part}/{key}"
    form = visit.read(f"{PAGE}/{commission_id}").partition(f'action="{action}"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return visit.post(action, **{**hidden, **more}).status_code


def order(page: str) -> list[str]:
    """Return the suppliers of a page in their order."""
    return [each.strip() for each in re.findall(r'<td class="row-main">([^<]+)<', page)]


def test_suppliers_are_asked_in_the_order_of_the_list(head: Visit) -> None:
    page = head.read(LIST)
    assert order(page) == ["BBB Library", "Sample Centre"]
    second = re.findall(r'id="supplier-([0-9a-f-]+)"', page)[1]

    assert head.post(f"{LIST}/{second}/up").status_code == 303

    assert order(head.read(LIST)) == ["Sample Centre", "BBB Library"]
    assert head.post(f"{LIST}/{second}", **{**OUTSIDE, "is_new": "", "fee_item": "7.50"}).status_code == 303
    assert "rush 7.50" in head.read(LIST)
    assert head.post(f"{LIST}/{second}/remove").status_code == 303
    assert order(head.read(LIST)) == ["BBB Library"]


def test_what_was_typed_wrong_stays_with_the_reason(head: Visit) -> None:
    refused = head.post(LIST, **{**OUTSIDE, "name_zh": "另一中心", "fee_page": "many"})

    assert refused.status_code == 422
    assert "a fee is an amount" in refused.text
    assert "另一中心" in refused.text


def test_whoever_works_at_the_library_reads_the_list_and_changes_nothing(doors: Doors, head: Visit) -> None:
    lin = doors.sign_in("lin")

    page = lin.read(LIST)

    assert order(page) == ["BBB Library", "Sample Centre"]
    assert "Add a library" not in page
    assert lin.post(LIST, **OUTSIDE).status_code == 403
    assert doors.sign_in("grace").client.get(LIST).status_code == 403


def test_a_supplier_answers_on_its_page_and_sees_nobody(
    doors: Doors, head: Visit, asker: KnownReader, tmp_path: Any
) -> None:
    commission_id = asked(doors.place, asker, remarks="我是王小渡")
    lin, grace = doors.sign_in("lin"), doors.sign_in("grace")
    assert press(lin, commission_id, "accept", "steps", days="3") == 303
    assert "No limit of copying" in lin.read(f"{PAGE}/{commission_id}")
    assert press(lin, commission_id, "dispatch") == 303

    theirs = grace.read(f"{PAGE}/{commission_id}")

    assert "渡口与书院" in theirs
    assert "Show how to reach the reader" not in theirs
    assert "王小渡" not in theirs
    assert "Messages and files" not in theirs
    assert "王小渡" in lin.read(f"{PAGE}/{commission_id}")
    assert press(grace, commission_id, "supplier_accepts", "steps") == 303
    assert press(grace, commission_id, "deliver", page_count="12") == 409
    put_result(doors.place, person(doors, "grace"), commission_id, tmp_path)
    assert press(grace, commission_id, "deliver", page_count="12") == 303
    assert "CopyCompleted" in lin.read(f"{PAGE}/{commission_id}")


def test_a_supplier_reads_the_objection_on_its_page_and_delivers_again(
    doors: Doors, head: Visit, asker: KnownReader, tmp_path: Any
) -> None:
    commission_id = asked(doors.place, asker)
    lin, grace = doors.sign_in("lin"), doors.sign_in("grace")
    press(lin, commission_id, "accept", "steps", days="3")
    press(lin, commission_id, "dispatch")
    press(grace, commission_id, "supplier_accepts", "steps")
    put_result(doors.place, person(doors, "grace"), commission_id, tmp_path)
    press(grace, commission_id, "deliver", page_count="12")
    answers(doors.place, asker, commission_id, Operation.OBJECT, reason="<b>缺第 7 页</b>，王小渡，13900000000")

    theirs, own = grace.read(f"{PAGE}/{commission_id}"), lin.read(f"{PAGE}/{commission_id}")
    record = grace.read(f"{PAGE}/{commission_id}/record")

    assert "The reader reports a problem" in theirs
    assert "缺第 7 页" in theirs
    assert "缺第 7 页" in record
    assert "王小渡" in own
    for private in ("小渡", "13900000000", "<b>缺"):
        assert private not in grace.client.get(f"{PAGE}/{commission_id}").text
        assert private not in grace.client.get(f"{PAGE}/{commission_id}/record").text
    put_result(doors.place, person(doors, "grace"), commission_id, tmp_path)
    assert press(grace, commission_id, "deliver_again", page_count="13") == 303
    assert "The reader reports a problem" not in grace.read(f"{PAGE}/{commission_id}")


def test_a_supplier_that_cannot_says_why_and_sees_it_no_longer(doors: Doors, head: Visit, asker: KnownReader) -> None:
    commission_id = asked(doors.place, asker)
    lin, grace = doors.sign_in("lin"), doors.sign_in("grace")
    press(lin, commission_id, "accept", "steps", days="3")
    press(lin, commission_id, "dispatch")

    status = press(grace, commission_id, "supplier_fails", supply_reason="in_use", reason="外借中")

    assert status == 303
    assert grace.client.get(f"{PAGE}/{commission_id}").status_code == 404
    page = lin.read(f"{PAGE}/{commission_id}")
    assert "in use or on loan" in page
    assert "NotOnShelf" in page
    # The service outside is next: the reader's own library writes down what it says.
    assert press(lin, commission_id, "supplier_condition", cost="many", reason="需付费") == 422
    assert press(lin, commission_id, "supplier_condition", cost="25.00", reason="需付费") == 303
    found = supplying.supply(doors.place, person(doors, "lin"), commission_id)
    assert [(each.state, str(each.cost)) for each in found.offers] == [("unfilled", "None"), ("conditional", "25.00")]


def test_a_month_is_settled_written_out_and_put_on_record(
    doors: Doors, head: Visit, asker: KnownReader, tmp_path: Any
) -> None:
    commission_id = asked(doors.place, asker, affiliation="own", speed="normal")
    lin, grace = doors.sign_in("lin"), doors.sign_in("grace")
    press(lin, commission_id, "accept", "steps", days="3")
    press(lin, commission_id, "dispatch")
    press(grace, commission_id, "supplier_accepts", "steps")
    put_result(doors.place, person(doors, "grace"), commission_id, tmp_path)
    press(grace, commission_id, "deliver", page_count="20")
    answers(doors.place, asker, commission_id, Operation.ACCEPT_RESULT)

    page = head.read("/console/settlements?library=AAA")
    file = head.client.get("/console/settlements/file?library=AAA&what=lines")

    assert "6.00" in page
    assert "3.00" in page
    assert b"BBB Library" in ZipFile(BytesIO(file.content)).read("xl/worksheets/sheet1.xml")
    with doors.place.database.read() as session:
        exported = session.scalars(select(AuditEntry).where(AuditEntry.action == Action.EXPORTED)).all()
    assert [each.details["what"] for each in exported] == ["lines"]
    assert grace.client.get("/console/settlements?library=AAA").status_code == 403
    line = re.findall(r"/console/settlements/lines/([0-9a-f-]+)/reversal", page)[0]
    assert head.post(f"/console/settlements/lines/{line}/reversal", library="AAA").status_code == 303
    assert head.post(f"/console/settlements/lines/{line}/reversal", library="AAA").status_code == 409
