"""Answers of trainees that wait for a mentor: who is a trainee, who is a mentor, what waits. Callers hold the
conversation's row lock where they change something."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from qa_server.colleagues.errors import ReviewClosed, ReviewPending
from qa_server.colleagues.node_settings import REVIEWS_TRAINEES
from qa_server.colleagues.review_models import Review, ReviewState
from qa_server.conversations.models import Conversation, State
from qa_server.network.models import Desk, DeskMember, Library, MemberRole
from qa_server.network.node_settings import effective
from qa_server.network.queries import path_up
from qa_server.people.models import Librarian, RoleGrant
from qa_server.people.rights import Right, roles_with
from storage.errors import NotFound

# The named mentor is asked for this long before the other mentors of the desk are.
MENTOR_FIRST_SECONDS = 60
# Where no mentor is there, it is looked again this often.
LOOK_AGAIN_SECONDS = 15
# Reviews moved on in one round of the timer.
LIMIT = 200


def is_trainee(member: DeskMember, zone: str, now: datetime) -> bool:
    """Say whether somebody is a trainee on this day at a desk whose library has this time zone."""
    if member.role != MemberRole.TRAINEE:
        return False
    return member.trainee_until is None or now.astimezone(ZoneInfo(zone)).date() <= member.trainee_until


def needs_review(session: Session, desk_id: UUID | None, librarian_id: UUID | None, now: datetime) -> bool:
    """Say whether what this person writes through this desk is read by a mentor before the reader gets it."""
    row = session.execute(
        select(DeskMember, Library.time_zone, Desk)
        .join(Desk, Desk.id == DeskMember.desk_id)
        .join(Library, Library.id == Desk.library_id)
        .where(DeskMember.desk_id == desk_id, DeskMember.librarian_id == librarian_id)
    ).one_or_none()
    if row is None or not is_trainee(row[0], row[1], now):
        return False
    return asks_for_reviews(session, row[2])


def asks_for_reviews(session: Session, desk: Desk) -> bool:
    """Say whether answers of trainees are read first at a desk: as it says itself, unless its node has locked that."""
    at_node = effective(session, desk.library_id, REVIEWS_TRAINEES.key)
    is_settled = desk.reviews_trainees is None or at_node.is_locked_by is not None
    return bool(at_node.value if is_settled else desk.reviews_trainees)


def mentors_of(session: Session, desk_id: UUID, *, besides: UUID) -> list[UUID]:
    """Return who may review at a desk: its members who are no trainees and have the right, the named mentor first."""
    desk = session.get_one(Desk, desk_id)
    named = select(DeskMember.mentor_id).where(DeskMember.desk_id == desk_id, DeskMember.librarian_id == besides)
    first = session.scalar(named)
    path = path_up(session, desk.library_id)
    granted = select(RoleGrant.librarian_id).where(
        RoleGrant.library_id.in_(path), RoleGrant.role.in_(roles_with(Right.MENTOR))
    )
    statement = (
        select(DeskMember.librarian_id)
        .join(Librarian, Librarian.id == DeskMember.librarian_id)
        .where(
            DeskMember.desk_id == desk_id,
            DeskMember.role != MemberRole.TRAINEE,
            DeskMember.librarian_id != besides,
            DeskMember.librarian_id.in_(granted),
            Librarian.is_active,
        )
        .order_by(DeskMember.id)
    )
    return sorted(session.scalars(statement), key=lambda each: each != first)


def submit(
    session: Session,
    *,
    conversation_id: UUID,
    desk_id: UUID,
    librarian_id: UUID,
    client_id: str,
    body: str,
    now: datetime,
) -> Review:
    """Keep an answer for the mentors instead of sending it."""
    made = Review(
        conversation_id=conversation_id,
        desk_id=desk_id,
        librarian_id=librarian_id,
        client_id=client_id,
        body=body,
        state=ReviewState.PENDING,
        look_at=now,
        submitted_at=now,
        comment="",
    )
    session.add(made)
    session.flush()
    return made


def submitted_under(
    session: Session, conversation_id: UUID, librarian_id: UUID | None, client_id: str
) -> Review | None:
    """Return what this person submitted under a client id, or None."""
    return session.scalar(
        select(Review).where(
            Review.conversation_id == conversation_id,
            Review.librarian_id == librarian_id,
            Review.client_id == client_id,
        )
    )


def of_conversation(session: Session, conversation_id: UUID) -> Sequence[Review]:
    """Return all reviews of a conversation, oldest first. The caller has checked that the asker is staff there."""
    return session.scalars(
        select(Review).where(Review.conversation_id == conversation_id).order_by(Review.submitted_at, Review.id)
    ).all()


def pending_in(session: Session, conversation_ids: Collection[UUID]) -> dict[UUID, Review]:
    """Return for each of these conversations the oldest answer that waits for review; others are left out."""
    statement = select(Review).where(Review.conversation_id.in_(conversation_ids), _is_pending())
    found: dict[UUID, Review] = {}
    for each in session.scalars(statement.order_by(Review.submitted_at, Review.id)):
        found.setdefault(each.conversation_id, each)
    return found


def refuse_pending(session: Session, conversation_id: UUID) -> None:
    """Raise ReviewPending while an answer of a conversation waits for review."""
    if pending_in(session, [conversation_id]):
        raise ReviewPending()


def pending(session: Session, review_id: UUID) -> Review:
    """Return an answer that waits. Raises NotFound, ReviewClosed."""
    found = session.get(Review, review_id, populate_existing=True)
    if found is None:
        raise NotFound()
    if found.state != ReviewState.PENDING:
        raise ReviewClosed()
    return found


def settle(
    session: Session, conversation: Conversation, review: Review, state: ReviewState, *, by: UUID | None, now: datetime
) -> None:
    """End a review; when nothing else of the conversation waits, it goes on as before."""
    review.state, review.answered_at, review.answered_by, review.look_at = state, now, by, None
    session.flush()
    if conversation.state == State.IN_REVIEW and not pending_in(session, [conversation.id]):
        conversation.state = State.ACTIVE
        session.flush()


def due(session: Session, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """Return ids of reviews whose timer has come, each with its conversation, oldest first."""
    statement = select(Review.id, Review.conversation_id).where(_is_pending(), Review.look_at <= now)
    return [(row.id, row.conversation_id) for row in session.execute(statement.order_by(Review.look_at).limit(LIMIT))]


def next_asked(review: Review, mentors: Sequence[UUID], named: UUID | None, present: Collection[UUID]) -> timedelta:
    """Move a review on to whom it is shown now; return when to look again. `mentors` may review at the desk. Pure."""
    here = [each for each in mentors if each in present]
    review.is_unattended = not here
    if named in here and not review.is_open and review.asked_id is None:
        review.asked_id = named
        return timedelta(seconds=MENTOR_FIRST_SECONDS)
    review.is_open = review.is_open or named not in here or review.asked_id is not None
    return timedelta(seconds=LOOK_AGAIN_SECONDS)


def end_times_as_trainee(session: Session, now: datetime) -> list[DeskMember]:
    """Make members of trainees whose last day is over; return them."""
    rows = session.execute(
        select(DeskMember, Library.time_zone)
        .join(Desk, Desk.id == DeskMember.desk_id)
        .join(Library, Library.id == Desk.library_id)
        .where(DeskMember.role == MemberRole.TRAINEE, DeskMember.trainee_until.is_not(None))
    ).all()
    over = [member for member, zone in rows if not is_trainee(member, zone, now)]
    for member in over:
        member.role = MemberRole.MEMBER
        member.mentor_id = member.trainee_until = None
    session.flush()
    return over


def _is_pending() -> ColumnElement[bool]:
    return Review.state == ReviewState.PENDING
