"""What mentors and trainees do with answers that are read before they are sent; and the timer that looks for a mentor.

An answer that waits is in a table of its own and has no number: a reader's thread gets it when a mentor sends it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.colleagues import reviews
from qa_server.colleagues.errors import ReviewClosed
from qa_server.colleagues.review_models import Review, ReviewState
from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import ENDED, Conversation, State
from qa_server.conversations.schemas import ReviewView
from qa_server.conversations.text import clean_text, storable
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.noticing import Told, notify
from qa_server.desk.views import review_views
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import ReviewChanged
from qa_server.network.changes import Change, record_change
from qa_server.network.models import Desk, DeskMember, MemberRole
from qa_server.network.queries import path_up
from qa_server.people.rights import Right, StaffMember, has_right
from qa_server.routing import service as routing
from storage.after_commit import after_commit
from storage.errors import NotFound


def approve(place: Workplace, person: StaffMember, review_id: UUID, *, body: str | None = None) -> ReviewView:
    """Send a trainee's answer to the reader, as it is or with another text; it gets its number now.

    The message is the trainee's. Of two mentors at once one wins. Raises NotFound, also without the right;
    ReviewClosed, MessageEmpty, MessageTooLong.
    """
    text = clean_text(body, limit=place.settings.max_message_characters) if body is not None else None
    with place.database.write() as session:
        conversation, review = _for_mentor(session, person, review_id)
        now = place.clock()
        if not _is_holder(session, conversation, review):
            raise ReviewClosed()
        is_changed = text is not None and text != review.body
        review.sent_seq = _send(place, session, conversation, review, text or review.body, now)
        state = ReviewState.EDITED if is_changed else ReviewState.APPROVED
        reviews.settle(session, conversation, review, state, by=person.id, now=now)
        return _announce(place, session, conversation, review)


def give_back(place: Workplace, person: StaffMember, review_id: UUID, *, comment: str) -> ReviewView:
    """Return a trainee's answer with a comment; the trainee is told until it was seen.

    Raises NotFound, also without the right; ReviewClosed.
    """
    with place.database.write() as session:
        conversation, review = _for_mentor(session, person, review_id)
        now = place.clock()
        review.comment = storable(comment.strip())
        reviews.settle(session, conversation, review, ReviewState.RETURNED, by=person.id, now=now)
        told = Told("review_returned", person.id, f"review:{review.id}", conversation_id=conversation.id)
        notify(place, session, [review.librarian_id], told)
        return _announce(place, session, conversation, review)


def take_back(place: Workplace, person: StaffMember, review_id: UUID) -> ReviewView:
    """Take an own answer back before a mentor has sent it. Raises NotFound, ReviewClosed."""
    with place.database.write() as session:
        conversation, review = _locked(session, review_id)
        if review.librarian_id != person.id:
            raise NotFound()
        review = reviews.pending(session, review_id)
        reviews.settle(session, conversation, review, ReviewState.WITHDRAWN, by=person.id, now=place.clock())
        return _announce(place, session, conversation, review)


def look_after_reviews(place: Workplace) -> int:
    """Ask mentors for what waits, the named one first, and withdraw what its writer can no longer send.

    Safe on several processes at once.
    """
    with place.database.read() as session:
        due = reviews.due(session, place.clock())
    return sum(_look_after(place, review_id, conversation_id) for review_id, conversation_id in due)


def end_times_as_trainee(place: Workplace) -> int:
    """Make members of trainees whose last day is over, and write it down; return how many."""
    with place.database.write() as session:
        over = reviews.end_times_as_trainee(session, place.clock())
        for member in over:
            desk = session.get_one(Desk, member.desk_id)
            subject = f"{desk.id}/{member.librarian_id}"
            before, after = {"role": "trainee"}, {"role": "member"}
            change = Change(desk.library_id, "desk_member", subject, "set", before, after)
            record_change(session, change, by=None, now=place.clock())
        return len(over)


def is_mentor(session: Session, person: StaffMember, review: Review) -> bool:
    """Say whether a person may read, send and give back this answer: a mentor of its desk, by the rights of now."""
    return person.id in reviews.mentors_of(session, review.desk_id, besides=review.librarian_id)


def mentor_desks(place: Workplace, person: StaffMember) -> list[UUID]:
    """Return the desks at which the person may review answers of trainees."""
    with place.database.read() as session:
        served = session.execute(
            select(DeskMember.desk_id, Desk.library_id)
            .join(Desk, Desk.id == DeskMember.desk_id)
            .where(DeskMember.librarian_id == person.id, DeskMember.role != MemberRole.TRAINEE)
            .order_by(DeskMember.id)
        ).all()
        return [row.desk_id for row in served if has_right(person, Right.MENTOR, path_up(session, row.library_id))]


def _look_after(place: Workplace, review_id: UUID, conversation_id: UUID) -> bool:
    with place.database.write() as session:
        conversation = queries.locked(session, conversation_id)
        review = session.get_one(Review, review_id, populate_existing=True)
        now = place.clock()
        if review.state != ReviewState.PENDING or review.look_at is None or review.look_at > now:
            return False
        if not _is_holder(session, conversation, review):
            # Handed over, taken over, given back or ended: nobody may send it for its writer any more.
            reviews.settle(session, conversation, review, ReviewState.WITHDRAWN, by=None, now=now)
            _announce(place, session, conversation, review)
            return True
        before = (review.asked_id, review.is_open, review.is_unattended)
        named = _named_mentor(session, review)
        mentors = reviews.mentors_of(session, review.desk_id, besides=review.librarian_id)
        present = {each for each in mentors if place.presence.is_present(each)}
        is_first = review.look_at == review.submitted_at
        review.look_at = now + reviews.next_asked(review, mentors, named, present)
        if is_first or (review.asked_id, review.is_open, review.is_unattended) != before:
            _announce(place, session, conversation, review)
        return True


def _send(
    place: Workplace, session: Session, conversation: Conversation, review: Review, body: str, now: datetime
) -> int:
    """Post the answer as the trainee's next message; return its number."""
    writer = conversations.librarian_writer(review.librarian_id)
    message = queries.posted_under(session, conversation.id, writer.sender, review.client_id)
    if message is None:
        # The mentor has sent it: that says nothing about how far the trainee has read.
        seen = conversation.staff_seen_seq
        message = conversations.append_text(
            session, conversation, writer, client_id=review.client_id, body=body, now=now
        )
        conversation.staff_seen_seq = seen
        announce_messages(place, session, conversation, [message])
    return message.seq


