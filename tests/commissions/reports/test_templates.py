"""A library's own Word template: filled when it fits, refused with names when not, harmless whatever it says."""

import re
from io import BytesIO
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import pytest

from qa_server.commissions.reports.content import References, ServiceCode
from qa_server.commissions.reports.docx import as_docx, default_template
from qa_server.commissions.reports.errors import TemplateFieldMissing, TemplateRefused
from qa_server.commissions.reports.outlines import outline
from qa_server.commissions.reports.samples import sample
from qa_server.commissions.reports.template_file import MAX_TEMPLATE_BYTES
from qa_server.commissions.reports.template_rules import FIELDS, LISTS
from qa_server.commissions.reports.templates_check import check_template
from tests.commissions.reports.forms import bare, sealed, with_blocks
from tests.commissions.reports.word_forms import docx_text, with_files, word_file

ENOUGH = ("{{ library }}", "{{ report_number }} {{ title }}", "{{p body }}")


def test_a_library_uses_its_own_form_with_parts_where_it_wants_them() -> None:
    template = word_file(
        "本馆专用 {{ library }} 第 {{ report_number }} 号",
        "{{ title }}",
        "结论在前",
        "{{p part.conclusion }}",
        "{%p for signature in signatures %}",
        "{{ signature.role }} {{ signature.name }}",
        "{%p endfor %}",
        "{%p if draft %}",
        "{{ draft_note }}",
        "{%p endif %}",
    )
    content, images = sealed(sample("novelty_search", "zh"))
    text = docx_text(as_docx(content, images, template))
    assert bare("本馆专用 东湖大学图书馆 第 20264210100038 号") in text
    assert text.index("结论在前") < text.index("综合分析检出文献") < text.index("查新员李查新")
    assert "科学技术要点" not in text.replace(bare("并与查新项目的科学技术要点对比"), "")


def test_a_part_carries_its_subsections_and_an_absent_part_says_none() -> None:
    template = word_file(*ENOUGH[:2], "{{p part.results }}", "其他", "{{p part.fees }}")
    text = docx_text(as_docx(sample("proxy_search", "zh"), {}, template))
    assert "已获得" in text
    absent = docx_text(as_docx(with_blocks(References(("甲",))), {}, template))
    assert absent.endswith("其他无")
    novelty = word_file(*ENOUGH[:2], "{{p part.results }}")
    assert "（二）一般相关文献" in docx_text(as_docx(sample("novelty_search", "zh"), {}, novelty))


def test_fields_that_reports_do_not_have_are_named_all_at_once() -> None:
    template = word_file(
        *ENOUGH, "{{ reader_phone }} {{ fee.total }}", "{%p for s in signatures %}", "{{ s.stamp }}", "{%p endfor %}"
    )
    with pytest.raises(TemplateFieldMissing) as refused:
        check_template(template, "proxy_search", "zh")
    assert refused.value.code == "template_field_missing"
    assert refused.value.details == {"unknown": "fee, reader_phone, stamp", "lacking": "-"}


def test_fields_that_only_a_draft_shows_are_looked_at_too() -> None:
    template = word_file(*ENOUGH, "{%p if draft %}", "{{ part.nothing }}", "{%p endif %}")
    with pytest.raises(TemplateFieldMissing, match="nothing"):
        check_template(template, "proxy_search", "zh")


def test_fields_that_every_report_shows_have_to_be_there() -> None:
    with pytest.raises(TemplateFieldMissing) as refused:
        check_template(word_file("{{ title }}"), "proxy_search", "zh")
    assert refused.value.details == {"unknown": "-", "lacking": "report_number, library, body"}


@pytest.mark.parametrize(
    "line",
    [
        "{{ 7*7 }}",
        "{{ title * 1000000000 }}",
        "{{ 'a' ~ title }}",
        "{{ title.__class__ }}",
        "{{ title.__class__.__mro__ }}",
        "{{ title['__class__'] }}",
        "{{ title.format(library) }}",
        "{{ ''.join(title) }}",
        "{{ title|center(1000000000) }}",
        "{{ title|attr('__class__') }}",
        "{{ range(10) }}",
        "{{ lipsum() }}",
        "{{ namespace() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{%p set x = title %}",
        "{%p macro f() %}x{%p endmacro %}",
        "{%p include 'x' %}",
        "{%p import 'x' as y %}",
        "{%p for x in title %}x{%p endfor %}",
        "{%p for x in range(9) %}x{%p endfor %}",
        "{%p for x in sections recursive %}x{%p endfor %}",
        "{%p for x in sections %}",
        "{{ title",
        "{{ }}",
        "{% endfor %}",
    ],
)
def test_a_template_can_do_nothing_but_show_fields(line: str) -> None:
    with pytest.raises((TemplateRefused, TemplateFieldMissing)):
        check_template(word_file(*ENOUGH, line), "proxy_search", "zh")


