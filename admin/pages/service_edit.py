"""The editor of a service: its parts as tables, one row open at a time, with problems at their place; publishing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import service_wording as words
from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.service_changes import CHOICE, CHOICE_KEY, NEW_KEY, changed
from admin.service_forms import ENTRIES, LISTS, Entry, path_of, shown, typed
from admin.service_pages import Told, differences_in_words, problems_in_words, problems_of, service_address
from admin.service_rows import FORM_TITLES, HEADINGS, TITLES, cells, parts_of
from admin.session import posted
from qa_server.commissions.definition_reading import as_stored
from qa_server.commissions.service_errors import DraftChanged
from qa_server.desk.commissions.services import service_types
from qa_server.desk.commissions.services.service_views import Editing
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# What each tab is made of.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "basics": ("basics", "report", "delivery"),
    "sections": ("sections",),
    "fields": ("fields",),
    "prices": ("prices", "lines", "waivers", "cancellation"),
    "times": ("times", "speeds", "effects"),
    "states": ("states",),
    "transitions": ("transitions",),
}


@dataclass(frozen=True)
class Back:
    """A form that comes back: which one, what was typed, what is wrong, and the other text where two edited."""

    group: str
    key: str
    values: dict[str, Any]
    problems: Sequence[Told] = ()
    others: dict[str, Any] | None = None


@dataclass(frozen=True)
class Row:
    """A part in its table. `values` are those of its form, where it is open."""

    key: str
    cells: list[str]
    told: list[str]
    values: dict[str, Any] | None


@dataclass(frozen=True)
class Group:
    """A form, or a table of parts with a form in the open row."""

    name: str
    title: str
    entries: Sequence[Entry]
    options: dict[str, Mapping[str, str]]
    headings: Sequence[str] = ()
    rows: Sequence[Row] = ()
    values: dict[str, Any] | None = None
    marks: dict[str, str] = field(default_factory=dict)
    others: dict[str, Any] | None = None


@router.get("/console/network/{code}/services/{service}")
def show(request: Request, visitor: SignedInVisitor, code: str, service: str) -> Response:
    """Show the basics of a service. Raises NotFound, Forbidden."""
    return _page(request, visitor, code, service, "basics")


@router.post("/console/network/{code}/services/{service}/publish")
def publish(
    request: Request, visitor: SignedInVisitor, code: str, service: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Let the draft hold from now on, or discard it."""
    revision = _revision(sent)
    try:
        if sent.get("do") == "discard":
            service_types.discard(visitor.place, visitor.person, code, service, revision=revision)
            return go_to(node_address(code, "/services"), done="discarded")
        note = str(sent.get("note", ""))
        service_types.publish(visitor.place, visitor.person, code, service, revision=revision, note=note)
    except AppError as refusal:
        return _page(request, visitor, code, service, "basics", refusal=refusal, note=str(sent.get("note", "")))
    return go_to(service_address(code, service), done="published")


@router.get("/console/network/{code}/services/{service}/{part}")
def show_part(request: Request, visitor: SignedInVisitor, code: str, service: str, part: str) -> Response:
    """Show a part of a service; `item` opens a row. Raises NotFound, Forbidden."""
    return _page(request, visitor, code, service, part)


