"""Sources of harvests: the list of those of one's nodes, what each brought, and how to add, start and remove one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.harvest_wording import DONE, INTERVALS, RECORD_STATES, RUN_STATES
from admin.page import PageRoute, SignedInVisitor, go_to, render
from admin.session import posted
from admin.wording import LANGUAGES, TOPICS
from qa_server.desk.answers import sources as harvest_sources
from qa_server.harvesting.errors import told
from qa_server.harvesting.models import HarvestSource, RecordState
from qa_server.harvesting.sources import PAGE_RECORDS, SourceFields
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_HOME = "/console/harvests"
_NEW = SourceFields("", "", "", "zh", "other", 0)


@router.get(_HOME)
def show_all(request: Request, visitor: SignedInVisitor) -> Response:
    """List the sources of the nodes where the person reviews. Raises Forbidden."""
    return _list(request, visitor)


@router.post(_HOME)
def add(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Add a source to a node."""
    fields, code = _fields(sent), str(sent.get("library", ""))
    try:
        added = harvest_sources.add(visitor.place, visitor.person, code, fields)
    except AppError as refusal:
        return _list(request, visitor, refusal=refusal, typed=fields, code=code)
    return go_to(f"{_HOME}/{added}", done="source_added")


@router.get("/console/harvests/{source_id}")
def show(
    request: Request,
    visitor: SignedInVisitor,
    source_id: UUID,
    state: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show a source with its runs and records. Raises NotFound."""
    return _one(request, visitor, source_id, state=state, page=page)


@router.post("/console/harvests/{source_id}")
def save(
    request: Request, visitor: SignedInVisitor, source_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Change name, schedule and what holds for records that name none."""
    fields = _fields(sent)
    try:
        harvest_sources.change(visitor.place, visitor.person, source_id, fields)
    except AppError as refusal:
        return _one(request, visitor, source_id, refusal=refusal, typed=fields)
    return go_to(f"{_HOME}/{source_id}", done="source_saved")


@router.post("/console/harvests/{source_id}/run")
def run(
    request: Request, visitor: SignedInVisitor, source_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Have it harvested now."""
    try:
        harvest_sources.run_soon(visitor.place, visitor.person, source_id)
    except AppError as refusal:
        return _one(request, visitor, source_id, refusal=refusal)
    return go_to(f"{_HOME}/{source_id}", done="run_asked")


@router.post("/console/harvests/{source_id}/drafts")
def draft_anyway(
    request: Request, visitor: SignedInVisitor, source_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Draft a record that looked like a duplicate, and show the draft."""
    try:
        made = harvest_sources.draft_anyway(visitor.place, visitor.person, source_id, str(sent.get("record", "")))
    except AppError as refusal:
        return _one(request, visitor, source_id, refusal=refusal)
    return go_to(f"/console/articles/{made}", done="saved")


@router.post("/console/harvests/{source_id}/removal")
def remove(visitor: SignedInVisitor, source_id: UUID, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Take a source away. Raises NotFound."""
    harvest_sources.remove(visitor.place, visitor.person, source_id)
    return go_to(_HOME, done="source_removed")


def _list(
    request: Request,
    visitor: SignedInVisitor,
    *,
    refusal: AppError | None = None,
    typed: SourceFields = _NEW,
    code: str = "",
) -> Response:
    return _page(
        request,
        visitor,
        "list.html",
        refusal,
        sources=harvest_sources.list_sources(visitor.place, visitor.person),
        nodes=harvest_sources.nodes(visitor.place, visitor.person),
        fields=typed,
        code=code or visitor.home.code,
    )


def _one(
    request: Request,
    visitor: SignedInVisitor,
    source_id: UUID,
    *,
    refusal: AppError | None = None,
    typed: SourceFields | None = None,
    state: str = "",
    page: int = 1,
) -> Response:
    if refusal is not None and refusal.status == 404:
        raise refusal
    chosen = RecordState(state) if state in set(RecordState) else None
    report = harvest_sources.report(visitor.place, visitor.person, source_id, state=chosen, page=page)
    counts = report.card.counts
    total = counts.get(chosen, 0) if chosen else sum(counts.values())
    return _page(
        request,
        visitor,
        "source.html",
        refusal,
        report=report,
        fields=typed or _fields_of(report.card.source),
        state=chosen or "",
        page=page,
        pages=max(1, -(-total // PAGE_RECORDS)),
    )


def _page(
    request: Request, visitor: SignedInVisitor, template: str, refusal: AppError | None, **context: object
) -> Response:
    return render(
        request,
        f"harvest/{template}",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        done=DONE.get(request.query_params.get("done", "")),
        problem=visitor.say(refusal.message, **refusal.details) if refusal else None,
        languages=LANGUAGES,
        topics=TOPICS,
        intervals=INTERVALS,
        run_states=RUN_STATES,
        record_states=RECORD_STATES,
        said=lambda code, details: _said(visitor, code, details),
        **context,
    )


def _said(visitor: SignedInVisitor, code: str, details: str | None) -> str:
    message, filled = told(code, details or "{}")
    return visitor.say(message, **filled)


def _fields(sent: FormData) -> SourceFields:
    hours = str(sent.get("every_hours", "0"))
    return SourceFields(
        name=str(sent.get("name", "")),
        address=str(sent.get("address", "")),
        set_spec=str(sent.get("set_spec", "")),
        language=str(sent.get("language", "")),
        service_topic=str(sent.get("service_topic", "")),
        every_hours=int(hours) if hours in INTERVALS else -1,
    )


def _fields_of(source: HarvestSource) -> SourceFields:
    return SourceFields(
        source.name, source.address, source.set_spec, source.language, source.service_topic, source.every_hours
    )
