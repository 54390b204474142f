"""Statistics of the knowledge base: tables with bars, of a node and all below it, and the same as a file."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from admin.page import PageRoute, SignedInVisitor, Visitor, render
from admin.statistics_wording import FRESHNESS, OUTCOMES, USES, VALIDITY
from admin.wording import TOPICS
from knowledge.article_export import MEDIA_TYPES, guarded
from knowledge.use import BUCKETS_MS, OVER_MS
from qa_server.desk.articles import measuring
from qa_server.desk.articles.measuring import Statistics
from qa_server.desk.workbook import workbook

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/articles/statistics"
DAYS = (7, 30, 90, 365)


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor, library: str = "", days: str = "30") -> Response:
    """Show the figures. Raises NotFound, Forbidden."""
    found = _statistics(visitor, library, days)
    return render(
        request,
        "statistics/page.html",
        seen_by=visitor,
        found=found,
        nodes=measuring.nodes(visitor.place, visitor.person),
        days=found.period.days,
        choices=DAYS,
        bounds=[*BUCKETS_MS, OVER_MS],
        most=max((sum(counts.values()) for counts in found.searches.values()), default=0),
        uses=USES,
        freshness=FRESHNESS,
        validity=VALIDITY,
        outcomes=OUTCOMES,
        topics=TOPICS,
    )


@router.get(f"{_ADDRESS}/file")
def save(
    visitor: SignedInVisitor, library: str = "", days: str = "30", format: Literal["csv", "xlsx"] = "csv"
) -> Response:
    """Return the figures as a file. Raises NotFound, Forbidden."""
    found = _statistics(visitor, library, days)
    name = f"knowledge-{found.node.code}-{found.period.start}-{found.period.end}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if format == "xlsx":
        rows = [cells for _, cells in _rows(visitor, found)]
        return Response(workbook("statistics", rows), media_type=MEDIA_TYPES[format], headers=headers)
    return StreamingResponse(_csv(visitor, found), media_type=MEDIA_TYPES[format], headers=headers)


def _statistics(visitor: Visitor, library: str, days: str) -> Statistics:
    wanted = int(days) if days.isdecimal() and len(days) < 5 else 30
    start, end = measuring.last_days(visitor.place, wanted)
    code = library or visitor.home.code
    return measuring.statistics(visitor.place, visitor.person, code=code, start=start, end=end)


def _rows(visitor: Visitor, found: Statistics) -> Iterator[tuple[str, list[str | int | float]]]:
    for name, table in measuring.tables(found):
        yield name, [visitor.say(name)]
        heading, *rows = table
        yield name, [visitor.say(str(cell)) for cell in heading]
        words = {**USES, **FRESHNESS, **VALIDITY}
        for row in rows:
            first = visitor.say(words[str(row[0])]) if row[0] in words else row[0]
            yield name, [first, *row[1:]]
        yield name, [""]


def _csv(visitor: Visitor, found: Statistics) -> Iterator[str]:
    yield "\ufeff"
    for _, cells in _rows(visitor, found):
        line = StringIO()
        csv.writer(line).writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
        yield line.getvalue()
