"""Commissions in the village: forms that are complete, and the steps of both sides in few words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from qa_server.commissions.contact import Contact, Invoice
from qa_server.commissions.definition import Operation
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting, working
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.commissions.reports import reporting
from qa_server.desk.commissions.reports.report_views import ReportSheet
from qa_server.desk.commissions.requesting import Form
from qa_server.desk.commissions.services import offering_services
from qa_server.desk.commissions.views import CommissionView
from qa_server.desk.commissions.working import LogInput
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Librarian, Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from tests.village import new_client_id

CONTACT = Contact(name="王小渡", email="xiaodu@reader.example", phone="13900000000", organisation="文学院")
CITATION_VALUES: Mapping[str, Any] = {
    "affiliation": "outside",
    "department": "文学院",
    "purpose": "promotion",
    "title": "王小渡论文收录引用检索",
    "author_zh": "王小渡",
    "author_en": ["Wang Xiaodu"],
    "institution_zh": ["示例大学"],
    "papers": [{"title": "渡口考", "journal": "示例学报", "year": 2024}, {"title": "问津考", "year": 2025}],
    "databases": ["scie", "ei"],
    "items": ["indexing", "citations_all"],
    "speed": "normal",
    "delivery_by": "electronic",
}


def begun(place: Workplace, reader: KnownReader, code: str = "citation_search") -> UUID:
    """Begin a commission; return its id."""
    offering_services.keep_shipped(place)
    view, _ = requesting.begin(place, reader, code, client_id=new_client_id(), language="zh")
    return view.id


def submitted(
    place: Workplace,
    reader: KnownReader,
    code: str = "citation_search",
    values: Mapping[str, Any] = CITATION_VALUES,
) -> UUID:
    """Begin a commission and hand it in; return its id."""
    commission_id = begun(place, reader, code)
    form = Form(values=values, contact=CONTACT, invoice=Invoice())
    requesting.submit(place, reader, commission_id, form, requesting.Asked(new_client_id()), language="zh")
    return commission_id


def staff(
    place: Workplace, person: StaffMember, commission_id: UUID, key: str, *, reason: str = "", **carried: Any
) -> CommissionView:
    """Make a step of the staff."""
    asked = handling.Asked(new_client_id(), reason=reason, **carried)
    return handling.step(place, person, commission_id, key, asked, language="zh")


def answers(
    place: Workplace, reader: KnownReader, commission_id: UUID, operation: Operation, *, reason: str = ""
) -> CommissionView:
    """Make a step of the reader."""
    asked = requesting.Asked(new_client_id(), reason=reason)
    return requesting.step(place, reader, commission_id, operation, asked, language="zh")


def under_way(place: Workplace, reader: KnownReader, person: StaffMember) -> UUID:
    """Hand in a citation search and bring it to where somebody searches; return its id."""
    commission_id = submitted(place, reader)
    staff(place, person, commission_id, "accept")
    staff(place, person, commission_id, "quote", offer=Offer())
    answers(place, reader, commission_id, Operation.ACCEPT_QUOTE)
    staff(place, person, commission_id, "begin")
    return commission_id


def searched(place: Workplace, person: StaffMember, commission_id: UUID, database: str = "SCIE") -> None:
    """Write a step of the search into the work log."""
    entry = LogInput(
        client_id=new_client_id(), database=database, strategy="AU=(Wang XD)", hits=12, chosen=2, minutes=20
    )
    working.write(place, person, commission_id, entry)


def director(place: Workplace, library_id: UUID) -> StaffMember:
    """Add somebody who holds the seal of a library."""
    with place.database.write() as session:
        row = Librarian(
            login="guan",
            name_zh="管老师",
            name_en="Guan",
            library_id=library_id,
            language="zh",
            password_hash="-",
            created_at=place.clock(),
        )
        session.add(row)
        session.flush()
        session.add(RoleGrant(librarian_id=row.id, library_id=library_id, role=Role.LIBRARY_ADMINISTRATOR))
        session.flush()
        person = staff_member(session, row.id, csrf_token="csrf")
    assert person is not None
    return person


def written_report(place: Workplace, person: StaffMember, commission_id: UUID) -> ReportSheet:
    """Begin the report and fill in what only a person can say."""
    sheet = reporting.draft(place, person, commission_id)
    content = dict(sheet.content)
    content["sections"] = [
        section if section["blocks"] else section | {"blocks": [{"text": "两篇论文均被收录。", "is_markdown": False}]}
        for section in content["sections"]
    ]
    return reporting.save(place, person, commission_id, content, revision=sheet.revision)
