"""The working day without scripts: what one is to others, how many chats, how the console draws attention."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from admin import working_wording
from admin.form_pages import render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import local_path, posted
from admin.working_bar import bar_of
from qa_server.desk import preferring, working_day
from qa_server.desk.preferring import Preferences
from qa_server.people.availability import Availability
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/preferences"
_TEXTS = ("question_sound", "message_sound", "mail_address")
_NUMBERS = ("volume", "repeat_seconds")
_CHOICES = frozenset(each.value for each in Availability)
_BOXES = ("notifies", "is_quiet_when_away", "letter_keys", "mails_ageing", "mails_commissions")


class PreferencesInvalid(AppError):
    """What was chosen is not among what can be chosen."""

    code = "preferences_invalid"
    status = 422
    message = "Choose one of the values offered."


@router.post("/console/working-day")
def choose(visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Choose what to be, or how many chats at once, and go back to the page. Raises CapacityRefused."""
    wished = str(sent.get("availability", ""))
    if wished in _CHOICES:
        working_day.choose(visitor.place, visitor.person, Availability(wished))
    elif "max_chats" in sent:
        most = str(sent.get("max_chats", ""))
        working_day.set_capacity(visitor.place, visitor.person, int(most) if most.isdecimal() else None)
    return go_to(local_path(str(sent.get("back", "")), default="/console"))


@router.get("/console/working-day.json")
def read_bar(visitor: SignedInVisitor) -> Response:
    """Return the bar's state anew, for a page that was left open."""
    state = bar_of(visitor.place, visitor.person, visitor.home.zone, visitor.language)
    return JSONResponse(state, headers={"Cache-Control": "no-store"})


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """Show sounds, notifications and keys as chosen."""
    return _page(request, visitor)


@router.post(_ADDRESS)
def keep(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Keep what was chosen, for every machine."""
    try:
        preferring.prefer(visitor.place, visitor.person, _read(sent))
    except PreferencesInvalid as refusal:
        return _page(request, visitor, refusal=refusal)
    return go_to(_ADDRESS, done="saved")


def _read(sent: FormData) -> Preferences:
    fields: dict[str, object] = {name: str(sent.get(name, "")) for name in _TEXTS}
    fields |= {name: _number(str(sent.get(name, ""))) for name in _NUMBERS}
    fields |= {name: sent.get(name) is not None for name in _BOXES}
    try:
        return Preferences.model_validate(fields)
    except ValidationError as error:
        raise PreferencesInvalid() from error


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 4 else None


def _page(request: Request, visitor: Visitor, *, refusal: AppError | None = None) -> Response:
    return render_form(
        request,
        visitor,
        "preferences/page.html",
        refusal=refusal,
        preferences=preferring.preferences(visitor.place, visitor.person),
        sounds=working_wording.SOUNDS,
        repeats=working_wording.REPEAT_NAMES,
    )
