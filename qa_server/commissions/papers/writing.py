"""Write a list of papers out again: RIS and BibTeX for other programs, GB/T 7714 for reports. Pure.

What read_papers makes of RIS or BibTeX written here is the same papers, apart from where they stood.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from knowledge.tokens import has_han
from qa_server.commissions.papers.latex import to_latex
from qa_server.commissions.papers.models import Paper, PaperKind

_RIS_TYPES: Mapping[PaperKind, str] = {
    PaperKind.ARTICLE: "JOUR",
    PaperKind.CONFERENCE: "CPAPER",
    PaperKind.BOOK: "BOOK",
    PaperKind.CHAPTER: "CHAP",
    PaperKind.THESIS: "THES",
    PaperKind.PATENT: "PAT",
    PaperKind.OTHER: "RPRT",
}
_BIBTEX_TYPES: Mapping[PaperKind, str] = {
    PaperKind.ARTICLE: "article",
    PaperKind.CONFERENCE: "inproceedings",
    PaperKind.BOOK: "book",
    PaperKind.CHAPTER: "incollection",
    PaperKind.THESIS: "phdthesis",
    PaperKind.PATENT: "patent",
    PaperKind.OTHER: "misc",
}
_MARKS: Mapping[PaperKind, str] = {
    PaperKind.ARTICLE: "J",
    PaperKind.CONFERENCE: "C",
    PaperKind.BOOK: "M",
    PaperKind.CHAPTER: "M",
    PaperKind.THESIS: "D",
    PaperKind.PATENT: "P",
    PaperKind.OTHER: "Z",
}
# First and last page; more than that, as 3-4+10, stays together.
_RANGE = re.compile(r"([^-\s]+)-([^-\s]+)")
_AND = re.compile(r"\band\b", re.IGNORECASE)
# GB/T 7714: up to three names, then 等 or et al.
_MAX_NAMES = 3
_AND_OTHERS = frozenset({"等", "et al", "et al."})


def to_ris(papers: Sequence[Paper]) -> str:
    """Return the papers as RIS."""
    records = ("".join(f"{tag}  - {text}\n" for tag, text in _ris(paper)) + "ER  - \n" for paper in papers)
    return "\n".join(records)


def to_bibtex(papers: Sequence[Paper]) -> str:
    """Return the papers as BibTeX in UTF-8; the keys are paper1, paper2 and so on."""
    return "\n".join(_entry(paper, place) for place, paper in enumerate(papers, start=1))


def to_citation(paper: Paper) -> str:
    """Return the paper as GB/T 7714-2015 writes it; what is not known is left out, marks and all."""
    names = _names(paper)
    head = f"{names}. " if names else ""
    title = f"{paper.title}: {paper.number}" if paper.kind is PaperKind.PATENT and paper.number else paper.title
    tail = _tail(paper)
    doi = f" DOI: {paper.doi}." if paper.doi else ""
    return f"{head}{title}[{_MARKS[paper.kind]}]{tail}.{doi}".strip()


def to_citations(papers: Sequence[Paper]) -> list[str]:
    """Return the papers as numbered lines: `[1] ...`."""
    return [f"[{place}] {to_citation(paper)}" for place, paper in enumerate(papers, start=1)]


def _ris(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "TY", _RIS_TYPES[paper.kind]
    yield from (("AU", name) for name in paper.authors)
    pages = _RANGE.fullmatch(paper.pages)
    values = (
        ("TI", paper.title),
        ("JO", paper.journal),
        ("C3", paper.conference),
        ("PY", str(paper.year or "")),
        ("DA", paper.date),
        ("VL", paper.volume),
        ("IS", paper.issue),
        ("SP", pages[1] if pages else paper.pages),
        ("EP", pages[2] if pages else ""),
        ("C7", paper.number),
        ("PB", paper.publisher),
        ("DO", paper.doi),
        ("SN", paper.issn),
        ("SN", paper.isbn),
        ("AN", paper.accession),
        ("LA", paper.language),
    )
    yield from ((tag, text) for tag, text in values if text)


def _entry(paper: Paper, place: int) -> str:
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _bibtex(paper) if value)
    return f"@{_BIBTEX_TYPES[paper.kind]}{{paper{place},\n{fields}}}\n"


def _bibtex(paper: Paper) -> Iterator[tuple[str, str]]:
    is_numbered = paper.kind in {PaperKind.PATENT, PaperKind.OTHER}
    pages = _RANGE.fullmatch(paper.pages)
    yield "author", " and ".join(map(_bibtex_name, paper.authors))
    yield "title", to_latex(paper.title)
    yield "booktitle" if paper.kind is PaperKind.CHAPTER else "journal", to_latex(paper.journal)
    yield "booktitle" if paper.kind is PaperKind.CONFERENCE else "eventtitle", to_latex(paper.conference)
    yield "year", str(paper.year or "")
    yield "date", to_latex(paper.date)
    yield "volume", to_latex(paper.volume)
    yield "issue" if is_numbered else "number", to_latex(paper.issue)
    yield "pages", f"{to_latex(pages[1])}--{to_latex(pages[2])}" if pages else to_latex(paper.pages)
    yield "number" if is_numbered else "eid", to_latex(paper.number)
    yield "publisher", to_latex(paper.publisher)
    yield "doi", to_latex(paper.doi)
    yield "issn", to_latex(paper.issn)
    yield "isbn", to_latex(paper.isbn)
    yield "unique-id", to_latex(paper.accession)
    yield "language", paper.language


def _bibtex_name(name: str) -> str:
    if name in _AND_OTHERS:
        return "others"
    # The word between two names; inside one it has to be held together.
    return f"{{{to_latex(name)}}}" if _AND.search(name) or name == "others" else to_latex(name)


def _names(paper: Paper) -> str:
    named = [name for name in paper.authors if name not in _AND_OTHERS]
    is_more = len(named) > _MAX_NAMES or len(named) < len(paper.authors)
    others = ["等" if paper.language == "zh" else "et al"] if is_more else []
    return ", ".join([*map(_name, named[:_MAX_NAMES]), *others]).rstrip(".")


def _name(name: str) -> str:
    """Return `Müller, Hans Peter` as MÜLLER H P; a name without a comma stays as it was given."""
    family, comma, given = name.partition(",")
    if not comma or has_han(name):
        return name
    initials = " ".join(part[0].upper() for part in re.split(r"[\s.-]+", given) if part)
    return f"{family.strip().upper()} {initials}".strip()


def _tail(paper: Paper) -> str:
    if paper.kind is PaperKind.PATENT:
        return f". {paper.date or paper.year or ''}".rstrip(" .")
    return _PLACES.get(paper.kind, _published)(paper).rstrip(" .,")


def _in_journal(paper: Paper) -> str:
    when = str(paper.year or paper.date or "")
    issue = f"({paper.issue})" if paper.issue else ""
    parts = [part for part in (paper.journal, when, paper.volume) if part]
    pages = paper.pages or paper.number
    return f". {', '.join(parts)}{issue}{f': {pages}' if pages else ''}"


def _in_volume(paper: Paper) -> str:
    pages = f": {paper.pages or paper.number}" if paper.pages or paper.number else ""
    imprint = ", ".join(part for part in (paper.publisher, str(paper.year or paper.date or "")) if part)
    container = paper.conference or paper.journal
    return f"//{container}. {imprint}{pages}" if container else f". {imprint}{pages}"


def _published(paper: Paper) -> str:
    parts = (paper.publisher or paper.journal, str(paper.year or paper.date or ""))
    return f". {', '.join(part for part in parts if part)}{f': {paper.pages}' if paper.pages else ''}"


_PLACES: Mapping[PaperKind, Callable[[Paper], str]] = {
    PaperKind.ARTICLE: _in_journal,
    PaperKind.CONFERENCE: _in_volume,
    PaperKind.CHAPTER: _in_volume,
}
