"""How far an asker is let in to the articles in scope: everybody, a reader whom the library signed in, staff."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.models import Audience
from qa_server.conversations.models import Conversation
from qa_server.desk.asking import KnownReader
from qa_server.network.queries import path_up
from qa_server.people.reader_queries import identity_of
from qa_server.people.rights import Right, StaffMember, has_right
from qa_server.routing.models import Claim


def audience_of_reader(session: Session, reader: KnownReader | None, library_id: UUID) -> Audience:
    """Return signed-in for a reader of this library whose identity the library has vouched for, else everybody."""
    if reader is None or reader.library_id != library_id:
        return Audience.EVERYBODY
    identity = identity_of(session, reader.id)
    is_vouched_for = identity is not None and identity.library_id == library_id
    return Audience.SIGNED_IN if is_vouched_for else Audience.EVERYBODY


def audience_of_staff(session: Session, person: StaffMember, library_id: UUID) -> Audience:
    """Return staff for who has a role at this library or above, or holds one of its readers' questions just now.

    To all others it is a library like any other: they find what everybody finds.
    """
    if person.library_id == library_id or has_right(person, Right.VIEW_ARTICLES, path_up(session, library_id)):
        return Audience.STAFF
    held = (
        select(Claim.id)
        .join(Conversation, Conversation.id == Claim.conversation_id)
        .where(Claim.librarian_id == person.id, Claim.released_at.is_(None), Conversation.library_id == library_id)
    )
    return Audience.STAFF if session.scalar(held.limit(1)) is not None else Audience.EVERYBODY
