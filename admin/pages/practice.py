"""Practice: choose a made-up reader or a colleague who plays one, look back on it, say how it was."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.form_pages import render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.session import posted
from admin.wording import LANGUAGES
from qa_server.colleagues.cases import cases
from qa_server.desk import answering, practising, staff_talk
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/console/practice")
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """Show the cases, the person's practice, and that of others to look at."""
    return _page(request, visitor)


@router.post("/console/practice")
def start(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Begin to practise and go to the chat."""
    try:
        started = _start(visitor, sent)
    except AppError as refusal:
        return _page(request, visitor, refusal=refusal)
    return go_to(f"/console/conversations/{started}")


@router.get("/console/practice/{practice_id}")
def look_back(request: Request, visitor: SignedInVisitor, practice_id: UUID) -> Response:
    """Show an ended practice with the model answer; one that goes on opens the chat. Raises NotFound."""
    practice = practising.result(visitor.place, visitor.person, practice_id)
    if practice.ended_at is None:
        return go_to(f"/console/conversations/{practice_id}")
    return render_form(
        request,
        visitor,
        "practice/result.html",
        practice=practice,
        thread=practising.thread(visitor.place, visitor.person, practice_id, 0),
        may_judge=practising.may_give_feedback(visitor.place, visitor.person, practice_id),
    )


@router.post("/console/practice/{practice_id}/feedback")
def judge(visitor: SignedInVisitor, practice_id: UUID, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Keep what a mentor or the player says. Raises NotFound, PracticeOpen."""
    practising.give_feedback(visitor.place, visitor.person, practice_id, str(sent.get("words", ""))[:2_000])
    return go_to(f"/console/practice/{practice_id}", done="saved")


@router.get("/console/number/{number}")
def go_to_number(visitor: SignedInVisitor, number: str) -> Response:
    """Go to the conversation with a number, if the person may read it. Raises NotFound."""
    conversation_id = answering.by_number(visitor.place, visitor.person, number)
    return go_to(f"/console/conversations/{conversation_id}")


def _start(visitor: Visitor, sent: FormData) -> UUID:
    if "case" in sent:
        return practising.start_case(visitor.place, visitor.person, str(sent["case"])).id
    try:
        player = UUID(str(sent.get("player", "")))
    except ValueError:
        raise NotFound() from None
    language = "en" if sent.get("language") == "en" else "zh"
    question = str(sent.get("question", ""))[:2_000]
    return practising.invite(visitor.place, visitor.person, player, question=question, language=language).id


def _page(request: Request, visitor: Visitor, *, refusal: AppError | None = None) -> Response:
    return render_form(
        request,
        visitor,
        "practice/page.html",
        refusal=refusal,
        cases=sorted(cases(), key=lambda case: (case.language != visitor.language, case.level)),
        colleagues=staff_talk.my_colleagues(visitor.place, visitor.person),
        mine=practising.my_practices(visitor.place, visitor.person),
        others=practising.to_look_at(visitor.place, visitor.person),
        languages=LANGUAGES,
    )
