"""A report laid out: numbers before headings, words in its language, what stands where. All formats draw this.

No markup of any format, and no decision is left to a format but how things look.
"""

from dataclasses import dataclass
from typing import Final

from qa_server.commissions.reports.columns import shares
from qa_server.commissions.reports.content import Block, Prose, References, ReportContent, Section, Table
from qa_server.commissions.reports.marking import Paragraph, paragraphs
from qa_server.commissions.reports.outlines import outline, says_something
from qa_server.commissions.reports.wording import (
    chapter_number,
    day,
    heads,
    language_tag,
    other_words,
    report_name,
    role_name,
)

# The part behind which searcher and reviewer sign; where a report has none of it they sign at its end.
SIGNED_PARTS: Final = {"novelty_search": "declaration"}
ATTACHMENTS_PART: Final = "attachments"
# Half a page of either script.
_SHORT_CHARACTERS: Final = 600
_SHORT_LINES: Final = 15
# A few lines: parting them would leave one alone on a page.
_FEW_CHARACTERS: Final = 200
_FEW_LINES: Final = 5


@dataclass(frozen=True)
class LaidProse:
    """Paragraphs, some of them points of a list."""

    paragraphs: tuple[Paragraph, ...]
    kind: str = "prose"


@dataclass(frozen=True)
class LaidTable:
    """A table with its number and caption; `shares` are the widths of the columns and add up to 1.

    One that `is_short` stands on one page; a longer one goes on with its headings repeated.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]
    is_short: bool
    kind: str = "table"


@dataclass(frozen=True)
class LaidReferences:
    """Entries with the numbers before them."""

    entries: tuple[tuple[str, str], ...]
    kind: str = "references"


LaidBlock = LaidProse | LaidTable | LaidReferences


@dataclass(frozen=True)
class LaidSection:
    """A headed part; `place` counts from 1 in the report as it is written, where empty parts stand as well.

    `is_signed` marks the one behind which the signatures stand, `is_whole` what is not parted.
    """

    number: str
    heading: str
    level: int
    part: str
    blocks: tuple[LaidBlock, ...]
    place: int
    is_signed: bool
    is_whole: bool


@dataclass(frozen=True)
class LaidSignature:
    """A line of the signature block; `image` is the key of a picture."""

    role: str
    name: str
    day: str
    image: str | None


@dataclass(frozen=True)
class Sheet:
    """The whole report, ready to be drawn."""

    tag: str
    service: str
    name: str
    title: str
    library: str
    number: str
    has_cover: bool
    facts: tuple[tuple[str, str], ...]
    sections: tuple[LaidSection, ...]
    signatures: tuple[LaidSignature, ...]
    seal: str | None
    accepted: str
    issued: str
    code: str
    address: str
    words: dict[str, str]


def lay_out(content: ReportContent) -> Sheet:
    """Lay out a checked report."""
    words = other_words(content)
    sections = _sections(content, words)
    return Sheet(
        tag=language_tag(content.language),
        service=content.service_type,
        name=report_name(content.service_type, content.language),
        title=content.title,
        library=content.library,
        number=content.report_number,
        has_cover=content.service_type == "novelty_search",
        facts=heads(content),
        sections=sections,
        signatures=_signatures(content),
        seal=None if content.is_draft else content.seal,
        accepted=day(content.accepted_on, content.language),
        issued=day(content.finished_on, content.language),
        # A draft cannot be checked: it certifies nothing.
        code="" if content.is_draft else content.verification_code,
        address="" if content.is_draft else content.check_address,
        words=words,
    )


def _sections(content: ReportContent, words: dict[str, str]) -> tuple[LaidSection, ...]:
    written = enumerate([*content.sections, *_closing(content, words)], start=1)
    left_out = _left_out(content)
    sections = [(place, section) for place, section in written if section.part not in left_out]
    part = SIGNED_PARTS.get(content.service_type)
    behind = [place for place, section in sections if section.part == part] or [place for place, _ in sections]
    signed = max(behind, default=0)
    laid: list[LaidSection] = []
    chapter = inner = tables = 0
    for place, section in sections:
        # A report that begins with a second-level heading has no chapter 0.
        is_chapter = section.level == 1 or chapter == 0
        chapter, inner = (chapter + 1, 0) if is_chapter else (chapter, inner + 1)
        number = chapter_number(chapter, inner, content.language)
        blocks, tables = _blocks(section, words, tables)
        level = 1 if is_chapter else 2
        is_signed = place == signed
        is_whole = _is_whole(section, is_signed=is_signed)
        laid.append(LaidSection(number, section.heading, level, section.part, blocks, place, is_signed, is_whole))
    return tuple(laid)


def _left_out(content: ReportContent) -> frozenset[str]:
    """Return the parts that are not printed: those a report may lack, where nobody wrote anything.

    "None" below a heading would say that there is nothing, such as no citations, where nothing was looked for.
    """
    empty = {section.part for section in content.sections if not any(map(says_something, section.blocks))}
    parts = outline(content.service_type, content.language)
    return frozenset(part.key for part in parts if not part.is_required and part.key in empty)


def _is_whole(section: Section, *, is_signed: bool) -> bool:
    """Say whether the section goes to the next page as a whole: a few lines, or what fits with its signatures."""
    texts = [text for block in section.blocks for text in _lines_of(block)]
    has_table = any(isinstance(block, Table) for block in section.blocks)
    lines, characters = (_SHORT_LINES, _SHORT_CHARACTERS) if is_signed else (_FEW_LINES, _FEW_CHARACTERS)
    return not has_table and len(texts) <= lines and sum(map(len, texts)) <= characters


def _lines_of(block: Block) -> tuple[str, ...]:
    match block:
        case Prose(text):
            return tuple(text.split("\n"))
        case References(entries):
            return entries
        case Table():
            return ()


def _closing(content: ReportContent, words: dict[str, str]) -> list[Section]:
    """Return attachments and remarks as the last sections; a novelty report says so when there are none."""
    is_novelty = content.service_type == "novelty_search"
    closing = []
    if content.attachments or is_novelty:
        listed = (References(content.attachments),) if content.attachments else ()
        closing.append(Section(words["attachments"], listed, ATTACHMENTS_PART))
    if content.notes.strip() or is_novelty:
        closing.append(Section(words["notes"], (Prose(content.notes.strip() or words["none"]),), "notes"))
    return closing


def _blocks(section: Section, words: dict[str, str], tables: int) -> tuple[tuple[LaidBlock, ...], int]:
    """Return the blocks, and how many tables there were up to here."""
    laid: list[LaidBlock] = []
    for block in section.blocks or (Prose(words["none"]),):
        tables += isinstance(block, Table) and bool(block.caption)
        laid.append(_block(block, section.part, words["table"].replace("{number}", str(tables))))
    return tuple(laid), tables


def _block(block: Block, part: str, table_label: str) -> LaidBlock:
    match block:
        case Prose():
            return LaidProse(paragraphs(block))
        case Table(headings, rows, _, caption):
            size = sum(len(cell) for row in rows for cell in row)
            is_short = len(rows) <= _SHORT_LINES and size <= _SHORT_CHARACTERS
            return LaidTable(f"{table_label}  {caption}" if caption else "", headings, rows, shares(block), is_short)
        case References(entries, first):
            mark = "{}." if part == ATTACHMENTS_PART else "[{}]"
            return LaidReferences(
                tuple((mark.format(place), entry) for place, entry in enumerate(entries, start=first))
            )


def _signatures(content: ReportContent) -> tuple[LaidSignature, ...]:
    return tuple(
        LaidSignature(
            role=role_name(content.service_type, signature.role, content.language),
            name=signature.name,
            day=day(signature.signed_on, content.language),
            image=None if content.is_draft else signature.image,
        )
        for signature in content.signatures
    )
