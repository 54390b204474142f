"""What a reader of a format found about a paper, and how it becomes a Paper: tidied, fitted, with remarks. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.tokens import has_han
from qa_server.commissions.papers.errors import PaperListTooLong
from qa_server.commissions.papers.identifiers import is_doi, is_isbn, looks_like_isbn, tidy_doi
from qa_server.commissions.papers.models import (
    MAX_AUTHORS,
    MAX_NAME,
    MAX_PAPERS,
    MAX_RECORD,
    TEXT_LIMITS,
    Language,
    Paper,
    PaperKind,
)
from qa_server.commissions.papers.remarks import Remark, RemarkCode
from qa_server.commissions.papers.texts import cleaned, tidy_pages

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
# What a paper has to have at least one of.
_SAYS_SOMETHING = ("title", "doi", "journal", "conference", "accession", "isbn", "number")
_LANGUAGES: dict[str, Language] = {
    **dict.fromkeys(("zh", "zh-cn", "chi", "zho", "cn", "chinese", "中文", "汉语"), "zh"),
    **dict.fromkeys(("en", "en-us", "eng", "english", "英文", "英语"), "en"),
}


@dataclass
class Draft:
    """Texts as written, by the names of Paper (the year too); the first that says something wins."""

    record: int
    texts: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    kind: PaperKind | None = None

    def put(self, name: str, text: str) -> None:
        """Keep a text unless that part is known already."""
        if text.strip() and not self.texts.get(name):
            self.texts[name] = text

    def put_all(self, texts: dict[str, str]) -> None:
        """Keep each of the texts whose part is not known already."""
        for name, text in texts.items():
            self.put(name, text)

    def put_standard_number(self, text: str) -> None:
        """Keep a number that is an ISSN or an ISBN, whichever it looks like; several ISSN stand in one field."""
        is_book = looks_like_isbn(text) or (not _ISSN_LIKE.search(text) and self.kind in _BOUND)
        known = self.texts.get("issn", "")
        if is_book:
            self.put("isbn", text)
        elif text.strip() and text.strip() not in known:
            self.texts["issn"] = f"{known}; {text.strip()}" if known else text.strip()


_ISSN_LIKE = re.compile(r"(?<!\d)\d{4}-?\d{3}[\dXx](?!\d)")
_BOUND = (PaperKind.BOOK, PaperKind.CHAPTER)


def finished(draft: Draft) -> tuple[Paper | None, list[Remark]]:
    """Return the paper of a draft, None where nothing was said about one, and what is to be remarked."""
    record = min(draft.record, MAX_RECORD)
    texts = {name: _tidied(name, cleaned(text)) for name, text in draft.texts.items()}
    authors = [name for each in draft.authors if (name := cleaned(each))]
    if not any(texts.get(name) for name in _SAYS_SOMETHING):
        return None, [Remark(RemarkCode.RECORD_EMPTY, record=record)]
    remarks: list[Remark] = []
    year = _year(texts, record, remarks)
    language = texts.pop("language", "").lower()
    fitted = {name: _fitted(texts.get(name, ""), limit, record, remarks) for name, limit in TEXT_LIMITS.items()}
    paper = Paper(
        **fitted,
        authors=tuple(_fitted(name, MAX_NAME, record, remarks) for name in _few(authors, record, remarks)),
        year=year,
        language=_LANGUAGES.get(language, "zh" if has_han(fitted["title"] or fitted["journal"]) else "en"),
        kind=draft.kind or _kind_of(fitted),
        record=record,
    )
    return paper, remarks


def finished_all(drafts: Iterable[Draft]) -> tuple[list[Paper], list[Remark]]:
    """Return the papers of many drafts with all their remarks. Raises PaperListTooLong, before it has read them all."""
    papers: list[Paper] = []
    remarks: list[Remark] = []
    for count, draft in enumerate(drafts):
        if count >= MAX_PAPERS:
            raise PaperListTooLong(limit=MAX_PAPERS)
        paper, found = finished(draft)
        remarks += found
        if paper is not None:
            papers.append(paper)
    return papers, remarks


def _tidied(name: str, text: str) -> str:
    if name == "doi":
        found = tidy_doi(text)
        return found if is_doi(found) else text
    return tidy_pages(text) if name == "pages" else text


def _year(texts: dict[str, str], record: int, remarks: list[Remark]) -> int | None:
    written = texts.pop("year", "")
    found = _YEAR.search(written) or (None if written else _YEAR.search(texts.get("date", "")))
    if found is None and written:
        remarks.append(Remark(RemarkCode.YEAR_UNREADABLE, record=record))
    if written and (found is None or found[0] != written) and not texts.get("date"):
        texts["date"] = written
    # Digits of other scripts are digits too; int reads them.
    return int(found[0]) or None if found else None


def _fitted(text: str, limit: int, record: int, remarks: list[Remark]) -> str:
    if len(text) <= limit:
        return text
    remarks.append(Remark(RemarkCode.TEXT_CUT, record=record, details={"limit": limit}))
    return text[:limit].rstrip()


def _few(authors: list[str], record: int, remarks: list[Remark]) -> list[str]:
    if len(authors) > MAX_AUTHORS:
        remarks.append(Remark(RemarkCode.AUTHORS_CUT, record=record, details={"limit": MAX_AUTHORS}))
    return authors[:MAX_AUTHORS]


def _kind_of(texts: dict[str, str]) -> PaperKind:
    if texts["conference"]:
        return PaperKind.CONFERENCE
    if not texts["journal"] and is_isbn(texts["isbn"]):
        return PaperKind.BOOK
    return PaperKind.ARTICLE
