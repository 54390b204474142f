"""Finds questions and answers in a web page: by schema.org data, definition lists, details, tables, headings. Pure."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.imports.html_text import Node, markdown_of, parse, text_of

_HEADINGS = ("h2", "h3", "h4", "h5")
_MAX_QUESTION = 300


@dataclass(frozen=True)
class Pair:
    """A question with its answer in Markdown; `section` is the heading above, `structure` how it was found."""

    structure: str
    section: str
    question: str
    answer: str


def find_pairs(html: str) -> list[Pair]:
    """Return the pairs of every structure of the page, the most trustworthy structure first. Raises HtmlTooLarge."""
    root = parse(html)
    return [
        Pair(structure, section, question, answer)
        for structure, find in _FINDERS.items()
        for section, question, answer in find(root)
        if question and answer and len(question) <= _MAX_QUESTION
    ]


def best_structure(pairs: list[Pair]) -> str:
    """Return the structure to take: what the page says for machines, else the one with most pairs; "" for none."""
    counts = {name: sum(pair.structure == name for pair in pairs) for name in _FINDERS}
    if counts["schema.org"]:
        return "schema.org"
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else ""


def _schema(root: Node) -> Iterator[tuple[str, str, str]]:
    for script in root.all("script"):
        try:
            found = json.loads("".join(each for each in script.children if isinstance(each, str)))
        except (ValueError, RecursionError):
            continue
        yield from _questions(found, depth=0)


def _questions(value: Any, *, depth: int) -> Iterator[tuple[str, str, str]]:
    if depth > 8:
        return
    if isinstance(value, list):
        for each in value:
            yield from _questions(each, depth=depth + 1)
    elif isinstance(value, dict):
        if _is_a(value, "Question"):
            answer = value.get("acceptedAnswer") or value.get("suggestedAnswer")
            first = answer[0] if isinstance(answer, list) and answer else answer
            words = first.get("text") if isinstance(first, dict) else None
            yield "", text_of(parse(str(value.get("name", "")))), markdown_of(parse(str(words or "")))
        else:
            yield from _questions([value.get("mainEntity"), value.get("@graph")], depth=depth + 1)


def _is_a(value: Mapping[str, Any], name: str) -> bool:
    kind = value.get("@type")
    return name in kind if isinstance(kind, list) else kind == name


def _definitions(root: Node) -> Iterator[tuple[str, str, str]]:
    for listed in root.all("dl"):
        question = ""
        answers: list[str] = []
        # Pairs may be grouped by div (HTML 5.2).
        for item in listed.all("dt", "dd"):
            if item.tag == "dt":
                if question and answers:
                    yield "", question, "\n\n".join(answers)
                question, answers = text_of(item), []
            else:
                answers.append(markdown_of(item))
        if question and answers:
            yield "", question, "\n\n".join(answers)


def _details(root: Node) -> Iterator[tuple[str, str, str]]:
    for details in root.all("details"):
        summary = next((each for each in details.elements() if each.tag == "summary"), None)
        if summary is not None:
            rest = Node("div", {}, [each for each in details.children if each is not summary])
            yield "", text_of(summary), markdown_of(rest)


def _tables(root: Node) -> Iterator[tuple[str, str, str]]:
    for table in root.all("table"):
        for row in table.all("tr"):
            cells = [each for each in row.elements() if each.tag in ("td", "th")]
            if len(cells) >= 2 and any(each.tag == "td" for each in cells):
                yield "", text_of(cells[0]), "\n\n".join(markdown_of(cell) for cell in cells[1:])


def _headings(root: Node) -> Iterator[tuple[str, str, str]]:
    """Give the deepest headings with what stands below them, up to the next heading; higher ones are sections."""
    used = [tag for tag in _HEADINGS if next(root.all(tag), None) is not None]
    if not used:
        return
    level = used[-1]
    section, question, parts = "", "", list[Node | str]()
    for node in _flat(root):
        if isinstance(node, Node) and node.tag in ("h1", *_HEADINGS):
            if question and parts:
                yield section, question, markdown_of(Node("div", {}, parts))
            question, parts = (text_of(node), []) if node.tag == level else ("", [])
            section = section if node.tag == level else text_of(node)
        elif question:
            parts.append(node)
    if question and parts:
        yield section, question, markdown_of(Node("div", {}, parts))


def _flat(root: Node) -> Iterator[Node | str]:
    """Give the parts of a page in order; what holds a heading is opened, everything else stays whole."""
    for child in root.children:
        is_holder = isinstance(child, Node) and next(child.all("h1", *_HEADINGS), None) is not None
        if is_holder and isinstance(child, Node) and child.tag not in ("h1", *_HEADINGS):
            yield from _flat(child)
        elif not isinstance(child, Node) or child.tag not in ("nav", "footer", "header", "script"):
            yield child


_FINDERS: Mapping[str, Callable[[Node], Iterator[tuple[str, str, str]]]] = {
    "schema.org": _schema,
    "dl": _definitions,
    "details": _details,
    "table": _tables,
    "headings": _headings,
}
STRUCTURES = tuple(_FINDERS)