def _announce(place: Workplace, session: Session, conversation: Conversation, review: Review) -> ReviewView:
    session.flush()
    view = review_views(session, conversation.language, [review])[0]
    changed = ReviewChanged(conversation_id=conversation.id, review=view)
    after_commit(session, lambda: place.bus.publish(changed))
    announce_state(place, session, conversation)
    return view


def _for_mentor(session: Session, person: StaffMember, review_id: UUID) -> tuple[Conversation, Review]:
    conversation, review = _locked(session, review_id)
    if not is_mentor(session, person, review):
        raise NotFound()
    return conversation, reviews.pending(session, review_id)


def _locked(session: Session, review_id: UUID) -> tuple[Conversation, Review]:
    known = session.get(Review, review_id)
    if known is None:
        raise NotFound()
    conversation = queries.locked(session, known.conversation_id)
    session.refresh(known)
    return conversation, known


def _is_holder(session: Session, conversation: Conversation, review: Review) -> bool:
    held = routing.open_claim(session, conversation.id)
    return (
        conversation.state not in {State.WAITING, *ENDED}
        and held is not None
        and held.librarian_id == review.librarian_id
    )


def _named_mentor(session: Session, review: Review) -> UUID | None:
    return session.scalar(
        select(DeskMember.mentor_id).where(
            DeskMember.desk_id == review.desk_id, DeskMember.librarian_id == review.librarian_id
        )
    )
