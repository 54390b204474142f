"""Which librarians get letters about a commission: who has it in hand, else its desk.

Librarians have no address by the account: whoever wants letters leaves one in the preferences.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.commissions.models import Commission
from qa_server.desk.preferring import preferences_of
from qa_server.i18n import Language
from qa_server.mail.addresses import deliverable
from qa_server.network.models import DeskMember
from qa_server.network.queries import path_up
from qa_server.people.models import Librarian, RoleGrant
from qa_server.people.rights import Right, roles_with
from qa_server.people.working_models import StaffPreference

# A desk of a large library has a few dozen members.
_MAX_RECIPIENTS = 50


@dataclass(frozen=True)
class Recipient:
    """A librarian who wants letters."""

    id: UUID
    address: str
    language: Language
    name: str


def recipients(
    session: Session, commission: Commission, *, but: UUID | None = None, to: Collection[UUID] | None = None
) -> list[Recipient]:
    """Return who gets a letter, without the person who caused it."""
    ids = set(to) if to is not None else _in_charge(session, commission)
    people = session.scalars(
        select(Librarian)
        .join(StaffPreference, StaffPreference.librarian_id == Librarian.id)
        .where(Librarian.id.in_(ids - {but}), Librarian.is_active)
        .order_by(Librarian.id)
        .limit(_MAX_RECIPIENTS)
    )
    found = []
    for person in people:
        wanted = preferences_of(session, person.id)
        address = deliverable(wanted.mail_address) if wanted.mails_commissions else None
        language: Language = "en" if person.language == "en" else "zh"
        if address is not None:
            found.append(
                Recipient(person.id, address, language, person.name_zh if language == "zh" else person.name_en)
            )
    return found


def supervisors(session: Session, library_id: UUID, level: int) -> set[UUID]:
    """Return who supervises at a library, or so many levels above it; nobody beyond the top."""
    path = path_up(session, library_id)
    if not 0 <= level < len(path):
        return set()
    held = select(RoleGrant.librarian_id).where(
        RoleGrant.library_id == path[level], RoleGrant.role.in_(roles_with(Right.SUPERVISE))
    )
    return set(session.scalars(held))


def _in_charge(session: Session, commission: Commission) -> set[UUID]:
    holders = {commission.searcher_id, commission.contact_librarian_id} - {None}
    if holders:
        return {each for each in holders if each is not None}
    members = select(DeskMember.librarian_id).where(DeskMember.desk_id == commission.desk_id)
    return set(session.scalars(members))
