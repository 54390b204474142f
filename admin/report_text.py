"""A report as plain text, part by part, and what changed in it since the version before. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.text_diff import Segment, difference, has_changed
from qa_server.commissions.reports.content import Block, Prose, References, ReportContent, Section, Table
from qa_server.commissions.reports.parts import OtherPart, key_of

# Of bold: how a text looks is no part of what it says.
_BOLD = "**"
_HEAD = ("title", "applicant", "organisation", "purpose")


@dataclass(frozen=True)
class OfferedPart:
    """A part that might be written anew; `takes_away` says that something of what stands there would go."""

    key: str
    heading: str
    segments: tuple[Segment, ...]
    takes_away: bool


@dataclass(frozen=True)
class ChangedPart:
    """A part that says something else than before; without a heading it is the head of the report."""

    heading: str
    segments: tuple[Segment, ...]


def changes(before: ReportContent, after: ReportContent) -> list[ChangedPart]:
    """Return the parts that differ, in the order of the later version; what is gone stands at the end."""
    old = {key_of(each.part, each.heading): each for each in before.sections}
    new = {key_of(each.part, each.heading): each for each in after.sections}
    found = [("", _head(before), _head(after))]
    found += [(each.heading, _text(old.get(key)), _text(each)) for key, each in new.items()]
    found += [(each.heading, _text(each), "") for key, each in old.items() if key not in new]
    found += [("", before.notes, after.notes)]
    compared = [ChangedPart(heading, tuple(difference(was, now))) for heading, was, now in found]
    return [each for each in compared if has_changed(each.segments)]


def offered(parts: Sequence[OtherPart]) -> list[OfferedPart]:
    """Return the parts that might be written anew, with what would go and what would come."""
    found = []
    for each in parts:
        segments = tuple(difference(_text(each.now), _text(each.other)))
        heading = (each.now or each.other).heading
        found.append(OfferedPart(each.key, heading, segments, any(segment.kind == "removed" for segment in segments)))
    return found


def _head(content: ReportContent) -> str:
    return "\n".join(str(getattr(content, name)) for name in _HEAD)


def _text(section: Section | None) -> str:
    # Each line ends: one that comes behind the last is then no change of the last.
    return "" if section is None else "\n".join(f"{_block(block)}\n" for block in section.blocks)


def _block(block: Block) -> str:
    match block:
        case Prose(text, is_markdown):
            return text.replace(_BOLD, "") if is_markdown else text
        case Table(headings, rows):
            return "\n".join(" | ".join(row) for row in (headings, *rows))
        case References(entries):
            return "\n".join(entries)
