"""The record of a node: who changed, read, exported and watched what, and who signed in. Newest first."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from io import StringIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response, StreamingResponse

from admin.node_pages import render_node
from admin.node_wording import ACTIONS, SUBJECTS
from admin.page import PageRoute, SignedInVisitor, Visitor
from admin.record_lines import lines_of, setting_label
from admin.search_wording import RECORD_ACTIONS, RECORD_KINDS, RECORD_SUBJECTS
from admin.session import posted
from qa_server.desk import auditing, node_record
from qa_server.desk.exporting import guarded
from qa_server.desk.node_record import RecordFilters, RecordLine
from qa_server.people.audit import Action

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MAX_EXPORTED = 20_000
_SUBJECTS = {**SUBJECTS, **RECORD_SUBJECTS}
_ACTIONS = {**ACTIONS, **RECORD_ACTIONS}


@router.get("/console/network/{code}/changes")
def show(request: Request, visitor: SignedInVisitor, code: str, before: UUID | None = None) -> Response:
    """Show one page of the record. Raises NotFound, Forbidden."""
    filters = _filters(request.query_params)
    found = node_record.record(visitor.place, visitor.person, code, filters, before=before)
    return render_node(
        request,
        visitor,
        "changes.html",
        code,
        lines=[_line(visitor, each) for each in found.items],
        next=found.next,
        filters=filters,
        kept=_written(filters),
        kinds=RECORD_KINDS,
        subjects=_SUBJECTS,
        actions=_ACTIONS,
        keep_days=auditing.kept_days(visitor.place, visitor.person, code),
    )


@router.post("/console/network/{code}/changes/export")
def export(visitor: SignedInVisitor, code: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Send the record as CSV; that it was taken out becomes part of it. Raises NotFound, Forbidden."""
    filters = _filters({name: value for name, value in sent.items() if isinstance(value, str)})
    lines = list(node_record.record_lines(visitor.place, visitor.person, code, filters, most=MAX_EXPORTED))
    told = {"filters": _written(filters), "format": "csv", "rows": len(lines), "node": code.upper()}
    auditing.note_export(visitor.place, visitor.person, Action.EXPORTED, what="record", details=told)
    name = f"record-{code.upper()}-{visitor.place.clock():%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_csv(visitor, lines), media_type="text/csv; charset=utf-8", headers=headers)


def _csv(visitor: Visitor, lines: list[RecordLine]) -> Iterator[bytes]:
    # The mark lets spreadsheets read Chinese.
    yield b"\xef\xbb\xbf" + _row(_heads(visitor))
    for each in lines:
        words = (_SUBJECTS.get(each.subject, each.subject), _ACTIONS.get(each.action, each.action))
        what = " ".join(map(visitor.say, words))
        moment = each.happened_at.astimezone(visitor.home.zone).strftime("%Y-%m-%d %H:%M:%S")
        who = each.by or visitor.say("command line") if each.kind == "changes" else each.by or ""
        cells = [moment, each.library or "", who, each.login or "", what, each.subject_key]
        yield _row([*cells, _whole(each.old), _whole(each.new)])


def _heads(visitor: Visitor) -> list[str]:
    return [
        visitor.say("When"),
        visitor.say("Node"),
        visitor.say("Who"),
        visitor.say("User name"),
        visitor.say("What"),
        visitor.say("About"),
        visitor.say("Before"),
        visitor.say("After"),
    ]


def _row(cells: list[str]) -> bytes:
    line = StringIO()
    csv.writer(line).writerow([guarded(cell) for cell in cells])
    return line.getvalue().encode()


def _filters(given: Mapping[str, str]) -> RecordFilters:
    kind = next((each for each in node_record.KINDS if each == given.get("kind")), None)
    return RecordFilters(
        kind=kind,
        login=given.get("login", "").strip().lower()[:64],
        first=_day(given.get("first", "")),
        last=_day(given.get("last", "")),
        with_below=bool(given.get("with_below")),
    )


def _written(filters: RecordFilters) -> dict[str, str]:
    days = {"first": filters.first, "last": filters.last}
    return {
        **({"kind": filters.kind} if filters.kind else {}),
        **({"login": filters.login} if filters.login else {}),
        **{name: day.isoformat() for name, day in days.items() if day},
        **({"with_below": "1"} if filters.with_below else {}),
    }


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _whole(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(visitor: Visitor, each: RecordLine) -> tuple[RecordLine, str, list[tuple[str, str]], list[tuple[str, str]]]:
    """Return an entry with the name of the setting it is about, what was and what is."""
    label = setting_label(visitor, each.subject, each.subject_key)
    is_whole = each.old is None or each.new is None
    old, new = (lines_of(visitor, value, is_whole=is_whole) for value in (each.old, each.new))
    return each, label, old, new
