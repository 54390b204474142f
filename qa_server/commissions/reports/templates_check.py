"""Whether a Word template that a library uploads will do, found out before any report needs it."""

from dataclasses import replace

from qa_server.commissions.reports.content import ServiceCode
from qa_server.commissions.reports.docx import as_docx
from qa_server.commissions.reports.samples import sample
from qa_server.i18n import Language


def check_template(template: bytes, service: ServiceCode, language: Language) -> bytes:
    """Fill the template with an invented report and return the .docx, for the library to look at.

    It is filled as a report and as a draft, so that the fields of either are seen. Blocks. Raises TemplateRefused,
    TemplateFieldMissing with the names of the fields, ReportToolMissing.
    """
    shown = sample(service, language)
    as_docx(replace(shown, is_draft=True), {}, template)
    return as_docx(shown, {}, template)
