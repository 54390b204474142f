"""The kind of a file comes from its content, and its name is made safe."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from qa_server.attachments import sniffing
from qa_server.attachments.errors import AttachmentTypeRefused
from qa_server.attachments.names import clean_name
from tests.attachments import samples

OPEN_XML = "application/vnd.openxmlformats-officedocument"
ODT = "application/vnd.oasis.opendocument.text"


def kind_of(folder: Path, content: bytes, name: str) -> str:
    path = folder / "incoming"
    path.write_bytes(content)
    return sniffing.identify(path, name).media_type


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (samples.PDF, "a.pdf", "application/pdf"),
        (samples.PDF, "a.exe", "application/pdf"),
        (samples.png(), "a.jpg", "image/png"),
        (samples.jpeg(), "a", "image/jpeg"),
        (samples.gif(), "a.gif", "image/gif"),
        (samples.webp(), "a.webp", "image/webp"),
        ("书名,册数\n问津,1\n".encode(), "a.csv", "text/csv"),
        ("书名，册数".encode("gb18030"), "旧.txt", "text/plain"),
        ("书名\n".encode("utf-16"), "记事本.txt", "text/plain"),
        (b"@book{wenjin, title={Ford}}", "a.BIB", "text/plain"),
        (samples.docx(), "a.docx", f"{OPEN_XML}.wordprocessingml.document"),
        (samples.archive({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "a", f"{OPEN_XML}.spreadsheetml.sheet"),
        (samples.archive({"mimetype": ODT, "content.xml": ""}), "a.odt", ODT),
    ],
)
def test_a_kind_is_told_by_the_content(tmp_path: Path, content: bytes, name: str, media_type: str) -> None:
    assert kind_of(tmp_path, content, name) == media_type


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00", "photo.jpg"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "notes.txt"),
        (b"\x7fELF\x02\x01\x01", "a.pdf"),
        (b"<html><script>alert(1)</script>", "a.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
        (b"\n%PDF-1.7 late", "a.pdf"),
        (b"del C:\\", "a.bat"),
        (b"text\x00with nul", "a.txt"),
        (b"\xff\xff\xff", "a.txt"),
        (samples.archive({"run.exe": "MZ"}), "a.zip"),
        (samples.archive({"run.exe": "MZ"}), "a.docx"),
        (samples.archive({"mimetype": "application/java-archive"}), "a.odt"),
        (samples.docx(**{"word/vbaProject.bin": "macro"}), "a.docx"),
        (samples.archive({"mimetype": ODT, "Basic/Standard/Module1.xml": ""}), "a.odt"),
        (samples.docx()[:-30], "cut.docx"),
        (b"PK\x03\x04", "a.docx"),
    ],
)
def test_what_is_not_on_the_list_is_refused_whatever_its_name(tmp_path: Path, content: bytes, name: str) -> None:
    with pytest.raises(AttachmentTypeRefused) as refusal:
        kind_of(tmp_path, content, name)
    assert "pdf" in str(refusal.value)


def test_an_archive_with_an_endless_table_of_contents_is_refused_unread(tmp_path: Path) -> None:
    many = {f"word/{number:06d}.xml": "" for number in range(20_000)}
    with pytest.raises(AttachmentTypeRefused):
        kind_of(tmp_path, samples.docx(**many), "a.docx")


def test_an_archive_that_hides_its_size_in_a_64_bit_record_is_refused(tmp_path: Path) -> None:
    plain = samples.docx()
    at = plain.rfind(b"PK\x05\x06")
    size, start = struct.unpack("<LL", plain[at + 12 : at + 20])
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2, 2, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    content = plain[:at] + record + locator + plain[at:]
    assert zipfile.ZipFile(io.BytesIO(content)).namelist()
    with pytest.raises(AttachmentTypeRefused):
        kind_of(tmp_path, content, "a.docx")


@pytest.mark.parametrize(
    ("given", "kind", "cleaned"),
    [
        ("开题报告.pdf", sniffing.PDF, "开题报告.pdf"),
        ("../../etc/passwd", sniffing.TEXT, "passwd.txt"),
        ("C:\\Users\\li\\a.PDF", sniffing.PDF, "a.pdf"),
        ("photo.jpg", sniffing.PNG, "photo.jpg.png"),
        ("scan.jpeg", sniffing.JPEG, "scan.jpeg"),
        ("a\u202efdp.exe", sniffing.PDF, "afdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.txt", sniffing.TEXT, "aSet-Cookie_ x.txt"),
        ('w<h>a:t"?*|.csv', sniffing.CSV, "w_h_a_t____.csv"),
        ("CON.txt", sniffing.TEXT, "_CON.txt"),
        ("...", sniffing.TEXT, "file.txt"),
        ("", sniffing.PNG, "file.png"),
        (".pdf", sniffing.PDF, "pdf.pdf"),
        ("e\u0301.txt", sniffing.TEXT, "\u00e9.txt"),
        ("\ud800x.txt", sniffing.TEXT, "x.txt"),
        ("长" * 300 + ".pdf", sniffing.PDF, "长" * 116 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_fits_the_content(given: str, kind: sniffing.FileType, cleaned: str) -> None:
    assert clean_name(given, kind) == cleaned
