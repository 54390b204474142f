"""The record of a node, and the wall screens that show its board."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from qa_server.api.asker import Place, Staff
from qa_server.api.dates import DateInUse
from qa_server.api.desks import Done
from qa_server.api.libraries import Code
from qa_server.conversations.schemas import Wire
from qa_server.desk import node_record, wall_screens
from qa_server.desk.node_record import RecordFilters, RecordKind, RecordPage
from qa_server.desk.wall_screens import DisplayUnknown, NewScreen, ScreenView, WallView

router = APIRouter(prefix="/api/v1/staff/nodes", tags=["network"])
public = APIRouter(prefix="/api/v1", tags=["network"])

_screen = HTTPBearer(auto_error=False, scheme_name="Screen", description="The token of a linked wall screen.")


class ScreenBody(Wire):
    """Where the screen hangs."""

    name: str = Field(max_length=200)


class RecordAsked(BaseModel):
    """What the record is narrowed to; days in the node's time zone, both included."""

    kind: RecordKind | None = None
    login: str = Field("", max_length=64)
    first: DateInUse | None = None
    last: DateInUse | None = None
    with_below: bool = Field(False, description="With everything below the node.")


def get_record_filters(asked: Annotated[RecordAsked, Query()]) -> RecordFilters:
    """Return the filters of the address."""
    return RecordFilters(**asked.model_dump())


@router.get("/{code}/record")
def read_record(
    place: Place,
    person: Staff,
    code: Code,
    filters: Annotated[RecordFilters, Depends(get_record_filters)],
    before: UUID | None = None,
) -> RecordPage:
    """Return who changed, read, exported and watched what at a node, and who signed in, newest first."""
    return node_record.record(place, person, code, filters, before=before)


@router.get("/{code}/wall")
def read_wall(place: Place, person: Staff, code: Code) -> WallView:
    """Return the numbers of a node that one supervises, without questions and names."""
    return wall_screens.wall(place, person, code)


@router.get("/{code}/screens")
def list_screens(place: Place, person: Staff, code: Code) -> list[ScreenView]:
    """Return the wall screens linked to a node."""
    return wall_screens.screens(place, person, code)


@router.post("/{code}/screens", status_code=201)
def link_screen(place: Place, person: Staff, code: Code, body: ScreenBody) -> NewScreen:
    """Link a wall screen for a year; the token is told this once."""
    return wall_screens.link_screen(place, person, code, name=body.name)


@router.delete("/{code}/screens/{screen_id}")
def revoke_screen(place: Place, person: Staff, code: Code, screen_id: UUID) -> Done:
    """Let a screen show nothing any more."""
    wall_screens.revoke_screen(place, person, code, screen_id)
    return Done()


@public.get("/wall")
def read_wall_by_screen(
    place: Place, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_screen)]
) -> WallView:
    """Return the numbers that a linked screen shows. The token travels in a header, never in an address."""
    if credentials is None:
        raise DisplayUnknown()
    return wall_screens.wall_for_screen(place, credentials.credentials)
