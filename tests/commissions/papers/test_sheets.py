"""Tables as people make them: headings in two languages, formulas, bombs."""

import io
from collections.abc import Sequence
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from qa_server.commissions.papers.errors import (
    PaperListDamaged,
    PaperListEmpty,
    PaperListTooLarge,
    PaperListTypeUnknown,
)
from qa_server.commissions.papers.intake import read_papers
from qa_server.commissions.papers.models import PaperKind
from qa_server.commissions.papers.remarks import RemarkCode
from qa_server.commissions.papers.sheets import MAX_COLUMNS, MAX_ROWS

CHINESE = ["序号", "论文题目", "作者", "发表刊物", "发表年份", "卷", "期", "起止页码", "ISSN号", "文献类型"]
ROW = [1, "联合问答研究", "张甲；李乙", "虚构学报", 2023.0, 45, "2", "12—18", "1234-5679", "期刊论文"]


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def repacked(content: bytes, name: str, change: tuple[bytes, bytes]) -> bytes:
    """The workbook with one of its files changed, as a stranger would."""
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(packed, "w", ZIP_DEFLATED) as new:
        for member in old.namelist():
            found = old.read(member)
            new.writestr(member, found.replace(*change) if member == name else found)
    return packed.getvalue()


def test_a_workbook_with_chinese_headings_is_read_below_its_title() -> None:
    reading = read_papers(workbook([["代表作一览表"], [], CHINESE, ROW, [2], ["备注：以上属实"]]))
    assert reading.form == "xlsx"
    (paper,) = reading.papers
    assert (paper.title, paper.authors, paper.journal) == ("联合问答研究", ("张甲", "李乙"), "虚构学报")
    assert (paper.year, paper.volume, paper.issue, paper.pages) == (2023, "45", "2", "12-18")
    assert (paper.issn, paper.kind, paper.record) == ("1234-5679", PaperKind.ARTICLE, 4)
    assert [(remark.code, remark.record) for remark in reading.remarks] == [(RemarkCode.RECORD_EMPTY, 6)]


def test_the_headings_of_a_database_are_known() -> None:
    headings = ["Authors", "Article Title", "Source Title", "Publication Year", "Start Page", "End Page"]
    more = ["DOI", "ISSN", "eISSN", "UT (Unique WOS ID)", "Conference Title", "Document Type"]
    row = ["Smith, J; Li, W", "A title", "J INV", 2020, 12, 18]
    rest = ["10.1000/x", "1234-5679", "2345-6786", "WOS:1", "Invented Meeting", "Proceedings Paper"]
    (paper,) = read_papers(workbook([headings + more, row + rest])).papers
    assert (paper.authors, paper.pages, paper.accession) == (("Smith, J", "Li, W"), "12-18", "WOS:1")
    assert (paper.issn, paper.kind, paper.conference) == (
        "1234-5679; 2345-6786",
        PaperKind.CONFERENCE,
        "Invented Meeting",
    )


def test_the_sheet_with_headings_is_taken() -> None:
    assert read_papers(workbook([["说明"]], [["题名", "年"], ["甲", 2020]])).papers[0].title == "甲"


def test_rows_without_headings_are_read_as_lines() -> None:
    reading = read_papers(workbook([["张甲. 题名[J]. 虚构学报, 2023, 45(2): 12-18."], ["只有题名"]]))
    assert [paper.title for paper in reading.papers] == ["题名", "只有题名"]
    assert [remark.code for remark in reading.remarks] == [RemarkCode.HEADINGS_NOT_FOUND, RemarkCode.LINE_NOT_PARSED]


def test_a_formula_gives_its_saved_value_or_nothing_and_is_never_computed() -> None:
    content = workbook([["题名", "年", "卷"], ["甲", "=2000+20", "=1+1"]])
    saved = repacked(content, "xl/worksheets/sheet1.xml", (b"<f>2000+20</f><v></v>", b"<f>2000+20</f><v>1999</v>"))
    saved = repacked(saved, "xl/worksheets/sheet1.xml", (b"<f>2000+20</f><v/>", b"<f>2000+20</f><v>1999</v>"))
    reading = read_papers(saved)
    assert (reading.papers[0].year, reading.papers[0].volume) == (1999, "")
    assert [(remark.code, remark.paper) for remark in reading.remarks] == [
        (RemarkCode.FORMULA_VALUE, 1),
        (RemarkCode.FORMULA_WITHOUT_VALUE, 1),
    ]


@pytest.mark.parametrize("title", ["=1+1 and why", "+86 计划", "-273 度的馆", "@home", "=cmd|' /C calc'!A0"])
def test_a_cell_that_looks_like_a_formula_is_text(title: str) -> None:
    quoted = title.replace('"', '""')
    assert read_papers(f'题名,年\n"{quoted}",2020\n'.encode()).papers[0].title == title
    assert read_papers(f'题名,年\n"\'{quoted}",2020\n'.encode()).papers[0].title == title


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_separated_values_are_read_in_every_encoding(mark: str, encoding: str) -> None:
    text = f'题名{mark}作者{mark}年卷期\n"甲，\n一"{mark}张甲、李乙{mark}"2020,45(2):12-18"\n'
    (paper,) = read_papers(text.encode(encoding), "list.csv").papers
    assert (paper.title, paper.authors) == ("甲， 一", ("张甲", "李乙"))
    assert (paper.year, paper.volume, paper.issue, paper.pages) == (2020, "45", "2", "12-18")


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    bomb = repacked(
        workbook([CHINESE, ROW]), "xl/worksheets/sheet1.xml", (b"<sheetData>", b"<sheetData>" + b" " * 9_000_000)
    )
    assert len(bomb) < 100_000
    with pytest.raises(PaperListTooLarge):
        read_papers(bomb)


def test_a_sheet_that_claims_to_be_endless_is_not_believed() -> None:
    content = workbook([["题名", "年"], ["甲", 2020]])
    wide = repacked(content, "xl/worksheets/sheet1.xml", (b'r="B2"', b'r="XFD2"'))
    assert read_papers(wide).papers[0].title == "甲"
    long = repacked(content, "xl/worksheets/sheet1.xml", (b'<row r="2"', b'<row r="1048576"'))
    with pytest.raises((PaperListTooLarge, PaperListEmpty)):
        read_papers(long)
    assert MAX_COLUMNS < 16_384
    with pytest.raises(PaperListTooLarge):
        read_papers(("题名,年\n" + "\n" * MAX_ROWS + "甲,2020\n").encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_with_entities_is_refused(encoding: str) -> None:
    attack = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'.encode(encoding)
    packed = io.BytesIO(workbook([["题名", "年"], ["甲", 2020]]))
    with ZipFile(packed, "a") as book:
        book.writestr("xl/other.xml", attack)
    with pytest.raises(PaperListDamaged):
        read_papers(packed.getvalue())


def test_a_damaged_workbook_and_another_archive_are_told_apart() -> None:
    with pytest.raises(PaperListDamaged):
        read_papers(workbook([CHINESE, ROW])[:-200])
    other = io.BytesIO()
    with ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(PaperListTypeUnknown):
        read_papers(other.getvalue(), "list.xlsx")
    with pytest.raises(PaperListEmpty):
        read_papers(workbook([[]]))
