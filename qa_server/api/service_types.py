"""The services of a node for administrators: the list, adapting, drafts, publishing, and trying one out."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, Field

from qa_server.api.asker import Place, Staff
from qa_server.api.libraries import Code
from qa_server.commissions.definition import Actor
from qa_server.commissions.definition_checks import Problem
from qa_server.commissions.definition_reading import as_stored
from qa_server.commissions.trial import MAX_STEPS, Step
from qa_server.conversations.schemas import Wire
from qa_server.desk.commissions.money.quoting import written
from qa_server.desk.commissions.services import service_types, trying_out
from qa_server.desk.commissions.services.service_views import Editing
from qa_server.desk.commissions.services.trying_out import Attempt, Tried

router = APIRouter(prefix="/api/v1/staff/nodes/{code}/services", tags=["service types"])

_KEY = "^[a-z][a-z0-9_]{0,39}$"
ServiceCode = Annotated[str, Path(pattern=_KEY, examples=["citation_search"])]
# Moments that calendars and time zones reach in either direction.
Moment = Annotated[AwareDatetime, Field(ge=datetime(1990, 1, 1, tzinfo=UTC), le=datetime(2190, 1, 1, tzinfo=UTC))]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Revision = Annotated[int, Field(ge=1, strict=True, description="Of the draft that was looked at.")]


class NewService(Wire):
    """A new service, begun as a copy of another one of the node."""

    code: Annotated[str, Field(pattern=_KEY)]
    name_zh: Name
    name_en: Name
    like: Annotated[str, Field(pattern=_KEY)]


class DraftBody(Wire):
    """A whole definition, and the revision of the draft it was made from."""

    definition: dict[str, Any]
    revision: Revision


class PublishBody(Wire):
    """What changed and why, for the record."""

    revision: Revision
    note: Annotated[str, Field(max_length=2_000)]


class OfferBody(Wire):
    """Whether the node offers the service, and which of its desks takes the commissions; null: as questions go."""

    is_offered: bool
    desk_id: UUID | None = None


class StepBody(Wire):
    """A step of a trial: a transition, as whom, when."""

    key: Annotated[str, Field(pattern=_KEY)]
    actor: Actor
    at: Moment


class TrialBody(Wire):
    """What is tried: both sides of the form, when it begins, the steps taken, the yearly waivers used up."""

    values: dict[str, Any] = Field(default_factory=dict)
    staff_values: dict[str, Any] = Field(default_factory=dict)
    starts_at: Moment
    steps: list[StepBody] = Field(default_factory=list, max_length=MAX_STEPS)
    used_this_year: dict[str, Annotated[int, Field(ge=0, le=1_000)]] = Field(default_factory=dict, max_length=20)


class ServiceView(Wire):
    """A service in the list. `origin` is the code of the node whose version holds; null for a shipped one."""

    code: str
    name_zh: str
    name_en: str
    origin: str | None
    is_own: bool
    is_offered: bool
    number: int | None
    published_at: datetime | None
    has_draft: bool
    desk_id: UUID | None


class ProblemView(Wire):
    """What is wrong, where: a path or a key; `sentence` is English with its `details` not filled in."""

    where: str
    sentence: str
    details: dict[str, Any]


class ChangeView(Wire):
    """A difference from the version that holds; null where there is nothing on that side."""

    where: list[str]
    old: str | None
    new: str | None


class EditingView(Wire):
    """A service as it is edited. `revision` 0: there is no draft, and the definition is the one that holds."""

    definition: dict[str, Any]
    revision: int
    number: int | None
    problems: list[ProblemView]
    changes: list[ChangeView]
    changed_by: str | None
    changed_at: datetime


class WayView(Wire):
    """A step that somebody may take; with what is missing it is not open."""

    actor: Actor
    key: str
    to: str
    missing: list[str]


class TriedView(Wire):
    """What came of a trial. `due` is when the ordered working days end; `clock_due` that of the walk, while it runs."""

    problems: list[ProblemView]
    values: dict[str, Any]
    currency: str
    total: str
    lines: list[dict[str, Any]]
    days: int
    due: datetime
    state: str
    ways: list[WayView]
    clock_due: datetime | None


class Published(Wire):
    """The number of the version that holds now."""

    number: int


class Done(Wire):
    """Nothing more to say."""

    ok: Literal[True] = True


@router.get("")
def list_services(place: Place, person: Staff, code: Code) -> list[ServiceView]:
    """Return every service that a node knows, offered or not."""
    return [
        ServiceView(
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            origin=row.origin.code if row.origin is not None else None,
            is_own=row.is_own,
            is_offered=row.is_offered,
            number=row.number,
            published_at=row.published_at,
            has_draft=row.has_draft,
            desk_id=row.desk_id,
        )
        for row in service_types.services_of(place, person, code).rows
    ]


@router.post("", status_code=201)
def add_service(place: Place, person: Staff, code: Code, body: NewService) -> EditingView:
    """Begin a new service as a draft, a copy of another one."""
    names = {"name_zh": body.name_zh, "name_en": body.name_en}
    return _editing(service_types.add(place, person, code, body.code, like=body.like, **names))


@router.get("/{service}")
def read_service(place: Place, person: Staff, code: Code, service: ServiceCode) -> EditingView:
    """Return a service as it is edited: its draft, or without one the version that holds."""
    return _editing(service_types.editing(place, person, code, service))


@router.post("/{service}/draft", status_code=201)
def adapt_service(place: Place, person: Staff, code: Code, service: ServiceCode) -> EditingView:
    """Begin a draft of the node's own; one that is there already is returned."""
    return _editing(service_types.adapt(place, person, code, service))


