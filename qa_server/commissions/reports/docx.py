"""A report as a Word file, filled into the library's own template or the one that comes with Wenjin.

Needs docxtpl (extra `reports`), which is loaded at the first Word file and not before.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from qa_server.commissions.reports.checking import checked
from qa_server.commissions.reports.content import ReportContent, ServiceCode
from qa_server.commissions.reports.errors import ReportToolMissing
from qa_server.commissions.reports.layout import lay_out
from qa_server.commissions.reports.pictures import pictures_of
from qa_server.commissions.reports.template_file import check_file
from qa_server.i18n import Language


def can_make_docx() -> bool:
    """Say whether the package that fills Word files is installed."""
    return find_spec("docxtpl") is not None


def as_docx(content: ReportContent, images: Mapping[str, bytes], template: bytes | None = None) -> bytes:
    """Return the report as .docx; without a template, in the one that comes with Wenjin for its service type.

    Blocks, for the largest report some seconds; call it from a worker thread, outside a transaction. A template is
    looked at anew each time. Raises ReportContentRefused, ReportTooLarge, ReportImageRefused, ReportToolMissing,
    TemplateRefused, TemplateFieldMissing.
    """
    printable = checked(content)
    pictures = pictures_of(printable, images)
    if template is not None:
        check_file(template)
    _need_docxtpl()
    own = default_template(content.service_type, content.language) if template is None else template
    filled: bytes = import_module("qa_server.commissions.reports.word_filling").fill(
        printable, lay_out(printable), pictures, own
    )
    return filled


def default_template(service: ServiceCode, language: Language) -> bytes:
    """Return the Word template that comes with Wenjin, for a library to change. Raises ReportToolMissing."""
    _need_docxtpl()
    built: bytes = import_module("qa_server.commissions.reports.word_template").default_template(service, language)
    return built


def _need_docxtpl() -> None:
    if not can_make_docx():
        raise ReportToolMissing(format="Word", remedy='Install it on the server: pip install "wenjin[reports]".')
