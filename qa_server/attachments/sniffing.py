"""What kind of file this is, by its content. A name or a browser's word decides nothing.

A closed list: what is not recognised is refused. Left out on purpose are archives, programs, pages and scripts, and
office files that carry macros.
"""

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import Path

from qa_server.attachments.errors import AttachmentTypeRefused

# Bytes looked at for a signature.
_HEAD_BYTES = 16
# Bytes of text decoded at a time.
_PIECE_BYTES = 65_536
# The end record of a zip archive and the longest comment after it.
_END_BYTES = 22
_MAX_COMMENT_BYTES = 65_535
_ZIP64_LOCATOR_BYTES = 20
# Largest table of contents that is read, in bytes. An office file has some dozens of entries of about 100 bytes; a
# table without limit would take hundreds of megabytes of memory.
_MAX_CONTENTS_BYTES = 1_048_576
# Control characters that stand in text files: tab, line feed, form feed, carriage return.
_TEXT_CONTROLS = frozenset("\t\n\f\r")
# Old Windows programs save text in GB 18030 or in UTF-16 with a mark at the beginning.
_TEXT_ENCODINGS = ("utf-8", "gb18030")


@dataclass(frozen=True)
class FileType:
    """A kind of file that may be sent. The first extension is the usual one."""

    media_type: str
    extensions: tuple[str, ...]

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


PDF = FileType("application/pdf", ("pdf",))
PNG = FileType("image/png", ("png",))
JPEG = FileType("image/jpeg", ("jpg", "jpeg", "jfif"))
GIF = FileType("image/gif", ("gif",))
WEBP = FileType("image/webp", ("webp",))
CSV = FileType("text/csv", ("csv",))
# Plain text, tables, and what reference managers exchange.
TEXT = FileType("text/plain", ("txt", "md", "tsv", "bib", "ris", "enw", "nbib"))

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# The folder inside the archive that tells the Open XML kinds apart.
_OPEN_XML_TYPES = {
    "word/": FileType(f"{_OPEN_XML}wordprocessingml.document", ("docx",)),
    "xl/": FileType(f"{_OPEN_XML}spreadsheetml.sheet", ("xlsx",)),
    "ppt/": FileType(f"{_OPEN_XML}presentationml.presentation", ("pptx",)),
}
_OPEN_DOCUMENT_TYPES = {
    f"{_OPEN_DOCUMENT}{kind}": FileType(f"{_OPEN_DOCUMENT}{kind}", (extension,))
    for kind, extension in (("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp"))
}
# Entries that hold macros: Open XML, then OpenDocument.
_MACRO_ENDINGS = ("vbaproject.bin",)
_MACRO_FOLDERS = ("basic/", "scripts/")

_ALL_TYPES = (
    PDF, PNG, JPEG, GIF, WEBP, TEXT, CSV, *_OPEN_XML_TYPES.values(), *_OPEN_DOCUMENT_TYPES.values(),
)  # fmt: skip
# What a person is told may be sent, by its usual extensions.
SENDABLE = ", ".join(extension for kind in _ALL_TYPES for extension in kind.extensions if extension != "jfif")


def identify(path: Path, name: str) -> FileType:
    """Return the kind of a file by its content; only among kinds of text does the name choose.

    Raises AttachmentTypeRefused.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    found = _by_signature(head) or (_in_archive(path) if head.startswith(b"PK\x03\x04") else _text(path, name))
    if found is None:
        raise AttachmentTypeRefused(types=SENDABLE)
    return found


def _by_signature(head: bytes) -> FileType | None:
    # Each at the very beginning, although some readers look further: a file that is two things at once is refused.
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    return WEBP if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else None


def _in_archive(path: Path) -> FileType | None:
    if not _has_readable_contents(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = _open_document(archive) if names[:1] == ["mimetype"] else _open_xml(names)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return None
    return None if _has_macros(names) else kind


def _has_readable_contents(path: Path) -> bool:
    """Say whether the archive's table of contents is of a size that may be read into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_BYTES - _MAX_COMMENT_BYTES - _ZIP64_LOCATOR_BYTES))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END_BYTES:
        return False
    # A 64-bit record beside the end record would override the sizes checked here.
    if tail[max(0, at - _ZIP64_LOCATOR_BYTES) : at].startswith(b"PK\x06\x07"):
        return False
    return int.from_bytes(tail[at + 12 : at + 16], "little") <= _MAX_CONTENTS_BYTES


def _open_document(archive: zipfile.ZipFile) -> FileType | None:
    if archive.getinfo("mimetype").file_size > 100:
        return None
    return _OPEN_DOCUMENT_TYPES.get(archive.read("mimetype").decode("ascii", "replace"))


def _open_xml(names: list[str]) -> FileType | None:
    if "[Content_Types].xml" not in names:
        return None
    kinds = [kind for folder, kind in _OPEN_XML_TYPES.items() if any(name.startswith(folder) for name in names)]
    return kinds[0] if len(kinds) == 1 else None


def _has_macros(names: list[str]) -> bool:
    lowered = [name.lower() for name in names]
    return any(name.endswith(_MACRO_ENDINGS) or name.startswith(_MACRO_FOLDERS) for name in lowered)


def _text(path: Path, name: str) -> FileType | None:
    extension = name.rpartition(".")[2].lower()
    kind = next((kind for kind in (TEXT, CSV) if extension in kind.extensions), None)
    if kind is None:
        return None
    with path.open("rb") as file:
        mark = file.read(2)
    encodings = ("utf-16",) if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else _TEXT_ENCODINGS
    return kind if any(_is_text(path, encoding) for encoding in encodings) else None


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                if _has_controls(decoder.decode(piece)):
                    return False
            return not _has_controls(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return False


def _has_controls(text: str) -> bool:
    return any(character < " " and character not in _TEXT_CONTROLS for character in text)
