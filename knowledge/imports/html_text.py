"""Reads HTML of strangers with the standard library: a plain tree, and Markdown of its parts. Nothing of it runs.

Scripts, styles, forms and frames are dropped with everything in them; of attributes only safe link targets are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

# Deeper than any page; what lies deeper is put beside instead of below.
_MAX_DEPTH = 100
_MAX_NODES = 200_000
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_DROPPED = frozenset(
    ("style", "iframe", "object", "embed", "noscript", "template", "svg", "math", "form", "button", "select", "title")
)
# An opening tag that ends an open one of its kind, up to the list or table that holds both.
_ENDED_BY = {
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "td", "th"}, {"table"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "p": ({"p"}, {"div", "li", "dd", "td", "body", "section", "article", "details"}),
}
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "dd", "dt", "li", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6"),
) | {"blockquote", "pre", "details", "summary", "figure"}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_LD_JSON = "application/ld+json"


class HtmlTooLarge(ValueError):
    """The page has more elements than any FAQ."""


@dataclass
class Node:
    """An element with its children: other elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator["Node"]:
        """Give every element below this one with one of these tags, in the order of the page."""
        stack: list[Node | str] = list(reversed(self.children))
        while stack:
            node = stack.pop()
            if isinstance(node, Node):
                if node.tag in tags:
                    yield node
                stack.extend(reversed(node.children))

    def elements(self) -> list["Node"]:
        """Return the elements directly below."""
        return [each for each in self.children if isinstance(each, Node)]


def parse(html: str) -> Node:
    """Return the tree of a page. Raises HtmlTooLarge."""
    reader = _Reader()
    reader.feed(html.replace("\0", ""))
    reader.close()
    return reader.root


def text_of(node: Node | str) -> str:
    """Return the words of a part in one line."""
    return " ".join(markdown_of(node, is_plain=True).split())


def markdown_of(node: Node | str, *, is_plain: bool = False) -> str:
    """Return a part as Markdown: paragraphs, lists, bold, links, tables as lines. With `is_plain` the words alone."""
    lines = re.sub(r"[ \t]+\n", "\n", _written(node, is_plain, ""))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _written(node: Node | str, is_plain: bool, indent: str) -> str:
    if isinstance(node, str):
        return re.sub(r"\s+", " ", node)
    if node.tag == "br":
        return "\n"
    if node.tag in ("ul", "ol"):
        return _list(node, is_plain, indent)
    inner = "".join(_written(child, is_plain, indent) for child in node.children)
    if is_plain:
        return f"\n{inner}\n" if node.tag in _BLOCKS else inner
    return _marked(node, inner)


def _marked(node: Node, inner: str) -> str:
    words = inner.strip()
    if node.tag in ("b", "strong") and words:
        return f"**{words}**"
    if node.tag in ("i", "em") and words:
        return f"*{words}*"
    if node.tag == "a" and words:
        target = node.attributes.get("href", "").strip()
        return f"[{words}]({target})" if is_safe_link(target) else words
    if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6") and words:
        return f"\n\n**{words}**\n\n"
    if node.tag == "tr":
        cells = [" ".join(_written(cell, False, "").split()) for cell in node.elements()]
        return "\n- " + " · ".join(cell for cell in cells if cell)
    return f"\n\n{inner}\n\n" if node.tag in _BLOCKS else inner


def _list(node: Node, is_plain: bool, indent: str) -> str:
    lines = []
    for number, item in enumerate(node.elements(), start=1):
        mark = "" if is_plain else ("- " if node.tag == "ul" else f"{number}. ")
        inner = "".join(_written(child, is_plain, indent + "  ") for child in item.children).strip("\n ")
        lines.append(f"{indent}{mark}{re.sub(chr(10) + '{2,}', chr(10), inner)}")
    return "\n\n" + "\n".join(lines) + "\n\n"


def is_safe_link(address: str) -> bool:
    """Say whether a link leads to the web, to a mailbox or to a telephone."""
    try:
        return urlsplit(address).scheme.lower() in _SCHEMES
    except ValueError:
        return False


class _Reader(HTMLParser):
    """Builds the tree; unknown ends are ignored, and what is never closed ends with the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("html")
        self._open = [self.root]
        self._dropping: list[str] = []
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        is_data = tag == "script" and attributes.get("type", "").strip().lower() == _LD_JSON
        if self._dropping or tag in _DROPPED or (tag == "script" and not is_data):
            if tag not in _VOID:
                self._dropping.append(tag)
            return
        self._count += 1
        if self._count > _MAX_NODES:
            raise HtmlTooLarge()
        self._close_before(tag)
        node = Node(tag, attributes)
        self._open[-1].children.append(node)
        if tag not in _VOID and len(self._open) < _MAX_DEPTH:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag in self._dropping:
                while self._dropping and self._dropping.pop() != tag:
                    pass
            return
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._open[-1].children.append(data)

    def _close_before(self, tag: str) -> None:
        ended, bounds = _ENDED_BY.get(tag, (set(), set()))
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag in bounds:
                return
            if self._open[place].tag in ended:
                del self._open[place:]
                return