@router.put("/{service}/draft")
def save_draft(place: Place, person: Staff, code: Code, service: ServiceCode, body: DraftBody) -> EditingView:
    """Save the draft. What only keeps it from being published is saved with it and told."""
    return _editing(service_types.save(place, person, code, service, body.definition, revision=body.revision))


@router.delete("/{service}/draft")
def discard_draft(place: Place, person: Staff, code: Code, service: ServiceCode, revision: int) -> Done:
    """Drop the draft."""
    service_types.discard(place, person, code, service, revision=revision)
    return Done()


@router.post("/{service}/publish")
def publish_draft(place: Place, person: Staff, code: Code, service: ServiceCode, body: PublishBody) -> Published:
    """Let the draft hold from now on, at the node and below. Running commissions keep their version."""
    number = service_types.publish(place, person, code, service, revision=body.revision, note=body.note)
    return Published(number=number)


@router.put("/{service}/offer")
def offer_service(place: Place, person: Staff, code: Code, service: ServiceCode, body: OfferBody) -> Done:
    """Switch a service on or off at a node and below, and name the desk that takes its commissions."""
    service_types.offer(place, person, code, service, is_offered=body.is_offered, desk_id=body.desk_id)
    return Done()


@router.delete("/{service}/own")
def inherit_service(place: Place, person: Staff, code: Code, service: ServiceCode) -> Done:
    """Give up the node's own version: what is above holds again."""
    service_types.inherit(place, person, code, service)
    return Done()


@router.post("/{service}/trial")
def try_service(place: Place, person: Staff, code: Code, service: ServiceCode, body: TrialBody) -> TriedView:
    """Try the draft, or what holds: the form, the price, the deadline and the steps. Nothing is kept."""
    steps = [Step(each.key, each.actor, each.at.astimezone(UTC)) for each in body.steps]
    starts_at = body.starts_at.astimezone(UTC)
    attempt = Attempt(body.values, body.staff_values, starts_at, steps, body.used_this_year)
    return _tried(trying_out.try_out(place, person, code, service, attempt))


def _editing(found: Editing) -> EditingView:
    return EditingView(
        definition=as_stored(found.definition),
        revision=found.revision,
        number=found.number,
        problems=[_problem(each) for each in found.problems],
        changes=[ChangeView(where=list(each.where), old=each.old, new=each.new) for each in found.changes],
        changed_by=found.changed_by,
        changed_at=found.changed_at,
    )


def _problem(problem: Problem) -> ProblemView:
    return ProblemView(where=problem.where, sentence=problem.sentence, details=dict(problem.details))


def _tried(tried: Tried) -> TriedView:
    return TriedView(
        problems=[_problem(each) for each in tried.problems],
        values={**tried.form.values, **tried.staff_form.values},
        currency=tried.reckoning.currency,
        total=str(tried.reckoning.total),
        lines=[written(line) for line in tried.reckoning.lines],
        days=tried.days,
        due=tried.due,
        state=tried.walk.state.key,
        ways=[
            WayView(actor=actor, key=way.transition.key, to=way.transition.to, missing=list(way.missing))
            for actor, way in tried.walk.ways
        ],
        clock_due=tried.walk.due,
    )
