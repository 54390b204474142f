"""Reports as Word files in the templates that come with Wenjin: every word is there, as text and nothing else."""

from dataclasses import replace
from io import BytesIO
from typing import get_args
from zipfile import ZipFile

import pytest
from lxml import etree

from qa_server.commissions.reports.checking import MAX_HEAD_CHARACTERS, MAX_LINE_CHARACTERS
from qa_server.commissions.reports.content import Prose, References, Section, ServiceCode, Table
from qa_server.commissions.reports.docx import as_docx, default_template
from qa_server.commissions.reports.errors import ReportToolMissing
from qa_server.commissions.reports.layout import lay_out
from qa_server.commissions.reports.samples import sample
from qa_server.commissions.reports.template_file import check_file
from qa_server.commissions.reports.templates_check import check_template
from qa_server.i18n import Language
from tests.commissions.reports.forms import bare, sealed, with_blocks
from tests.commissions.reports.word_forms import docx_text, opened

# As python-docx counts.
_MILLIMETRE = 36_000
SERVICES: tuple[ServiceCode, ...] = get_args(ServiceCode)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_of_a_report_is_in_its_word_file(service: ServiceCode, language: Language) -> None:
    content, images = sealed(sample(service, language))
    made = as_docx(content, images)
    text = docx_text(made)
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
                case Prose():
                    pass
    assert [words for words in expected if bare(words) not in text] == []
    assert "{" not in text
    # Seal, QR code and each signature.
    document = opened(made)
    assert len(document.element.body.xpath(".//pic:pic")) == 2 + len(content.signatures)


def test_a_short_text_stays_with_the_signatures_under_it_and_no_further() -> None:
    content, images = sealed(sample("novelty_search", "zh"))
    document = opened(as_docx(content, images))
    kept = {paragraph.text for paragraph in document.paragraphs if paragraph.paragraph_format.keep_with_next}
    parts = {section.part: section for section in content.sections}
    declared, essentials = _lines(parts["declaration"]), _lines(parts["essentials"])
    assert set(declared) <= kept
    # A few lines before go to the next page as a whole, and on their own.
    assert len(essentials) > 1
    assert essentials[0] in kept
    assert essentials[-1] not in kept
    signatures = document.element.body.xpath(".//w:tbl")[-2].xpath("./w:tr[.//w:keepNext]")
    assert len(signatures) == len(content.signatures)


def test_the_number_at_the_head_of_a_page_stands_at_the_margin() -> None:
    document = opened(as_docx(*sealed(sample("citation_search", "en"))))
    section = document.sections[0]
    (stop,) = section.header.paragraphs[0].paragraph_format.tab_stops
    assert list(document.styles["Header"].paragraph_format.tab_stops) == []
    width = section.page_width - section.left_margin - section.right_margin
    assert width - _MILLIMETRE < stop.position < width


def test_words_of_latin_letters_are_whole_in_a_chinese_report() -> None:
    document = opened(default_template("citation_search", "zh"))
    (language,) = document.styles["Normal"].element.xpath("./w:rPr/w:lang")
    assert set(language.values()) == {"en-GB", "zh-CN"}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_templates_that_come_with_wenjin_pass_their_own_check(service: ServiceCode, language: Language) -> None:
    template = default_template(service, language)
    check_file(template)
    assert bare(sample(service, language).title) in docx_text(check_template(template, service, language))


def test_the_seal_floats_behind_the_name_of_the_library() -> None:
    document = opened(as_docx(*sealed(sample("citation_search", "zh"))))
    anchors = document.element.body.xpath(".//wp:anchor[@behindDoc='1']")
    assert len(anchors) == 1
    cell = anchors[0].xpath("ancestor::w:tc")[0]
    assert "东湖大学图书馆" in "".join(cell.itertext())


def test_word_counts_the_pages_and_repeats_the_headings_of_tables() -> None:
    document = opened(as_docx(sample("citation_search", "zh"), {}))
    fields = document.sections[0].footer._element.xpath(".//w:fldSimple/@w:instr")
    assert fields == ["PAGE", "NUMPAGES"]
    tables = len(
        [block for s in sample("citation_search", "zh").sections for block in s.blocks if isinstance(block, Table)]
    )
    assert len(document.element.body.xpath(".//w:tblHeader")) == tables


def test_what_people_write_is_text_and_never_carried_out() -> None:
    hostile = "{{7*7}} {% for x in sections %} {_{ _} {{p body }} <w:p/> & ]]> $x$ \\n \x07\x0c\u202e #import"
    shown = bare("{{7*7}} {% for x in sections %} {_{ _} {{p body }} <w:p/> & ]]> $x$ \\n  #import")
    content = replace(
        with_blocks(Prose(hostile), Table((hostile,), ((hostile,),)), References((hostile,))),
        title=hostile,
        applicant=hostile,
        report_number=hostile,
    )
    assert docx_text(as_docx(content, {})).count(shown) >= 7


def test_the_longest_names_fit() -> None:
    line, head = "编" * MAX_LINE_CHARACTERS, "号" * MAX_HEAD_CHARACTERS
    content = replace(sample("proxy_search", "zh"), report_number=head, library=head, title=line, applicant=line)
    text = docx_text(as_docx(content, {}))
    assert text.count(line) == 2
    assert text.count(head) >= 3


def test_a_draft_carries_a_watermark_and_no_pictures() -> None:
    content, images = sealed(sample("novelty_search", "zh"))
    draft, final = as_docx(replace(content, is_draft=True), images), as_docx(content, images)
    assert _watermarks(draft) == ["初稿", "初稿"]
    assert _watermarks(final) == []
    assert opened(draft).element.body.xpath(".//pic:pic") == []
    assert "不作为证明使用" in docx_text(draft)
    assert "不作为证明使用" not in docx_text(final)


def test_every_inner_file_of_a_word_file_is_sound_xml() -> None:
    with ZipFile(BytesIO(as_docx(*sealed(sample("novelty_search", "zh"))))) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


def test_where_the_program_is_not_installed_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for a machine without the extra packages.
    monkeypatch.setattr("qa_server.commissions.reports.docx.find_spec", lambda name: None)
    with pytest.raises(ReportToolMissing, match=r"wenjin\[reports\]"):
        as_docx(sample("proxy_search", "zh"), {})


def _watermarks(docx: bytes) -> list[str]:
    found = []
    with ZipFile(BytesIO(docx)) as archive:
        for name in archive.namelist():
            if name.startswith("word/header"):
                found += etree.fromstring(archive.read(name)).xpath(
                    "//v:textpath/@string", namespaces={"v": "urn:schemas-microsoft-com:vml"}
                )
    return [str(words) for words in found]


def _lines(section: Section) -> list[str]:
    return [line for block in section.blocks if isinstance(block, Prose) for line in block.text.split("\n") if line]
