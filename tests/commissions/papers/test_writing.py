"""What is written out: citations for reports, RIS and BibTeX that other readers take too."""

import pytest
import rispy

from qa_server.commissions.papers.intake import read_text
from qa_server.commissions.papers.models import Paper, PaperKind
from qa_server.commissions.papers.writing import to_bibtex, to_citation, to_citations, to_ris

ARTICLE = Paper(
    title="联合问答研究",
    authors=("张甲", "李乙", "王丙", "赵丁"),
    journal="虚构学报",
    year=2023,
    volume="45",
    issue="2",
    pages="12-18",
    doi="10.1000/abc.1",
    language="zh",
)


@pytest.mark.parametrize(
    ("paper", "line"),
    [
        (ARTICLE, "张甲, 李乙, 王丙, 等. 联合问答研究[J]. 虚构学报, 2023, 45(2): 12-18. DOI: 10.1000/abc.1."),
        (
            Paper(title="Title", authors=("Müller, Hans-Peter", "LI W"), journal="J Inv", year=2020, number="e12"),
            "MÜLLER H P, LI W. Title[J]. J Inv, 2020: e12.",
        ),
        (
            Paper(title="T", authors=("A B", "et al."), journal="J", issue="3", year=2020),
            "A B, et al. T[J]. J, 2020(3).",
        ),
        (
            Paper(title="T", conference="Proc", publisher="P", year=2018, pages="1-5", kind=PaperKind.CONFERENCE),
            "T[C]//Proc. P, 2018: 1-5.",
        ),
        (
            Paper(title="题", authors=("张甲",), publisher="江城大学", year=2019, kind=PaperKind.THESIS),
            "张甲. 题[D]. 江城大学, 2019.",
        ),
        (
            Paper(title="装置", number="CN1", date="2017-05-06", year=2017, kind=PaperKind.PATENT),
            "装置: CN1[P]. 2017-05-06.",
        ),
        (Paper(title="Only a title"), "Only a title[J]."),
        (Paper(doi="10.1000/x"), "[J]. DOI: 10.1000/x."),
    ],
)
def test_a_citation_follows_the_national_standard(paper: Paper, line: str) -> None:
    assert to_citation(paper) == line


def test_citations_are_numbered() -> None:
    assert [line[:4] for line in to_citations([ARTICLE, ARTICLE])] == ["[1] ", "[2] "]


def test_a_written_citation_is_read_again() -> None:
    (paper,) = read_text(to_citation(ARTICLE)).papers
    assert (paper.title, paper.journal, paper.year) == (ARTICLE.title, ARTICLE.journal, ARTICLE.year)
    assert (paper.volume, paper.issue, paper.pages, paper.doi) == ("45", "2", "12-18", "10.1000/abc.1")


def test_another_reader_takes_the_ris() -> None:
    (record,) = rispy.loads(to_ris([ARTICLE]))
    assert record["authors"] == list(ARTICLE.authors)
    assert (record["title"], record["journal_name"], record["year"]) == (ARTICLE.title, ARTICLE.journal, "2023")
    assert (record["start_page"], record["end_page"], record["doi"]) == ("12", "18", ARTICLE.doi)


def test_bibtex_keeps_names_and_signs() -> None:
    paper = Paper(title="50% of {A} & B_1 -- C", authors=("Search and Rescue", "Li, W.", "et al."), year=2020)
    written = to_bibtex([paper])
    assert "author = {{Search and Rescue} and Li, W. and others}" in written
    (read,) = read_text(written).papers
    assert (read.title, read.authors) == (paper.title, paper.authors)
