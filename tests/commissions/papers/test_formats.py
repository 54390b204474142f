"""Files that programs write: BibTeX, RIS, EndNote and others. Good records stay, bad ones are named."""

import logging
from pathlib import Path

import pytest

from qa_server.commissions.papers.bibtex import read_bibtex
from qa_server.commissions.papers.errors import PaperListDamaged, PaperListTooLong, PaperListTypeUnknown
from qa_server.commissions.papers.intake import Reading, read_papers, read_text
from qa_server.commissions.papers.latex import from_latex, to_latex
from qa_server.commissions.papers.models import MAX_PAPERS, PaperKind
from qa_server.commissions.papers.remarks import RemarkCode

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Reading:
    return read_papers(SAMPLES / name)


def test_bibtex_keeps_what_is_good_and_names_the_line_of_what_is_not() -> None:
    reading = sample("reference.bib")
    assert reading.form == "bibtex"
    first, same_key, twice, thesis = reading.papers
    assert first.title == "On École α & 50% of DNA"
    assert first.authors == ("Müller, Hans", "Li, Wei", "Society for Search and Rescue of Books", "et al.")
    assert (first.journal, first.year, first.date) == ("Journal of Invented Libraries", 2020, "2020-05")
    assert (first.volume, first.issue, first.pages, first.doi) == ("45", "2", "12-18", "10.1000/ABC.1")
    assert same_key.title == "The same key, another paper"
    assert (twice.title, twice.year, twice.date) == ("A title", None, "in press")
    assert (thesis.kind, thesis.publisher, thesis.language) == (PaperKind.THESIS, "江城大学", "zh")
    assert [(remark.code, remark.paper, remark.record) for remark in reading.remarks] == [
        (RemarkCode.YEAR_UNREADABLE, 3, 19),
        (RemarkCode.RECORD_UNREADABLE, 0, 25),
    ]


def test_a_broken_entry_is_not_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert sample("reference.bib").remarks
    assert "broken" not in caplog.text


def test_strings_of_bibtex_do_not_grow_without_end() -> None:
    doubling = "".join(f"@string{{s{n + 1} = s{n} # s{n}}}\n" for n in range(60))
    papers, _ = read_bibtex(f'@string{{s0 = "xxxxxxxxxx"}}\n{doubling}@article{{a, title = s60}}')
    assert len(papers[0].title) == 1_000


def test_names_of_bibtex_are_parted_before_an_accent_and_held_by_braces() -> None:
    papers, _ = read_bibtex(r"@book{b, title={t}, author={Li, Wei and \'Emile Zo and {A and B} AND  {\'E} Andand}}")
    assert papers[0].authors == ("Li, Wei", "Émile Zo", "A and B", "É Andand")


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"M{\"u}ller, {\'{E}}cole, \v{c}, \c c, na\"{\i}ve, Erd\H{o}s", "Müller, École, č, ç, naïve, Erdős"),
        (r"{\O}rsted, Stra{\ss}e, \AA ngstr\"om, \L{}\'od\'z", "Ørsted, Straße, Ångström, Łódź"),
        (r"H$_2$O and $\beta$-carotene, $\Gamma$", "H_2O and β-carotene, Γ"),
        ("costs $5 and 50% of it", "costs $5 and 50% of it"),
        (r"\emph{Nature} \& \textbf{more}---``quoted''~here", "Nature & more—“quoted” here"),
        (r"\input{/etc/passwd}", "/etc/passwd"),
        (r"a\\b \{c\} \_ \unknown{d}", "a b {c} _ d"),
        ("没有命令的题名", "没有命令的题名"),
    ],
)
def test_latex_becomes_what_people_read(latex: str, plain: str) -> None:
    assert from_latex(latex) == plain


def test_what_is_written_as_latex_comes_back() -> None:
    text = r"50% & $5 #1 a_b {x} \ ~ ^ -- --- `` '' “é”"
    assert from_latex(to_latex(text)) == text


