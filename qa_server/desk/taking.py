"""What goes with every claim, however it came about: the desk it goes through, the reasons, the desks left behind."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation, Reach
from qa_server.desk.workplace import Workplace
from qa_server.routing import passage
from qa_server.routing import service as routing
from qa_server.routing.duties import open_of
from qa_server.routing.models import Claim
from qa_server.routing.policy import choose
from qa_server.routing.surroundings import person_at, wanted_by


def desk_through(session: Session, conversation: Conversation, desk_ids: Collection[UUID]) -> UUID:
    """Return the desk through which somebody of these desks takes a question: its own if possible, else the first."""
    if conversation.desk_id in desk_ids:
        return conversation.desk_id
    reached = select(Reach.desk_id).where(
        Reach.conversation_id == conversation.id, Reach.desk_id.in_(desk_ids), Reach.is_shown.is_(True)
    )
    return session.scalar(reached.order_by(Reach.reached_at, Reach.desk_id).limit(1)) or conversation.desk_id


def claim_now(
    place: Workplace, session: Session, conversation: Conversation, librarian_id: UUID, *, desk_id: UUID, now: datetime
) -> tuple[Claim, bool]:
    """Give a question to somebody, for as long as the settings say; return the claim and whether it is new.

    Raises AlreadyClaimed, ConversationEnded.
    """
    return routing.claim(
        session,
        conversation,
        librarian_id,
        now=now,
        lease=timedelta(seconds=place.settings.absence_seconds),
        first_answer=timedelta(seconds=place.settings.first_answer_seconds),
        desk_id=desk_id,
    )


def take_up(session: Session, conversation: Conversation, claimed: Claim, *, now: datetime) -> set[UUID]:
    """Stop what waited for a claim and write down why this person has the question; return the desks left behind."""
    desk_id = claimed.desk_id or conversation.desk_id
    wanted = wanted_by(session, conversation)
    # Whoever claims is here, whether or not the connection is known in this process.
    found = person_at(session, desk_id, claimed.librarian_id, now=now)
    waited = passage.waited_seconds(conversation, now)
    choice = None
    if found is not None:
        # As it was before this claim, which is counted already.
        before = replace(found[1], load=max(0, found[1].load - 1))
        choice = choose(wanted, [before], mode=found[0], waited_seconds=waited)
    passage.write_down(
        session,
        conversation,
        "claimed",
        at=now,
        desk_id=desk_id,
        librarian_id=claimed.librarian_id,
        reasons={
            "waited_seconds": waited,
            **passage.judged_reasons(choice, claimed.librarian_id),
        },
    )
    for duty in open_of(session, conversation.id):
        duty.state = "taken"
    return passage.hold(session, conversation, claimed.librarian_id, desk_id, now=now)
