"""Commissions by shelf: what waits, is mine, is late; narrowed by service, library and subject, or searched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_pages import PAGE, plain
from admin.commission_wording import EMPTY, PAYMENT_STATES, SHELVES
from admin.page import PageRoute, SignedInVisitor, Visitor, render
from admin.session import posted
from admin.wording import CLC_CLASSES
from qa_server.desk.commissions import handling
from qa_server.desk.commissions.finding import exporting
from qa_server.desk.commissions.finding.shelves import Shelf, Wanted
from qa_server.desk.exporting import MEDIA_TYPES, Format

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_MOST = 100_000
_LONGEST = 200
# What an address says for every shelf together.
_ALL = "all"


@dataclass(frozen=True)
class Asked:
    """What an address or a form asks for: the shelf, None for all, and what narrows the list."""

    shelf: Shelf | None
    given: dict[str, str]
    wanted: Wanted

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything is left out besides other shelves."""
        return any(self.given.values())


@router.get(PAGE)
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """Show one page of a shelf; a search without a shelf looks on all of them."""
    asked = _asked(visitor, request.query_params)
    offset = request.query_params.get("offset", "0")
    begins = min(int(offset), _MOST) if offset.isdecimal() else 0
    page = handling.listing(
        visitor.place, visitor.person, asked.shelf, language=visitor.language, offset=begins, wanted=asked.wanted
    )
    return render(
        request,
        "commissions/list.html",
        seen_by=visitor,
        page=page,
        shelf=asked.shelf,
        shelves=SHELVES,
        empty=EMPTY,
        counts=handling.counts(visitor.place, visitor.person),
        choices=handling.choices(visitor.place, visitor.person, language=visitor.language),
        asked=asked.given,
        is_narrowed=asked.is_narrowed,
        is_first=begins == 0,
        now=visitor.place.clock(),
        clc_classes=CLC_CLASSES,
        payment_states=PAYMENT_STATES,
    )


@router.post(PAGE + "/export")
def export(visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Send the list as a file."""
    given = plain(sent)
    asked = _asked(visitor, given)
    form: Format = "xlsx" if given.get("form") == "xlsx" else "csv"
    content = exporting.export(
        visitor.place,
        visitor.person,
        asked.shelf,
        form,
        wanted=asked.wanted,
        zone=visitor.home.zone,
        language=visitor.language,
    )
    headers = {"Content-Disposition": f'attachment; filename="commissions.{form}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def _asked(visitor: Visitor, said: Mapping[str, str]) -> Asked:
    words = said.get("q", "").strip()[:_LONGEST]
    given = {
        "q": words,
        "service": said.get("service", "")[:40],
        "library": said.get("library", "").upper()[:8],
        "subject": said.get("subject", "")[:2],
    }
    shelf: Shelf | None = next((each for each in get_args(Shelf) if each == said.get("shelf")), None)
    if shelf is None and not words and said.get("shelf") != _ALL:
        # Whoever begins the day sees what waits; whoever looks for something looks everywhere.
        shelf = "waiting"
    wanted = handling.wanted_of(
        visitor.place,
        words=words,
        service_=given["service"],
        library=given["library"],
        subject=given["subject"],
    )
    return Asked(shelf, given, wanted)
