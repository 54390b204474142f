"""How an article came to be: every revision with who, when, why and what; two compared, an old one taken up."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.article_wording import VISIBILITIES
from admin.page import PageRoute, SignedInVisitor, go_to, render
from admin.pages.article import refused
from admin.session import posted
from admin.text_diff import Segment, difference, has_changed
from admin.wording import CLC_CLASSES, QUESTION_TYPES, TOPICS
from knowledge.models import Revision
from qa_server.desk.articles import curating
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# Revisions shown in full; of an article with more, the older ones are named only.
_MAX_SHOWN = 20


@dataclass(frozen=True)
class RevisionView:
    """One revision and how each of its texts differs from the one before; the first differs from nothing."""

    revision: Revision
    author_name: str
    changes: dict[str, list[Segment]]
    facets: list[tuple[str, str, str]]


@router.get("/console/articles/{article_id}/revisions")
def show(request: Request, visitor: SignedInVisitor, article_id: UUID, left: str = "", right: str = "") -> Response:
    """Show all revisions, newest first; with `left` and `right` how these two differ. Raises NotFound."""
    card = curating.article(visitor.place, visitor.person, article_id)
    rows = curating.revisions(visitor.place, visitor.person, article_id)
    older = [revision for revision, _ in rows[1:]] + [None]
    views = [
        _view(revision, name, before if place < _MAX_SHOWN else None)
        for place, ((revision, name), before) in enumerate(zip(rows, older, strict=True))
    ]
    by_number = {str(revision.number): (revision, name) for revision, name in rows}
    compared = None
    if left in by_number and right in by_number:
        compared = _view(*by_number[right], by_number[left][0])
    return render(
        request,
        "article/revisions.html",
        seen_by=visitor,
        card=card,
        views=views,
        compared=compared,
        left=left,
        right=right,
        topics=TOPICS,
        types=QUESTION_TYPES,
        classes=CLC_CLASSES,
        visibilities=VISIBILITIES,
    )


@router.post("/console/articles/{article_id}/revisions")
def take_up(
    request: Request, visitor: SignedInVisitor, article_id: UUID, form: Annotated[FormData, Depends(posted)]
) -> Response:
    """Write an old revision as the newest one, a draft; nothing in between is lost."""
    number = str(form.get("number", ""))
    if not number.isdecimal():
        raise NotFound()
    note = visitor.say("The text of revision {number} again", number=number)
    try:
        curating.take_up_revision(visitor.place, visitor.person, article_id, number=int(number), note=note)
    except AppError as refusal:
        return refused(request, visitor, article_id, refusal)
    return go_to(f"/console/articles/{article_id}", done="restored_text")


def _view(revision: Revision, author_name: str, before: Revision | None) -> RevisionView:
    return RevisionView(revision, author_name, _changes(before, revision), _facets(before, revision))


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


def _facets(before: Revision | None, after: Revision) -> list[tuple[str, str, str]]:
    """Return what changed beside the text: name, value before and value after, to be put into words."""
    if before is None:
        return []
    pairs = (
        ("Topic", TOPICS[before.service_topic], TOPICS[after.service_topic]),
        ("Question type", QUESTION_TYPES[before.question_type], QUESTION_TYPES[after.question_type]),
        ("CLC class", before.clc_class or "–", after.clc_class or "–"),
        ("Who finds it", VISIBILITIES[before.visibility], VISIBILITIES[after.visibility]),
        ("Valid from", _day(before.valid_from), _day(after.valid_from)),
        ("Valid until", _day(before.valid_until), _day(after.valid_until)),
    )
    return [pair for pair in pairs if pair[1] != pair[2]]


def _day(moment: object) -> str:
    return str(moment)[:10] if moment else "–"
