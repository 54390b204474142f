"""Tell the parts of one citation apart: GB/T 7714, APA, quoted titles, plain Chinese and medical ways. Pure.

A line in none of these forms is kept whole as a title by the caller; nothing is guessed beyond its marks.
"""

import re
from collections.abc import Iterator
from itertools import islice

from qa_server.commissions.papers.drafts import Draft
from qa_server.commissions.papers.identifiers import tidy_doi
from qa_server.commissions.papers.models import PaperKind
from qa_server.commissions.papers.names import split_authors
from qa_server.commissions.papers.sources import read_imprint, read_numbers, read_source

_TYPE = re.compile(r"\s*[\[［]\s*([A-Z]{1,2})(?:\s*/\s*(?:OL|CD|DK|MT))?\s*[\]］]\s*[.．。:：]?\s*")
_KINDS = {
    "J": PaperKind.ARTICLE,
    "C": PaperKind.CONFERENCE,
    "A": PaperKind.CHAPTER,
    "M": PaperKind.BOOK,
    "G": PaperKind.BOOK,
    "D": PaperKind.THESIS,
    "P": PaperKind.PATENT,
}
_DOI = re.compile(
    r"[\[(（]?\s*(?:https?://(?:dx\.)?doi\.org/|doi\s*[:：=]?\s*|(?<![\w/.]))(10\.\d{4,9}(?:\.\d+)*/[^\s，。；、]+)",
    re.I,
)
_APA_YEAR = re.compile(r"\s*[(（]((?:1[89]|20)\d{2})[a-z]?(?:[,，][^()（）]{0,30})?[)）]\s*[.．。,，:：]?\s*")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{4,})[\"”»]\s*[,.]?\s*")
# A point that may end the authors or the title.
_POINT = re.compile(r"[。．]\s*|\.(?=\s|$|[\u3400-\u9fff“《])\s*|(?<=[\u3400-\u9fff])\.(?!\d)\s*")
# Initials before a point, and what goes on with the names behind it.
_INITIALS = re.compile(r"(?:^|[\s,，;；&])(?:[A-Z]\.?[\s-]?){0,3}[A-Z]$")
_GOES_ON = re.compile(r"(?:[A-Z]\.|[,，;；&]|and\b|et al\b)")
_ONE_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)?\s*(?:[.,，;；&]|and\b|$)")
_LONGEST_INITIALS = 12
_BOOK_TITLE = re.compile(r"\s*《([^《》]+)》\s*")
_SENTENCE_END = re.compile(r"(?:[.?!](?=\s)|[。？！．])\s*")
_IS_TAIL = re.compile(r"(?:1[89]|20)\d{2}.{0,40}?(?:[(（;；:：,，]\s*\w+|$)")
_EDGE = ' ,，.。．;；:："“”'
# Longest text of authors that is looked for before a year in brackets.
_MAX_AUTHORS_TEXT = 2_000
_NAMES = re.compile(r"^[^\d:：?？!！]{2,400}$")


def read_citation(text: str, record: int) -> Draft | None:
    """Return what a citation says, None where its parts cannot be told apart. A DOI alone is a citation."""
    draft = Draft(record)
    rest = _take_doi(text, draft)
    if not rest.strip(_EDGE):
        return draft if draft.texts.get("doi") else None
    for read in (_read_marked, _read_apa, _read_quoted, _read_pointed):
        if read(rest, draft):
            draft.texts = {name: _unwrapped(text) for name, text in draft.texts.items()}
            return draft
    return None


def split_doi(text: str) -> tuple[str, str]:
    """Return a text without its DOI, and the DOI, empty where there is none."""
    draft = Draft(0)
    return _take_doi(text, draft).strip(), draft.texts.get("doi", "")


def is_marked(text: str) -> bool:
    """Say whether a text carries a type mark of GB/T 7714, such as [J]."""
    found = _TYPE.search(text)
    return found is not None and found.start() > 0


def _unwrapped(text: str) -> str:
    """Return 《图书馆学报》 without the marks around the whole of it."""
    found = _BOOK_TITLE.fullmatch(text)
    return found[1] if found else text


def _take_doi(text: str, draft: Draft) -> str:
    found = _DOI.search(text)
    if found is None:
        return text
    doi = tidy_doi(found[1])
    draft.put("doi", doi)
    return f"{text[: found.start()]} {text[found.start(1) + len(doi) :].lstrip(')]）］')}".strip()


def _read_marked(text: str, draft: Draft) -> bool:
    mark = _TYPE.search(text)
    if mark is None or not mark.start():
        return False
    draft.kind = _KINDS.get(mark[1], PaperKind.OTHER)
    authors, title = _split_authors_from(text[: mark.start()], draft)
    draft.authors = split_authors(authors)
    tail = text[mark.end() :]
    if tail.startswith("//") or mark[1] == "C":
        draft.put_all(_container(tail.removeprefix("//"), draft))
    elif draft.kind in {PaperKind.BOOK, PaperKind.THESIS}:
        draft.put_all(read_imprint(re.sub(r"^[\w ]{1,8}(?:版|ed)[.．。]\s*", "", tail)))
    elif draft.kind is PaperKind.PATENT:
        title = _take_patent_number(title, draft)
        draft.put_all({name: value for name, value in read_source(tail).items() if name in {"year", "date"}})
    else:
        draft.put_all(read_source(tail))
    draft.put("title", title.strip(_EDGE) or authors)
    return True


