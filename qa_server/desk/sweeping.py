"""What nobody does by hand: keep the leases of those who are here, give back what was left lying."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.service import Event
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.workplace import Workplace
from qa_server.people.availability import Availability, takes_questions
from qa_server.people.working import working_of
from qa_server.routing import contributions, passage
from qa_server.routing import service as routing
from qa_server.routing.models import Claim


def keep_leases(place: Workplace) -> None:
    """Move on the claims of librarians who are connected to this process."""
    present = place.presence.librarians()
    if not present:
        return
    until = place.clock() + timedelta(seconds=place.settings.absence_seconds)
    with place.database.write() as session:
        now = place.clock()
        chosen = working_of(session, present)
        # Whoever chose to be offline has left, though a page is still open.
        holding = [each for each in present if chosen[each].choice is not Availability.OFFLINE]
        routing.extend_leases(session, holding, until=until)
        gap = timedelta(seconds=place.settings.absence_seconds)
        serving = [each for each in present if takes_questions(chosen[each].at(now))]
        contributions.extend_presence(session, serving, now=now, gap=gap)


def give_back_run_out(place: Workplace) -> int:
    """Return every question whose claim ran out to its queue; return how many. Safe on several processes at once."""
    with place.database.read() as session:
        due: dict[UUID, str | None] = {each.conversation_id: None for each in routing.run_out(session, place.clock())}
        due |= {each.conversation_id: reason for each, reason in routing.lost(session, place.clock())}
    return sum(_give_back(place, conversation_id, lost_by=reason) for conversation_id, reason in due.items())


def _give_back(place: Workplace, conversation_id: UUID, *, lost_by: str | None) -> bool:
    with place.database.write() as session:
        conversation = queries.locked(session, conversation_id)
        held = routing.open_claim(session, conversation_id)
        now = place.clock()
        # Looked up again under the lock: the holder may have answered, or another process been quicker.
        if held is None or not (routing.has_run_out(held, now) or _is_lost(session, held, now)):
            return False
        reason = lost_by or ("absent" if held.lease_until < now else "no_first_answer")
        routing.give_back(conversation, held, reason=reason, now=now)
        passage.let_go(session, conversation, now=now)
        event = Event("released", held.librarian_id, {"reason": reason})
        announce_messages(place, session, conversation, [conversations.record(session, conversation, event, now=now)])
        announce_state(place, session, conversation)
        return True


def _is_lost(session: Session, held: Claim, now: datetime) -> bool:
    return any(each.id == held.id for each, _ in routing.lost(session, now))
