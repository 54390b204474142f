"""The working day of a librarian: availability, capacity, activity, colleagues, preferences, jumps."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.conversations.schemas import StaffConversation, Wire
from qa_server.desk import jumping, preferring, working_day
from qa_server.desk.jumping import Jump
from qa_server.desk.preferring import Preferences
from qa_server.desk.working_day import ColleagueNow, WorkingDay
from qa_server.people.availability import Availability

router = APIRouter(prefix="/api/v1/staff", tags=["staff"])


class Choice(Wire):
    """What to be from now on, on every screen."""

    choice: Availability


class Capacity(Wire):
    """How many conversations at once; null for what each desk gives."""

    max_chats: int | None = Field(ge=1, le=50, strict=True)


class ClaimedNext(Wire):
    """The conversation that was claimed; null when nobody waits."""

    conversation: StaffConversation | None


@router.get("/working-day")
def read_working_day(place: Place, person: Staff) -> WorkingDay:
    """Return what one is to readers and colleagues now, and how much one takes."""
    return working_day.working_day(place, person)


@router.put("/working-day/availability")
def choose_availability(place: Place, person: Staff, body: Choice) -> WorkingDay:
    """Be online, away, internal or offline; every screen of the person and the colleagues hear of it."""
    return working_day.choose(place, person, body.choice)


@router.put("/working-day/capacity")
def set_capacity(place: Place, person: Staff, body: Capacity) -> WorkingDay:
    """Choose how many conversations at once one is offered, within what one's desks give."""
    return working_day.set_capacity(place, person, body.max_chats)


@router.post("/working-day/activity")
def note_activity(place: Place, person: Staff) -> WorkingDay:
    """Say that somebody does something at the screen; a page sends it at most once a minute."""
    return working_day.note_activity(place, person)


@router.get("/working-day/colleagues")
def list_colleagues(place: Place, person: Staff) -> list[ColleagueNow]:
    """Return who else serves at one's desks and what they are now."""
    return working_day.colleagues_now(place, person)


@router.get("/preferences")
def read_preferences(place: Place, person: Staff) -> Preferences:
    """Return how the console behaves for one: sounds, notifications, keys."""
    return preferring.preferences(place, person)


@router.put("/preferences")
def set_preferences(place: Place, person: Staff, body: Preferences) -> Preferences:
    """Change how the console behaves, on every machine."""
    return preferring.prefer(place, person, body)


@router.get("/jumps")
def find_jumps(place: Place, person: Staff, q: Annotated[str, Query(max_length=200)]) -> list[Jump]:
    """Find conversations of one's desks by number or, while they are open, by the reader's words."""
    return jumping.find(place, person, q)


@router.post("/claim-next")
def claim_next(place: Place, person: Staff) -> ClaimedNext:
    """Claim the question that is next at one's desks."""
    return ClaimedNext(conversation=jumping.claim_next(place, person))
