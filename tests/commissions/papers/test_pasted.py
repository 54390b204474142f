"""Typed and pasted lists: each way of writing a citation, and that no line is lost."""

from pathlib import Path

import pytest

from qa_server.commissions.papers.intake import read_papers, read_text
from qa_server.commissions.papers.models import MAX_GIVEN, PaperKind
from qa_server.commissions.papers.names import split_authors
from qa_server.commissions.papers.remarks import RemarkCode

SAMPLES = Path(__file__).parent / "samples"

# A line, and what has to be read out of it.
CITATIONS = [
    (
        "张甲, 李乙, 等. 联合问答研究[J]. 虚构学报, 2023, 45(2): 12–18. DOI:10.1000/abc.1",
        {"authors": ["张甲", "李乙", "等"], "title": "联合问答研究", "journal": "虚构学报", "year": 2023}
        | {"volume": "45", "issue": "2", "pages": "12-18", "doi": "10.1000/abc.1"},
    ),
    (
        "陈丁.数字图书馆2.0的演进[J].虚构学刊,2019(3):5-9.",
        {"authors": ["陈丁"], "issue": "3"},
    ),
    (
        "Smith J. A., Li W. Deep retrieval[J]. Inv. Tech, 2020, 38: 1-15",
        {"authors": ["Smith J. A.", "Li W"], "volume": "38"},
    ),
    (
        "赵戊. 综述[J/OL]. 虚构学刊, 1-15[2024-03-01]. http://x.example/1.html.",
        {"journal": "虚构学刊", "pages": "1-15"},
    ),
    ("钱己. 网络首发[J/OL]. 虚构学刊, 2024-02-20 [2024-03-01].", {"year": 2024, "date": "2024-02-20"}),
    (
        "孙庚, 周辛. 会议论文[C]//第十届虚构会议论文集. 北京: 虚构出版社, 2018: 15-20.",
        {"kind": "conference", "conference": "第十届虚构会议论文集", "publisher": "虚构出版社", "pages": "15-20"},
    ),
    (
        "BROWN K. Chapter[M]//LEE S. Handbook of nothing. London: Old Press, 2011: 33-50.",
        {"kind": "chapter", "title": "Chapter", "publisher": "Old Press", "year": 2011, "pages": "33-50"},
    ),
    ("吴壬. 导论[M]. 2版. 北京: 虚构出版社, 2015.", {"kind": "book", "publisher": "虚构出版社", "year": 2015}),
    ("郑癸. 阅读研究[D]. 武汉: 江城大学, 2019.", {"kind": "thesis", "publisher": "江城大学", "year": 2019}),
    (
        "江城大学. 上架装置: CN201610012345.6[P]. 2017-05-06.",
        {"kind": "patent", "number": "CN201610012345.6"},
    ),
    ("李乙. 第45卷的写法[J]. 虚构学报, 2023年第45卷第2期: 12-18页.", {"volume": "45", "issue": "2", "pages": "12-18"}),
    (
        "Smith, J., & Li, W. (2023). Title: a study. Journal of Nothing, 45(2), 12–18. https://doi.org/10.1000/x.5",
        {"authors": ["Smith, J.", "Li, W."], "title": "Title: a study", "journal": "Journal of Nothing", "issue": "2"}
        | {"pages": "12-18", "doi": "10.1000/x.5", "year": 2023},
    ),
    ("Müller, H. (2020). What is it? College Nothing, 81(4), e123.", {"title": "What is it?", "pages": "e123"}),
    (
        'J. Smith and W. Li, "Fast search," Inv. Trans., vol. 45, no. 2, pp. 12-18, Mar. 2023.',
        {"authors": ["J. Smith", "W. Li"], "title": "Fast search", "volume": "45", "issue": "2", "year": 2023},
    ),
    ("Smith, John. “In another style.” Journal of Nothing 45.2 (2023): 12-18.", {"volume": "45", "issue": "2"}),
    ("张甲,李乙.没有标识.虚构学报,2023,45(2):12-18", {"authors": ["张甲", "李乙"], "journal": "虚构学报"}),
    ("张甲. 全角[J]. 学报，2023，45（2）：12－18.", {"volume": "45", "issue": "2", "pages": "12-18"}),
    ("张甲,李乙.《题名》.《虚构学报》,2023年第2期,第12-18页.", {"title": "题名", "journal": "虚构学报", "issue": "2"}),
    (
        "李乙（2021）. 题名[J]. 虚构学报, 45(2), 12-18.",
        {"authors": ["李乙"], "title": "题名", "year": 2021, "volume": "45"},
    ),
    (
        "李乙. (2021). 题名. 虚构学报, 45(2), 12-18.",
        {"authors": ["李乙"], "title": "题名", "year": 2021, "volume": "45"},
    ),
    (
        "Wang, Y. et al. A title of it. Nothing 590, 123–128 (2021).",
        {"authors": ["Wang, Y.", "et al"], "title": "A title of it", "volume": "590", "year": 2021},
    ),
    ("Li, W.; Wang, X. A title of it. Sensing 2021, 21, 1234.", {"authors": ["Li, W.", "Wang, X"], "year": 2021}),
    ("Li W, Wang X (2021) Springer way. J Inv Sci 12:345–356.", {"authors": ["Li W", "Wang X"], "pages": "345-356"}),
    (
        "Smith J, Li W. Medical style. J Med Inv. 2023;45(2):12-8. doi: 10.1000/xyz(2023)12.",
        {"authors": ["Smith J", "Li W"], "title": "Medical style", "pages": "12-8", "doi": "10.1000/xyz(2023)12"},
    ),
]


