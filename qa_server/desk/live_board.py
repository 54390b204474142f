"""The live board of a node: per desk below it what waits, what is in hand, who is there. For those who supervise."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import ENDED, Conversation, State
from qa_server.conversations.schemas import Wire
from qa_server.desk.being_here import staff_here
from qa_server.desk.rights_at import holds, node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskState, Library
from qa_server.network.queries import paths_up, subtree
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember, nodes_with
from qa_server.routing.models import Claim

# Open conversations named per desk; a supervisor looks at the oldest first.
NAMED_PER_DESK = 5
# Desks on one board, the busiest first; a nation has 1,800, of which most have nothing to show.
MAX_DESKS = 200


class OpenQuestion(Wire):
    """One open conversation of a desk."""

    id: UUID
    number: str
    question: str
    language: str
    state: str
    holder_zh: str | None
    holder_en: str | None
    queued_at: datetime


class BoardDesk(Wire):
    """A desk now. `waiting` and `active` count its own queue; `longest_wait_seconds` is None when nobody waits."""

    desk_id: UUID
    name_zh: str
    name_en: str
    library_code: str
    library_zh: str
    library_en: str
    waiting: int
    active: int
    staff: int
    longest_wait_seconds: int | None
    answered_today: int
    questions: list[OpenQuestion]


class BoardTotals(Wire):
    """The numbers of several desks together; `staff` counts somebody who is at two of them at both."""

    waiting: int
    active: int
    staff: int
    longest_wait_seconds: int | None
    answered_today: int
    desks: int


class BoardNode(BoardTotals):
    """A node right below with everything below it: the way down."""

    code: str
    name_zh: str
    name_en: str


class BoardView(Wire):
    """The desks of a node and below it, those with the longest wait first; `left_off` idle ones are not listed.

    `above` is the node above, where the person supervises that too.
    """

    node: str
    name_zh: str
    name_en: str
    above: str | None
    as_of: datetime
    totals: BoardTotals
    below: list[BoardNode]
    desks: list[BoardDesk]
    left_off: int


def board(place: Workplace, person: StaffMember, code: str) -> BoardView:
    """Return the live board of a node. "Today" is the day of the node's time zone. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.SUPERVISE, code)
        above = session.get(Library, node.parent_id) if node.parent_id else None
        may_climb = above is not None and holds(session, person, Right.SUPERVISE, above.id)
        return board_of(session, place, node, above=above.code if above and may_climb else None)


def board_of(session: Session, place: Workplace, node: Library, *, above: str | None = None) -> BoardView:
    """Return the board of a node. The caller has checked the right."""
    now = place.clock()
    rows = session.execute(
        select(Desk, Library)
        .join(Library, Library.id == Desk.library_id)
        .where(Desk.library_id.in_(subtree(session, [node.id])), Desk.state != DeskState.CLOSED)
        .order_by(Library.code, Desk.id)
    ).all()
    ids = [desk.id for desk, _ in rows]
    questions = _open_questions(session, ids)
    staff = staff_here(place, session, ids)
    answered = _answered(session, ids, _midnight(now, node.time_zone))
    desks = [
        _desk(desk, library, questions.get(desk.id, []), staff[desk.id], answered.get(desk.id, 0), now)
        for desk, library in rows
    ]
    desks.sort(key=_urgency, reverse=True)
    return BoardView(
        node=node.code,
        name_zh=node.name_zh,
        name_en=node.name_en,
        above=above,
        as_of=now,
        totals=_totals(desks),
        below=_below(session, node, desks, {desk.id: library.id for desk, library in rows}),
        desks=desks[:MAX_DESKS],
        left_off=max(0, len(desks) - MAX_DESKS),
    )


def nodes_to_supervise(place: Workplace, person: StaffMember) -> list[Library]:
    """Return the nodes at which the person supervises, by their codes; what is below each belongs to it."""
    with place.database.read() as session:
        found = select(Library).where(Library.id.in_(nodes_with(person, Right.SUPERVISE)))
        return list(session.scalars(found.order_by(Library.code)))


