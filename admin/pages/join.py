"""The form by which a library applies to join. For everybody, without signing in and without scripts."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.page import PageRoute, render
from admin.preferences import language_of
from admin.session import place_of, require_same_site
from admin.wording import LANGUAGES
from qa_server.desk import onboarding
from qa_server.desk.onboarding import ApplicationFields, ApplicationReceipt
from qa_server.i18n import translate
from qa_server.people.addresses import network_of
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_FIELDS = ("parent", "code", "name_zh", "name_en", "time_zone", "contact_name", "contact_email", "note")
_USUAL = {"time_zone": "Asia/Shanghai", "language": "zh"}


async def form_of(request: Request) -> FormData:
    """Return the form of a stranger, once it is known to come from our own page. Raises CsrfRefused."""
    require_same_site(request)
    return await request.form()


@router.get("/join")
def show(request: Request) -> Response:
    """Show the empty form."""
    return _page(request, typed=_USUAL)


@router.post("/join")
def apply(request: Request, sent: Annotated[FormData, Depends(form_of)]) -> Response:
    """Take the application, or show the form again with the reason and what was typed."""
    typed = {name: str(sent.get(name, "")).strip() for name in (*_FIELDS, "language", "web_origins")}
    network = network_of(request.client.host if request.client else "")
    fields = ApplicationFields(
        **{name: typed[name] for name in _FIELDS},
        language="en" if typed["language"] == "en" else "zh",
        web_origins=tuple(typed["web_origins"].split()),
    )
    try:
        receipt = onboarding.apply(place_of(request), fields, network=network)
    except AppError as refusal:
        return _page(request, typed=typed, refusal=refusal)
    return _page(request, typed={}, receipt=receipt)


def _page(
    request: Request,
    *,
    typed: Mapping[str, str],
    refusal: AppError | None = None,
    receipt: ApplicationReceipt | None = None,
) -> Response:
    language = language_of(request, None)
    return render(
        request,
        "applications/join.html",
        status=refusal.status if refusal else 200,
        problem=translate(refusal.message, language, **refusal.details) if refusal else None,
        receipt=receipt,
        typed=typed,
        centres=onboarding.centres(place_of(request)),
        languages=LANGUAGES,
    )
