"""What a librarian does with questions: see the desk's list, claim, give back, close, look up past ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qa_server.colleagues import reviews
from qa_server.colleagues.practices import is_practice
from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import ENDED, Resolution, State
from qa_server.conversations.schemas import StaffConversation, StaffThread
from qa_server.conversations.service import Event
from qa_server.desk import auditing, closing, practising, supervising
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.closing import Sheet
from qa_server.desk.owing import owe_after_closing
from qa_server.desk.taking import claim_now, desk_through, take_up
from qa_server.desk.views import staff_thread, staff_view, staff_views
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.people.rights import StaffMember
from qa_server.routing import passage
from qa_server.routing import service as routing
from qa_server.routing.duties import DEFAULT_HOURS
from storage.errors import AppError, NotFound

_EMPTY_SHEET = Sheet()


class DeskNotYours(AppError):
    """The librarian does not serve at this desk."""

    code = "desk_not_yours"
    status = 403
    message = "You do not serve at this desk."


@dataclass(frozen=True)
class DeskListing:
    """What a desk has in hand, waiting and held, oldest first, and the version of that list."""

    desk_id: UUID
    version: int
    items: Sequence[StaffConversation]


@dataclass(frozen=True)
class StaffPage:
    """One page of past conversations, newest first. `next_before` continues it, None at the end."""

    items: Sequence[StaffConversation]
    next_before: UUID | None


def desk_listing(place: Workplace, person: StaffMember, desk_id: UUID) -> DeskListing:
    """Return the list of one of the person's desks. Raises DeskNotYours."""
    if desk_id not in person.desk_ids:
        raise DeskNotYours()
    with place.database.read() as session:
        # The version is read first: a change between the two reads then only repeats an entry.
        version = session.get_one(Desk, desk_id).list_version
        items = staff_views(session, queries.open_at_desk(session, desk_id))
        return DeskListing(desk_id, version, items)


def desk_thread(place: Workplace, person: StaffMember, conversation_id: UUID, after_seq: int) -> StaffThread:
    """Return a conversation of the person's desks with one page of messages after a number.

    A supervisor of its library gets it too; that is written down. Practice is read like one. Raises NotFound.
    """
    if is_practice(conversation_id):
        return practising.thread(place, person, conversation_id, after_seq)
    try:
        with place.database.read() as session:
            conversation = queries.at_desks(session, person.desk_ids, conversation_id)
            thread = staff_thread(session, conversation, after_seq)
    except NotFound:
        return supervising.watch(place, person, conversation_id, after_seq)
    if conversation.state in ENDED:
        auditing.note_reading(place, person, conversation_id)
    return thread


def by_number(place: Workplace, person: StaffMember, number: str) -> UUID:
    """Return the id of the conversation with a number, where the person may read it. Raises NotFound."""
    with place.database.read() as session:
        found = queries.numbered(session, number)
        if found is None or not (
            queries.is_at(session, person.desk_ids, found) or supervising.may_supervise(session, person, found)
        ):
            raise NotFound()
        return found.id


def past_conversations(place: Workplace, person: StaffMember, *, before: UUID | None) -> StaffPage:
    """Return one page of ended conversations of the person's desks, newest first."""
    with place.database.read() as session:
        rows = queries.page_of_ended(session, person.desk_ids, before=before)
        shown = rows[: queries.PAGE_CONVERSATIONS]
        return StaffPage(staff_views(session, shown), shown[-1].id if len(rows) > len(shown) else None)


def earlier_of_reader(place: Workplace, person: StaffMember, conversation_id: UUID) -> list[StaffConversation]:
    """Return the reader's other conversations at the person's desks, newest first. Raises NotFound."""
    with place.database.read() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id)
        return staff_views(session, queries.others_of_reader(session, conversation, person.desk_ids))


def claim(place: Workplace, person: StaffMember, conversation_id: UUID) -> StaffConversation:
    """Take a waiting question. Of two at once one wins and the other is told who.

    Claiming what one holds already is harmless. Raises NotFound, AlreadyClaimed, ConversationEnded.
    """
    try:
        return _claim(place, person, conversation_id)
    except IntegrityError:
        # Two claims passed the check at once; the index let one through. Look again to name the winner.
        return _claim(place, person, conversation_id)


def give_back(place: Workplace, person: StaffMember, conversation_id: UUID) -> StaffConversation:
    """Return one's question to its queue, at the place its age gives it. Raises NotFound, NotHolder."""
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        held = routing.held_by(session, conversation, person.id)
        now = place.clock()
        routing.give_back(conversation, held, reason="returned", now=now)
        passage.let_go(session, conversation, now=now)
        event = Event("released", person.id, {"reason": "returned"})
        announce_messages(place, session, conversation, [conversations.record(session, conversation, event, now=now)])
        return announce_state(place, session, conversation)


def close(
    place: Workplace,
    person: StaffMember,
    conversation_id: UUID,
    *,
    resolution: Resolution,
    read_level: int | None,
    hours: int = DEFAULT_HOURS,
    expert_desk_id: UUID | None = None,
    sheet: Sheet = _EMPTY_SHEET,
) -> StaffConversation:
    """Close one's conversation with a resolution code and the READ level (1 to 6, or None), and the rest of the sheet.

    A code that leaves something to do makes it a duty, due after 8, 12, 24 or 48 `hours` of working days: of the home
    library, of the person, or of the expert desk. Raises NotFound, NotHolder, ConversationEnded, DutyRefused,
    ReviewPending, ClosingInvalid, MessageEmpty, MessageTooLong.
    """
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        held = routing.held_by(session, conversation, person.id)
        reviews.refuse_pending(session, conversation.id)
        now = place.clock()
        said = closing.fill_in(place, session, conversation, held, sheet, now=now)
        conversations.end(conversation, State.CLOSED, resolution=resolution, read_level=read_level, now=now)
        routing.release(held, reason="ended", now=now)
        left = passage.leave(session, conversation, now=now)
        details = {"resolution": resolution.value, "by": "librarian"}
        details |= owe_after_closing(
            session, conversation, held, resolution, hours=hours, expert_desk_id=expert_desk_id, now=now
        )
        message = conversations.record(session, conversation, Event("closed", person.id, details), now=now)
        announce_messages(place, session, conversation, [*said, message])
        return announce_state(place, session, conversation, left=left)


def _claim(place: Workplace, person: StaffMember, conversation_id: UUID) -> StaffConversation:
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        now = place.clock()
        desk_id = desk_through(session, conversation, person.desk_ids)
        claimed, is_new = claim_now(place, session, conversation, person.id, desk_id=desk_id, now=now)
        if is_new:
            left = take_up(session, conversation, claimed, now=now)
            message = conversations.record(session, conversation, Event("claimed", person.id), now=now)
            announce_messages(place, session, conversation, [message])
            return announce_state(place, session, conversation, left=left)
        return staff_view(session, conversation)
