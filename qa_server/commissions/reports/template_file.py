"""Looks at an uploaded file before any other program opens it: a Word file without macros that can be unpacked."""

import re
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from qa_server.commissions.reports.errors import TemplateRefused

MAX_TEMPLATE_BYTES: Final = 5_000_000
MAX_TEMPLATE_FILES: Final = 500
# Unpacked, all in all and for one file of XML; a page of a form has some ten thousand.
MAX_UNPACKED_BYTES: Final = 40_000_000
MAX_XML_BYTES: Final = 2_000_000

_TEXT: Final = "word/document.xml"
_CONTENT_TYPES: Final = "[Content_Types].xml"
_DOCUMENT_TYPE: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Programs, controls and files of other programs inside the file.
_ACTIVE = re.compile(r"vba|macro|activex|embeddings/|\.bin$|\.exe$|\.ole$", re.IGNORECASE)
_XML_NAMES = (".xml", ".rels")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")


def check_file(template: bytes) -> None:
    """Raise TemplateRefused unless the file is a .docx that can be opened without harm."""
    if len(template) > MAX_TEMPLATE_BYTES:
        raise TemplateRefused(reason="the file is too large.")
    try:
        with ZipFile(BytesIO(template)) as archive:
            _check_list(archive.infolist())
            for entry in archive.infolist():
                if entry.filename.lower().endswith(_XML_NAMES):
                    _check_xml(entry.filename, archive.read(entry))
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, ZlibError) as error:
        # What zipfile raises for broken, encrypted and unknown archives.
        raise TemplateRefused(reason="it is no Word file (.docx).") from error


def _check_list(entries: list[ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if not {_TEXT, _CONTENT_TYPES} <= names or len(names) != len(entries):
        raise TemplateRefused(reason="it is no Word file (.docx).")
    if any(_ACTIVE.search(name) for name in names):
        raise TemplateRefused(reason="it holds macros, controls or embedded files. Save it as .docx without them.")
    # zipfile unpacks no more of an entry than it announces, so that the sum holds even where it is a lie.
    sizes = [entry.file_size for entry in entries]
    if len(entries) > MAX_TEMPLATE_FILES or sum(sizes) > MAX_UNPACKED_BYTES:
        raise TemplateRefused(reason="it is too large when unpacked.")
    if any(entry.file_size > MAX_XML_BYTES for entry in entries if entry.filename.lower().endswith(_XML_NAMES)):
        raise TemplateRefused(reason="it is too large when unpacked.")


def _check_xml(name: str, data: bytes) -> None:
    # Word writes UTF-8. Other encodings could hide what is looked for here.
    if b"\x00" in data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise TemplateRefused(reason="its inner files are not as Word writes them.")
    if name == _CONTENT_TYPES and (_DOCUMENT_TYPE not in data or b"macroEnabled" in data):
        raise TemplateRefused(reason="it holds macros, controls or embedded files. Save it as .docx without them.")
    if name.lower().endswith(".rels") and any(_leads_outside(relation) for relation in _RELATION.findall(data)):
        raise TemplateRefused(reason="it loads something from another place. Put pictures into the file itself.")


def _leads_outside(relation: bytes) -> bool:
    """Say whether opening the file would fetch something; a link that a person follows does not."""
    return b"External" in relation and not re.search(rb"/hyperlink[\"']", relation)
