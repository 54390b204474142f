"""How the console behaves for one librarian on every machine, and which letters they get. Kept with the person."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.desk.workplace import Workplace
from qa_server.mail.addresses import MAX_ADDRESS_CHARACTERS, deliverable
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember
from qa_server.people.working_models import StaffPreference

# How often a sound comes again until the question is claimed, in seconds; 0: it sounds once.
REPEATS = (0, 10, 20, 30, 60)


class Sound(StrEnum):
    """The sounds to choose from; browsers make them themselves."""

    NONE = "none"
    CHIME = "chime"
    BELL = "bell"
    DROP = "drop"
    KNOCK = "knock"
    MARIMBA = "marimba"


def _is_deliverable(address: str) -> str:
    """Return an address as letters go there, or nothing for none. Raises ValueError."""
    if not address.strip():
        return ""
    written = deliverable(address)
    if written is None:
        raise ValueError("not an address")
    return written


class Preferences(Wire):
    """What somebody wants of the console. Sounds are on from the start: a desk that stays silent loses readers."""

    question_sound: Sound = Sound.CHIME
    message_sound: Sound = Sound.DROP
    volume: int = Field(60, ge=0, le=100, strict=True, description="In per cent; 0 is silent.")
    repeat_seconds: Literal[0, 10, 20, 30, 60] = Field(
        0, description="A waiting question sounds again after so long until it is claimed; 0: once."
    )
    notifies: bool = Field(True, description="Whether this computer shows notifications where the browser may.")
    is_quiet_when_away: bool = Field(True, description="Neither sounds nor notifications while away or offline.")
    letter_keys: bool = Field(True, description="Whether single letters are shortcuts.")
    mail_address: Annotated[str, AfterValidator(_is_deliverable)] = Field(
        "", max_length=MAX_ADDRESS_CHARACTERS, description="Where letters of the service go; empty: no letters."
    )
    mails_ageing: bool = Field(
        True, description="Whether a letter a day tells of answers that have to be looked at again, for their curators."
    )
    mails_commissions: bool = Field(
        True, description="Whether letters tell of commissions in one's hands, and of new ones at one's desks."
    )


def preferences(place: Workplace, person: StaffMember) -> Preferences:
    """Return what the person wants, what was never chosen as it comes."""
    with place.database.read() as session:
        return preferences_of(session, person.id)


def preferences_of(session: Session, librarian_id: UUID) -> Preferences:
    """Return what somebody wants, for work in their name that no request began."""
    row = session.get(StaffPreference, librarian_id)
    return _read(row.choices if row else {})


def prefer(place: Workplace, person: StaffMember, wanted: Preferences) -> Preferences:
    """Keep what the person wants, for every machine."""
    with place.database.write() as session:
        session.scalar(select(Librarian.id).where(Librarian.id == person.id).with_for_update())
        row = session.get(StaffPreference, person.id)
        if row is None:
            row = StaffPreference(librarian_id=person.id)
            session.add(row)
        row.choices, row.changed_at = wanted.model_dump(mode="json"), place.clock()
        return wanted


def _read(choices: Mapping[str, Any]) -> Preferences:
    # A choice that this version no longer offers falls back alone; the others stay.
    kept = {name: value for name, value in choices.items() if name in Preferences.model_fields and _fits(name, value)}
    return Preferences.model_validate(kept)


def _fits(name: str, value: object) -> bool:
    try:
        Preferences.model_validate({name: value})
    except ValidationError:
        return False
    return True
