"""Who is here: whether a desk is staffed now, and which conversations a librarian's coming or leaving concerns."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from qa_server.conversations.models import Conversation, State
from qa_server.conversations.schemas import Wire
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import SidePresence
from qa_server.live.presence import Sighting
from qa_server.network.queries import desk_of_library, library_by_code, members_of_desk
from qa_server.routing.models import Claim


class DeskNow(Wire):
    """What a reader may know of the desk before asking."""

    is_staffed: bool
    waiting: int


class LibraryNow(Wire):
    """A library as the widget introduces it."""

    code: str
    name_zh: str
    name_en: str
    language: str
    time_zone: str
    desk: DeskNow


def library_now(place: Workplace, code: str) -> LibraryNow:
    """Return a library and the state of its desk at this moment. Raises NotFound."""
    with place.database.read() as session:
        library = library_by_code(session, code)
        desk = desk_of_library(session, library.id)
        waiting = session.scalar(
            select(func.count())
            .select_from(Conversation)
            .where(Conversation.desk_id == desk.id, Conversation.state == State.WAITING)
        )
        return LibraryNow(
            code=library.code,
            name_zh=library.name_zh,
            name_en=library.name_en,
            language=library.language,
            time_zone=library.time_zone,
            desk=DeskNow(
                is_staffed=place.presence.is_any_present(members_of_desk(session, desk.id)), waiting=waiting or 0
            ),
        )


def held_conversations(place: Workplace, librarian_id: UUID) -> list[UUID]:
    """Return the ids of the conversations a librarian holds now."""
    with place.database.read() as session:
        statement = select(Claim.conversation_id).where(Claim.librarian_id == librarian_id, Claim.released_at.is_(None))
        return list(session.scalars(statement))


def holder_of(place: Workplace, conversation_id: UUID) -> UUID | None:
    """Return the librarian who holds a conversation now, or None."""
    with place.database.read() as session:
        statement = select(Claim.librarian_id).where(
            Claim.conversation_id == conversation_id, Claim.released_at.is_(None)
        )
        return session.scalar(statement)


def told_of(place: Workplace, sightings: Sequence[Sighting]) -> list[SidePresence]:
    """Return what the conversations concerned are told when these people came to or left other processes."""
    librarians = {sighting.key: sighting.is_here for sighting in sightings if isinstance(sighting.key, UUID)}
    told = [
        SidePresence(conversation_id=sighting.key[1], side="reader", is_here=sighting.is_here)
        for sighting in sightings
        if not isinstance(sighting.key, UUID)
    ]
    if not librarians:
        return told
    with place.database.read() as session:
        held = select(Claim.conversation_id, Claim.librarian_id).where(
            Claim.librarian_id.in_(librarians), Claim.released_at.is_(None)
        )
        return told + [
            SidePresence(conversation_id=conversation_id, side="librarian", is_here=librarians[librarian_id])
            for conversation_id, librarian_id in session.execute(held)
        ]
