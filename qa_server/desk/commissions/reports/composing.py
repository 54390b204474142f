"""Composes a first report out of what is there: the reader's form, the work log, the library's names.

What only a person can say, such as results and the conclusion, is left as an empty part for the searcher to write.
"""

from dataclasses import replace
from datetime import date
from typing import cast

from sqlalchemy.orm import Session

from qa_server.commissions import queries
from qa_server.commissions.contact import Contact
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.models import Commission
from qa_server.commissions.reports.content import Prose, ReportContent, ServiceCode, Signature
from qa_server.commissions.reports.outlines import outline
from qa_server.commissions.reports.wording import declaration
from qa_server.desk.commissions.reports.report_material import Material, section_of
from qa_server.i18n import Language
from qa_server.network.models import Library
from qa_server.network.schedules import schedule_of
from qa_server.people.models import Librarian

# A report without a number yet: one is drawn when it is signed, so that numbers have no gaps.
UNNUMBERED = "—"


def compose(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    searcher: Librarian,
    *,
    language: Language | None = None,
) -> ReportContent:
    """Return a draft report of a commission, by default in the language that its reader wishes.

    The definition has a report rule.
    """
    if definition.report is None:
        raise ValueError("this service has no report")
    language = language or _wished(commission)
    schedule = schedule_of(session, commission.service_library_id, around=commission.updated_at)
    kind = cast("ServiceCode", definition.report.template)
    material = Material(commission, definition, queries.log_of(session, commission.id), language, kind)
    library = session.get_one(Library, commission.service_library_id)
    contact = Contact.model_validate(commission.contact)
    parts = outline(kind, language)
    return ReportContent(
        service_type=kind,
        language=language,
        report_number=UNNUMBERED,
        title=commission.title or definition.report.title.in_(language),
        library=library.name_zh if language == "zh" else library.name_en,
        commission_number=commission.number,
        applicant=contact.name,
        organisation=contact.organisation or material.words("department"),
        purpose=material.words("purpose_other") or material.words("purpose"),
        accepted_on=schedule.local_date(commission.accepted_at or commission.updated_at),
        finished_on=None,
        sections=tuple(section_of(part, material) for part in parts),
        signatures=(Signature("searcher", searcher.name_zh if language == "zh" else searcher.name_en),),
        is_draft=True,
        # Where no part of the report declares it, as on a certificate, it stands among the remarks.
        notes="" if any(part.key == "declaration" for part in parts) else declaration(kind, language),
    )


def in_language(content: ReportContent, language: Language, library: Library) -> ReportContent:
    """Return the content with library, headings and declaration in a language; what people wrote stays as it is."""
    kind = content.service_type
    old = {part.key: part.heading for part in outline(kind, content.language)}
    new = {part.key: part.heading for part in outline(kind, language)}
    before, after = declaration(kind, content.language), declaration(kind, language)
    sections = tuple(
        replace(
            section,
            heading=new[section.part] if section.heading == old.get(section.part) else section.heading,
            blocks=(Prose(after),) if before and section.blocks == (Prose(before),) else section.blocks,
        )
        for section in content.sections
    )
    name = library.name_zh if language == "zh" else library.name_en
    notes = after if before and content.notes == before else content.notes
    return replace(content, language=language, sections=sections, library=name, notes=notes)


def finished(content: ReportContent, *, number: str, on: date, code: str, address: str) -> ReportContent:
    """Return the content as it is issued: numbered, dated, with the code by which anybody can check it."""
    return replace(
        content,
        report_number=number,
        finished_on=on,
        verification_code=code,
        check_address=address,
        is_draft=False,
    )


def _wished(commission: Commission) -> Language:
    wanted = commission.form.get("report_language")
    is_english = wanted == "en" if wanted else commission.language == "en"
    return "en" if is_english else "zh"
