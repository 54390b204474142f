"""What comes in: the content tells the form, every encoding is read, what is no list is refused with what to do."""

from pathlib import Path

import pytest

from qa_server.commissions.papers.errors import (
    PaperListEmpty,
    PaperListTooLarge,
    PaperListTypeUnknown,
)
from qa_server.commissions.papers.intake import MAX_FILE_BYTES, MAX_TEXT_CHARACTERS, read_papers, read_text
from qa_server.commissions.papers.remarks import Remark, RemarkCode
from qa_server.i18n import translate

SAMPLES = Path(__file__).parent / "samples"
FORMS = {
    "reference.bib": "bibtex",
    "reference.ris": "ris",
    "cnki.enw": "enw",
    "noteexpress.txt": "noteexpress",
    "savedrecs.txt": "web_of_science",
    "endnote.xml": "endnote_xml",
    "gbt.txt": "text",
}


@pytest.mark.parametrize("name", FORMS)
def test_the_content_tells_the_form_whatever_the_name_says(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    for other in ("", "list.txt", "list.csv", "list.bib", "list.xlsx"):
        assert read_papers(content, name).papers == read_papers(content).papers
        if FORMS[name] != "text":
            assert read_papers(content, other).form == FORMS[name]


def test_a_path_and_its_bytes_give_the_same() -> None:
    path = SAMPLES / "reference.ris"
    assert read_papers(path) == read_papers(path.read_bytes(), path.name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("name", ["gbt.txt", "cnki.enw", "noteexpress.txt"])
def test_every_encoding_gives_the_same_papers(name: str, encoding: str) -> None:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    assert read_papers(text.encode(encoding), name).papers == read_text(text, name).papers


def test_traditional_characters_in_gbk_are_not_taken_for_accents() -> None:
    (paper,) = read_papers("張甲. 圖書館與讀者[J]. 虛構學報, 2020(1): 1-2.".encode("gbk")).papers
    assert (paper.title, paper.authors) == ("圖書館與讀者", ("張甲",))


def test_western_accents_are_read_and_the_guess_is_told() -> None:
    reading = read_papers("Müller H. Über die Fragen[J]. Z Erf, 2020, 3: 1-2.".encode("cp1252"))
    assert reading.papers[0].authors == ("Müller H",)
    assert reading.papers[0].title == "Über die Fragen"
    assert reading.remarks == (Remark(RemarkCode.ENCODING_GUESSED),)


@pytest.mark.parametrize(
    "content", [b"", b"   \n\t", b"\xef\xbb\xbf", "\u3000\n".encode(), b"@comment{nothing}\n", b"TY  - JOUR\nER  - "]
)
def test_nothing_is_refused_as_nothing(content: bytes) -> None:
    with pytest.raises(PaperListEmpty):
        read_papers(content, "list.bib")


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n...",
        b"\xd0\xcf\x11\xe0old",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08",
        b"{\\rtf1}",
        b"<html><p>t",
        b"a\0\x01\x02\xff",
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(PaperListTypeUnknown) as refused:
        read_papers(content, "list.txt")
    said = translate(refused.value.message, "zh", **refused.value.details)
    assert not any(
        char.isalpha() and char.isascii()
        for char in said.replace("XLSX", "")
        .replace("BibTeX", "")
        .replace("RIS", "")
        .replace("EndNote", "")
        .replace("CSV", "")
    )


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "list.txt"
    large.write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    for source in (large, large.read_bytes()):
        with pytest.raises(PaperListTooLarge):
            read_papers(source)
    with pytest.raises(PaperListTooLarge):
        read_text("x" * (MAX_TEXT_CHARACTERS + 1))


@pytest.mark.parametrize("code", RemarkCode)
def test_every_remark_is_said_in_both_languages(code: RemarkCode) -> None:
    remark = Remark(code, paper=1, record=2, details={"limit": 1, "value": "v", "other": 2})
    english, chinese = (translate(remark.text, language, **remark.details) for language in ("en", "zh"))
    assert english != chinese
    assert "{" not in english + chinese
    assert remark.to_json()["code"] == code.value
