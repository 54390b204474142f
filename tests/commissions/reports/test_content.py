"""What a report may say: carried as JSON, made printable, bounded."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from qa_server.commissions.reports import checking
from qa_server.commissions.reports.checking import checked
from qa_server.commissions.reports.columns import shares
from qa_server.commissions.reports.content import (
    Fact,
    Prose,
    References,
    ReportContent,
    Section,
    ServiceCode,
    Signature,
    Table,
    as_json,
    from_json,
)
from qa_server.commissions.reports.errors import ReportContentRefused, ReportTooLarge
from qa_server.commissions.reports.layout import LaidProse, LaidTable, lay_out
from qa_server.commissions.reports.outlines import missing_parts, outline
from qa_server.commissions.reports.samples import sample
from qa_server.i18n import Language
from tests.commissions.reports.forms import with_blocks

SERVICES: tuple[ServiceCode, ...] = get_args(ServiceCode)
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_comes_back_from_json_as_it_was(service: ServiceCode, language: Language) -> None:
    content = replace(sample(service, language), seal="0" * 64, is_draft=True, notes="“备注”\n第二行")
    assert from_json(json.loads(json.dumps(as_json(content)))) == content


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_invented_reports_are_complete_and_printable(service: ServiceCode, language: Language) -> None:
    content = sample(service, language)
    assert missing_parts(content) == ()
    assert checked(content) == content


def test_json_that_is_no_report_is_refused_with_the_field() -> None:
    written = as_json(sample("novelty_search", "zh"))
    with pytest.raises(ReportContentRefused, match="service_type"):
        from_json({**written, "service_type": "translation"})
    with pytest.raises(ReportContentRefused, match="accepted_on"):
        from_json({**written, "accepted_on": "yesterday"})
    del written["title"]
    with pytest.raises(ReportContentRefused, match="title"):
        from_json(written)


def test_parts_that_are_missing_or_empty_are_named_in_order() -> None:
    content = sample("novelty_search", "zh")
    kept = tuple(
        replace(section, blocks=()) if section.part == "conclusion" else section
        for section in content.sections
        if section.part != "points"
    )
    assert [part.key for part in missing_parts(replace(content, sections=kept))] == ["points", "conclusion"]


def test_a_novelty_report_has_the_parts_of_the_standard_in_order() -> None:
    laid = lay_out(sample("novelty_search", "zh"))
    headings = [section.number + section.heading for section in laid.sections if section.level == 1]
    assert headings == [
        "一、查新目的",
        "二、查新项目的科学技术要点",
        "三、查新点与查新要求",
        "四、文献检索范围及检索策略",
        "五、检索结果",
        "六、查新结论",
        "七、查新员、审核员声明",
        "八、附件清单",
        "九、备注",
    ]
    assert [section.part for section in laid.sections if section.is_signed] == ["declaration"]


def test_a_certificate_is_signed_at_its_end_behind_what_it_certifies() -> None:
    laid = lay_out(replace(sample("citation_search", "zh"), notes="特此证明。"))
    assert [section.part for section in laid.sections if section.is_signed] == ["notes"]
    assert laid.sections[-1].is_signed


def test_a_part_that_a_report_may_lack_is_not_printed_as_none() -> None:
    content = sample("citation_search", "zh")
    emptied = tuple(
        replace(section, blocks=()) if section.part in ("citations", "conclusion") else section
        for section in content.sections
    )
    laid = lay_out(replace(content, sections=emptied)).sections
    shown = {section.part: section for section in laid}
    assert {section.part for section in content.sections} - set(shown) == {"citations"}
    # A required one is shown as what is lacking; numbers go on, and each knows where it is written.
    assert [section.number for section in laid if section.level == 1][:4] == ["一、", "二、", "三、", "四、"]
    assert all(content.sections[shown[part].place - 1].part == part for part in ("subject", "conclusion"))


def test_headings_of_the_outline_are_in_the_language_of_the_report() -> None:
    assert [part.heading for part in outline("citation_search", "zh")][:3] == [
        "检索对象",
        "检索数据库与时间",
        "论文收录情况",
    ]
    assert outline("citation_search", "en")[0].heading == "Author and papers searched"


def test_control_characters_and_marks_of_direction_go_and_all_else_stays() -> None:
    hostile = "a\x00b\x1b[31m\u202eevil\u2066 \ufffe café\u0301 {{7*7}} $x$ \\alpha #import \u05d0\u05d1 𠮷\r\nnext"
    section = checked(with_blocks(Prose(hostile))).sections[0]
    assert section.blocks == (Prose("ab[31mevil  caf\u00e9\u0301 {{7*7}} $x$ \\alpha #import \u05d0\u05d1 𠮷\nnext"),)


def test_plain_text_keeps_its_asterisks_and_markdown_makes_them_bold() -> None:
    laid = lay_out(with_blocks(Prose("a**b**c"), Prose("a**b**c **d\n- 一\n1. 二", is_markdown=True)))
    plain, marked = laid.sections[0].blocks[:2]
    assert isinstance(plain, LaidProse)
    assert isinstance(marked, LaidProse)
    assert [run.text for line in plain.paragraphs[0].lines for run in line] == ["a**b**c"]
    runs = [(run.text, run.is_bold) for line in marked.paragraphs[0].lines for run in line]
    assert runs == [("a", False), ("b", True), ("c **d", False)]
    assert [paragraph.mark for paragraph in marked.paragraphs] == ["", "•", "1."]


def test_only_tables_with_a_caption_are_counted() -> None:
    tables = [Table(("a",), (("1",),), caption=caption) for caption in ("甲", "", "乙")]
    laid = lay_out(with_blocks(*tables)).sections[0].blocks
    assert [block.caption for block in laid if isinstance(block, LaidTable)] == ["表 1  甲", "", "表 2  乙"]


def test_columns_without_widths_are_as_wide_as_what_stands_in_them() -> None:
    rows = (("Example Journal of Cultural Informatics and more of its name", "1234-5678", "一区"),)
    journal, number, division = shares(Table(("期刊", "ISSN", "分区"), rows))
    assert journal > 2 * number > 2 * division > 0.1
    assert journal + number + division == pytest.approx(1)
    assert shares(Table(("a", "b"), rows=(), weights=(1, 3))) == (0.25, 0.75)
    # A long text does not leave the others without room.
    assert min(shares(Table(("a", "b"), (("长" * 900, ""),)))) > 0.15


TOO_LARGE: dict[str, Callable[[ReportContent], ReportContent]] = {
    "rows": lambda c: _with(c, Table(("a",), (("x",),) * 10_000)),
    "columns": lambda c: _with(c, Table(("a",) * 13, ())),
    "characters": lambda c: _with(c, Prose("字" * (checking.MAX_CHARACTERS + 1))),
    "lines": lambda c: _with(c, Prose("a\n" * (checking.MAX_LINES + 1))),
    "references": lambda c: _with(c, References(("x",) * (checking.MAX_REFERENCES + 1))),
    "sections": lambda c: replace(c, sections=(Section("x", ()),) * (checking.MAX_SECTIONS + 1)),
    "blocks": lambda c: _with(c, *(Prose("x"),) * (checking.MAX_BLOCKS + 1)),
    "attachments": lambda c: replace(c, attachments=("x",) * (checking.MAX_ATTACHMENTS + 1)),
    "signatures": lambda c: replace(c, signatures=(Signature("searcher", "x"),) * (checking.MAX_SIGNATURES + 1)),
    "facts": lambda c: replace(c, facts=(Fact("a", "b"),) * (checking.MAX_FACTS + 1)),
    "title": lambda c: replace(c, title="题" * (checking.MAX_LINE_CHARACTERS + 1)),
    "number": lambda c: replace(c, report_number="号" * (checking.MAX_HEAD_CHARACTERS + 1)),
    "address": lambda c: replace(c, check_address="https://" + "a" * checking.MAX_ADDRESS_CHARACTERS),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_a_report_with_too_much_is_refused_with_the_limit(what: str) -> None:
    with pytest.raises(ReportTooLarge) as refused:
        checked(TOO_LARGE[what](sample("proxy_search", "zh")))
    number, limit = refused.value.details["number"], refused.value.details["limit"]
    assert isinstance(number, int)
    assert isinstance(limit, int)
    assert number > limit


@pytest.mark.parametrize(
    "table",
    [
        Table((), ()),
        Table(("a", "b"), (("1",),)),
        Table(("a", "b"), (), (1,)),
        Table(("a", "b"), (), (1, 0)),
        Table(("a", "b"), (), (1, float("nan"))),
    ],
)
def test_uneven_tables_are_refused(table: Table) -> None:
    with pytest.raises(ReportContentRefused, match="table"):
        checked(with_blocks(table))


@pytest.mark.parametrize("field", ["report_number", "title", "library"])
def test_a_report_without_number_title_or_library_is_refused(field: str) -> None:
    written = as_json(sample("proxy_search", "zh"))
    with pytest.raises(ReportContentRefused, match=field):
        checked(from_json({**written, field: "\x00 \u202e"}))


def _with(content: ReportContent, *blocks: Prose | Table | References) -> ReportContent:
    return replace(content, sections=(Section("x", blocks),))