def _container(tail: str, draft: Draft) -> dict[str, str]:
    """Return conference or book, publisher, year and pages of what follows //."""
    if draft.kind is not PaperKind.CONFERENCE:
        draft.kind = PaperKind.CHAPTER
    points = list(_points(tail))
    if not points:
        found = read_source(tail)
        return {_container_name(draft): found.pop("journal", ""), **found}
    name, imprint = tail[: points[-1].start()], tail[points[-1].end() :]
    return {_container_name(draft): name.strip(_EDGE), **read_imprint(imprint)}


def _container_name(draft: Draft) -> str:
    return "conference" if draft.kind is PaperKind.CONFERENCE else "journal"


def _take_patent_number(title: str, draft: Draft) -> str:
    name, mark, number = title.replace("：", ":").rpartition(":")
    if not mark or not re.search(r"\d{5}", number):
        return title
    draft.put("number", number)
    return name


def _split_authors_from(text: str, draft: Draft) -> tuple[str, str]:
    """Return authors and title of what stands before a type mark; a year between them goes to the draft."""
    year = _APA_YEAR.search(text[:_MAX_AUTHORS_TEXT])
    if year and year.end() < len(text) and _NAMES.match(text[: year.start()]):
        draft.put("year", year[1])
        return text[: year.start()], text[year.end() :]
    point = next(_points(text), None)
    if point is None or not _NAMES.match(text[: point.start()]):
        return "", text
    return text[: point.start()], text[point.end() :]


def _read_apa(text: str, draft: Draft) -> bool:
    year = _APA_YEAR.search(text[:_MAX_AUTHORS_TEXT])
    if year is None or not year.start() or not _NAMES.match(text[: year.start()]):
        return False
    rest = text[year.end() :]
    end = next((end for end in _SENTENCE_END.finditer(rest) if end.end() < len(rest)), None)
    if end is None:
        return False
    draft.authors = split_authors(text[: year.start()])
    draft.put("year", year[1])
    draft.put("title", rest[: end.start() + (rest[end.start()] in "?!？！")])
    container = rest[end.end() :]
    if container.startswith("In ") and "(" in container:
        draft.kind = PaperKind.CHAPTER
        name, _, numbers = container[3:].partition("(")
        draft.put("journal", name.rpartition("), ")[2].strip(_EDGE))
        draft.put_all(read_numbers(numbers.partition(")")[0]))
        return True
    draft.put_all({name: value for name, value in read_source(container).items() if name not in {"year", "date"}})
    return True


def _read_quoted(text: str, draft: Draft) -> bool:
    quoted = _QUOTED.search(text)
    if quoted is None or not quoted.start() or not _NAMES.match(text[: quoted.start()]):
        return False
    found = read_source(text[quoted.end() :])
    if not found.get("journal"):
        return False
    draft.authors = split_authors(text[: quoted.start()].strip(_EDGE + "."))
    draft.put("title", quoted[1].strip(_EDGE))
    if re.match(
        r"(?:in|In)[: ]\s*(?:Proc|the\b|\w+ Conf)|.{0,80}\b(?:Conference|Symposium|Proceedings)\b", found["journal"]
    ):
        draft.kind = PaperKind.CONFERENCE
        draft.put("conference", found.pop("journal").removeprefix("in ").removeprefix("In "))
    draft.put_all(found)
    return True


def _read_pointed(text: str, draft: Draft) -> bool:
    """Read `authors. title. journal, 2023, 45(2): 12-18` without any mark."""
    points = list(islice(_points(text), 2))
    if len(points) < 2 or not _NAMES.match(text[: points[0].start()]):
        return False
    tail = text[points[1].end() :]
    found = read_source(tail)
    if not _IS_TAIL.search(tail) or not found.get("journal") or not {"volume", "pages", "issue"} & found.keys():
        return False
    draft.authors = split_authors(text[: points[0].start()])
    draft.put("title", text[points[0].end() : points[1].start()])
    draft.put_all(found)
    return True


def _points(text: str) -> Iterator[re.Match[str]]:
    """Yield the points that end a part; one behind an initial does so only where a family name stood before it."""
    for point in _POINT.finditer(text):
        if point.end() < len(text) and not _is_within_name(text, point):
            yield point


def _is_within_name(text: str, point: re.Match[str]) -> bool:
    initials = _INITIALS.search(text[: point.start()], max(0, point.start() - _LONGEST_INITIALS))
    if initials is None:
        return False
    if _GOES_ON.match(text, point.end()) or initials.start() == 0:
        return True
    # "A. Brown. Title" is given name and family name; "Wang, X. Title of it" is the other way round.
    before = text[: initials.start() + 1].rstrip()
    is_behind_comma = before.endswith((",", "，", ";", "；", "&", " and"))
    return is_behind_comma and _ONE_WORD.match(text, point.end()) is not None
