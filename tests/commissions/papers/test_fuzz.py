"""Hostile and random input: no reader raises anything but a refusal, and what is written comes back the same."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from qa_server.commissions.papers.checks import check
from qa_server.commissions.papers.intake import read_papers, read_text
from qa_server.commissions.papers.models import (
    MAX_GIVEN,
    TEXT_LIMITS,
    Paper,
    PaperKind,
    papers_from_json,
    papers_to_json,
)
from qa_server.commissions.papers.texts import cleaned, tidy_pages
from qa_server.commissions.papers.writing import to_bibtex, to_citations, to_ris
from storage.errors import AppError

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "samples").iterdir())]
# Time is no promise of these tests, and the machine may be busy.
UNTIMED = settings(deadline=None)
NAMES = st.sampled_from(["", "list.bib", "list.csv", "list.txt", "list.xlsx"])
_PIECES = r"""
TY  - JOUR~|AU  - |ER  - |@article{|@string{a=|}|{|"|#|\\|\'{|$|%0 Book~|%A |PT J~|AU |{Title}: |{Reference Type}: Book~
|<records>|<record>|</|&x;|<!DOCTYPE|[1] |[J]|. |, 2020, 45(2): 1-9|(2020). |//|10.1000/|doi:|题名,作者~|张甲|“|等|~|~~
"""
FRAGMENTS = st.sampled_from([*_PIECES.replace("\n", "").replace("~", "\n").split("|"), "\t", "\r\n", "\0"])


def survives(content: bytes, name: str = "") -> None:
    try:
        reading = read_papers(content, name)
    except AppError:
        return
    check(reading.papers, today=date(2026, 1, 1))
    to_citations(reading.papers)
    assert papers_from_json(papers_to_json(reading.papers)) == reading.papers


@given(st.binary(max_size=400), NAMES)
@UNTIMED
def test_random_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    survives(content, name)


@given(st.text(max_size=400), NAMES)
@UNTIMED
def test_random_text_is_read_or_refused(text: str, name: str) -> None:
    survives(text.encode("utf-8", "surrogatepass"), name)


@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=40).map("".join), NAMES)
@settings(max_examples=400, deadline=None)
def test_pieces_of_all_formats_are_read_or_refused(text: str, name: str) -> None:
    survives(text.encode("utf-8", "replace"), name)


@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=6), st.integers(0, 40))))
@settings(max_examples=300, deadline=None)
def test_damaged_files_are_read_or_refused(content: bytes, damages: list[tuple[int, bytes, int]]) -> None:
    for place, instead, length in damages:
        content = content[:place] + instead + content[place + length :]
    survives(content)


@pytest.fixture(scope="module")
def workbook() -> bytes:
    book, packed = Workbook(), io.BytesIO()
    for row in (["题名", "年", "作者"], ["甲", 2020, "张甲"], ["乙", "=1+1", "李乙"]):
        book.worksheets[0].append(row)
    book.save(packed)
    return packed.getvalue()


@given(place=st.integers(0, 5_000), instead=st.binary(min_size=1, max_size=4))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.filterwarnings("ignore")
def test_damaged_workbooks_are_read_or_refused(workbook: bytes, place: int, instead: bytes) -> None:
    place %= len(workbook)
    survives(workbook[:place] + instead + workbook[place + len(instead) :])


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3_000,
        "[J]" * 900,
        "A. " * 900,
        "张. " * 900,
        ", 2020" * 400,
        "10.1000/" * 300,
        "10.1000/" + ")" * 2_900,
        '"' * 2_900,
        "1" * 2_900,
        "第1卷" * 700,
        "a, " * 900 + "(2020). b. c",
        "@article{a, title={" + "{" * 5_000 + "}" * 5_000 + "}}",
        "@article{a, author={" + " and " * 3_000 + "}}",
        "@a{" * 3_000,
        "TY  - JOUR\n" + "AU  - " * 5_000,
        "TY  - JOUR\nTI  - t\n" + "more\n" * 20_000,
        "<records>" * 5_000,
        "题名,年\n" + '"' * 5_000,
    ],
    ids=range(18),
)
def test_endless_repetition_is_read_or_refused(text: str) -> None:
    survives(text.encode())


# Texts as they are kept: tidy, and without what a format uses to tell things apart.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn"], exclude_characters=";；"), max_size=40).map(
    cleaned
)
WORDS = st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True) | st.just("")
YEARS = st.integers(1800, 2099)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    kind = draw(st.sampled_from(PaperKind))
    authors = draw(st.lists(TEXTS.filter(lambda name: name not in {"", "others", "et al", "等"}), max_size=4))
    return Paper(
        title=draw(TEXTS.filter(bool)),
        authors=tuple(authors),
        journal=draw(TEXTS),
        year=draw(YEARS),
        volume=draw(WORDS),
        issue=draw(WORDS),
        pages=tidy_pages(draw(st.sampled_from(["", "12-18", "e5", "3-4+10", "S1-S9"]))),
        date=draw(st.sampled_from(["", "May", "2020-05-01"])),
        conference=draw(TEXTS),
        publisher=draw(TEXTS),
        number=draw(WORDS),
        doi=draw(st.sampled_from(["", "10.1000/abc_(1)", "10.1000/A%b~c--d"])),
        issn=draw(st.sampled_from(["", "1234-5679", "1234-5679; 2345-6786"])),
        isbn=draw(st.sampled_from(["", "978-3-16-148410-0"])),
        accession=draw(WORDS),
        language=draw(st.sampled_from(["zh", "en"])),
        kind=kind,
    )


def placeless(read: tuple[Paper, ...]) -> list[Paper]:
    return [replace(paper, record=0) for paper in read]


@given(st.lists(papers(), min_size=1, max_size=4))
@UNTIMED
def test_what_is_written_as_ris_comes_back(written: list[Paper]) -> None:
    assert placeless(read_text(to_ris(written)).papers) == written


@given(st.lists(papers(), min_size=1, max_size=4))
@UNTIMED
def test_what_is_written_as_bibtex_comes_back(written: list[Paper]) -> None:
    assert placeless(read_text(to_bibtex(written)).papers) == written


@given(st.lists(papers(), max_size=4))
@UNTIMED
def test_what_is_written_as_json_comes_back(written: list[Paper]) -> None:
    assert list(papers_from_json(papers_to_json(written))) == written


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn"]), min_size=1, max_size=200))
@UNTIMED
def test_no_line_is_lost(line: str) -> None:
    line = cleaned(line)
    try:
        reading = read_text(line)
    except AppError:
        # A mark such as "0:" numbers a paper and is none.
        assert not any(char.isalpha() for char in line) or line.startswith(("<", "@", "%", "{", "TY", "PT"))
        return
    if reading.form == "text":
        assert len(reading.papers) == 1
        kept = reading.papers[0].as_given
        assert line.endswith(kept)
        assert len(line) - len(kept) <= 8
        assert len(kept) <= MAX_GIVEN == TEXT_LIMITS["as_given"]
