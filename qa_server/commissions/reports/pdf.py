"""A report as PDF: A4, tagged for screen readers, fit for archives (PDF/A-2a, PDF/UA-1).

Needs typst (extra `reports`), which is loaded at the first PDF and not before: it is 80 MB.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from qa_server.commissions.reports.checking import checked
from qa_server.commissions.reports.content import ReportContent
from qa_server.commissions.reports.errors import ReportToolMissing
from qa_server.commissions.reports.layout import lay_out
from qa_server.commissions.reports.pictures import pictures_of


def can_make_pdf() -> bool:
    """Say whether the package that makes PDFs is installed."""
    return find_spec("typst") is not None


def as_pdf(
    content: ReportContent,
    images: Mapping[str, bytes],
    *,
    font_folders: Sequence[Path] = (),
    uses_system_fonts: bool = True,
) -> bytes:
    """Return the report as PDF. The same content gives the same bytes on the same machine.

    Blocks, for the largest report some seconds; call it from a worker thread, outside a transaction. `font_folders` are
    searched beside the fonts of the system. Raises ReportContentRefused, ReportTooLarge, ReportImageRefused,
    ReportToolMissing, and ReportFontMissing when no font shows every character: nothing is printed as a box.
    """
    printable = checked(content)
    pictures = pictures_of(printable, images)
    if not can_make_pdf():
        raise ReportToolMissing(format="PDF", remedy='Install it on the server: pip install "wenjin[reports]".')
    typesetting = import_module("qa_server.commissions.reports.typesetting")
    fonts = typesetting.fonts_in(tuple(font_folders), uses_system_fonts)
    made: bytes = typesetting.typeset(lay_out(printable), pictures, fonts=fonts, finished_on=printable.finished_on)
    return made