def test_loops_that_grow_without_bounds_are_refused_before_they_run() -> None:
    loop = ["{%p for a in attachments %}"] * 4 + ["x" * 100] + ["{%p endfor %}"] * 4
    with pytest.raises(TemplateRefused, match="loops"):
        check_template(word_file(*ENOUGH, *loop), "proxy_search", "zh")


def test_the_text_of_a_report_cannot_be_placed_again_and_again() -> None:
    with pytest.raises(TemplateRefused, match="too often"):
        check_template(word_file(*ENOUGH, *["{{p body }}"] * 5), "proxy_search", "zh")


def test_a_field_in_the_properties_of_the_file_follows_the_same_rules() -> None:
    properties = (
        b'<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" '
        b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">'
        b"<dc:title>{{ title.__class__.__mro__ }}</dc:title></cp:coreProperties>"
    )
    template = with_files(word_file(*ENOUGH), {"docProps/core.xml": properties})
    with pytest.raises((TemplateRefused, TemplateFieldMissing)):
        check_template(template, "proxy_search", "zh")


def test_files_that_are_no_word_files_are_refused() -> None:
    good = word_file(*ENOUGH)
    for bad in (b"", b"PK\x03\x04", good[: len(good) // 2], with_files(b"PK\x05\x06" + b"\0" * 18, {"a.txt": b"x"})):
        with pytest.raises(TemplateRefused, match="no Word file"):
            check_template(bad, "proxy_search", "zh")
    with pytest.raises(TemplateRefused, match="too large"):
        check_template(b"x" * (MAX_TEMPLATE_BYTES + 1), "proxy_search", "zh")


@pytest.mark.parametrize(
    "name", ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/a.xlsx", "word/VBAData.xml"]
)
def test_files_with_macros_controls_or_other_files_inside_are_refused(name: str) -> None:
    with pytest.raises(TemplateRefused, match="macros"):
        check_template(with_files(word_file(*ENOUGH), {name: b"<x/>"}), "proxy_search", "zh")


def test_a_docm_is_refused_by_its_type() -> None:
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = _inner(word_file(*ENOUGH), "[Content_Types].xml").decode()
    changed = types.replace(plain, "application/vnd.ms-word.document.macroEnabled.main+xml").encode()
    with pytest.raises(TemplateRefused, match="macros"):
        check_template(with_files(word_file(*ENOUGH), {"[Content_Types].xml": changed}), "proxy_search", "zh")


def test_files_that_unpack_to_far_more_are_refused() -> None:
    bomb = with_files(word_file(*ENOUGH), {f"word/media/{number}.png": b"\0" * 9_000_000 for number in range(5)})
    assert len(bomb) < MAX_TEMPLATE_BYTES
    with pytest.raises(TemplateRefused, match="unpacked"):
        check_template(bomb, "proxy_search", "zh")
    large = _inner(word_file(*ENOUGH), "word/document.xml") + b" " * 3_000_000
    with pytest.raises(TemplateRefused, match="unpacked"):
        check_template(with_files(word_file(*ENOUGH), {"word/document.xml": large}), "proxy_search", "zh")


def test_entities_and_outside_pictures_are_refused_and_links_are_not() -> None:
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(TemplateRefused, match="inner files"):
        check_template(with_files(word_file(*ENOUGH), {"word/settings.xml": entity}), "proxy_search", "zh")
    with pytest.raises(TemplateRefused, match="another place"):
        check_template(_related("attachedTemplate"), "proxy_search", "zh")
    assert check_template(_related("hyperlink"), "proxy_search", "zh")


def test_a_template_without_word_s_own_parts_is_refused_and_breaks_nothing() -> None:
    broken = with_files(word_file(*ENOUGH), {"word/document.xml": b"<w:document xmlns:w='x'><w:body/></w:document>"})
    with pytest.raises(TemplateRefused):
        check_template(broken, "proxy_search", "zh")


def test_a_template_that_librarians_changed_in_word_still_fits() -> None:
    # Word parts a field into runs while somebody types.
    template = default_template("document_delivery", "zh")
    text = _inner(template, "word/document.xml").decode()
    parted = text.replace("{{ title }}", "{{</w:t></w:r><w:r><w:t> title</w:t></w:r><w:r><w:t> }}", 1)
    assert parted != text
    made = check_template(with_files(template, {"word/document.xml": parted.encode()}), "document_delivery", "zh")
    assert bare(sample("document_delivery", "zh").title) in docx_text(made)


def _inner(docx: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(docx)) as archive:
        return archive.read(name)


def _related(kind: str) -> bytes:
    name = "word/_rels/document.xml.rels"
    base = word_file(*ENOUGH)
    added = (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        'Target="https://example.org/x" TargetMode="External"/></Relationships>'
    )
    return with_files(base, {name: _inner(base, name).decode().replace("</Relationships>", added).encode()})


def test_every_field_of_the_document_about_templates_is_there() -> None:
    described = (Path(__file__).parents[3] / "docs" / "report-templates.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:{{p? ?)?([a-z_]+)", described))
    assert FIELDS | LISTS.keys() <= named
    parts = {part.key for service in get_args(ServiceCode) for part in outline(service, "zh")}
    assert parts <= named
