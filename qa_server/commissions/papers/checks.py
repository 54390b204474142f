"""Look through a list of papers for what a citation search stumbles over. Pure, asks no database."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from knowledge.tokens import fold
from qa_server.commissions.papers.identifiers import doi_key, is_doi, is_isbn, is_issn, issns
from qa_server.commissions.papers.models import Paper, PaperKind
from qa_server.commissions.papers.remarks import Remark, RemarkCode

EARLIEST_YEAR = 1800
# Papers without volume and pages count as early online for so many years; later it is the list that lacks them.
_EARLY_YEARS = 2
_UNREADABLE = re.compile(r"[\W_]+")
_PAGES = re.compile(r"(\D*)(\d{1,9})-(\D*)(\d{1,9})")
_IN_JOURNALS = frozenset({PaperKind.ARTICLE, PaperKind.CONFERENCE, PaperKind.CHAPTER})
# A title shorter than this, in letters, is shared by papers that have nothing to do with one another: "Editorial".
_TELLING_TITLE = 4


def check(papers: Sequence[Paper], *, today: date) -> tuple[Remark, ...]:
    """Return the remarks on a list in its order; of two papers that are the same each points at the other."""
    remarks = [remark for place, paper in enumerate(papers, start=1) for remark in _on_paper(paper, place, today=today)]
    remarks += _same(RemarkCode.SAME_DOI, [_doi(paper) for paper in papers])
    remarks += _same(RemarkCode.SAME_TITLE, _titles(papers))
    records = {place: paper.record for place, paper in enumerate(papers, start=1)}
    placed = (Remark(each.code, each.paper, records[each.paper], each.details) for each in remarks)
    return tuple(sorted(placed, key=lambda remark: remark.paper))


def title_key(title: str) -> str:
    """Return the form in which titles are compared: width, case, script and marks do not count."""
    return _UNREADABLE.sub("", fold(title))


def _on_paper(paper: Paper, place: int, *, today: date) -> Iterator[Remark]:
    for code in _missing(paper, today):
        yield Remark(code, place)
    for code, value in _wrong(paper, today):
        yield Remark(code, place, details={"value": value})


def _missing(paper: Paper, today: date) -> Iterator[RemarkCode]:
    if not paper.title and is_doi(paper.doi):
        yield RemarkCode.ONLY_DOI
        return
    if not paper.title:
        yield RemarkCode.TITLE_MISSING
    if not paper.authors:
        yield RemarkCode.AUTHORS_MISSING
    if paper.year is None:
        yield RemarkCode.YEAR_MISSING
    if paper.kind in _IN_JOURNALS:
        yield from _missing_place(paper, today)


def _missing_place(paper: Paper, today: date) -> Iterator[RemarkCode]:
    if not paper.journal and not paper.conference:
        yield RemarkCode.SOURCE_MISSING
    has_pages = bool(paper.pages or paper.number)
    is_recent = paper.year is None or paper.year > today.year - _EARLY_YEARS
    if paper.kind is PaperKind.ARTICLE and paper.journal and is_recent and not (paper.volume or paper.issue):
        # A paper online ahead has pages from 1 on at most, and no volume: the database lists it later.
        yield RemarkCode.EARLY_ONLINE
    elif not has_pages:
        yield RemarkCode.PAGES_MISSING


def _wrong(paper: Paper, today: date) -> Iterator[tuple[RemarkCode, str | int]]:
    if paper.doi and not is_doi(paper.doi):
        yield RemarkCode.DOI_INVALID, paper.doi
    for number in issns(paper.issn):
        if not is_issn(number):
            yield RemarkCode.ISSN_INVALID, number
    if paper.isbn and not is_isbn(paper.isbn):
        yield RemarkCode.ISBN_INVALID, paper.isbn
    if paper.year is not None and not EARLIEST_YEAR <= paper.year <= today.year + 1:
        yield RemarkCode.YEAR_IMPLAUSIBLE, paper.year
    if _are_reversed(paper.pages):
        yield RemarkCode.PAGES_REVERSED, paper.pages


def _are_reversed(pages: str) -> bool:
    found = _PAGES.fullmatch(pages)
    # 123-8 is 123 to 128, as medical journals write it.
    if found is None or found[1] != found[3] or len(found[4]) < len(found[2]):
        return False
    return int(found[4]) < int(found[2])


def _doi(paper: Paper) -> str:
    return doi_key(paper.doi) if is_doi(paper.doi) else ""


def _titles(papers: Sequence[Paper]) -> list[str]:
    """Return title and year to compare by; where two have the same DOI, that says it already."""
    keys = [title_key(paper.title) for paper in papers]
    counts: set[str] = set()
    titles = []
    for key, paper in zip(keys, papers, strict=True):
        doi = _doi(paper)
        is_told = bool(doi) and doi in counts
        counts.add(doi)
        titles.append(f"{key}|{paper.year or ''}" if len(key) >= _TELLING_TITLE and not is_told else "")
    return titles


def _same(code: RemarkCode, keys: Sequence[str]) -> Iterator[Remark]:
    """Yield for each key that is there again a remark on it, and one on the first that has it."""
    first: dict[str, int] = {}
    told: set[int] = set()
    for place, key in enumerate(keys, start=1):
        if not key:
            continue
        other = first.setdefault(key, place)
        if other != place:
            yield Remark(code, place, details={"other": other})
            if other not in told:
                told.add(other)
                yield Remark(code, other, details={"other": place})
