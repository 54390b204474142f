"""Read the XML that EndNote exports. No document type is taken, so no entity can grow or read files. Pure."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, TreeBuilder

# Expat is told below to refuse every document type, which is where its dangers lie.
from xml.parsers import expat

from qa_server.commissions.papers.drafts import Draft, finished_all
from qa_server.commissions.papers.errors import PaperListDamaged, PaperListTypeUnknown
from qa_server.commissions.papers.models import Paper, PaperKind
from qa_server.commissions.papers.remarks import Remark
from qa_server.commissions.papers.ris import ENW

_MAX_DEPTH = 40
_MAX_ELEMENTS = 500_000
_TEXTS: Mapping[str, str] = {
    "titles/title": "title",
    "dates/year": "year",
    "dates/pub-dates/date": "date",
    "volume": "volume",
    "number": "issue",
    "pages": "pages",
    "publisher": "publisher",
    "electronic-resource-num": "doi",
    "accession-num": "accession",
    "custom7": "number",
    "language": "language",
}
_JOURNALS = ("periodical/full-title", "titles/secondary-title", "periodical/abbr-1")


def read_endnote_xml(text: str) -> tuple[list[Paper], list[Remark]]:
    """Return the papers of an export in order; `record` counts its records from 1.

    Raises PaperListDamaged for what is not well-formed, PaperListTypeUnknown for XML of another kind.
    """
    root = _Reader().read(text)
    records = list(root.iter("record"))
    if root.tag not in {"xml", "records"} or not records:
        raise PaperListTypeUnknown(reason="The XML is not an export of EndNote.")
    return finished_all(_draft(number, record) for number, record in enumerate(records, start=1))


def _draft(number: int, record: Element) -> Draft:
    draft = Draft(number)
    kind = record.find("ref-type")
    if kind is not None:
        name = kind.get("name", "")
        draft.kind = ENW.kinds.get(name, None if name in {"", "Generic"} else PaperKind.OTHER)
    draft.authors = [_text(author) for author in record.findall("contributors/authors/author")]
    for path, name in _TEXTS.items():
        draft.put(name, _text(record.find(path)))
    if draft.kind is PaperKind.CONFERENCE:
        draft.put("conference", _text(record.find("titles/secondary-title")))
    else:
        for path in _JOURNALS:
            draft.put("journal", _text(record.find(path)))
    draft.put_standard_number(_text(record.find("isbn")))
    return draft


def _text(element: Element | None) -> str:
    return "".join(element.itertext()) if element is not None else ""


class _Reader:
    """Expat with a tree built by hand: no document type, no entities, no bottomless nesting."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._depth = 0
        self._elements = 0
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._tree.data
        parser.buffer_text = True
        self._parser = parser

    def read(self, text: str) -> Element:
        try:
            # The text was decoded already; what it says about its encoding no longer holds.
            self._parser.Parse(_without_declaration(text).encode("utf-8", "replace"), True)
        except expat.ExpatError:
            raise PaperListDamaged(reason="The XML is not well-formed.") from None
        return self._tree.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise PaperListDamaged(reason="The XML is nested or divided without end.")
        self._tree.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(name)

    def _refuse(self, *_: object) -> int:
        raise PaperListDamaged(reason="The XML declares a document type, which is not taken.")


def _without_declaration(text: str) -> str:
    text = text.lstrip()
    return text[text.find("?>") + 2 :] if text.startswith("<?xml") and "?>" in text else text
