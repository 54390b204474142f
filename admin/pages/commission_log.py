"""The work log of a commission: written all day, corrected without losing anything, pasted from a spreadsheet."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_pages import PAGE, Refused, back_to, may_stay, plain, show
from admin.log_rows import COLUMNS, read_rows
from admin.page import PageRoute, SignedInVisitor, Visitor
from admin.session import posted
from qa_server.commissions.errors import LogEntryInvalid
from qa_server.commissions.models import FilePurpose
from qa_server.desk.commissions import handling, working
from qa_server.desk.commissions.working import LogInput, LogView, StrategyInput
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_TAB = {"tab": "/log"}
# Further than that somebody was at lunch.
_MOST_MINUTES_SINCE = 180


@router.get(PAGE + "/{commission_id}/log")
def show_log(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, like: str = "", fix: str = ""
) -> Response:
    """Show the log; `like` fills the form with an entry to go on from, `fix` with one to correct."""
    entries = working.log(visitor.place, visitor.person, commission_id)
    chosen = next((each for each in entries if str(each.id) in (like, fix)), None)
    return _log(request, visitor, commission_id, filled=_filled(chosen, is_fix=bool(fix)) if chosen else {})


@router.post(PAGE + "/{commission_id}/log")
def write(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Add a step, correct one, or take rows over from a spreadsheet; sent twice they are added once."""
    given = plain(sent)
    client_id = given.get("client_id", "")[:60]
    try:
        if "rows" in given:
            rows = [_input(row, f"{client_id}-{number}") for number, row in enumerate(read_rows(given["rows"]))]
            working.write_all(visitor.place, visitor.person, commission_id, rows)
        else:
            fields = {name: given.get(name, "") for name in COLUMNS}
            entry = _input(fields, client_id, replaces=given.get("replaces"), files=sent.getlist("file"))
            working.write(visitor.place, visitor.person, commission_id, entry)
    except AppError as error:
        if not may_stay(error):
            raise
        return _log(request, visitor, commission_id, refused=Refused(error, "log", given), filled=given)
    return back_to(commission_id, _TAB, "corrected" if given.get("replaces") else "logged")


@router.post(PAGE + "/{commission_id}/log/{entry_id}/strike")
def strike(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    entry_id: UUID,
    _: Annotated[FormData, Depends(posted)],
) -> Response:
    """Take a step out of the log that holds."""
    try:
        working.strike(visitor.place, visitor.person, commission_id, entry_id)
    except AppError as error:
        if not may_stay(error):
            raise
        return _log(request, visitor, commission_id, refused=Refused(error, "strike", {}))
    return back_to(commission_id, _TAB, "struck")


@router.post(PAGE + "/{commission_id}/strategies")
def keep_strategy(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Keep a strategy of the log under a name."""
    given = plain(sent)
    try:
        kept = _validated(StrategyInput, {name: given.get(name, "") for name in ("title", "database", "strategy")})
        working.keep_strategy(visitor.place, visitor.person, commission_id, kept)
    except AppError as error:
        if not may_stay(error):
            raise
        return _log(request, visitor, commission_id, refused=Refused(error, "strategies", given))
    return back_to(commission_id, _TAB, "kept")


@router.post(PAGE + "/{commission_id}/strategies/{strategy_id}")
def use_strategy(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    strategy_id: UUID,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Fill the form with a kept strategy, or remove it."""
    if "drop" in sent:
        working.drop_strategy(visitor.place, visitor.person, commission_id, strategy_id)
        return back_to(commission_id, _TAB, "dropped")
    used = working.use_strategy(visitor.place, visitor.person, commission_id, strategy_id)
    return _log(request, visitor, commission_id, filled={"database": used.database, "strategy": used.strategy})


def _log(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    *,
    refused: Refused | None = None,
    filled: Mapping[str, Any] | None = None,
) -> Response:
    place, person = visitor.place, visitor.person
    entries = working.log(place, person, commission_id)
    view = handling.read(place, person, commission_id, language=visitor.language)
    return show(
        request,
        visitor,
        commission_id,
        "commissions/log.html",
        tab="/log",
        refused=refused,
        entries=list(enumerate(entries, start=1))[::-1],
        minutes=sum(each.minutes for each in entries),
        minutes_since=_minutes_since(visitor, entries),
        databases=working.databases(place, person, commission_id),
        strategies=working.strategies(place, person, commission_id),
        files={str(each.id): each for each in view.files},
        work_files=[each for each in view.files if each.purpose == FilePurpose.WORK],
        filled=filled or {},
    )


def _minutes_since(visitor: Visitor, entries: list[LogView]) -> int | None:
    """Return the minutes since the person's own last entry, where it is not long ago."""
    last = max((each.searched_at for each in entries if each.is_mine), default=None)
    if last is None:
        return None
    minutes = int((visitor.place.clock() - last).total_seconds() // 60)
    return minutes if 0 < minutes <= _MOST_MINUTES_SINCE else None


def _filled(entry: LogView, *, is_fix: bool) -> dict[str, Any]:
    if not is_fix:
        # The next database is searched with the same words in the same years.
        return {"years": entry.years, "strategy": entry.strategy}
    kept = {name: getattr(entry, name) for name in COLUMNS}
    return {
        **{name: "" if value is None else value for name, value in kept.items()},
        "replaces": str(entry.id),
        "file": entry.file_ids,
    }


def _input(fields: Mapping[str, Any], client_id: str, *, replaces: str | None = None, files: Any = ()) -> LogInput:
    said = {name: value for name, value in fields.items() if value != ""}
    given = {**said, "client_id": client_id, "file_ids": list(files), "replaces": replaces or None}
    entry: LogInput = _validated(LogInput, given)
    return entry


def _validated(model: type[Any], given: Mapping[str, Any]) -> Any:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fields = ", ".join(dict.fromkeys(str(each["loc"][0]) for each in error.errors() if each["loc"]))
        raise LogEntryInvalid(fields=fields) from error
