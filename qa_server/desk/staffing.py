"""Desks and the people at them: kinds, members, accounts, roles; taking a person or a whole library out of service."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.colleagues import reviews
from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.putting_back import move_up, put_back_all_of
from qa_server.desk.rights_at import account_for, desk_for, node_for, require
from qa_server.desk.workplace import Workplace
from qa_server.network import desks, rosters, shift_requests, tree
from qa_server.network.cards import pass_on_lines
from qa_server.network.desks import DeskFields, MemberFields
from qa_server.network.errors import DeskRefused, NodeRefused
from qa_server.network.feeds import revoke_feeds
from qa_server.network.models import Alliance, Desk, DeskMember, DeskState, Library
from qa_server.network.queries import library_by_code, path_up
from qa_server.people.accounts import close_account
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember
from storage.errors import Forbidden


class MemberView(Wire):
    """Somebody who serves at a desk. Empty subjects or languages mean those of the desk."""

    login: str
    librarian_id: UUID
    name_zh: str
    name_en: str
    role: str
    clc_classes: list[str]
    languages: list[str]
    max_chats: int
    mentor: str | None = None
    trainee_until: date | None = None


class StaffedDesk(Wire):
    """A desk with its staff. Empty subjects or languages mean all.

    `reviews_trainees` is the desk's own word, null where it goes by its node; `asks_for_reviews` is what holds, also
    where a node has locked its setting.
    """

    id: UUID
    library: str
    name_zh: str
    name_en: str
    kind: str
    state: str
    mode: str
    alliance: str | None
    clc_classes: list[str]
    languages: list[str]
    min_staff: int
    reviews_trainees: bool | None
    asks_for_reviews: bool
    members: list[MemberView]


@dataclass(frozen=True)
class Removed:
    """What leaving set free: open questions that went back to their queues or up the tree."""

    questions: int


def desks_of_node(place: Workplace, person: StaffMember, code: str) -> list[StaffedDesk]:
    """Return the desks of a node with their staff, closed ones too, oldest first. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.PLAN_SHIFTS, code)
        return [_view(session, desk) for desk in desks.desks_at(session, node.id)]


def add_desk(
    place: Workplace, person: StaffMember, code: str, fields: DeskFields, *, alliance: str | None
) -> StaffedDesk:
    """Add a desk to a node; `alliance` is the code for a desk of an alliance.

    Raises NotFound, Forbidden, DeskRefused.
    """
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        wanted = _with_alliance(session, fields, alliance)
        return _view(session, desks.add_desk(session, node, wanted, by=person.id, now=place.clock()))


def change_desk(
    place: Workplace, person: StaffMember, desk_id: UUID, fields: DeskFields, *, alliance: str | None
) -> StaffedDesk:
    """Change what a desk is. Raises NotFound, Forbidden, DeskRefused."""
    with place.database.write() as session:
        desk = desk_for(session, person, Right.ADMINISTER_LIBRARY, desk_id)
        wanted = _with_alliance(session, fields, alliance)
        desks.change_desk(session, desk, wanted, by=person.id, now=place.clock())
        return _view(session, desk)


def set_desk_state(place: Workplace, person: StaffMember, desk_id: UUID, state: DeskState) -> StaffedDesk:
    """Open, pause or close a desk. Closing moves its open questions to the next desk up the tree.

    Raises NotFound, Forbidden, DeskRefused when there is no desk that could take them.
    """
    with place.database.write() as session:
        desk = desk_for(session, person, Right.ADMINISTER_LIBRARY, desk_id)
        if state is DeskState.CLOSED:
            _close_desk(place, session, desk, by=person.id)
        else:
            desks.set_desk_state(session, desk, state, by=person.id, now=place.clock())
        return _view(session, desk)


def set_member(
    place: Workplace,
    person: StaffMember,
    desk_id: UUID,
    login: str,
    fields: MemberFields,
    *,
    mentor: str | None = None,
) -> StaffedDesk:
    """Let a librarian serve at a desk, or change as what; `mentor` is the login of a trainee's.

    Raises NotFound, Forbidden, DeskRefused.
    """
    with place.database.write() as session:
        desk = desk_for(session, person, Right.ADMINISTER_LIBRARY, desk_id)
        librarian = _active(session, login)
        if mentor is not None:
            fields = replace(fields, mentor_id=_active(session, mentor).id)
        desks.set_member(session, desk, librarian.id, fields, by=person.id, now=place.clock())
        return _view(session, desk)


def remove_member(place: Workplace, person: StaffMember, desk_id: UUID, login: str) -> Removed:
    """Let a librarian serve at a desk no longer: chats held there go back to the queue, shifts become gaps.

    Safe to repeat. Raises NotFound, Forbidden.
    """
    with place.database.write() as session:
        desk = desk_for(session, person, Right.ADMINISTER_LIBRARY, desk_id)
        librarian = _by_login(session, login)
        now = place.clock()
        questions = put_back_all_of(place, session, librarian.id, desk_id=desk.id, now=now)
        rosters.end_duties(session, librarian.id, from_=now.date(), desk_id=desk.id)
        desks.remove_member(session, desk, librarian.id, by=person.id, now=now)
        return Removed(questions)


