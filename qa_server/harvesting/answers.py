"""Read answers of an OAI-PMH provider. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from qa_server.guarded_xml import Fault, XmlRefused, read_tree
from qa_server.harvesting.errors import AnswerUnreadable, ProviderRefused
from qa_server.harvesting.models import MAX_IDENTIFIER_CHARACTERS

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MAX_TOKEN = 4_000
_FAULTS: Mapping[Fault, str] = {
    "malformed": "it is not well-formed XML.",
    "document_type": "it declares a document type.",
    "endless": "it is nested too deeply.",
}


@dataclass(frozen=True)
class Harvested:
    """A record as it came: the texts of each Dublin Core element with their languages."""

    identifier: str
    datestamp: str
    is_deleted: bool
    fields: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def texts(self, name: str) -> list[str]:
        """Return the texts of an element that are not empty."""
        return [text for text, _ in self.fields.get(name, ())]


@dataclass(frozen=True)
class HarvestedPage:
    """Some records, where the list goes on (empty: nowhere), when the provider answered, how many there are in all."""

    records: tuple[Harvested, ...]
    token: str
    responded_at: str
    total: int | None


@dataclass(frozen=True)
class Identity:
    """Who provides, and how finely it tells moments apart."""

    name: str
    tells_seconds: bool


def read_records(content: bytes) -> HarvestedPage:
    """Return a page of ListRecords; nothing that fits is an empty page. Raises AnswerUnreadable, ProviderRefused."""
    root = _parse(content)
    responded_at = (root.findtext(f"{_OAI}responseDate") or "").strip()[:20]
    error = root.find(f"{_OAI}error")
    if error is not None and error.get("code") == "noRecordsMatch":
        return HarvestedPage((), "", responded_at, 0)
    _refuse(error)
    part = root.find(f"{_OAI}ListRecords")
    if part is None:
        raise AnswerUnreadable(reason="it holds no list of records.")
    token = part.find(f"{_OAI}resumptionToken")
    total = token.get("completeListSize", "") if token is not None else ""
    return HarvestedPage(
        records=tuple(_records(part)),
        token=_token(token),
        responded_at=responded_at,
        total=int(total) if total.isascii() and total.isdigit() and len(total) < 10 else None,
    )


def read_identity(content: bytes) -> Identity:
    """Return what Identify says. Raises AnswerUnreadable, ProviderRefused."""
    root = _parse(content)
    _refuse(root.find(f"{_OAI}error"))
    part = root.find(f"{_OAI}Identify")
    if part is None:
        raise AnswerUnreadable(reason="it does not say who provides.")
    name = " ".join((part.findtext(f"{_OAI}repositoryName") or "").split())
    return Identity(name[:200], "T" in (part.findtext(f"{_OAI}granularity") or ""))


def _records(part: Element) -> Iterator[Harvested]:
    for record in part.findall(f"{_OAI}record"):
        header = record.find(f"{_OAI}header")
        identifier = (header.findtext(f"{_OAI}identifier") or "").strip() if header is not None else ""
        if header is None or not identifier or len(identifier) > MAX_IDENTIFIER_CHARACTERS:
            continue
        yield Harvested(
            identifier=identifier,
            datestamp=(header.findtext(f"{_OAI}datestamp") or "").strip()[:20],
            is_deleted=header.get("status") == "deleted",
            fields=_fields(record.find(f"{_OAI}metadata")),
        )


def _fields(metadata: Element | None) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for element in metadata.iter() if metadata is not None else ():
        text = (element.text or "").strip()
        if element.tag.startswith(_DC) and text:
            found.setdefault(element.tag.removeprefix(_DC), []).append((text, element.get(_LANGUAGE, "")))
    return found


def _token(element: Element | None) -> str:
    text = (element.text or "").strip() if element is not None else ""
    if len(text) > _MAX_TOKEN:
        raise AnswerUnreadable(reason="its resumption token is too long.")
    return text


def _refuse(error: Element | None) -> None:
    if error is not None:
        said = " ".join((error.text or "").split())[:200]
        raise ProviderRefused(oai_code=(error.get("code") or "?")[:40], said=said)


def _parse(content: bytes) -> Element:
    try:
        root = read_tree(content)
    except XmlRefused as refusal:
        raise AnswerUnreadable(reason=_FAULTS[refusal.fault]) from None
    if root.tag != f"{_OAI}OAI-PMH":
        raise AnswerUnreadable(reason="its first element is another one.")
    return root
