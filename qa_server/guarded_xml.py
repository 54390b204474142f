"""Read XML that strangers wrote. No document type is taken, so no entity can grow or read files. Pure."""

from typing import Literal
from xml.etree.ElementTree import Element, TreeBuilder

# Expat is told below to refuse every document type, which is where its dangers lie.
from xml.parsers import expat

MAX_DEPTH = 40
# A document of some megabytes that says nothing but tags would take a hundred times its size.
MAX_ELEMENTS = 500_000

Fault = Literal["malformed", "document_type", "endless"]


class XmlRefused(Exception):
    """It is not well-formed, declares a document type, or is nested or divided without end."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_tree(content: bytes) -> Element:
    """Return the first element; names in a namespace as `{namespace}name`. Raises XmlRefused."""
    return _Reader().read(content)


class _Reader:
    """Expat with a tree built by hand: no document type, no entities, no bottomless nesting."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._depth = 0
        self._elements = 0
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
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            raise XmlRefused("malformed") from error
        return self._tree.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise XmlRefused("endless")
        self._tree.start(_qualified(name), {_qualified(each): value for each, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(_qualified(name))

    def _refuse(self, *_: object) -> int:
        raise XmlRefused("document_type")


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name