@router.post("/console/network/{code}/services/{service}/{part}")
def save(
    request: Request,
    visitor: SignedInVisitor,
    code: str,
    service: str,
    part: str,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Change one form of a part, or move, remove or add a row."""
    group, key = str(sent.get("group", "")), str(sent.get("key", "")).strip()
    edited = service_types.editing(visitor.place, visitor.person, code, service)
    try:
        stored = changed(as_stored(edited.definition), edited.definition, group, sent)
        revision = _revision(sent)
        service_types.save(visitor.place, visitor.person, code, service, stored, revision=revision)
    except AppError as refusal:
        back = _back(visitor, edited, group, key, sent, refusal)
        return _page(request, visitor, code, service, part, refusal=refusal, back=back)
    opened = {"item": key} if sent.get("do") == "add" else {}
    return go_to(service_address(code, service, _tail(part)), done="saved", **opened)


def _tail(part: str) -> str:
    return "" if part == "basics" else f"/{part}"


def _revision(sent: FormData) -> int:
    text = str(sent.get("revision", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _back(visitor: Visitor, edited: Editing, group: str, key: str, sent: FormData, refusal: AppError) -> Back:
    """Return the form as it was typed; after a conflict with what somebody else wrote into it."""
    entries = ENTRIES.get(group, ())
    others = _values(edited, group, key) if isinstance(refusal, DraftChanged) and sent.get("do") == "save" else None
    values = typed(entries, sent) | {name: str(sent.get(name, "")) for name in (NEW_KEY, CHOICE, CHOICE_KEY)}
    return Back(group, key, values, problems_of(visitor, refusal), others)


def _values(edited: Editing, group: str, key: str) -> dict[str, Any] | None:
    """Return what the form of a part says as it is stored; None for a part that is gone."""
    found: Any = as_stored(edited.definition)
    for step in path_of(group):
        found = found[step]
    if group in LISTS:
        found = next((each for each in found if each["key"] == key), None)
    return shown(ENTRIES[group], found) if found is not None and group in ENTRIES else None


def _page(
    request: Request,
    visitor: Visitor,
    code: str,
    service: str,
    part: str,
    *,
    refusal: AppError | None = None,
    back: Back | None = None,
    note: str = "",
) -> Response:
    if part not in _GROUPS:
        raise NotFound()
    edited = service_types.editing(visitor.place, visitor.person, code, service)
    opened = back.key if back is not None else request.query_params.get("item", "")
    names = [name for name in _GROUPS[part] if name != "delivery" or edited.definition.delivery is not None]
    groups = [_group(visitor, edited, name, opened, back if back and back.group == name else None) for name in names]
    return render_node(
        request,
        visitor,
        "services/edit.html",
        code,
        refusal=refusal,
        service=service,
        part=part,
        parts=words.PARTS,
        edited=edited,
        opened=opened,
        groups=groups,
        told=problems_in_words(visitor, edited.problems),
        changes=differences_in_words(visitor, edited.changes, edited.definition),
        templates=words.TEMPLATES,
        code_hints=words.CODE_HINTS,
        events=words.EVENTS,
        effects=words.EFFECTS,
        effect_of=_effects(edited),
        cancellation=edited.definition.prices.cancellation,
        note=note,
        max_note=service_types.MAX_NOTE,
    )


def _group(visitor: Visitor, edited: Editing, name: str, opened: str, back: Back | None) -> Group:
    entries = ENTRIES.get(name, ())
    options = {each.name: _options(visitor, edited, each) for each in entries}
    if name in LISTS:
        rows = [_row(visitor, edited, name, part, opened, back) for part in parts_of(edited.definition, name)]
        marks = _marks(visitor, edited, name, back)
        others = back.others if back is not None else None
        return Group(name, TITLES[name], entries, options, HEADINGS[name], rows, marks=marks, others=others)
    values = back.values if back is not None else _values(edited, name, "")
    if name == "report" and edited.definition.report is None:
        # Shown as what could be there: with a button that adds it.
        values = None
    title = FORM_TITLES.get(name, "")
    others = back.others if back is not None else None
    return Group(name, title, entries, options, values=values, marks=_marks(visitor, edited, name, back), others=others)


def _options(visitor: Visitor, edited: Editing, entry: Entry) -> Mapping[str, str]:
    """Return what a choice offers; words of the definition itself are no sentences of ours."""
    if entry.given is not None:
        return entry.given(edited.definition, visitor.language)
    return {key: visitor.say(text) for key, text in (entry.fixed or {}).items()}


def _row(visitor: Visitor, edited: Editing, name: str, part: Any, opened: str, back: Back | None) -> Row:
    values = None
    if edited.is_draft and part.key == opened:
        values = back.values if back is not None else {**(_values(edited, name, part.key) or {}), NEW_KEY: part.key}
    told = [each.sentence for each in problems_in_words(visitor, edited.problems) if each.where == part.key]
    return Row(part.key, cells(part, edited.definition, visitor.language, visitor.say), told, values)


def _marks(visitor: Visitor, edited: Editing, name: str, back: Back | None) -> dict[str, str]:
    """Return what is wrong with an entry of a form that comes back, by the name of its first input."""
    if back is None:
        # Of a form that is no list what keeps it from being published stands at its entry.
        kept = (
            {} if name in LISTS else {each.where: each.sentence for each in problems_in_words(visitor, edited.problems)}
        )
        return {entry.name: kept[entry.name] for entry in ENTRIES.get(name, ()) if entry.name in kept}
    steps = list(path_of(name))
    if name in LISTS:
        keys = [each.key for each in parts_of(edited.definition, name)]
        steps.append(str(keys.index(back.key)) if back.key in keys else "")
    prefix = "".join(f"{step}." for step in steps)
    marks: dict[str, str] = {}
    for told in back.problems:
        place = told.where.removeprefix(prefix)
        if place in (NEW_KEY, CHOICE_KEY):
            marks.setdefault(place, told.sentence)
        for entry in ENTRIES[name]:
            if place == entry.name or place.startswith(f"{entry.name}."):
                marks.setdefault(entry.name, told.sentence)
    return marks


def _effects(edited: Editing) -> dict[str, str]:
    """Return what each step does to the clock; one that starts it also lets it go on."""
    clock = edited.definition.clock
    found: dict[str, str] = {}
    for effect in ("stops_on", "resumes_on", "pauses_on", "starts_on"):
        found.update(dict.fromkeys(getattr(clock, effect), effect))
    return found
