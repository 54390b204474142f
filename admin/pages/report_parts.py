"""Parts of a report written anew, out of form and log or of an earlier version: looked at first, chosen, had back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_pages import PAGE, Refused, address_of, may_stay, show, whole
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.report_text import offered
from admin.session import posted
from qa_server.desk.commissions.reports import bringing_in
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_TAB = "/report"
_CHOSEN = "part"


@router.get(PAGE + "/{commission_id}/report/parts")
def show_parts(request: Request, visitor: SignedInVisitor, commission_id: UUID, version: str = "") -> Response:
    """Show which parts form and log, or a version, would write anew. Raises NotFound, Forbidden, TransitionRefused."""
    return _page(request, visitor, commission_id, whole(version))


@router.post(PAGE + "/{commission_id}/report/parts")
def bring_in(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Write the chosen parts anew. Refused, it shows what would change by now, with the same parts chosen."""
    keys = [str(each) for each in sent.getlist(_CHOSEN)]
    version = whole(str(sent.get("version", "")))
    # A form without it was sent by no page of ours; no report has this one.
    revision = whole(str(sent.get("report_revision", ""))) or 0
    try:
        sheet = bringing_in.bring_in(
            visitor.place, visitor.person, commission_id, keys, revision=revision, version=version
        )
    except AppError as error:
        if not may_stay(error):
            raise
        return _page(request, visitor, commission_id, version, refused=Refused(error, "parts", {}), keys=keys)
    if sheet.revision == revision:
        return go_to(address_of(commission_id, _TAB), done="unchanged")
    done = "brought_in" if version is None else "taken_up"
    return go_to(address_of(commission_id, _TAB), done=done, kept=sheet.version - 1, part=keys)


def _page(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    version: int | None,
    *,
    refused: Refused | None = None,
    keys: list[str] | None = None,
) -> Response:
    offer = bringing_in.offer(visitor.place, visitor.person, commission_id, version=version)
    parts = offered(offer.parts)
    return show(
        request,
        visitor,
        commission_id,
        "commissions/report_changes.html",
        tab=_TAB,
        refused=refused,
        version=version,
        offer=offer,
        parts=parts,
        # What takes nothing away is safe; the rest has to be wished.
        chosen=[each.key for each in parts if not each.takes_away] if keys is None else keys,
    )
