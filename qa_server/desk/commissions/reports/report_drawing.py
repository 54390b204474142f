"""Draws reports as pages, PDF and Word files, in the library's own form. Blocks; called outside of transactions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.attachments.service import Content
from qa_server.attachments.storing import Store
from qa_server.commissions import queries
from qa_server.commissions.models import Commission
from qa_server.commissions.reports.content import ReportContent, Signature, from_json
from qa_server.commissions.reports.docx import as_docx, can_make_docx
from qa_server.commissions.reports.html import as_html
from qa_server.commissions.reports.pdf import as_pdf, can_make_pdf
from qa_server.commissions.reports.verification import digest
from qa_server.commissions.work_models import CommissionReport, ReportTemplate
from qa_server.desk.attaching import store_of
from qa_server.desk.commissions.reports import composing
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import path_up
from qa_server.network.schedules import schedule_of
from qa_server.people.queries import librarians_by_id

SEAL = "seal"
Format = Literal["html", "pdf", "docx"]
_MEDIA = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Drawn:
    """A drawn report, ready to be sent."""

    data: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class Drawing:
    """Everything a report is drawn from, read beforehand."""

    content: ReportContent
    images: Mapping[str, bytes]
    template: bytes | None
    name: str


def drawing_of(session: Session, place: Workplace, commission: Commission, report: CommissionReport) -> Drawing:
    """Return what a report is drawn from, as it stands now."""
    content = from_json(report.content)
    definition = queries.definition_of(session, commission.version_id)
    library_id = commission.service_library_id
    store = store_of(place.settings)
    images: dict[str, bytes] = {}
    content = replace(content, signatures=_signatures(session, library_id, report, content))
    if report.signed_at is not None and report.number and report.code:
        on = schedule_of(session, library_id, around=report.signed_at).local_date(report.signed_at)
        # On paper an address without its beginning leads nowhere; the code alone can be typed in.
        root = place.settings.public_url.rstrip("/")
        address = f"{root}/reports/check/{report.code}" if root else ""
        content = composing.finished(content, number=report.number, on=on, code=report.code, address=address)
        if definition.report is not None and definition.report.needs_seal:
            content, images = _sealed(session, store, library_id, content)
    template = _own(session, library_id, definition.code)
    data = store.path_of(template.sha256).read_bytes() if template else None
    return Drawing(content, images, data, f"{report.number or commission.number}")


def draw(place: Workplace, drawing: Drawing, format_: Format) -> Drawn:
    """Return a report in a format. Raises the refusals of drawing."""
    match format_:
        case "html":
            data = as_html(drawing.content, drawing.images).encode()
        case "pdf":
            folders = [Path(each) for each in place.settings.font_folders.split(":") if each]
            data = as_pdf(drawing.content, drawing.images, font_folders=folders)
        case "docx":
            data = as_docx(drawing.content, drawing.images, drawing.template)
    return Drawn(data, _MEDIA[format_], f"{drawing.name}.{format_}")


def possible_formats() -> tuple[Format, ...]:
    """Return the formats that files are made in here."""
    # Without the packages for them a report is still issued, as a page that prints.
    found: list[Format] = []
    if can_make_pdf():
        found.append("pdf")
    if can_make_docx():
        found.append("docx")
    return tuple(found) or ("html",)


def keep(place: Workplace, drawn: Drawn) -> Content:
    """Put a drawn report into the store of files; its row is added by the caller."""
    store = store_of(place.settings)
    with store.incoming() as path:
        path.write_bytes(drawn.data)
        sha256 = store.keep(path)
    if sha256 != digest(drawn.data):
        raise RuntimeError("the store changed a report")
    return Content(sha256, drawn.name, drawn.media_type, len(drawn.data))


def _sealed(
    session: Session, store: Store, library_id: UUID, content: ReportContent
) -> tuple[ReportContent, dict[str, bytes]]:
    seal = _own(session, library_id, SEAL)
    if seal is None or not store.path_of(seal.sha256).is_file():
        return content, {}
    images = {seal.sha256: store.path_of(seal.sha256).read_bytes()}
    return replace(content, seal=seal.sha256), images


def _own(session: Session, library_id: UUID, code: str) -> ReportTemplate | None:
    """Return the newest form of a kind at the nearest node up the tree that has one. A seal is never inherited."""
    path: Sequence[UUID] = [library_id] if code == SEAL else path_up(session, library_id)
    for node in path:
        found = session.scalar(
            select(ReportTemplate)
            .where(ReportTemplate.library_id == node, ReportTemplate.code == code, ReportTemplate.removed_at.is_(None))
            .order_by(ReportTemplate.id.desc())
            .limit(1)
        )
        if found is not None:
            return found
    return None


def _signatures(
    session: Session, library_id: UUID, report: CommissionReport, content: ReportContent
) -> tuple[Signature, ...]:
    ids = {report.searcher_id, report.reviewer_id, report.signer_id} - {None}
    people = librarians_by_id(session, cast("set[UUID]", ids))
    found: list[Signature] = []
    for role, person_id, moment in (
        ("searcher", report.searcher_id, report.signed_at),
        ("reviewer", report.reviewer_id, report.reviewed_at),
        ("signatory", report.signer_id, report.signed_at),
    ):
        person = people.get(person_id) if person_id else None
        if person is not None:
            name = person.name_zh if content.language == "zh" else person.name_en
            on = schedule_of(session, library_id, around=moment).local_date(moment) if moment else None
            found.append(Signature(cast("Literal['searcher', 'reviewer', 'signatory']", role), name, on))
    return tuple(found)
