"""A filled-in form as people read it: sections, labels, values in words, lists of papers. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from admin.wording import CLC_CLASSES
from qa_server.commissions.definition import FieldDef, FieldKind, ServiceDefinition
from qa_server.commissions.papers.identifiers import is_doi
from qa_server.commissions.papers.models import Paper, paper_from_json
from qa_server.commissions.pricing import holds
from qa_server.i18n import Language

Say = Callable[..., str]


@dataclass(frozen=True)
class PaperRow:
    """One paper of a list: how it is shown, and where its DOI leads."""

    number: int
    paper: Paper
    place: str
    address: str | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One field with its value; `lines` are the values of a list, `problem` says what is wrong with it."""

    key: str
    label: str
    kind: FieldKind
    text: str = ""
    lines: tuple[str, ...] = ()
    papers: tuple[PaperRow, ...] = ()
    file_ids: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class FormSection:
    """A heading with its fields that say something, and those that are empty."""

    label: str
    rows: tuple[Row, ...]
    empty: tuple[str, ...] = field(default=())


def sections(
    definition: ServiceDefinition,
    values: Mapping[str, Any],
    *,
    by: Literal["reader", "staff"],
    language: Language,
    say: Say,
    doubts: Sequence[Any] = (),
) -> list[FormSection]:
    """Return a form in its order. `doubts` are what was found wrong, each with field, paper and message."""
    found: list[FormSection] = []
    for section in definition.sections:
        asked = [each for each in definition.fields if each.section == section.key and each.by == by]
        fields = [each for each in asked if each.when is None or holds(each.when, values)]
        rows = [_row(each, values.get(each.key), language, say, doubts) for each in fields]
        said = tuple(row for row in rows if _says(row))
        empty = tuple(row.label for row in rows if not _says(row))
        if rows:
            found.append(FormSection(section.label.in_(language), said, empty))
    return found


def staff_fields(definition: ServiceDefinition) -> list[FieldDef]:
    """Return the fields that librarians fill in."""
    return [each for each in definition.fields if each.by == "staff"]


def read_staff_fields(definition: ServiceDefinition, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sent form by field, as the desk takes them; what was not sent stays out."""
    values: dict[str, Any] = {}
    for each in staff_fields(definition):
        name = f"f_{each.key}"
        if each.kind is FieldKind.BOOLEAN:
            values[each.key] = name in sent
        elif name in sent and str(sent[name]).strip():
            values[each.key] = str(sent[name]).strip()
    return values


def papers_of(values: Mapping[str, Any], key: str) -> list[Paper]:
    """Return the papers of a field."""
    return [paper_from_json(each, number=number) for number, each in enumerate(values.get(key) or [], start=1)]


def _says(row: Row) -> bool:
    return bool(row.text or row.lines or row.papers or row.file_ids or row.problem)


def _row(each: FieldDef, value: Any, language: Language, say: Say, doubts: Sequence[Any]) -> Row:
    own = [doubt for doubt in doubts if doubt.field == each.key]
    problem = " ".join(doubt.message for doubt in own if not doubt.paper)
    base = Row(each.key, each.label.in_(language), each.kind, problem=problem)
    if value in (None, "", [], {}):
        return base
    match each.kind:
        case FieldKind.PAPERS:
            return Row(base.key, base.label, base.kind, papers=_papers(value, own), problem=problem)
        case FieldKind.FILES:
            return Row(base.key, base.label, base.kind, file_ids=tuple(map(str, value)), problem=problem)
        case FieldKind.CHOICES | FieldKind.TERMS:
            names = {choice.key: choice.label.in_(language) for choice in each.choices}
            lines = tuple(names.get(str(one), str(one)) for one in value)
            return Row(base.key, base.label, base.kind, lines=lines, problem=problem)
        case _:
            return Row(base.key, base.label, base.kind, text=_text(each, value, language, say), problem=problem)


def _text(each: FieldDef, value: Any, language: Language, say: Say) -> str:
    match each.kind:
        case FieldKind.CHOICE:
            names = {choice.key: choice.label.in_(language) for choice in each.choices}
            return names.get(str(value), str(value))
        case FieldKind.BOOLEAN:
            return say("yes") if value is True else ""
        case FieldKind.YEARS:
            return f"{value.get('from', '')}–{value.get('to', '')}" if isinstance(value, Mapping) else str(value)
        case FieldKind.SUBJECT:
            return f"{value} {say(CLC_CLASSES[value])}" if value in CLC_CLASSES else str(value)
        case _:
            return str(value)


def _papers(value: Sequence[Any], doubts: Sequence[Any]) -> tuple[PaperRow, ...]:
    rows = []
    for number, each in enumerate(value, start=1):
        paper = paper_from_json(each, number=number)
        remarks = tuple(doubt.message for doubt in doubts if doubt.paper == number)
        address = f"https://doi.org/{paper.doi}" if is_doi(paper.doi) else None
        rows.append(PaperRow(number, paper, _place(paper), address, remarks))
    return tuple(rows)


def _place(paper: Paper) -> str:
    volume = f"{paper.volume}({paper.issue})" if paper.issue else paper.volume
    numbers = ": ".join(each for each in (volume, paper.pages or paper.number) if each)
    return ", ".join(each for each in (paper.journal or paper.conference or paper.publisher, numbers) if each)
