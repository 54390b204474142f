"""Trying a service out before it is published: the form, the price with its reckoning, the deadline, the steps."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import service_wording as words
from admin.node_pages import render_node
from admin.page import PageRoute, SignedInVisitor, Visitor
from admin.service_pages import problems_in_words
from admin.service_rows import conditions
from admin.session import posted
from admin.wording import CLC_CLASSES
from qa_server.commissions.definition import Actor, FieldDef, FieldKind, ServiceDefinition
from qa_server.commissions.trial import MAX_STEPS, Step
from qa_server.desk.commissions.services import service_types, trying_out
from qa_server.desk.commissions.services.trying_out import Attempt, Tried
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# Papers and files are only counted in a trial.
_COUNTED = (FieldKind.PAPERS, FieldKind.FILES)
_MAX_COUNTED = 500
_FILE = "00000000-0000-4000-8000-{:012d}"
_MOMENT = "%Y-%m-%dT%H:%M"


@router.get("/console/network/{code}/services/{service}/trial")
def show(request: Request, visitor: SignedInVisitor, code: str, service: str) -> Response:
    """Show an empty form of the service. Raises NotFound, Forbidden."""
    edited = service_types.editing(visitor.place, visitor.person, code, service)
    attempt = Attempt({}, {}, visitor.place.clock().replace(second=0, microsecond=0))
    tried = trying_out.try_out(visitor.place, visitor.person, code, service, attempt)
    return _page(request, visitor, code, service, tried, attempt, revision=edited.revision)


@router.post("/console/network/{code}/services/{service}/trial")
def attempt(
    request: Request, visitor: SignedInVisitor, code: str, service: str, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Try what was typed, and a step where one was pressed. Nothing is kept."""
    edited = service_types.editing(visitor.place, visitor.person, code, service)
    tries = _attempt(visitor, edited.definition, sent)
    refusal: AppError | None = None
    try:
        tried = trying_out.try_out(visitor.place, visitor.person, code, service, tries)
    except AppError as error:
        refusal, tries = error, Attempt(tries.values, tries.staff_values, tries.starts_at)
        tried = trying_out.try_out(visitor.place, visitor.person, code, service, tries)
    return _page(request, visitor, code, service, tried, tries, refusal=refusal, revision=edited.revision)


def _attempt(visitor: Visitor, definition: ServiceDefinition, sent: FormData) -> Attempt:
    sides: dict[str, dict[str, object]] = {"reader": {}, "staff": {}}
    for each in definition.fields:
        sides[each.by][each.key] = _value(each, sent)
    starts_at = _moment(visitor, str(sent.get("starts_at", ""))) or visitor.place.clock()
    used = {each.key: each.yearly or 0 for each in definition.prices.waivers if f"used.{each.key}" in sent}
    return Attempt(sides["reader"], sides["staff"], starts_at, _steps(visitor, sent, starts_at), used)


def _value(field: FieldDef, sent: FormData) -> object:
    text = str(sent.get(field.key, ""))
    if field.kind is FieldKind.CHOICES:
        return [str(each) for each in sent.getlist(field.key)]
    if field.kind is FieldKind.BOOLEAN:
        return text == "yes"
    if field.kind is FieldKind.YEARS:
        return {"from": text, "to": str(sent.get(f"{field.key}.to", ""))}
    if field.kind in _COUNTED:
        count = min(int(text), _MAX_COUNTED) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        if field.kind is FieldKind.FILES:
            return [_FILE.format(number) for number in range(count)]
        return [{"title": str(number + 1), "language": "zh", "kind": "article"} for number in range(count)]
    return text


def _steps(visitor: Visitor, sent: FormData, starts_at: datetime) -> list[Step]:
    """Return the steps taken, and the one that was pressed: `key actor` now, `key actor moment` before."""
    if "again" in sent:
        return []
    taken = [_step(visitor, str(each), starts_at) for each in sent.getlist("taken")[:MAX_STEPS]]
    at = _moment(visitor, str(sent.get("at", ""))) or starts_at
    pressed = str(sent.get("step", ""))
    found = [each for each in taken if each is not None]
    if pressed and (step := _step(visitor, pressed, max(at, found[-1].at) if found else at)) is not None:
        found.append(step)
    if "back" in sent:
        found = found[:-1]
    return found


def _step(visitor: Visitor, text: str, at: datetime) -> Step | None:
    key, _, rest = text.partition(" ")
    actor, _, moment = rest.partition(" ")
    known = [each for each in Actor if each == actor]
    return Step(key, known[0], _moment(visitor, moment) or at) if known else None


def _moment(visitor: Visitor, text: str) -> datetime | None:
    try:
        found = datetime.strptime(text, _MOMENT).replace(tzinfo=visitor.home.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if 1990 < found.year < 2190 else None


def _page(
    request: Request,
    visitor: Visitor,
    code: str,
    service: str,
    tried: Tried,
    tries: Attempt,
    *,
    revision: int,
    refusal: AppError | None = None,
) -> Response:
    trod, is_new = tried.walk.trod, not tries.values
    return render_node(
        request,
        visitor,
        "services/trial.html",
        code,
        refusal=refusal,
        service=service,
        parts=words.PARTS,
        part="trial",
        is_draft=revision > 0,
        tried=tried,
        typed=_typed(tries),
        told={} if is_new else {each.where: each.sentence for each in problems_in_words(visitor, tried.problems)},
        is_new=is_new,
        used=tries.used_this_year or {},
        starts_at=_local(visitor, tries.starts_at),
        at=_local(visitor, trod[-1].step.at if trod else tries.starts_at),
        taken=[f"{each.step.key} {each.step.actor} {_local(visitor, each.step.at)}" for each in trod],
        by_actor=_by_actor(tried),
        actors=words.ACTORS,
        needs=words.NEEDS,
        acts=words.ACTS,
        classes=CLC_CLASSES,
        shown_if=_shown_if(tried.definition, visitor.language),
        hours=round(tried.walk.used.total_seconds() / 3600),
    )


def _shown_if(definition: ServiceDefinition, language: str) -> dict[str, str]:
    fields = definition.fields
    return {each.key: conditions([each.when], definition, language) for each in fields if each.when is not None}


def _typed(tries: Attempt) -> dict[str, Any]:
    both = {**tries.values, **tries.staff_values}
    return {key: _counted(value) for key, value in both.items()}


def _counted(value: object) -> object:
    """Return the length of a made-up list of papers or files, and anything else as it is."""
    if not isinstance(value, list) or not value:
        return value
    is_made_up = isinstance(value[0], dict) or value[0] == _FILE.format(0)
    return len(value) if is_made_up else value


def _by_actor(tried: Tried) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for actor, way in tried.walk.ways:
        found.setdefault(actor.value, []).append(way)
    return found


def _local(visitor: Visitor, moment: datetime) -> str:
    return moment.astimezone(visitor.home.zone).strftime(_MOMENT)
