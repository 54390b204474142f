"""What librarians ask of one another: reviews of trainees' answers, the talk at a desk, notices, practice."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.colleagues.schemas import ColleagueView, NoticeView, RoomPage, RoomView, StaffMessageView
from qa_server.conversations.schemas import Body, ClientId, ReviewView, StaffConversation, Wire
from qa_server.desk import correcting, noticing, practising, reviewing, staff_talk
from qa_server.desk.practising import PracticeView

router = APIRouter(prefix="/api/v1/staff", tags=["colleagues"])

Seq = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Approval(Wire):
    """How an answer is sent: as it is, or with another text."""

    body: Body | None = None


class Comment(Wire):
    """What a mentor says about an answer or a practice."""

    comment: str = Field("", max_length=2_000)


class NewStaffMessage(Wire):
    """Something said among colleagues; whoever is mentioned gets a notice."""

    client_id: ClientId
    body: Body
    mentions: list[UUID] = Field(default_factory=list, max_length=20)


class NewBody(Wire):
    """Another text of an own message."""

    body: Body


class ReadUpTo(Wire):
    """The number up to which a room was read."""

    seq: Number


class SeenNotices(Wire):
    """Notices that were seen."""

    ids: list[UUID] = Field(max_length=100)


class NewPractice(Wire):
    """Whom to practise with: a case, or a colleague who plays the reader and asks about `question`."""

    case: str | None = Field(None, max_length=64)
    player_id: UUID | None = None
    question: str = Field("", max_length=2_000)
    language: Literal["zh", "en"] = "zh"


@router.post("/reviews/{review_id}/approve")
def approve_answer(place: Place, person: Staff, review_id: UUID, body: Approval) -> ReviewView:
    """Send a trainee's answer to the reader, as it is or changed; of two mentors at once one wins."""
    return reviewing.approve(place, person, review_id, body=body.body)


@router.post("/reviews/{review_id}/return")
def return_answer(place: Place, person: Staff, review_id: UUID, body: Comment) -> ReviewView:
    """Give a trainee's answer back with a comment; the reader never sees it."""
    return reviewing.give_back(place, person, review_id, comment=body.comment)


@router.post("/reviews/{review_id}/withdraw")
def withdraw_answer(place: Place, person: Staff, review_id: UUID) -> ReviewView:
    """Take an own answer back before it is sent."""
    return reviewing.take_back(place, person, review_id)


@router.get("/conversations/{conversation_id}/colleagues")
def list_readers_of_notes(place: Place, person: Staff, conversation_id: UUID) -> list[ColleagueView]:
    """Return who can be mentioned in a note beside a conversation: those who may read it."""
    return correcting.colleagues_of(place, person, conversation_id)


@router.get("/rooms")
def list_rooms(place: Place, person: Staff) -> list[RoomView]:
    """Return one's rooms with what is unread: those of one's desks, then those with one colleague."""
    return staff_talk.my_rooms(place, person)


@router.post("/colleagues/{librarian_id}/room")
def open_room(place: Place, person: Staff, librarian_id: UUID) -> RoomView:
    """Return the room with one colleague."""
    return staff_talk.room_with(place, person, librarian_id)


@router.get("/rooms/{room_id}")
def read_room(
    place: Place, person: Staff, room_id: UUID, before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None
) -> RoomPage:
    """Return the newest messages of a room, or those before a number."""
    return staff_talk.read_room(place, person, room_id, before=before)


@router.post("/rooms/{room_id}/messages", status_code=201)
def say_in_room(place: Place, person: Staff, room_id: UUID, body: NewStaffMessage) -> StaffMessageView:
    """Say something to the colleagues of a room. Safe to repeat with the same client id."""
    return staff_talk.say(place, person, room_id, client_id=body.client_id, body=body.body, mentions=body.mentions)


@router.put("/rooms/{room_id}/messages/{seq}")
def edit_in_room(place: Place, person: Staff, room_id: UUID, seq: Seq, body: NewBody) -> StaffMessageView:
    """Give an own message another text."""
    return staff_talk.edit(place, person, room_id, seq, body.body)


@router.delete("/rooms/{room_id}/messages/{seq}")
def delete_in_room(place: Place, person: Staff, room_id: UUID, seq: Seq) -> StaffMessageView:
    """Take an own message away; its number stays."""
    return staff_talk.delete(place, person, room_id, seq)


@router.put("/rooms/{room_id}/seen")
def see_room(place: Place, person: Staff, room_id: UUID, body: ReadUpTo) -> RoomView:
    """Say how far one has read a room; its mentions count as seen."""
    return staff_talk.see(place, person, room_id, body.seq)


@router.get("/notices")
def list_notices(place: Place, person: Staff) -> list[NoticeView]:
    """Return what one has not seen yet, oldest first."""
    return noticing.my_notices(place, person)


@router.post("/notices/seen")
def see_notices(place: Place, person: Staff, body: SeenNotices) -> list[NoticeView]:
    """Say that one has seen notices, on all screens; return what is left."""
    return noticing.see_notices(place, person, body.ids)


@router.post("/practice", status_code=201)
def start_practice(place: Place, person: Staff, body: NewPractice) -> StaffConversation:
    """Begin to practise. It looks like a conversation and is none."""
    if body.player_id is not None:
        return practising.invite(place, person, body.player_id, question=body.question, language=body.language)
    return practising.start_case(place, person, body.case or "")


@router.get("/practice/{practice_id}")
def read_practice(place: Place, person: Staff, practice_id: UUID) -> PracticeView:
    """Return a practice; the model answer and the points come after its end."""
    return practising.result(place, person, practice_id)


@router.post("/practice/{practice_id}/end")
def end_practice(place: Place, person: Staff, practice_id: UUID) -> PracticeView:
    """End a practice and see the model answer."""
    return practising.end(place, person, practice_id)


@router.put("/practice/{practice_id}/feedback")
def give_feedback(place: Place, person: Staff, practice_id: UUID, body: Comment) -> PracticeView:
    """Tell a colleague how a practice was."""
    return practising.give_feedback(place, person, practice_id, body.comment)
