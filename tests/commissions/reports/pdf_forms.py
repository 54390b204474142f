"""PDFs for the tests of this folder, which are left out where typst or a Chinese font is missing."""

from importlib import import_module
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.commissions.reports.forms import bare

pytest.importorskip("typst", reason='needs typst: pip install -e ".[reports]"')


def needs_chinese_font() -> pytest.MarkDecorator:
    """Leave out what is set in Chinese where no font of reports is found."""
    typesetting = import_module("qa_server.commissions.reports.typesetting")
    families = typesetting.fonts_in((), True).families()
    found = any(family in typesetting.SERIF + typesetting.SANS for family in families)
    return pytest.mark.skipif(not found, reason="needs a Chinese font (apt install fonts-noto-cjk)")


def pdf_text(pdf: bytes) -> str:
    """The words of all pages without blanks, which typesetting moves about."""
    return bare(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))
