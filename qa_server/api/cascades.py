"""What coordinators ask for: a library's cascade, changing it, who would get a question, the balance of help."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.api.passing import ClcClass
from qa_server.conversations.schemas import Wire
from qa_server.desk import planning, reckoning
from qa_server.desk.planning import RuleView
from qa_server.desk.reckoning import StatementView
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.journey import Journey, Leg

router = APIRouter(prefix="/api/v1/staff/libraries", tags=["cascades"])

Code = Annotated[str, Path(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")]
Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(?:0[1-9]|1[0-2])$", description="Year and month, as 2026-11.")]


class NewRule(Wire):
    """A cascade as docs/routing.md describes it."""

    rule: dict[str, Any]
    is_locked: bool = Field(False, description="Nodes below may not have their own.")


class CandidateView(Wire):
    """Somebody at a desk, with the points and what they are for."""

    librarian_id: UUID
    name_zh: str
    name_en: str
    is_eligible: bool
    points: int
    reasons: dict[str, int]


class LegView(Wire):
    """One moment of a question's way: a desk, or the promise when nobody is anywhere."""

    at: datetime
    desk_id: UUID | None
    code: str
    name_zh: str
    name_en: str
    relation: str
    is_staffed: bool
    passed_over: list[dict[str, str]]
    candidates: list[CandidateView]


class JourneyView(Wire):
    """The whole way, if nobody claims; `ends` is waits_for_staff or tracked."""

    ends: str
    legs: list[LegView]


@router.get("/{code}/cascade")
def read_cascade(place: Place, person: Staff, code: Code) -> RuleView:
    """Return the cascade that holds for a library, and the node that set it."""
    return planning.cascade_of(place, person, code)


@router.put("/{code}/cascade")
def set_cascade(place: Place, person: Staff, code: Code, body: NewRule) -> RuleView:
    """Give a node a cascade. One that ends nowhere, loops, or names unknown or empty desks is refused."""
    return planning.set_cascade(place, person, code, body.rule, is_locked=body.is_locked)


@router.delete("/{code}/cascade")
def inherit_cascade(place: Place, person: Staff, code: Code) -> RuleView:
    """Let a node inherit its cascade again."""
    return planning.inherit_cascade(place, person, code)


@router.get("/{code}/journey")
def foresee(
    place: Place,
    person: Staff,
    code: Code,
    at: datetime,
    kind: QuestionKind = QuestionKind.GENERAL,
    subject: ClcClass | None = None,
    language: Literal["zh", "en"] = "zh",
) -> JourneyView:
    """Say who gets a question of a library at a moment, step by step with the reasons."""
    return view(planning.foresee(place, person, code, at=at, kind=kind, subject=subject, language=language))


@router.get("/{code}/statement")
def read_statement(place: Place, person: Staff, code: Code, month: Month) -> StatementView:
    """Return a month's balance of help for a node and the libraries below it."""
    return reckoning.statement(place, person, code, month)


@router.get("/{code}/statement.xlsx")
def download_statement(place: Place, person: Staff, code: Code, month: Month) -> Response:
    """Return the same as a workbook."""
    content = reckoning.statement_workbook(place, person, code, month)
    name = f"{code.upper()}-{month}.xlsx"
    return Response(
        content,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def view(journey: Journey) -> JourneyView:
    """Return a journey with its names."""
    return JourneyView(
        ends=journey.ends,
        legs=[
            LegView(
                at=leg.at,
                desk_id=leg.desk_id,
                code=leg.code,
                name_zh=_names(journey, leg)[0],
                name_en=_names(journey, leg)[1],
                relation=leg.relation,
                is_staffed=leg.is_staffed,
                passed_over=[{"desk_id": str(desk_id), "reason": reason} for desk_id, reason in leg.skipped],
                candidates=[
                    CandidateView(
                        librarian_id=each.candidate.librarian_id,
                        name_zh=journey.people_names[each.candidate.librarian_id][0],
                        name_en=journey.people_names[each.candidate.librarian_id][1],
                        is_eligible=each.is_eligible,
                        points=each.points,
                        reasons={reason.code: reason.points for reason in each.reasons},
                    )
                    for each in (leg.choice.judged if leg.choice else ())
                ],
            )
            for leg in journey.legs
        ],
    )


def _names(journey: Journey, leg: Leg) -> tuple[str, str]:
    return journey.desk_names.get(leg.desk_id, ("", "")) if leg.desk_id is not None else ("", "")
