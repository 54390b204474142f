"""The public page behind the code printed on a report, `/reports/check`: what was issued, and nothing of whom for.

Whoever has the PDF may compare it: its digest is reckoned in the browser, the file is sent nowhere.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from qa_server.commissions.reports.verification import normalise
from qa_server.desk.commissions.reports import reporting
from qa_server.live.rates import TooManyRequests
from qa_server.people.addresses import network_of
from storage.errors import NotFound
from widget.pages import language_of, page, tag_of

_MAX_CODE = 60


def router() -> APIRouter:
    """Return the routes of the page. Expects `app.state.place` to be the Workplace."""
    routes = APIRouter(include_in_schema=False)
    routes.add_api_route("/reports/check", entry_page, methods=["GET", "HEAD"])
    routes.add_api_route("/reports/check/{code}", check_page, methods=["GET", "HEAD"])
    return routes


def entry_page(request: Request, code: Annotated[str, Query(max_length=_MAX_CODE)] = "") -> Response:
    """Return the page where a code is typed in; a code that was typed leads on to its own address."""
    proper = normalise(code)
    if proper is not None:
        return RedirectResponse(f"check/{proper}?lang={tag_of(request)}", status_code=303)
    return page(
        "report_check.html",
        language=language_of(request),
        tag=tag_of(request),
        base="",
        code=code.strip(),
        report=None,
        is_unknown=bool(code.strip()),
        wait_seconds=0,
    )


def check_page(request: Request, code: Annotated[str, Path(max_length=_MAX_CODE)]) -> Response:
    """Return what a code stands for, or that nothing has it."""
    place = request.app.state.place
    report, wait_seconds = None, 0
    try:
        place.rates.spend("search", network_of(request.client.host if request.client else ""))
        report = reporting.check(place, code)
    except NotFound:
        pass
    except TooManyRequests as refused:
        wait_seconds = int(str(refused.details.get("retry_after_seconds", 1)))
    response = page(
        "report_check.html",
        language=language_of(request),
        tag=tag_of(request),
        base="../",
        code=normalise(code) or code,
        report=report,
        is_unknown=report is None and not wait_seconds,
        wait_seconds=wait_seconds,
    )
    response.status_code = 200 if report else 429 if wait_seconds else 404
    return response
