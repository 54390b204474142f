"""Read answers of an OAI-PMH provider. No document type is taken, so no entity can grow or read files. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, TreeBuilder

# Expat is told below to refuse every document type, which is where its dangers lie.
from xml.parsers import expat

from qa_server.harvesting.errors import AnswerUnreadable, ProviderRefused
from qa_server.harvesting.models import MAX_IDENTIFIER_CHARACTERS

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MAX_DEPTH = 40
_MAX_TOKEN = 4_000


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
    reader = _Reader()
    try:
        root = reader.read(content)
    except expat.ExpatError as error:
        raise AnswerUnreadable(reason="it is not well-formed XML.") from error
    if root.tag != f"{_OAI}OAI-PMH":
        raise AnswerUnreadable(reason="its first element is another one.")
    return root


class _Reader:
    """Expat with a tree built by hand: no document type, no entities, no bottomless nesting."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._depth = 0
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._tree.data
        parser.buffer_text = True
        self._parser = parser

    def read(self, content: bytes) -> Element:
        self._parser.Parse(content, True)
        return self._tree.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise AnswerUnreadable(reason="it is nested too deeply.")
        self._tree.start(_qualified(name), {_qualified(each): value for each, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(_qualified(name))

    def _refuse(self, *_: object) -> int:
        raise AnswerUnreadable(reason="it declares a document type.")


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name