def remove_person(place: Workplace, person: StaffMember, login: str) -> Removed:
    """Close an account for good. What the person holds goes back to the queues at its old place.

    Sessions, roles, desks, coming shifts, requests and feeds end; lines of library cards pass to the one who removes.
    Safe to repeat. Raises NotFound, Forbidden, also for one's own account.
    """
    with place.database.write() as session:
        leaving = account_for(session, person, login)
        if leaving.id == person.id:
            raise Forbidden()
        now = place.clock()
        questions = put_back_all_of(place, session, leaving.id, now=now)
        rosters.end_duties(session, leaving.id, from_=now.date())
        shift_requests.withdraw_all(session, leaving.id, by=person.id, now=now)
        revoke_feeds(session, leaving.id, now=now)
        pass_on_lines(session, leaving.id, to=person.id)
        for desk in _desks_served(session, leaving.id):
            desks.remove_member(session, desk, leaving.id, by=person.id, now=now)
        close_account(session, leaving, by=person.id, now=now)
        return Removed(questions)


def close_library(place: Workplace, person: StaffMember, code: str) -> Removed:
    """Close a library for good: its desks close, open questions go to the next desk up the tree.

    People keep their accounts until they are removed. Raises NotFound, Forbidden, NodeRefused when nodes below are
    active or nobody above could take the questions.
    """
    with place.database.write() as session:
        node = library_by_code(session, code)
        if node.parent_id is None:
            raise NodeRefused(reason="The top of the tree cannot be closed.")
        require(session, person, Right.ADMINISTER_TREE, node.parent_id)
        tree.close_node(session, node, by=person.id, now=place.clock())
        moved = 0
        for desk in desks.desks_at(session, node.id):
            if desk.state != DeskState.CLOSED:
                moved += _close_desk(place, session, desk, by=person.id)
        return Removed(moved)


def _close_desk(place: Workplace, session: Session, desk: Desk, *, by: UUID) -> int:
    now = place.clock()
    desks.set_desk_state(session, desk, DeskState.CLOSED, by=by, now=now)
    target = _next_desk(session, desk)
    if target is None:
        raise DeskRefused(reason="There is no other desk here or above that could take its questions.")
    moved = move_up(place, session, desk, target, now=now)
    for member in desks.members_at(session, desk.id):
        rosters.end_duties(session, member.librarian_id, from_=now.date(), desk_id=desk.id)
        desks.remove_member(session, desk, member.librarian_id, by=by, now=now)
    return moved


def _next_desk(session: Session, desk: Desk) -> Desk | None:
    for node in path_up(session, desk.library_id):
        statement = select(Desk).where(Desk.library_id == node, Desk.state == DeskState.OPEN, Desk.id != desk.id)
        found = session.scalar(statement.order_by(Desk.id).limit(1))
        if found is not None:
            return found
    return None


def _desks_served(session: Session, librarian_id: UUID) -> Sequence[Desk]:
    statement = select(Desk).join(DeskMember, DeskMember.desk_id == Desk.id)
    return session.scalars(statement.where(DeskMember.librarian_id == librarian_id).order_by(Desk.id)).all()


def _by_login(session: Session, login: str) -> Librarian:
    found = session.scalar(select(Librarian).where(Librarian.login == login.lower()))
    if found is None:
        raise DeskRefused(reason="There is no librarian with this user name.")
    return found


def _active(session: Session, login: str) -> Librarian:
    found = _by_login(session, login)
    if not found.is_active:
        raise DeskRefused(reason="This account is closed.")
    return found


def _with_alliance(session: Session, fields: DeskFields, code: str | None) -> DeskFields:
    found = session.scalar(select(Alliance).where(Alliance.code == code.upper())) if code else None
    if code and found is None:
        raise DeskRefused(reason="This alliance is not known.")
    return replace(
        fields,
        name_zh=storable(fields.name_zh),
        name_en=storable(fields.name_en),
        alliance_id=found.id if found else None,
    )


def _view(session: Session, desk: Desk) -> StaffedDesk:
    library = session.get_one(Library, desk.library_id)
    alliance = session.get(Alliance, desk.alliance_id) if desk.alliance_id else None
    rows = session.execute(
        select(DeskMember, Librarian)
        .join(Librarian, Librarian.id == DeskMember.librarian_id)
        .where(DeskMember.desk_id == desk.id)
        .order_by(DeskMember.id)
    ).all()
    logins = {librarian.id: librarian.login for _, librarian in rows}
    return StaffedDesk(
        id=desk.id,
        library=library.code,
        name_zh=desk.name_zh,
        name_en=desk.name_en,
        kind=desk.kind,
        state=desk.state,
        mode=desk.mode,
        alliance=alliance.code if alliance else None,
        clc_classes=list(desk.clc_classes),
        languages=list(desk.languages),
        min_staff=desk.min_staff,
        reviews_trainees=desk.reviews_trainees,
        asks_for_reviews=reviews.asks_for_reviews(session, desk),
        members=[
            MemberView(
                login=librarian.login,
                librarian_id=librarian.id,
                name_zh=librarian.name_zh,
                name_en=librarian.name_en,
                role=member.role,
                clc_classes=list(member.clc_classes),
                languages=list(member.languages),
                max_chats=member.max_chats,
                mentor=logins.get(member.mentor_id) if member.mentor_id else None,
                trainee_until=member.trainee_until,
            )
            for member, librarian in rows
        ],
    )