@pytest.mark.parametrize(("line", "expected"), CITATIONS)
def test_the_parts_of_a_citation_are_told_apart(line: str, expected: dict[str, object]) -> None:
    reading = read_text(line)
    (paper,) = reading.papers
    written = paper.to_json()
    assert {name: written.get(name) for name in expected} == expected
    assert paper.as_given == line
    assert reading.remarks == ()


def test_a_numbered_list_is_read_with_broken_lines_and_what_stands_before_it() -> None:
    reading = read_papers(SAMPLES / "gbt.txt")
    assert [paper.record for paper in reading.papers] == [1, 2, 3, 5, 6]
    heading, first, second, bare, doi = reading.papers
    assert (heading.title, bare.title) == ("代表作清单：", "只有题名的一行")
    assert first.authors == ("张甲", "李乙", "王丙", "等")
    assert second.title == "Joint reference: an invented survey"
    assert (doi.title, doi.doi) == ("", "10.1000/S0140-6736(20)30183-5")
    assert [(remark.code, remark.paper, remark.record) for remark in reading.remarks] == [
        (RemarkCode.LINE_NOT_PARSED, 1, 1),
        (RemarkCode.LINE_NOT_PARSED, 4, 5),
    ]


@pytest.mark.parametrize("number", ["[1]", "［1］", "【1】", "(1)", "（1）", "1.", "1、", "1)", "1．", "①", "1\t"])
def test_every_way_to_number_a_list_is_known(number: str) -> None:
    (paper,) = read_text(f"{number} 张甲. 题名[J]. 虚构学报, 2023, 45(2): 12-18.").papers
    assert (paper.authors, paper.title) == (("张甲",), "题名")


def test_one_citation_to_a_line_stays_one_to_a_line() -> None:
    lines = ["张甲. 一[J]. 学报, 2021(1): 1-2.", "李乙. 二[J]. 学报, 2022(1): 3-4.", "只有题名"]
    assert [paper.as_given for paper in read_text("\n".join(lines)).papers] == lines


def test_a_paragraph_broken_at_the_width_of_a_page_is_one_citation() -> None:
    (paper,) = read_text("Smith, J. (2023). A title that is\nlong. Journal of Nothing,\n45(2), 12-18.\n").papers
    assert (paper.title, paper.journal, paper.pages) == ("A title that is long", "Journal of Nothing", "12-18")


def test_pages_and_a_doi_on_a_line_of_their_own_belong_to_the_citation_above() -> None:
    text = "张甲. 题名[J]. 学报, 2023, 45(2):\n12-18.\nhttps://doi.org/10.1000/abc.1\n李乙. 二[J]. 学报, 2022(1): 3-4."
    first, second = read_text(text).papers
    assert (first.pages, first.doi, second.title) == ("12-18", "10.1000/abc.1", "二")


def test_bare_dois_are_papers_in_any_form() -> None:
    reading = read_text("10.1000/abc.1\nDOI：10.1000/abc.2。\nhttp://dx.doi.org/10.1000/abc.3\n")
    assert [paper.doi for paper in reading.papers] == ["10.1000/abc.1", "10.1000/abc.2", "10.1000/abc.3"]
    assert reading.remarks == ()


def test_a_line_longer_than_a_citation_is_shortened_and_said_so() -> None:
    (paper,) = read_text("很长" * MAX_GIVEN).papers
    assert paper.title.startswith("很长很长")
    assert len(paper.as_given) == MAX_GIVEN
    codes = {remark.code for remark in read_text("很长" * MAX_GIVEN).remarks}
    assert codes == {RemarkCode.LINE_NOT_PARSED, RemarkCode.TEXT_CUT}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张甲；李乙;王丙", ["张甲", "李乙", "王丙"]),
        ("张甲，李乙、王丙 等", ["张甲", "李乙", "王丙", "等"]),
        ("张甲 李乙", ["张甲", "李乙"]),
        ("张 三", ["张 三"]),
        ("Smith, John", ["Smith, John"]),
        ("Smith, J. A., Li, W.", ["Smith, J. A.", "Li, W."]),
        ("SMITH J, LI W", ["SMITH J", "LI W"]),
        ("John Smith, Mary Lee and Bob Ray", ["John Smith", "Mary Lee", "Bob Ray"]),
        ("Smith, J. & Li, W.", ["Smith, J.", "Li, W."]),
        ("", []),
    ],
)
def test_authors_are_split_as_people_write_them(text: str, names: list[str]) -> None:
    assert split_authors(text) == names


def test_kinds_come_from_the_marks() -> None:
    text = "\n".join(f"[{n}] 张甲. 题名[{mark}]. 北京, 2020." for n, mark in enumerate("JMDPNZ", start=1))
    assert [paper.kind for paper in read_text(text).papers] == [
        PaperKind.ARTICLE,
        PaperKind.BOOK,
        PaperKind.THESIS,
        PaperKind.PATENT,
        PaperKind.OTHER,
        PaperKind.OTHER,
    ]
