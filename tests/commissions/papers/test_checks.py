"""What is remarked on a list before a search begins."""

from datetime import date

import pytest

from qa_server.commissions.papers.checks import check, title_key
from qa_server.commissions.papers.identifiers import doi_key, is_doi, is_isbn, is_issn, issns, tidy_doi
from qa_server.commissions.papers.models import Paper, PaperKind
from qa_server.commissions.papers.remarks import RemarkCode
from qa_server.commissions.papers.texts import cleaned, tidy_pages

TODAY = date(2026, 5, 1)
GOOD = {"title": "A title", "authors": ("Li W",), "journal": "J", "volume": "1", "pages": "1-2", "year": 2020}


def paper(**changed: object) -> Paper:
    return Paper(**{**GOOD, **changed})  # type: ignore[arg-type]


def codes(*papers: Paper) -> list[tuple[RemarkCode, int]]:
    return [(remark.code, remark.paper) for remark in check(papers, today=TODAY)]


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("https://doi.org/10.1000/ABC.1", "10.1000/ABC.1"),
        ("http://dx.doi.org/10.1000/abc.1.", "10.1000/abc.1"),
        ("DOI: 10.1000/abc.1;", "10.1000/abc.1"),
        ("doi:10.1000/abc.1)", "10.1000/abc.1"),
        ("ＤＯＩ：１０．１０００／ａｂｃ。", "10.1000/abc"),
        ("10.1016/S0140-6736(20)30183-5.", "10.1016/S0140-6736(20)30183-5"),
        ("doi:10.1000/abc(1))", "10.1000/abc(1)"),
        ("(10.1000/a(1)b)", "(10.1000/a(1)b)"),
        ("https://webvpn.example.edu.cn/https/doi.org/10.1000%2Fabc", "10.1000/abc"),
        ("doi:doi:10.1000/abc", "10.1000/abc"),
        ("not one", "not one"),
    ],
)
def test_a_doi_is_tidied(written: str, tidy: str) -> None:
    assert tidy_doi(written) == tidy
    assert tidy_doi(tidy) == tidy


@pytest.mark.parametrize("wrong", ["10.1000", "10.10/abc", "10.1000/", "10.1000/a b", "11.1000/abc", "doi"])
def test_what_is_no_doi_is_told(wrong: str) -> None:
    assert not is_doi(wrong)
    assert codes(paper(doi=wrong)) == [(RemarkCode.DOI_INVALID, 1)]


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("0378-5955", True),
        ("03785955", True),
        ("2434-561X", True),
        ("2434-561x", True),
        ("0378-5954", False),
        ("0378-595", False),
        ("０３７８－５９５５", True),
        ("ISSN 0378-5955", True),
        ("", False),
    ],
)
def test_the_check_digit_of_an_issn(number: str, fits: bool) -> None:
    assert is_issn(number) is fits


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("978-3-16-148410-0", True),
        ("9783161484100", True),
        ("0-306-40615-2", True),
        ("080442957X", True),
        ("978-3-16-148410-1", False),
        ("0-306-40615-3", False),
        ("ISBN-13: 978-3-16-148410-0", True),
        ("977-3-16-148410-0", False),
    ],
)
def test_the_check_digit_of_an_isbn(number: str, fits: bool) -> None:
    assert is_isbn(number) is fits


def test_a_field_may_hold_the_numbers_of_print_and_web() -> None:
    assert issns("0378-5955; 2434-561X") == issns("0378-5955 2434-561X") == ["0378-5955", "2434-561X"]
    assert codes(paper(issn="0378-5955; 2434-5611")) == [(RemarkCode.ISSN_INVALID, 1)]
    assert codes(paper(isbn="978-3-16-148410-1")) == [(RemarkCode.ISBN_INVALID, 1)]


