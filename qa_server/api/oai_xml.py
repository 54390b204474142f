"""Write answers of OAI-PMH as XML: the envelope, headers, records in Dublin Core, sets. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from knowledge.public.articles import PublicArticle
from knowledge.rendering import plain_text
from qa_server.api.oai_requests import OaiError, stamp
from qa_server.desk.answers.providing import Provided, SetView
from qa_server.desk.answers.xml_text import carried
from qa_server.desk.facet_words import CLC_CLASSES, QUESTION_TYPES, TOPICS
from qa_server.i18n import Language, translate

_OAI = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC = "http://purl.org/dc/elements/1.1/"
_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
PREFIX = "oai_dc"


class Envelope:
    """An answer being written: when it was given, and what was asked."""

    def __init__(self, address: str, arguments: Mapping[str, str], *, now: datetime) -> None:
        self._root = Element(
            "OAI-PMH",
            {
                "xmlns": _OAI,
                "xmlns:xsi": _XSI,
                "xsi:schemaLocation": f"{_OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
            },
        )
        SubElement(self._root, "responseDate").text = stamp(now)
        SubElement(self._root, "request", dict(arguments)).text = address

    def error(self, refusal: OaiError) -> None:
        """Add a refusal."""
        SubElement(self._root, "error", {"code": refusal.code}).text = refusal.message

    def part(self, verb: str) -> Element:
        """Add the element of the verb and return it."""
        return SubElement(self._root, verb)

    def written(self) -> bytes:
        """Return the answer. Characters that XML 1.0 cannot carry are left out."""
        for element in self._root.iter():
            element.text = carried(element.text) if element.text else element.text
            for name, value in element.items():
                element.set(name, carried(value))
        content: bytes = tostring(self._root, encoding="utf-8", xml_declaration=True)
        return content


def identify(part: Element, *, name: str, address: str, email: str, earliest: datetime, namespace: str) -> None:
    """Write who provides."""
    for tag, text in (
        ("repositoryName", name),
        ("baseURL", address),
        ("protocolVersion", "2.0"),
        ("adminEmail", email),
        ("earliestDatestamp", stamp(earliest)),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        SubElement(part, tag).text = text
    if "." not in namespace:
        return
    schema = f"{_IDENTIFIER} http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"
    attributes = {"xmlns": _IDENTIFIER, "xsi:schemaLocation": schema}
    description = SubElement(SubElement(part, "description"), "oai-identifier", attributes)
    for tag, text in (
        ("scheme", "oai"),
        ("repositoryIdentifier", namespace),
        ("delimiter", ":"),
        ("sampleIdentifier", f"oai:{namespace}:1"),
    ):
        SubElement(description, tag).text = text


def metadata_format(part: Element) -> None:
    """Write the one format there is."""
    found = SubElement(part, "metadataFormat")
    for tag, text in (("metadataPrefix", PREFIX), ("schema", _DC_SCHEMA), ("metadataNamespace", _OAI_DC)):
        SubElement(found, tag).text = text


def one_set(part: Element, found: SetView) -> None:
    """Write a set with its name in both languages."""
    element = SubElement(part, "set")
    SubElement(element, "setSpec").text = found.spec
    SubElement(element, "setName").text = f"{found.name_en} · {found.name_zh}"


def header(part: Element, record: Provided, namespace: str) -> None:
    """Write what is known of a record without its text."""
    status = {} if record.article else {"status": "deleted"}
    element = SubElement(part, "header", status)
    SubElement(element, "identifier").text = identifier_of(record.number, namespace)
    SubElement(element, "datestamp").text = stamp(record.datestamp)
    for spec in record.sets:
        SubElement(element, "setSpec").text = spec


def record(part: Element, found: Provided, *, namespace: str, root: str) -> None:
    """Write a record with its article in Dublin Core; a deleted one has its header alone."""
    element = SubElement(part, "record")
    header(element, found, namespace)
    if found.article is None:
        return
    attributes = {
        "xmlns:oai_dc": _OAI_DC,
        "xmlns:dc": _DC,
        "xsi:schemaLocation": f"{_OAI_DC} {_DC_SCHEMA}",
    }
    described = SubElement(SubElement(element, "metadata"), "oai_dc:dc", attributes)
    for name, text, language in _dublin_core(found, found.article, root):
        SubElement(described, f"dc:{name}", {"xml:lang": language} if language else {}).text = text


def resumption(part: Element, token: str, *, expires: datetime | None, total: int, cursor: int) -> None:
    """Write where the list goes on; an empty token ends a list that came in several answers."""
    attributes = {"expirationDate": stamp(expires)} if expires else {}
    attributes |= {"completeListSize": str(total), "cursor": str(cursor)}
    SubElement(part, "resumptionToken", attributes).text = token


def identifier_of(number: int, namespace: str) -> str:
    """Return the identifier of a record."""
    return f"oai:{namespace}:{number}"


def number_in(identifier: str, namespace: str) -> int | None:
    """Return the number in an identifier of ours, or None."""
    start = f"oai:{namespace}:"
    number = identifier.removeprefix(start)
    is_ours = identifier.startswith(start) and number.isascii() and number.isdigit() and len(number) < 19
    return int(number) if is_ours else None


def namespace_of(configured: str, root: str) -> str:
    """Return the domain in identifiers: as set, else the host that readers use."""
    return configured or urlsplit(root).hostname or "localhost"


def _dublin_core(found: Provided, article: PublicArticle, root: str) -> Sequence[tuple[str, str, str]]:
    language = "zh-CN" if article.language == "zh" else "en"
    own: Language = "zh" if article.language == "zh" else "en"
    address = f"{root}/answers/{found.owner.code}/{article.number}" if found.owner else ""
    subjects = [article.service_topic, translate(TOPICS[article.service_topic], own)]
    if article.clc_class:
        subjects.append(f"CLC {article.clc_class} {translate(CLC_CLASSES[article.clc_class], own)}")
    publishers = [(found.owner.name_zh, "zh-CN"), (found.owner.name_en, "en")] if found.owner else []
    return [
        ("title", article.question, language),
        *(("publisher", name, tag) for name, tag in publishers),
        *(("subject", subject, "") for subject in subjects),
        ("description", plain_text(article.answer), language),
        ("date", stamp(article.published_at), ""),
        ("type", "Text", ""),
        ("type", translate(QUESTION_TYPES[article.question_type], own), language),
        ("format", "text/html", ""),
        *([("identifier", address, "")] if address else []),
        ("language", article.language, ""),
        *(("source", source, "") for source in article.sources),
    ]
