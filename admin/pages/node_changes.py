"""The record of a node: who changed what, newest first."""

import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.node_pages import render_node
from admin.node_wording import ACTIONS, SUBJECTS
from admin.page import PageRoute, SignedInVisitor
from qa_server.desk import administering

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# A rule or a card line may be long; the record shows its beginning.
_SHOWN_CHARACTERS = 160


@router.get("/console/network/{code}/changes")
def show(request: Request, visitor: SignedInVisitor, code: str, before: UUID | None = None) -> Response:
    """Show one page of the record. Raises NotFound, Forbidden."""
    found = administering.changes(visitor.place, visitor.person, code, before=before)
    return render_node(
        request,
        visitor,
        "changes.html",
        code,
        changes=[(each, _shown(each.old), _shown(each.new)) for each in found.items],
        next=found.next,
        subjects=SUBJECTS,
        actions=ACTIONS,
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