def test_a_paper_with_everything_is_not_remarked() -> None:
    assert codes(paper()) == []
    assert codes(paper(pages="", number="e12")) == []
    assert codes(paper(kind=PaperKind.BOOK, journal="", volume="", pages="")) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": ""}, RemarkCode.TITLE_MISSING),
        ({"authors": ()}, RemarkCode.AUTHORS_MISSING),
        ({"journal": ""}, RemarkCode.SOURCE_MISSING),
        ({"year": None}, RemarkCode.YEAR_MISSING),
        ({"pages": ""}, RemarkCode.PAGES_MISSING),
        ({"volume": "", "pages": "", "year": 2026}, RemarkCode.EARLY_ONLINE),
        ({"volume": "", "pages": "1-15", "year": 2025}, RemarkCode.EARLY_ONLINE),
        ({"volume": "", "pages": "", "year": 2010}, RemarkCode.PAGES_MISSING),
        ({"year": 2028}, RemarkCode.YEAR_IMPLAUSIBLE),
        ({"year": 1799}, RemarkCode.YEAR_IMPLAUSIBLE),
        ({"pages": "18-12"}, RemarkCode.PAGES_REVERSED),
        ({"pages": "S18-S12"}, RemarkCode.PAGES_REVERSED),
    ],
)
def test_what_is_missing_or_cannot_be_is_remarked(changed: dict[str, object], code: RemarkCode) -> None:
    assert codes(paper(), paper(**{"title": "Another one", **changed})) == [(code, 2)]


@pytest.mark.parametrize("pages", ["123-8", "12-18", "S1-S9", "e12", "3-4+10", "", "1023-31", "A18-B12"])
def test_pages_in_order_are_not_remarked(pages: str) -> None:
    assert RemarkCode.PAGES_REVERSED not in {code for code, _ in codes(paper(pages=pages))}


@pytest.mark.parametrize("year", [1800, 2026, 2027])
def test_years_up_to_the_next_are_plausible(year: int) -> None:
    assert codes(paper(year=year)) == []


def test_a_doi_alone_is_enough_to_begin() -> None:
    assert codes(Paper(doi="10.1000/abc")) == [(RemarkCode.ONLY_DOI, 1)]


def test_papers_with_one_doi_point_at_each_other() -> None:
    papers = (
        paper(doi="10.1000/ABC", record=7),
        paper(title="Other"),
        paper(doi="10.1000/abc", title="Third", record=9),
    )
    found = check(papers, today=TODAY)
    assert [(remark.code, remark.paper, remark.record, remark.details) for remark in found] == [
        (RemarkCode.SAME_DOI, 1, 7, {"other": 3}),
        (RemarkCode.SAME_DOI, 3, 9, {"other": 1}),
    ]
    assert doi_key("https://doi.org/10.1000/ABC") == doi_key("10.1000/abc")


def test_papers_with_one_title_and_year_point_at_each_other_in_every_script_and_width() -> None:
    found = codes(
        paper(title="圖書館「聯合」問答：ＡＢ"),
        paper(title="图书馆“联合”问答: ab"),
        paper(title="图书馆联合问答AB", year=2019),
    )
    assert found == [(RemarkCode.SAME_TITLE, 1), (RemarkCode.SAME_TITLE, 2)]
    assert codes(paper(title="社论"), paper(title="社论")) == []
    assert title_key("  A-b (C) ") == "abc"


def test_the_same_doi_is_not_told_twice() -> None:
    assert codes(paper(doi="10.1000/abc"), paper(doi="10.1000/abc")) == [
        (RemarkCode.SAME_DOI, 1),
        (RemarkCode.SAME_DOI, 2),
    ]


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("pp. 12–18", "12-18"),
        ("12--18", "12-18"),
        ("12 ～ 18页", "12-18"),
        ("第3页", "3"),
        ("p. e5", "e5"),
        ("pages", "pages"),
    ],
)
def test_pages_are_tidied(written: str, tidy: str) -> None:
    assert tidy_pages(written) == tidy


def test_texts_lose_what_nobody_sees() -> None:
    assert cleaned(" a\0b\u200b\n\u3000c\ud800\x07 ") == "ab c"
