"""The tree for administrators: nodes, settings, opening times, the record of changes."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.api.dates import DateInUse
from qa_server.api.libraries import Code
from qa_server.conversations.schemas import Wire
from qa_server.desk import administering, opening_hours, staffing
from qa_server.desk.administering import ChangePage, NodeView, SettingView
from qa_server.desk.opening_hours import HoursView, Opening, WeeklyOpening
from qa_server.network.models import Level
from qa_server.network.opening import Special
from qa_server.network.tree import NodeFields

router = APIRouter(prefix="/api/v1/staff/nodes", tags=["network"])

CodeText = Annotated[str, Field(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$", examples=["JZU"])]
Name = Annotated[str, Field(min_length=1, max_length=200)]
SettingKey = Annotated[str, Path(min_length=1, max_length=64, pattern="^[a-z0-9_.]+$")]


class NodeBody(Wire):
    """What a node is called and how it speaks."""

    name_zh: Name
    name_en: Name
    language: Literal["zh", "en"] = "zh"
    time_zone: str = Field("Asia/Shanghai", max_length=64)

    def fields(self) -> NodeFields:
        """Return it as the tree takes it."""
        return NodeFields(self.name_zh, self.name_en, self.language, self.time_zone)


class NewNode(NodeBody):
    """A node to add below another."""

    code: CodeText
    level: Level
    parent: CodeText


class Move(Wire):
    """Where a node is put."""

    parent: CodeText


class SettingBody(Wire):
    """The value of a setting; locked, it holds for everything below."""

    value: Any
    is_locked: bool = False


class WeekBody(Wire):
    """A whole week; empty: the week of the node above holds."""

    week: list[WeeklyOpening] = Field(max_length=70)


class SpecialDayBody(Wire):
    """What holds on one date instead of the week; without openings it is closed."""

    name_zh: str = Field("", max_length=100)
    name_en: str = Field("", max_length=100)
    openings: list[Opening] = Field(default_factory=list, max_length=10)


class Freed(Wire):
    """How many open questions went back to their queues or up the tree."""

    questions: int


@router.get("")
def list_nodes(
    place: Place,
    person: Staff,
    below: Annotated[str | None, Query(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")] = None,
) -> list[NodeView]:
    """Return the nodes one administers, or those right below one of them."""
    return administering.nodes(place, person, below=below)


@router.post("", status_code=201)
def add_node(place: Place, person: Staff, body: NewNode) -> NodeView:
    """Add a node below one whose tree one may change."""
    return administering.add_node(
        place, person, code=body.code, level=body.level, parent=body.parent, fields=body.fields()
    )


@router.get("/{code}")
def read_node(place: Place, person: Staff, code: Code) -> NodeView:
    """Return a node."""
    return administering.node(place, person, code)


@router.put("/{code}")
def change_node(place: Place, person: Staff, code: Code, body: NodeBody) -> NodeView:
    """Change a node's names, language and time zone."""
    return administering.change_node(place, person, code, body.fields())


@router.post("/{code}/move")
def move_node(place: Place, person: Staff, code: Code, body: Move) -> NodeView:
    """Put a node, with everything below it, below another."""
    return administering.move_node(place, person, code, parent=body.parent)


@router.post("/{code}/close")
def close_library(place: Place, person: Staff, code: Code) -> Freed:
    """Close a library for good; its open questions go to the next desk up the tree."""
    return Freed(questions=staffing.close_library(place, person, code).questions)


@router.get("/{code}/settings")
def list_settings(place: Place, person: Staff, code: Code) -> list[SettingView]:
    """Return everything that may be set, with what holds and where it comes from."""
    return administering.settings_of(place, person, code)


@router.put("/{code}/settings/{key}")
def set_setting(place: Place, person: Staff, code: Code, key: SettingKey, body: SettingBody) -> SettingView:
    """Set a value here, and perhaps lock it for everything below."""
    return administering.set_setting(place, person, code, key, body.value, is_locked=body.is_locked)


@router.delete("/{code}/settings/{key}")
def clear_setting(place: Place, person: Staff, code: Code, key: SettingKey) -> SettingView:
    """Let the node inherit a setting again."""
    return administering.clear_setting(place, person, code, key)


@router.get("/{code}/changes")
def list_changes(place: Place, person: Staff, code: Code, before: UUID | None = None) -> ChangePage:
    """Return who changed what here, newest first."""
    return administering.changes(place, person, code, before=before)


@router.get("/{code}/hours")
def read_hours(place: Place, person: Staff, code: Code) -> HoursView:
    """Return the opening times with where they come from."""
    return opening_hours.hours_of(place, person, code)


@router.put("/{code}/hours/week")
def set_week(place: Place, person: Staff, code: Code, body: WeekBody) -> HoursView:
    """Replace the week; an empty one lets the node inherit."""
    return opening_hours.set_week(place, person, code, body.week)


@router.put("/{code}/hours/days/{day}")
def set_special_day(place: Place, person: Staff, code: Code, day: DateInUse, body: SpecialDayBody) -> HoursView:
    """Put a special day here, for the node and everything below."""
    openings = tuple((each.starts_minute, each.ends_minute) for each in body.openings)
    return opening_hours.set_special_day(place, person, code, Special(day, body.name_zh, body.name_en, openings))


@router.delete("/{code}/hours/days/{day}")
def clear_special_day(place: Place, person: Staff, code: Code, day: DateInUse) -> HoursView:
    """Take a special day away; what is inherited for the date holds again."""
    return opening_hours.clear_special_day(place, person, code, day)
