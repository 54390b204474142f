"""Papers as JSON: what is stored comes back, what was tampered with is refused."""

import json

import pytest

from qa_server.commissions.papers.errors import PaperListTooLong, PaperMalformed
from qa_server.commissions.papers.models import (
    MAX_AUTHORS,
    MAX_PAPERS,
    MAX_TITLE,
    Paper,
    PaperKind,
    paper_from_json,
    papers_from_json,
    papers_to_json,
)


def test_a_list_comes_back_as_it_was() -> None:
    papers = (
        Paper(title="题", authors=("张甲",), year=2020, kind=PaperKind.BOOK, language="zh", record=3),
        Paper(doi="d"),
    )
    assert papers_from_json(json.loads(json.dumps(papers_to_json(papers)))) == papers


def test_what_is_empty_is_not_written() -> None:
    assert Paper(title="t").to_json() == {"title": "t", "language": "en", "kind": "article"}


def test_texts_of_a_form_are_tidied() -> None:
    assert paper_from_json({"title": "  a\n b\0 ", "authors": ["", " c "]}) == Paper(title="a b", authors=("c",))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "text",
        {"unknown": 1},
        {"title": 1},
        {"title": None},
        {"title": "x" * (MAX_TITLE + 1)},
        {"authors": "Li"},
        {"authors": [1]},
        {"authors": ["x"] * (MAX_AUTHORS + 1)},
        {"year": "2020"},
        {"year": True},
        {"year": 20200},
        {"year": -1},
        {"year": 2020.0},
        {"language": "fr"},
        {"language": []},
        {"kind": "song"},
        {"kind": None},
        {"record": -1},
    ],
)
def test_what_is_no_paper_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(PaperMalformed) as refused:
        papers_from_json([{"title": "good"}, value])
    assert refused.value.details["number"] == 2


def test_a_list_has_an_end() -> None:
    assert len(papers_from_json([{"title": "t"}] * MAX_PAPERS)) == MAX_PAPERS
    with pytest.raises(PaperListTooLong):
        papers_from_json([{"title": "t"}] * (MAX_PAPERS + 1))
    with pytest.raises(PaperMalformed):
        papers_from_json({"title": "t"})