def test_ris_is_read_without_its_last_lines_and_with_loose_blanks() -> None:
    reading = sample("reference.ris")
    assert reading.form == "ris"
    article, meeting, book = reading.papers
    assert article.title == "A title that goes on in the next line"
    assert article.authors == ("Müller, Hans", "Li, Wei")
    assert (article.year, article.date, article.pages, article.doi) == (2020, "2020/05/01", "12-18", "10.1000/abc.2")
    assert (article.issn, article.record) == ("1234-5679", 2)
    assert (meeting.kind, meeting.conference) == (PaperKind.CONFERENCE, "虚构会议论文集")
    assert meeting.authors == ("张甲", "李乙")
    assert (book.kind, book.isbn, book.issn) == (PaperKind.BOOK, "978-3-16-148410-0", "")


def test_endnote_and_noteexpress_tell_the_same_of_the_same_paper() -> None:
    endnote, noteexpress = sample("cnki.enw"), sample("noteexpress.txt")
    assert (endnote.form, noteexpress.form) == ("enw", "noteexpress")
    for paper in (endnote.papers[0], noteexpress.papers[0]):
        assert paper.authors == ("张甲", "李乙")
        assert (paper.title, paper.journal, paper.year) == ("联合问答的虚构研究", "虚构图书馆学报", 2023)
        assert (paper.volume, paper.issue, paper.pages, paper.issn) == ("45", "02", "12-18", "1234-5679")
    assert (endnote.papers[1].kind, endnote.papers[1].publisher) == (PaperKind.THESIS, "江城大学")
    assert noteexpress.papers[1].conference == "虚构会议论文集"


def test_records_of_web_of_science_keep_their_number_in_the_database() -> None:
    reading = sample("savedrecs.txt")
    article, meeting = reading.papers
    assert reading.form == "web_of_science"
    assert article.authors == ("Smith, J", "Li, W")
    assert (article.title, article.accession) == ("A long title over two lines", "WOS:000000000000001")
    assert (article.issn, article.pages) == ("1234-5679; 2345-6786", "12-18")
    assert (meeting.kind, meeting.number) == (PaperKind.CONFERENCE, "101")
    assert meeting.conference == "Proceedings of the Invented Meeting"


def test_endnote_xml_is_read_through_its_styles() -> None:
    reading = sample("endnote.xml")
    article, meeting = reading.papers
    assert reading.form == "endnote_xml"
    assert (article.title, article.authors) == ("Readers & questions", ("Smith, J.", "张甲"))
    assert (article.journal, article.volume, article.issue, article.doi) == (
        "Journal of Invented Libraries",
        "45",
        "2",
        "10.1000/abc.4",
    )
    assert (meeting.kind, meeting.conference, meeting.journal) == (PaperKind.CONFERENCE, "虚构会议论文集", "")


RECORD = "<records><record><titles><title>{}</title></titles></record></records>"


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + RECORD.format("&b;"),
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + RECORD.format("&a;"),
        '<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd">' + RECORD.format("t"),
        RECORD.format("<a>" * 100 + "</a>" * 100),
        RECORD.format("not closed")[:-3],
        RECORD.format("&unknown;"),
    ],
)
@pytest.mark.parametrize("start", ["", '<?xml version="1.0" encoding="UTF-16"?>'])
def test_xml_that_declares_entities_or_is_damaged_is_refused(start: str, attack: str) -> None:
    # The record itself is read, so that what is refused is the attack.
    assert read_text(start + RECORD.format("t") if start else RECORD.format("t")).papers[0].title == "t"
    with pytest.raises((PaperListDamaged, PaperListTypeUnknown)):
        read_text((start or "<?xml version='1.0'?>") + attack)


@pytest.mark.parametrize(
    "record",
    [
        "TY  - JOUR\nTI  - t\nER  - \n",
        "@article{k, title={t}}\n",
        "%0 Book\n%T t\n\n",
        "张甲. 题[J]. 报, 2020(1): 1.\n",
    ],
)
def test_a_list_longer_than_the_limit_is_refused(record: str) -> None:
    assert len(read_text(record * MAX_PAPERS).papers) == MAX_PAPERS
    with pytest.raises(PaperListTooLong):
        read_text(record * (MAX_PAPERS + 1))
