"""Read papers out of typed or pasted text: numbered lists, paragraphs, one to a line. Every line ends up in a paper."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from qa_server.commissions.papers.citations import is_marked, read_citation, split_doi
from qa_server.commissions.papers.drafts import Draft, finished
from qa_server.commissions.papers.errors import PaperListTooLong
from qa_server.commissions.papers.models import MAX_GIVEN, MAX_PAPERS, Paper
from qa_server.commissions.papers.remarks import Remark, RemarkCode
from qa_server.commissions.papers.texts import cleaned

_NUMBER = re.compile(
    r"\s*(?:[\[［【〔]\s*\d{1,4}\s*[\]］】〕]|[(（]\s*\d{1,4}\s*[)）]|\d{1,3}\s*[.．、)）:：](?![\d])|\d{1,3}\t|[①-⑳])\s*[.、．]?\s*"
)
_BULLET = re.compile(r"\s*[-*•·●▪]\s+")
# Lines of one citation that was broken at the width of a page.
_LONGEST_CITATION = 6


@dataclass(frozen=True)
class _Entry:
    """A citation as it stood: where it begins, and its lines in one, without its number in the list."""

    line: int
    text: str


def read_pasted(text: str) -> tuple[list[Paper], list[Remark]]:
    """Return a paper for every entry of a text in order; `record` is the line where the entry begins.

    Raises PaperListTooLong, before it has read them all.
    """
    papers: list[Paper] = []
    remarks: list[Remark] = []
    for count, entry in enumerate(_entries(text)):
        if count >= MAX_PAPERS:
            raise PaperListTooLong(limit=MAX_PAPERS)
        paper, found = read_entry(entry.text, entry.line)
        remarks += found
        if paper is not None:
            papers.append(paper)
    return papers, remarks


def read_entry(text: str, record: int) -> tuple[Paper | None, list[Remark]]:
    """Return the paper of one citation; a text whose parts cannot be told apart becomes its title, with a remark."""
    text = cleaned(text)
    draft = read_citation(text, record) if len(text) <= MAX_GIVEN else None
    remarks = []
    if draft is None:
        rest, doi = split_doi(text[:MAX_GIVEN])
        is_whole = not doi or len(text) > MAX_GIVEN
        draft = Draft(record, {"title": text if is_whole else rest.rstrip(" .,;，。；"), "doi": doi})
        remarks.append(Remark(RemarkCode.LINE_NOT_PARSED, record=record))
    draft.texts["as_given"] = text
    paper, found = finished(draft)
    return paper, remarks + found


def _entries(text: str) -> Iterator[_Entry]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    if any(_NUMBER.match(line) for _, line in lines):
        yield from _numbered(lines)
    else:
        for paragraph in _paragraphs(lines):
            yield from _of_paragraph(paragraph)


def _numbered(lines: list[tuple[int, str]]) -> Iterator[_Entry]:
    """Yield an entry for each number; a line without one goes on with the entry above, unless that is complete."""
    current: _Entry | None = None
    for number, line in lines:
        start = _NUMBER.match(line)
        begins = start is not None or current is None or (is_marked(line) and is_marked(current.text))
        if begins and line:
            if current is not None:
                yield current
            current = _Entry(number, line[start.end() :] if start else line)
        elif line and current is not None:
            current = _Entry(current.line, _joined(current.text, line))
    if current is not None:
        yield current


def _paragraphs(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    paragraph: list[tuple[int, str]] = []
    for number, line in lines:
        if line:
            bullet = _BULLET.match(line)
            paragraph.append((number, line[bullet.end() :] if bullet else line))
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _of_paragraph(paragraph: list[tuple[int, str]]) -> Iterator[_Entry]:
    """Yield the lines of a paragraph, or the paragraph as one where its lines are pieces of one citation."""
    whole = reduce(_joined, (line for _, line in paragraph))
    is_broken = 1 < len(paragraph) <= _LONGEST_CITATION and not any(_is_complete(line) for _, line in paragraph)
    if is_broken and _is_complete(whole):
        yield _Entry(paragraph[0][0], whole)
        return
    current: _Entry | None = None
    for number, line in paragraph:
        if current is not None and _is_tail(line, current.text):
            current = _Entry(current.line, _joined(current.text, line))
            continue
        if current is not None:
            yield current
        current = _Entry(number, line)
    if current is not None:
        yield current


def _is_tail(line: str, above: str) -> bool:
    """Say whether a line is the end of the one above: its pages, or its DOI."""
    rest, doi = split_doi(line)
    if doi and not rest.strip(" .,;"):
        return not split_doi(above)[1]
    return not any(char.isalpha() for char in line)


def _is_complete(line: str) -> bool:
    draft = read_citation(line, 0) if len(line) <= MAX_GIVEN else None
    return draft is not None and ("year" in draft.texts or set(draft.texts) == {"doi"})


def _joined(text: str, line: str) -> str:
    # Chinese is broken anywhere; a word of Latin letters needs its blank back, unless it was parted by a hyphen.
    if text and line and ord(text[-1]) < 0x2E80 and ord(line[0]) < 0x2E80:
        return f"{text} {line}"
    return text + line
