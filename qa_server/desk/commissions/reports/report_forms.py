"""A library's own forms of reports: a Word file for each service, and the picture of its seal. The newest one holds.

A Word file is inherited down the tree, a seal never: it stands for one library alone.
"""

from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.attachments.errors import AttachmentTypeRefused
from qa_server.attachments.scanning import scanner_at
from qa_server.attachments.service import Content, Limits
from qa_server.attachments.service import take_in as take_file_in
from qa_server.commissions.errors import ServiceNotOffered
from qa_server.commissions.reports.content import ServiceCode
from qa_server.commissions.reports.docx import default_template
from qa_server.commissions.reports.templates_check import check_template
from qa_server.commissions.service_types import offered_at
from qa_server.commissions.work_models import ReportTemplate
from qa_server.conversations.schemas import Wire
from qa_server.desk.attaching import store_of
from qa_server.desk.commissions.reports.report_drawing import SEAL as SEAL
from qa_server.desk.rights_at import node_for, require
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember
from storage.errors import NotFound

_FORM_BYTES = 5 * 1_048_576
_PIXELS = 20_000_000
LIMITS = Limits(_FORM_BYTES, 1, _FORM_BYTES, _PIXELS)
_PICTURES = frozenset({"image/png", "image/jpeg"})
_PNG = b"\x89PNG"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ReportFormView(Wire):
    """A form that a library keeps: `code` is a service's code, or `seal`."""

    id: UUID
    code: str
    name: str
    by_zh: str
    by_en: str
    created_at: datetime


def forms(place: Workplace, person: StaffMember, library_code: str) -> list[ReportFormView]:
    """Return the forms that hold at a library itself, newest first. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        library = node_for(session, person, Right.EDIT_SERVICES, library_code)
        return _views(session, library.id)


class ReportingService(Wire):
    """A service with a report that is known at a library."""

    code: str
    name_zh: str
    name_en: str


def services(place: Workplace, person: StaffMember, library_code: str) -> list[ReportingService]:
    """Return the services with a report that hold at a library. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        library = node_for(session, person, Right.EDIT_SERVICES, library_code)
        found = offered_at(session, library.id)
        return [
            ReportingService(code=code, name_zh=each.definition.name.zh, name_en=each.definition.name.in_("en"))
            for code, each in found.items()
            if each.definition.report is not None
        ]


def file_of(place: Workplace, person: StaffMember, library_code: str, form_id: UUID) -> tuple[str, str, bytes]:
    """Return the service, media type and bytes of a form that holds at a library. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        library = node_for(session, person, Right.EDIT_SERVICES, library_code)
        form = session.get(ReportTemplate, form_id)
        if form is None or form.library_id != library.id or form.removed_at is not None:
            raise NotFound()
        code, sha256 = form.code, form.sha256
    data = store_of(place.settings).path_of(sha256).read_bytes()
    if code != SEAL:
        return code, _WORD, data
    return code, "image/png" if data.startswith(_PNG) else "image/jpeg", data


def starting_point(place: Workplace, person: StaffMember, library_code: str, service: str, language: Language) -> bytes:
    """Return the Word form that comes with the program. Raises NotFound, Forbidden, ReportToolMissing."""
    with place.database.read() as session:
        library = node_for(session, person, Right.EDIT_SERVICES, library_code)
        kind = _kind(session, library.id, service)
    return default_template(kind, language)


def expect(place: Workplace, person: StaffMember, library_code: str, service: str) -> ServiceCode | None:
    """Check before the first byte that a form may come; return the kind of its reports, None for a seal.

    Raises NotFound, Forbidden, ServiceNotOffered.
    """
    with place.database.read() as session:
        library = node_for(session, person, Right.EDIT_SERVICES, library_code)
        return None if service == SEAL else _kind(session, library.id, service)


def take_in(place: Workplace, path: Path, name: str, kind: ServiceCode | None, language: Language) -> Content:
    """Check a complete incoming form and keep the file. Blocks for seconds: a Word form is filled with a sample.

    Raises the refusals of attachments, TemplateRefused, TemplateFieldMissing, ReportToolMissing.
    """
    if kind is not None:
        check_template(path.read_bytes(), kind, language)
    content = take_file_in(
        store_of(place.settings), path, name, limits=LIMITS, scanner=scanner_at(place.settings.clamd_address)
    )
    if content.media_type not in ({_WORD} if kind is not None else _PICTURES):
        raise AttachmentTypeRefused(types="DOCX" if kind is not None else "PNG, JPEG")
    return content


def keep(
    place: Workplace, person: StaffMember, library_code: str, service: str, content: Content
) -> list[ReportFormView]:
    """Let a checked form hold from now on. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        library = node_for(session, person, Right.EDIT_SERVICES, library_code)
        now = place.clock()
        for earlier in _rows(session, library.id, service):
            earlier.removed_at = now
        session.add(
            ReportTemplate(
                library_id=library.id,
                code=service,
                sha256=content.sha256,
                name=content.name,
                by_id=person.id,
                created_at=now,
            )
        )
        session.flush()
        return _views(session, library.id)


def remove(place: Workplace, person: StaffMember, form_id: UUID) -> None:
    """Take a form away: that of the node above holds then, or the one of the program. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        form = session.get(ReportTemplate, form_id)
        if form is None or form.removed_at is not None:
            raise NotFound()
        require(session, person, Right.EDIT_SERVICES, form.library_id)
        form.removed_at = place.clock()


def _kind(session: Session, library_id: UUID, service: str) -> ServiceCode:
    found = offered_at(session, library_id).get(service)
    if found is None or found.definition.report is None:
        raise ServiceNotOffered()
    return cast("ServiceCode", found.definition.report.template)


def _rows(session: Session, library_id: UUID, service: str | None = None) -> list[ReportTemplate]:
    found = select(ReportTemplate).where(ReportTemplate.library_id == library_id, ReportTemplate.removed_at.is_(None))
    if service is not None:
        found = found.where(ReportTemplate.code == service)
    return list(session.scalars(found.order_by(ReportTemplate.id.desc())))


def _views(session: Session, library_id: UUID) -> list[ReportFormView]:
    rows = _rows(session, library_id)
    people = librarians_by_id(session, {row.by_id for row in rows})
    return [
        ReportFormView(
            id=row.id,
            code=row.code,
            name=row.name,
            by_zh=people[row.by_id].name_zh,
            by_en=people[row.by_id].name_en,
            created_at=row.created_at,
        )
        for row in rows
    ]
