"""The small markup of prose: paragraphs, line ends, bullets, numbered points, bold. No HTML, no links, no images."""

import re
from dataclasses import dataclass

from qa_server.commissions.reports.content import Prose

_BULLET = re.compile(r"[-*•] +(?=\S)")
_NUMBERED = re.compile(r"(\d{1,3}[.)、])(?: +|(?<=、))(?=\S)")


@dataclass(frozen=True)
class Run:
    """A piece of a line in one weight."""

    text: str
    is_bold: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together. `mark` is what stands before a point of a list: a bullet or its number."""

    lines: tuple[tuple[Run, ...], ...]
    mark: str = ""


def paragraphs(prose: Prose) -> tuple[Paragraph, ...]:
    """Return the paragraphs of the text, without empty ones."""
    found: list[Paragraph] = []
    for chunk in re.split(r"\n[ \u3000]*\n", prose.text):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        found += _points(lines) if prose.is_markdown else _plain(lines)
    return tuple(found)


def _plain(lines: list[str]) -> list[Paragraph]:
    return [Paragraph(tuple((Run(line),) for line in lines))] if lines else []


def _points(lines: list[str]) -> list[Paragraph]:
    """Part the lines of one chunk into list points and what stands around them."""
    grouped: list[tuple[str, list[str]]] = []
    for line in lines:
        mark, text = _mark(line)
        if mark or not grouped:
            grouped.append((mark, [text]))
        else:
            grouped[-1][1].append(text)
    return [Paragraph(tuple(_runs(text) for text in texts), mark) for mark, texts in grouped]


def _mark(line: str) -> tuple[str, str]:
    if bullet := _BULLET.match(line):
        return "•", line[bullet.end() :]
    if numbered := _NUMBERED.match(line):
        return numbered[1], line[numbered.end() :]
    return "", line


def _runs(line: str) -> tuple[Run, ...]:
    parts = line.split("**")
    if len(parts) % 2 == 0:
        # An opening without an end is two asterisks.
        parts[-2:] = [f"{parts[-2]}**{parts[-1]}"]
    return tuple(Run(part, is_bold=bool(index % 2)) for index, part in enumerate(parts) if part)
