"""The library card beside a chat, for staff."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.api.desks import Done
from qa_server.api.libraries import Code
from qa_server.conversations.schemas import Wire
from qa_server.desk import library_card
from qa_server.desk.library_card import CardView, ReportView
from qa_server.network.cards import LineFields

router = APIRouter(prefix="/api/v1/staff", tags=["library cards"])

Key = Annotated[str, Path(max_length=64, pattern="^[a-z0-9_.]+$", examples=["loans.rules"])]


class LineBody(Wire):
    """A line: a fact, a fault known now, or a sentence to paste; in both languages. `owner` answers for it."""

    kind: Literal["fact", "fault", "paste"] = "fact"
    text_zh: str = Field(max_length=4000)
    text_en: str = Field(max_length=4000)
    owner: str | None = Field(None, max_length=64, pattern="^[A-Za-z0-9._-]+$")


class CardDecision(Wire):
    """What happens to a card; `note` says what has to be better when it is sent back."""

    decision: Literal["submit", "approve", "send_back"]
    note: str = Field("", max_length=2000)


class Report(Wire):
    """What is wrong with a line."""

    key: str = Field(max_length=64, pattern="^[a-z0-9_.]+$")
    text: str = Field(max_length=4000)


class Resolved(Wire):
    """What was done about a report."""

    answer: str = Field("", max_length=4000)


@router.get("/cards/{code}")
def read_card(place: Place, person: Staff, code: Code) -> CardView:
    """Return a library's card."""
    return library_card.card(place, person, code)


@router.put("/cards/{code}/lines/{key}")
def set_line(place: Place, person: Staff, code: Code, key: Key, body: LineBody) -> CardView:
    """Write a line."""
    fields = LineFields(body.kind, body.text_zh, body.text_en)
    return library_card.set_line(place, person, code, key, fields, owner=body.owner)


@router.post("/cards/{code}/lines/{key}/check")
def check_line(place: Place, person: Staff, code: Code, key: Key) -> CardView:
    """Say that a line is still right."""
    return library_card.check_line(place, person, code, key)


@router.delete("/cards/{code}/lines/{key}")
def remove_line(place: Place, person: Staff, code: Code, key: Key) -> CardView:
    """Take a line away; an inherited one holds again."""
    return library_card.remove_line(place, person, code, key)


@router.post("/cards/{code}/decision")
def decide_card(place: Place, person: Staff, code: Code, body: CardDecision) -> CardView:
    """Submit, approve or send back a card."""
    return library_card.decide(place, person, code, body.decision, note=body.note)


@router.post("/cards/{code}/reports", status_code=201)
def report_error(place: Place, person: Staff, code: Code, body: Report) -> ReportView:
    """Tell the owner of a line that it is wrong."""
    return library_card.report_error(place, person, code, body.key, body.text)


@router.get("/card-reports")
def list_reports(place: Place, person: Staff) -> list[ReportView]:
    """Return open reports on one's own lines and on cards one may edit."""
    return library_card.reports(place, person)


@router.post("/card-reports/{report_id}/resolution")
def resolve_report(place: Place, person: Staff, report_id: UUID, body: Resolved) -> Done:
    """Close a report with what was done."""
    library_card.resolve(place, person, report_id, answer=body.answer)
    return Done()
