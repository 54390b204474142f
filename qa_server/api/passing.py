"""What librarians ask for to pass questions on: why it is here, hand-overs, offers, duties; and supervision."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from qa_server.api.asker import Place, Staff
from qa_server.api.readers import AfterSeq
from qa_server.conversations.schemas import Body, ClientId, NoteView, StaffConversation, StaffThread, Wire
from qa_server.desk import explaining, handing_over, offering, owing, supervising
from qa_server.desk.explaining import WayView
from qa_server.desk.hand_over_views import HandOverView
from qa_server.desk.handing_over import Passing, TargetView
from qa_server.desk.owing import DutyView
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.hand_overs import HandOverReason, Kind

router = APIRouter(prefix="/api/v1/staff", tags=["passing on"])

Remark = Annotated[str, Field(max_length=2_000)]
ClcClass = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{0,3}(?:\.[0-9]{1,2})?$", max_length=8)]


class NewHandOver(Wire):
    """To whom a question goes and why. `desk_id` for desk, library, expert; with `librarian_id` for one person."""

    kind: Literal["person", "desk", "library", "expert", "up", "home"]
    reason: HandOverReason
    desk_id: UUID | None = None
    librarian_id: UUID | None = None
    note: Remark = ""
    is_warm: bool = Field(False, description="Both are in the chat until it is accepted.")


class Note(Wire):
    """A few words for a colleague."""

    note: Remark = ""


class NewWhisper(Wire):
    """A note of a supervisor for the holder."""

    client_id: ClientId
    body: Body


class Priority(Wire):
    """How early a waiting question comes, 0 (by its age) to 9 (first), and why."""

    priority: int = Field(ge=0, le=9, strict=True)
    reason: str = Field(min_length=1, max_length=300)


class Correction(Wire):
    """What a question really is."""

    kind: QuestionKind
    subject: ClcClass | None = None


class TakenUp(Wire):
    """The conversation of a duty, to be claimed."""

    conversation_id: UUID


@router.get("/conversations/{conversation_id}/way")
def read_way(place: Place, person: Staff, conversation_id: UUID) -> WayView:
    """Say why a question is where it is: its cascade, every decision with the reasons, hand-overs, supervision."""
    return explaining.way_of(place, person, conversation_id)


@router.put("/conversations/{conversation_id}/kind")
def correct_kind(place: Place, person: Staff, conversation_id: UUID, body: Correction) -> WayView:
    """Say whether a question is local or general, and its CLC class."""
    return explaining.correct_kind(place, person, conversation_id, body.kind, body.subject)


@router.get("/conversations/{conversation_id}/targets")
def list_targets(place: Place, person: Staff, conversation_id: UUID) -> list[TargetView]:
    """Return the desks and people that a question can be handed to now: only those who are there."""
    return handing_over.targets(place, person, conversation_id)


@router.post("/conversations/{conversation_id}/hand-over", status_code=201)
def hand_over(place: Place, person: Staff, conversation_id: UUID, body: NewHandOver) -> HandOverView:
    """Offer one's question to somebody; one holds it until it is accepted."""
    passing = Passing(
        kind=Kind(body.kind),
        reason=body.reason,
        desk_id=body.desk_id,
        librarian_id=body.librarian_id,
        note=body.note,
        is_warm=body.is_warm,
    )
    return handing_over.hand_over(place, person, conversation_id, passing)


@router.post("/conversations/{conversation_id}/ask-back", status_code=201)
def ask_back(place: Place, person: Staff, conversation_id: UUID, body: Note) -> HandOverView:
    """Ask the holder at another desk to give a question of one's own library back."""
    return handing_over.ask_back(place, person, conversation_id, note=body.note)


@router.get("/hand-overs")
def list_hand_overs(place: Place, person: Staff) -> list[HandOverView]:
    """Return the open hand-overs one sent or may answer, oldest first."""
    return handing_over.standing(place, person)


@router.post("/hand-overs/{hand_over_id}/accept")
def accept_hand_over(place: Place, person: Staff, hand_over_id: UUID) -> StaffConversation:
    """Take the question; or, when it was asked back, give it to the one who asked."""
    return handing_over.accept(place, person, hand_over_id)


@router.post("/hand-overs/{hand_over_id}/decline")
def decline_hand_over(place: Place, person: Staff, hand_over_id: UUID, body: Note) -> HandOverView:
    """Say no; the holder goes on."""
    return handing_over.decline(place, person, hand_over_id, note=body.note)


@router.post("/hand-overs/{hand_over_id}/withdraw")
def withdraw_hand_over(place: Place, person: Staff, hand_over_id: UUID) -> HandOverView:
    """Take one's own offer back."""
    return handing_over.take_back(place, person, hand_over_id)


@router.post("/conversations/{conversation_id}/decline")
def decline_offer(place: Place, person: Staff, conversation_id: UUID) -> StaffConversation:
    """Say no to a question one was offered; somebody else is asked."""
    return offering.decline_offer(place, person, conversation_id)


@router.get("/duties")
def list_duties(place: Place, person: Staff) -> list[DutyView]:
    """Return what one's desks owe to readers, the next due first."""
    return owing.my_duties(place, person)


@router.post("/duties/{duty_id}/take-up")
def take_up_duty(place: Place, person: Staff, duty_id: UUID) -> TakenUp:
    """Open the conversation of a duty again, to be claimed and answered."""
    return TakenUp(conversation_id=owing.take_up_duty(place, person, duty_id))


@router.get("/supervised/desks/{desk_id}")
def list_supervised(place: Place, person: Staff, desk_id: UUID) -> list[StaffConversation]:
    """Return what a desk below one's node has in hand."""
    return supervising.supervised_waiting(place, person, desk_id)


@router.get("/supervised/conversations/{conversation_id}")
def watch(place: Place, person: Staff, conversation_id: UUID, after_seq: AfterSeq = 0) -> StaffThread:
    """Watch a conversation below one's node; it is written down."""
    return supervising.watch(place, person, conversation_id, after_seq)


@router.post("/supervised/conversations/{conversation_id}/whisper", status_code=201)
def whisper(place: Place, person: Staff, conversation_id: UUID, body: NewWhisper) -> NoteView:
    """Write the holder a note that the reader never sees; it is written down."""
    return supervising.whisper(place, person, conversation_id, client_id=body.client_id, body=body.body)


@router.post("/supervised/conversations/{conversation_id}/take-over")
def take_over(place: Place, person: Staff, conversation_id: UUID) -> StaffConversation:
    """Take a question over from whoever holds it; it is written down."""
    return supervising.take_over(place, person, conversation_id)


@router.put("/supervised/conversations/{conversation_id}/priority")
def set_priority(place: Place, person: Staff, conversation_id: UUID, body: Priority) -> StaffConversation:
    """Say how early a waiting question comes and why; it is written down."""
    return supervising.set_priority(place, person, conversation_id, body.priority, reason=body.reason)
