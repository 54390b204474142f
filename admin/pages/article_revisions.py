"""How an article came to be: every revision with who, when and why, and what changed in it."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.page import PageRoute, SignedInVisitor, render
from admin.text_diff import Segment, difference, has_changed
from knowledge.models import Revision
from qa_server.desk import curating

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# Revisions shown in full; of an article with more, the older ones are named only.
_MAX_SHOWN = 20


@dataclass(frozen=True)
class RevisionView:
    """One revision and how each of its texts differs from the one before; the first differs from nothing."""

    revision: Revision
    author_name: str
    changes: dict[str, list[Segment]]


@router.get("/console/articles/{article_id}/revisions")
def show(request: Request, visitor: SignedInVisitor, article_id: UUID) -> Response:
    """Show all revisions, newest first. Raises NotFound."""
    card = curating.article(visitor.place, visitor.person, article_id)
    rows = curating.revisions(visitor.place, visitor.person, article_id)
    older = [revision for revision, _ in rows[1:]] + [None]
    views = [
        RevisionView(revision, name, _changes(before, revision) if place < _MAX_SHOWN else {})
        for place, ((revision, name), before) in enumerate(zip(rows, older, strict=True))
    ]
    return render(request, "article/revisions.html", seen_by=visitor, card=card, views=views)


def _changes(before: Revision | None, after: Revision) -> dict[str, list[Segment]]:
    if before is None:
        return {}
    found = {
        "Question": difference(before.question, after.question),
        "Other ways to ask": difference("\n".join(before.alternates), "\n".join(after.alternates)),
        "Answer": difference(before.answer, after.answer),
        "Sources": difference("\n".join(before.sources), "\n".join(after.sources)),
    }
    return {name: segments for name, segments in found.items() if has_changed(segments)}
