"""Word files for the tests of this folder, which are left out where docxtpl is missing."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.commissions.reports.forms import bare

pytest.importorskip("docxtpl", reason='needs docxtpl: pip install -e ".[reports]"')
docx = pytest.importorskip("docx")


def opened(data: bytes) -> Any:
    """The Word file as python-docx shows it."""
    return docx.Document(BytesIO(data))


def docx_text(data: bytes) -> str:
    """The words of a Word file without blanks: text, tables, headers, footers."""
    document = opened(data)
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.first_page_header._element, section.footer._element]
    tag = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
    return bare("".join(text.text or "" for part in parts for text in part.iter(tag)))


def word_file(*lines: str) -> bytes:
    """A Word file with these paragraphs."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def with_files(data: bytes, files: dict[str, bytes]) -> bytes:
    """The Word file with inner files added or changed."""
    changed = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(changed, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in files:
                new.writestr(name, old.read(name))
        for name, content in files.items():
            new.writestr(name, content)
    return changed.getvalue()
