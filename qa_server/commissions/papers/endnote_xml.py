"""Read the XML that EndNote exports. Pure."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from qa_server.commissions.papers.drafts import Draft, finished_all
from qa_server.commissions.papers.errors import PaperListDamaged, PaperListTypeUnknown
from qa_server.commissions.papers.models import Paper, PaperKind
from qa_server.commissions.papers.remarks import Remark
from qa_server.commissions.papers.ris import ENW
from qa_server.guarded_xml import Fault, XmlRefused, read_tree

_FAULTS: Mapping[Fault, str] = {
    "malformed": "The XML is not well-formed.",
    "document_type": "The XML declares a document type, which is not taken.",
    "endless": "The XML is nested or divided without end.",
}
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
    try:
        # The text was decoded already; what it says about its encoding no longer holds.
        root = read_tree(_without_declaration(text).encode("utf-8", "replace"))
    except XmlRefused as refusal:
        raise PaperListDamaged(reason=_FAULTS[refusal.fault]) from None
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


def _without_declaration(text: str) -> str:
    text = text.lstrip()
    return text[text.find("?>") + 2 :] if text.startswith("<?xml") and "?>" in text else text