def _desk(
    desk: Desk, library: Library, questions: list[OpenQuestion], staff: int, answered: int, now: datetime
) -> BoardDesk:
    waiting = [each for each in questions if each.state == State.WAITING]
    longest = max((int((now - each.queued_at).total_seconds()) for each in waiting), default=None)
    return BoardDesk(
        desk_id=desk.id,
        name_zh=desk.name_zh,
        name_en=desk.name_en,
        library_code=library.code,
        library_zh=library.name_zh,
        library_en=library.name_en,
        waiting=len(waiting),
        active=len(questions) - len(waiting),
        staff=staff,
        longest_wait_seconds=longest,
        answered_today=answered,
        questions=questions[:NAMED_PER_DESK],
    )


def _totals(desks: Collection[BoardDesk]) -> BoardTotals:
    waits = [each.longest_wait_seconds for each in desks if each.longest_wait_seconds is not None]
    return BoardTotals(
        waiting=sum(each.waiting for each in desks),
        active=sum(each.active for each in desks),
        staff=sum(each.staff for each in desks),
        longest_wait_seconds=max(waits, default=None),
        answered_today=sum(each.answered_today for each in desks),
        desks=len(desks),
    )


def _below(
    session: Session, node: Library, desks: Collection[BoardDesk], libraries: Mapping[UUID, UUID]
) -> list[BoardNode]:
    """Return the nodes right below that have desks, the one with the longest wait first."""
    paths = paths_up(session, set(libraries.values()))
    branches: dict[UUID, list[BoardDesk]] = defaultdict(list)
    for each in desks:
        path = paths[libraries[each.desk_id]]
        if path[0] != node.id:
            branches[path[path.index(node.id) - 1]].append(each)
    rows = session.scalars(select(Library).where(Library.parent_id == node.id).order_by(Library.code))
    found = [
        BoardNode(code=row.code, name_zh=row.name_zh, name_en=row.name_en, **_totals(branches[row.id]).model_dump())
        for row in rows
        if row.id in branches
    ]
    return sorted(found, key=lambda each: (-(each.longest_wait_seconds or -1), -each.active, each.code))


def _urgency(desk: BoardDesk) -> tuple[int, int, int]:
    longest = -1 if desk.longest_wait_seconds is None else desk.longest_wait_seconds
    return (longest, desk.active, desk.staff)


def _open_questions(session: Session, desk_ids: Collection[UUID]) -> dict[UUID, list[OpenQuestion]]:
    # The holder's name comes with the open claim; a waiting question has none.
    from_claims = _holders(session, desk_ids)
    rows = session.scalars(
        select(Conversation)
        .where(Conversation.desk_id.in_(desk_ids), Conversation.state.not_in(ENDED))
        .order_by(Conversation.queued_at, Conversation.id)
    )
    found: dict[UUID, list[OpenQuestion]] = defaultdict(list)
    for each in rows:
        names = from_claims.get(each.id)
        found[each.desk_id].append(
            OpenQuestion(
                id=each.id,
                number=each.number,
                question=each.question,
                language=each.language,
                state=each.state,
                holder_zh=names[0] if names else None,
                holder_en=names[1] if names else None,
                queued_at=each.queued_at,
            )
        )
    return found


def _holders(session: Session, desk_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = session.execute(
        select(Claim.conversation_id, Librarian.name_zh, Librarian.name_en)
        .join(Librarian, Librarian.id == Claim.librarian_id)
        .join(Conversation, Conversation.id == Claim.conversation_id)
        .where(Claim.released_at.is_(None), Conversation.desk_id.in_(desk_ids))
    )
    return {row.conversation_id: (row.name_zh, row.name_en) for row in rows}


def _answered(session: Session, desk_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    rows = session.execute(
        select(Conversation.desk_id, func.count())
        .where(Conversation.desk_id.in_(desk_ids), Conversation.state == State.CLOSED, Conversation.ended_at >= since)
        .group_by(Conversation.desk_id)
    )
    return {row[0]: row[1] for row in rows}


def _midnight(now: datetime, time_zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
