"""Reports as PDF: every word is there, in Chinese too, on numbered pages; what cannot be printed is said."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any, get_args

import pytest
from pypdf import PdfReader

from qa_server.commissions.reports.content import Prose, References, ServiceCode, Table
from qa_server.commissions.reports.errors import ReportFontMissing, ReportImageRefused, ReportToolMissing
from qa_server.commissions.reports.layout import lay_out
from qa_server.commissions.reports.pdf import as_pdf
from qa_server.commissions.reports.samples import sample
from qa_server.i18n import Language
from tests.commissions.reports.forms import bare, key, picture, sealed, with_blocks
from tests.commissions.reports.pdf_forms import needs_chinese_font, pdf_text

pytestmark = needs_chinese_font()

SERVICES: tuple[ServiceCode, ...] = get_args(ServiceCode)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_of_a_report_is_in_its_pdf(service: ServiceCode, language: Language) -> None:
    content, images = sealed(sample(service, language))
    text = pdf_text(as_pdf(content, images))
    laid = lay_out(content)
    expected = [content.title, content.library, content.verification_code, content.check_address, laid.name]
    expected += [value for _, value in laid.facts]
    expected += [section.number + section.heading for section in laid.sections]
    expected += [signature.name for signature in content.signatures]
    expected += list(content.attachments)
    for section in content.sections:
        for block in section.blocks:
            match block:
                case Table(headings, rows):
                    expected += [cell for row in (headings, *rows) for cell in row]
                case References(entries):
                    expected += entries
                case Prose(words, is_markdown):
                    expected += [] if is_markdown else words.split("\n")
    assert [words for words in expected if bare(words) not in text] == []


def test_pages_are_numbered_and_carry_the_report_number() -> None:
    content, images = sealed(sample("novelty_search", "zh"))
    reader = PdfReader(BytesIO(as_pdf(content, images)))
    pages = [bare(page.extract_text()) for page in reader.pages]
    assert len(pages) > 2
    assert all(content.report_number in page for page in pages)
    # The cover counts and shows no number.
    assert f"页，共{len(pages)}页" not in pages[0]
    for number, page in enumerate(pages[1:], start=2):
        assert f"第{number}页，共{len(pages)}页" in page


def test_a_pdf_names_its_language_and_title_and_is_tagged_for_screen_readers() -> None:
    reader = PdfReader(BytesIO(as_pdf(*sealed(sample("citation_search", "en")))))
    catalogue: Any = reader.root_object
    assert catalogue["/Lang"] == "en-GB"
    assert bool(catalogue["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in catalogue
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert "Certificate of Indexing and Citation" in str(metadata.dc_title)
    page_sizes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages}
    assert page_sizes == {(595, 842)}


def test_the_headings_of_a_long_table_come_again_on_each_page() -> None:
    rows = tuple((f"第{number}篇", "收录") for number in range(150))
    reader = PdfReader(BytesIO(as_pdf(with_blocks(Table(("题名一栏", "收录一栏"), rows)), {})))
    with_rows = [text for text in (bare(page.extract_text()) for page in reader.pages) if "篇收录" in text]
    assert len(with_rows) >= 3
    assert all("题名一栏" in text for text in with_rows)
    assert all(f"第{number}篇" in "".join(with_rows) for number in range(150))


def test_what_people_write_is_printed_and_never_carried_out() -> None:
    hostile = '#import "@preview/x:1.0.0" #panic() $a^2$ \\alpha *b* _c_ `d` = e <f> @g // h /* i */ ]} {{7*7}} \\ "'
    # Title, applicant, prose, heading, row and reference.
    content = replace(
        with_blocks(Prose(hostile), Table((hostile,), ((hostile,),)), References((hostile,))),
        title=hostile,
        applicant=hostile,
    )
    assert pdf_text(as_pdf(content, {})).count(bare(hostile)) == 6


def test_right_to_left_text_and_long_identifiers_are_printed_whole() -> None:
    long = "https://doi.example/10.0000/" + "abcdefghij" * 20
    text = pdf_text(as_pdf(with_blocks(Table(("a", "b"), (("שלום", long),)), Prose("مرحبا 中文")), {}))
    assert long in text
    assert "中文" in text
    assert "שלום" in text or "םולש" in text


def test_words_are_not_broken_where_they_fit_and_identifiers_break_behind_punctuation() -> None:
    row = ("甲" * 30, "INTERDISCIPLINARY", "10.5555/ejci.2024.1102.suffix-of-it")
    content = with_blocks(Table(("题名", "分区", "DOI"), (row,), (2, 2, 1)))
    text = PdfReader(BytesIO(as_pdf(content, {}))).pages[0].extract_text()
    assert "INTERDISCIPLINARY" in text
    assert re.search(r"10\.5555/ejci\.2024\.\s+1102\.suffix-of-it", text)
    # Who copies an address gets the address.
    assert content.check_address in text
    assert "\u200b" not in text


def test_a_draft_says_so_and_carries_neither_seal_nor_signature_nor_code() -> None:
    content, images = sealed(sample("topic_consultation", "zh"))
    final, draft = as_pdf(content, images), as_pdf(replace(content, is_draft=True), images)
    assert "/Image" in _kinds_of_objects(final)
    assert "/Image" not in _kinds_of_objects(draft)
    assert "初稿" in pdf_text(draft)
    assert "初稿" not in pdf_text(final)
    assert content.verification_code in pdf_text(final)
    assert content.verification_code not in pdf_text(draft)


def test_the_same_report_gives_the_same_bytes_in_many_threads() -> None:
    content, images = sealed(sample("document_delivery", "zh"))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: sha256(as_pdf(content, images)).hexdigest(), range(8)))
    assert len(set(made)) == 1


def test_without_a_chinese_font_there_is_an_error_with_a_remedy_and_no_pdf() -> None:
    with pytest.raises(ReportFontMissing, match="fonts-noto-cjk"):
        as_pdf(sample("proxy_search", "zh"), {}, uses_system_fonts=False)


def test_english_needs_no_fonts_of_the_system() -> None:
    assert "Imageswerefound" in pdf_text(
        as_pdf(replace(sample("proxy_search", "en"), notes="Images were found."), {}, uses_system_fonts=False)
    )


def test_characters_that_no_font_has_are_named() -> None:
    with pytest.raises(ReportFontMissing) as refused:
        as_pdf(with_blocks(Prose("好 \ue123 字")), {})
    assert refused.value.details["characters"] == "U+E123"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "no longer there"),
        (b"no picture", "cannot be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read"),
        (picture()[:200], "cannot be read"),
        (picture("red", size=4_100), "too many pixels"),
    ],
)
def test_a_seal_that_is_gone_or_no_picture_is_refused(data: bytes | None, reason: str) -> None:
    name = key(data or b"")
    content = replace(sample("proxy_search", "zh"), seal=name)
    with pytest.raises(ReportImageRefused, match=reason):
        as_pdf(content, {} if data is None else {name: data})


def test_a_seal_other_than_the_one_that_was_approved_is_refused() -> None:
    content = replace(sample("proxy_search", "zh"), seal=key(picture("red")))
    with pytest.raises(ReportImageRefused, match="approved"):
        as_pdf(content, {key(picture("red")): picture("blue")})


def test_where_the_program_is_not_installed_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for a machine without the extra packages.
    monkeypatch.setattr("qa_server.commissions.reports.pdf.find_spec", lambda name: None)
    with pytest.raises(ReportToolMissing, match=r"wenjin\[reports\]"):
        as_pdf(sample("proxy_search", "zh"), {})


def test_the_programs_are_loaded_at_the_first_report_and_not_before() -> None:
    imported = "import sys, qa_server.commissions.reports.pdf, qa_server.commissions.reports.docx; "
    shown = "print(sorted({'typst', 'docx', 'docxtpl'} & set(sys.modules)))"
    started = subprocess.run([sys.executable, "-c", imported + shown], capture_output=True, text=True, check=True)
    assert started.stdout.strip() == "[]"


def _kinds_of_objects(pdf: bytes) -> set[str]:
    reader = PdfReader(BytesIO(pdf))
    kinds = set()
    for number in range(1, len(reader.xref_objStm) + sum(len(table) for table in reader.xref.values()) + 1):
        found: Any = reader.get_object(number)
        if hasattr(found, "get"):
            kinds.add(str(found.get("/Subtype")))
    return kinds
