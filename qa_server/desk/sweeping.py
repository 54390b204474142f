"""What nobody does by hand: keep the leases of those who are here, give back what was left lying."""

from datetime import timedelta
from uuid import UUID

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.service import Event
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.workplace import Workplace
from qa_server.routing import service as routing


def keep_leases(place: Workplace) -> None:
    """Move on the claims of librarians who are connected to this process."""
    present = place.presence.librarians()
    if not present:
        return
    until = place.clock() + timedelta(seconds=place.settings.absence_seconds)
    with place.database.write() as session:
        routing.extend_leases(session, present, until=until)


def give_back_run_out(place: Workplace) -> int:
    """Return every question whose claim ran out to its queue; return how many. Safe on several processes at once."""
    with place.database.read() as session:
        due = [claim.conversation_id for claim in routing.run_out(session, place.clock())]
    return sum(_give_back(place, conversation_id) for conversation_id in due)


def _give_back(place: Workplace, conversation_id: UUID) -> bool:
    with place.database.write() as session:
        conversation = queries.locked(session, conversation_id)
        held = routing.open_claim(session, conversation_id)
        now = place.clock()
        # Looked up again under the lock: the holder may have answered, or another process been quicker.
        if held is None or not routing.has_run_out(held, now):
            return False
        reason = "absent" if held.lease_until < now else "no_first_answer"
        routing.give_back(conversation, held, reason=reason, now=now)
        event = Event("released", held.librarian_id, {"reason": reason})
        announce_messages(place, session, conversation, [conversations.record(session, conversation, event, now=now)])
        announce_state(place, session, conversation)
        return True
