"""Two texts of one report, section by section: which differ, and sections taken over from one into the other. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from qa_server.commissions.reports.content import Block, Prose, References, ReportContent, Section, Table
from qa_server.commissions.reports.outlines import says_something

_MAX_KEY = 80


@dataclass(frozen=True)
class OtherPart:
    """A section of another text that differs from what the report says now; `now` is None where it lacks that."""

    key: str
    now: Section | None
    other: Section


def key_of(part: str, heading: str) -> str:
    """Return what a section is known by: its key in the outline, or the heading of one of the searcher's own."""
    return part or heading[:_MAX_KEY]


def differing(content: ReportContent, other: ReportContent) -> tuple[OtherPart, ...]:
    """Return the sections of another text that say something, and something else than here, in the other's order."""
    known = _by_key(content)
    parts = (OtherPart(key, known.get(key), section) for key, section in _by_key(other).items())
    return tuple(each for each in parts if _words(each.other) and _words(each.now) != _words(each.other))


def with_parts(content: ReportContent, other: ReportContent, keys: Collection[str]) -> ReportContent:
    """Return the content with these sections saying what they say in another text; headings stay.

    A section that the content lacks comes at the place it has in the other text.
    """
    chosen = {key: section for key, section in _by_key(other).items() if key in keys}
    known = _by_key(content)
    sections = [
        replace(section, blocks=chosen[key].blocks) if key in chosen and known[key] is section else section
        for section, key in ((each, key_of(each.part, each.heading)) for each in content.sections)
    ]
    for place, section in enumerate(other.sections):
        key = key_of(section.part, section.heading)
        if key in chosen and key not in known and chosen[key] is section:
            sections.insert(place, section)
    return replace(content, sections=tuple(sections))


def _by_key(content: ReportContent) -> dict[str, Section]:
    """Return the sections by their keys; of several of the searcher's own with one heading, the first."""
    found: dict[str, Section] = {}
    for section in content.sections:
        found.setdefault(key_of(section.part, section.heading), section)
    return found


def _words(section: Section | None) -> list[object]:
    """Return what a section says, without how it looks."""
    return [_told(block) for block in section.blocks if says_something(block)] if section else []


def _told(block: Block) -> object:
    match block:
        case Prose(text):
            return text.strip()
        case Table(headings, rows, _, caption):
            return (headings, rows, caption)
        case References(entries):
            return entries
