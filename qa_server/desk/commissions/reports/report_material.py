"""What the parts of a first report say, out of the reader's form and the work log. No transaction, no decisions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa_server.commissions.definition import FieldDef, FieldKind, ServiceDefinition
from qa_server.commissions.models import Commission
from qa_server.commissions.papers.models import paper_from_json
from qa_server.commissions.papers.writing import to_citation
from qa_server.commissions.reports.content import Block, Prose, References, Section, ServiceCode, Table
from qa_server.commissions.reports.outlines import Part
from qa_server.commissions.reports.wording import declaration
from qa_server.commissions.work_models import WorkLogEntry
from qa_server.i18n import Language, translate

# Longer terms are sentences, such as novelty points: a line each.
_LONG_TERM = 20


@dataclass(frozen=True)
class Material:
    """What a report is composed of."""

    commission: Commission
    definition: ServiceDefinition
    log: Sequence[WorkLogEntry]
    language: Language
    kind: ServiceCode

    def value(self, key: str) -> Any:
        """Return what was filled into a field by either side, None for nothing."""
        return {**self.commission.form, **self.commission.staff_form}.get(key)

    def words(self, key: str) -> str:
        """Return a field's value as people read it; empty for nothing."""
        field = self.field(key)
        return "" if field is None else _readable(field, self.value(key), self.language)

    def field(self, key: str) -> FieldDef | None:
        """Return a field of the form, None where the service has none of this key."""
        return next((each for each in self.definition.fields if each.key == key), None)

    def labelled(self, key: str) -> str:
        """Return a field with its label, in one line; empty for nothing."""
        field, value = self.field(key), self.value(key)
        if field is None or not value:
            return ""
        said = _listed(value, self.language) if field.kind is FieldKind.TERMS else self.words(key)
        return f"{field.label.in_(self.language)}{_colon(self.language)}{said}"


def section_of(part: Part, material: Material) -> Section:
    """Return a part with what form and log hold for it, empty where only a person can write it."""
    builder = _BUILDERS.get(part.key)
    return Section(part.heading, tuple(builder(material)) if builder else (), part.key)


def _scope(material: Material) -> list[Block]:
    say = material.language
    headings = tuple(translate(each, say) for each in ("Database", "Years", "Search strategy", "Hits", "Chosen"))
    rows = tuple(
        (row.database, row.years, row.strategy, _number(row.hits), _number(row.chosen)) for row in material.log
    )
    words = [word for key in ("keywords_zh", "keywords_en") for word in material.value(key) or ()]
    lines = [f"{translate('Search words', say)}{_colon(say)}{_listed(words, say)}"] if words else []
    blocks: list[Block] = [Prose("\n".join(lines))] if lines else []
    return [*blocks, Table(headings, rows, (2.2, 1.2, 4, 0.8, 0.8))] if rows else blocks


def _results(material: Material) -> list[Block]:
    notes = [f"**{row.database}**\n{row.note}" for row in material.log if row.note]
    return [Prose("\n\n".join(notes), is_markdown=True)] if notes else []


def _papers(material: Material) -> list[Block]:
    listed: list[str] = []
    for key in ("papers", "wanted", "known_papers"):
        value = material.value(key)
        listed += [_cited(each) for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
    return [References(tuple(listed))] if listed else []


def _searched(material: Material) -> list[Block]:
    lines = [material.labelled(key) for key in ("author_zh", "author_en", "institution_zh", "institution_en")]
    known = "\n".join(filter(None, lines))
    return [*([Prose(known)] if known else []), *_papers(material)]


def _indexing(material: Material) -> list[Block]:
    papers = material.value("papers")
    field = material.field("databases")
    chosen = material.value("databases")
    if not isinstance(papers, list) or not isinstance(chosen, list) or field is None:
        return []
    labels = [choice.label.in_(material.language) for choice in field.choices if choice.key in chosen]
    headings = ("#", translate("Title", material.language), *labels)
    rows = tuple(
        (str(place), str(each.get("title", "")) if isinstance(each, Mapping) else "", *("" for _ in labels))
        for place, each in enumerate(papers, start=1)
    )
    return [Table(headings, rows)]


def _of_field(*keys: str) -> Callable[[Material], list[Block]]:
    def build(material: Material) -> list[Block]:
        texts = [text for key in keys if (text := material.words(key))]
        return [Prose("\n\n".join(texts))] if texts else []

    return build


def _points(material: Material) -> list[Block]:
    wished = [material.labelled(key) for key in ("requirement", "requirement_other")]
    texts = [material.words("points"), "\n".join(filter(None, wished))]
    return [Prose("\n\n".join(filter(None, texts)))] if any(texts) else []


def _request(material: Material) -> list[Block]:
    return [*_of_field("title")(material), *_papers(material)]


def _items(material: Material) -> list[Block]:
    lines = [
        f"{field.label.in_(material.language)}{_colon(material.language)}{text}"
        for field in material.definition.fields
        if field.by == "reader" and field.key in _OF_ITEM and (text := material.words(field.key))
    ]
    return [Prose("\n".join(lines))]


def _declaration(material: Material) -> list[Block]:
    return [Prose(declaration(material.kind, material.language))]


def _fees(material: Material) -> list[Block]:
    price = material.commission.price
    return [Prose(f"{price} {material.commission.currency}")] if price is not None else []


_OF_ITEM = frozenset({"title", "authors", "journal", "year", "volume", "issue", "pages", "doi", "isbn", "chapter"})
_BUILDERS: Mapping[str, Callable[[Material], list[Block]]] = {
    "background": _of_field("background"),
    "scope": _scope,
    "results": _results,
    "subject": _searched,
    "indexing": _indexing,
    "purpose": _of_field("purpose_other", "purpose"),
    "essentials": _of_field("essentials"),
    "points": _points,
    "declaration": _declaration,
    "request": _request,
    "references": _papers,
    "items": _items,
    "fees": _fees,
}


def _readable(field: FieldDef, value: Any, language: Language) -> str:
    if value in (None, "", [], ()):
        return ""
    labels = {choice.key: choice.label.in_(language) for choice in field.choices}
    match field.kind:
        case FieldKind.CHOICE:
            return labels.get(str(value), str(value))
        case FieldKind.CHOICES:
            return ("、" if language == "zh" else ", ").join(labels.get(str(each), str(each)) for each in value)
        case FieldKind.TERMS if any(len(str(each)) > _LONG_TERM for each in value):
            return "\n".join(f"{place}. {each}" for place, each in enumerate(value, start=1))
        case FieldKind.TERMS:
            return _listed(value, language)
        case FieldKind.BOOLEAN:
            return translate("Yes" if value else "No", language)
        case FieldKind.PAPERS | FieldKind.FILES:
            return ""
        case _:
            return str(value)


def _listed(terms: Sequence[object], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(map(str, terms))


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "


def _cited(paper: Mapping[str, Any]) -> str:
    return to_citation(paper_from_json(paper))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
