"""Turn rows into what readers and staff see. The two views are made apart, so that nothing slips to the other side."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.colleagues import reviews
from qa_server.colleagues.review_models import Review
from qa_server.conversations import queries
from qa_server.conversations.closing_codes import subjects_at_the_end
from qa_server.conversations.models import ENDED, Conversation, Message, Note, Reach, State, told_to_reader
from qa_server.conversations.schemas import (
    FollowUpView,
    MessageView,
    NamedMessageView,
    NoteView,
    OfferView,
    ReachView,
    ReaderConversation,
    ReaderThread,
    ReviewMark,
    ReviewView,
    StaffConversation,
    StaffThread,
    as_readers_see,
)
from qa_server.desk.closing_views import closing_told
from qa_server.network.models import Library
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.routing.models import Claim, Duty, Offer, Route


def reader_view(session: Session, conversation: Conversation) -> ReaderConversation:
    """Return the conversation as its reader may see it."""
    holder = _holders(session, [conversation]).get(conversation.id)
    position = queries.position_in_queue(session, conversation)
    owed = _follow_ups(session, [conversation])
    library = session.get_one(Library, conversation.library_id)
    shown = _common(conversation, library, holder, position, owed)
    return ReaderConversation.model_validate({**shown, "state": told_to_reader(conversation.state)})


def staff_view(session: Session, conversation: Conversation) -> StaffConversation:
    """Return the conversation as the librarians of its desk may see it."""
    return staff_views(session, [conversation])[0]


def views_of(session: Session, conversation: Conversation) -> tuple[ReaderConversation, StaffConversation]:
    """Return the conversation for its reader and for staff, from one reading. The reader's has the reader's fields."""
    staff = staff_view(session, conversation)
    return for_reader(staff), staff


def for_reader(staff: StaffConversation) -> ReaderConversation:
    """Return what the reader may see of it: the fields of a reader's conversation and no other."""
    shown = {name: getattr(staff, name) for name in ReaderConversation.model_fields}
    return ReaderConversation.model_validate({**shown, "state": told_to_reader(staff.state)})


def staff_views(session: Session, conversations: Sequence[Conversation]) -> list[StaffConversation]:
    """Return several conversations for staff, in the order given."""
    holders = _holders(session, conversations)
    positions = queries.positions_in_queues(session, conversations)
    owed = _follow_ups(session, conversations)
    reaches = queries.reaches_of(session, [each.id for each in conversations if each.state not in ENDED])
    offers = _offers(session, conversations)
    subjects = _subjects(session, conversations)
    reviewed = reviews.pending_in(session, [each.id for each in conversations if each.state == State.IN_REVIEW])
    libraries = _libraries(session, conversations)
    return [
        _staff_view(each, libraries[each.library_id], holders.get(each.id), positions.get(each.id), owed).model_copy(
            update={
                "reached": _reach_views(reaches.get(each.id, ())),
                "offered": offers.get(each.id, []),
                "subject": subjects.get(each.id),
                "review": _review_mark(reviewed.get(each.id)),
            }
        )
        for each in conversations
    ]


def message_views(session: Session, language: str, messages: Sequence[Message]) -> list[MessageView]:
    """Return messages of one conversation for staff, with the librarians' names in this language and in both.

    An `edited` event carries the text as it is now, so that nothing deleted or edited later comes back through it.
    """
    ids = {message.librarian_id for message in messages if message.librarian_id is not None}
    people = _people(session, ids)
    changed = {message.details["seq"] for message in messages if message.details.get("event") == "edited"}
    texts = queries.bodies(session, messages[0].conversation_id, changed) if changed else {}
    return [_message_view(message, people, language, texts) for message in messages]


def note_views(session: Session, language: str, notes: Sequence[Note]) -> list[NoteView]:
    """Return internal notes with their writers' names in this language and in both."""
    people = _people(session, {note.librarian_id for note in notes})
    return [
        NoteView(
            id=note.id,
            librarian_id=note.librarian_id,
            name=_name(people[note.librarian_id], language),
            name_zh=people[note.librarian_id].name_zh,
            name_en=people[note.librarian_id].name_en,
            client_id=note.client_id,
            body=note.body,
            created_at=note.created_at,
            is_whisper=note.is_whisper,
            mentions=[UUID(each) for each in note.mentions],
        )
        for note in notes
    ]


def review_views(session: Session, language: str, rows: Sequence[Review]) -> list[ReviewView]:
    """Return reviewed answers with the names of writers and mentors in this language and in both."""
    ids = {each for row in rows for each in (row.librarian_id, row.asked_id, row.answered_by) if each is not None}
    people = _people(session, ids)
    return [
        ReviewView.model_validate(
            {
                "id": row.id,
                "conversation_id": row.conversation_id,
                "librarian_id": row.librarian_id,
                **_named("name", people[row.librarian_id], language),
                **_named("asked", people.get(row.asked_id) if row.asked_id else None, language),
                **_named("answered", people.get(row.answered_by) if row.answered_by else None, language),
                "client_id": row.client_id,
                "body": row.body,
                "state": str(row.state),
                "is_open": row.is_open,
                "is_unattended": row.is_unattended,
                "submitted_at": row.submitted_at,
                "answered_at": row.answered_at,
                "comment": row.comment,
                "sent_seq": row.sent_seq,
            }
        )
        for row in rows
    ]


def reader_thread(
    session: Session, conversation: Conversation, after_seq: int, *, view: ReaderConversation | None = None
) -> ReaderThread:
    """Return the reader's view with one page of messages after `after_seq`; `view` where it was made already."""
    messages = queries.messages_after(session, conversation.id, after_seq)
    return ReaderThread(
        conversation=view or reader_view(session, conversation),
        messages=as_readers_see(message_views(session, conversation.language, messages)),
        has_more=bool(messages) and messages[-1].seq < conversation.last_seq,
    )


def staff_thread(session: Session, conversation: Conversation, after_seq: int) -> StaffThread:
    """Return the staff's view with one page of messages after `after_seq`."""
    messages = queries.messages_after(session, conversation.id, after_seq)
    return StaffThread(
        conversation=staff_view(session, conversation),
        messages=message_views(session, conversation.language, messages),
        has_more=bool(messages) and messages[-1].seq < conversation.last_seq,
        notes=note_views(session, conversation.language, queries.notes_of(session, conversation.id)),
        reviews=review_views(session, conversation.language, reviews.of_conversation(session, conversation.id)),
        closing=closing_told(session, conversation),
    )


def _staff_view(
    conversation: Conversation,
    library: Library,
    holder: Librarian | None,
    position: int | None,
    owed: dict[UUID, FollowUpView],
) -> StaffConversation:
    return StaffConversation.model_validate(
        {
            **_common(conversation, library, holder, position, owed),
            "library_name": library.name_zh if conversation.language == "zh" else library.name_en,
            "library_zh": library.name_zh,
            "library_en": library.name_en,
            "desk_id": conversation.desk_id,
            "holder_id": holder.id if holder else None,
            "holder_zh": holder.name_zh if holder else None,
            "holder_en": holder.name_en if holder else None,
            "queued_at": conversation.queued_at,
            "page_url": conversation.page_url,
            "read_level": conversation.read_level,
            "rating_comment": conversation.rating_comment,
            "priority": conversation.priority,
        }
    )


def _libraries(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, Library]:
    """Read the libraries of several conversations at once. A session alone keeps no row that nobody holds."""
    ids = {each.library_id for each in conversations}
    return {each.id: each for each in session.scalars(select(Library).where(Library.id.in_(ids)))} if ids else {}


def _reach_views(reaches: Sequence[Reach]) -> list[ReachView]:
    return [
        ReachView(desk_id=each.desk_id, reason=each.reason, details=each.details, reached_at=each.reached_at)
        for each in reaches
    ]


def _review_mark(review: Review | None) -> ReviewMark | None:
    if review is None:
        return None
    return ReviewMark(
        id=review.id,
        desk_id=review.desk_id,
        librarian_id=review.librarian_id,
        asked_id=review.asked_id,
        is_open=review.is_open,
        is_unattended=review.is_unattended,
        submitted_at=review.submitted_at,
    )


def _offers(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, list[OfferView]]:
    waiting = [each.id for each in conversations if each.state == State.WAITING]
    found: dict[UUID, list[OfferView]] = {}
    if waiting:
        standing = select(Offer).where(Offer.conversation_id.in_(waiting), Offer.outcome.is_(None))
        for each in session.scalars(standing.order_by(Offer.offered_at, Offer.id)):
            view = OfferView(desk_id=each.desk_id, librarian_id=each.librarian_id, expires_at=each.expires_at)
            found.setdefault(each.conversation_id, []).append(view)
    return found


def _subjects(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, str]:
    """Return the subjects of open ones as their way says, of ended ones as the closing sheet does."""
    ended = [each.id for each in conversations if each.state in ENDED]
    open_ones = [each.id for each in conversations if each.state not in ENDED]
    found = subjects_at_the_end(session, ended) if ended else {}
    if not open_ones:
        return found
    known = select(Route.conversation_id, Route.subject).where(
        Route.conversation_id.in_(open_ones), Route.subject.is_not(None)
    )
    return found | {row.conversation_id: row.subject for row in session.execute(known) if row.subject}


def _common(
    conversation: Conversation,
    library: Library,
    holder: Librarian | None,
    position: int | None,
    owed: dict[UUID, FollowUpView],
) -> dict[str, object]:
    return {
        "id": conversation.id,
        "number": conversation.number,
        "library": library.code,
        "language": conversation.language,
        "question": conversation.question,
        "state": str(conversation.state),
        "last_seq": conversation.last_seq,
        "reader_seen_seq": conversation.reader_seen_seq,
        "staff_seen_seq": conversation.staff_seen_seq,
        "holder_name": _name(holder, conversation.language) if holder else None,
        "position": position,
        "resolution": conversation.resolution,
        "rating": conversation.rating,
        "created_at": conversation.created_at,
        "ended_at": conversation.ended_at,
        "promised_at": conversation.promised_at,
        "follow_up": owed.get(conversation.id),
    }


def _follow_ups(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, FollowUpView]:
    """Return what is still owed after the end of these conversations, the next due of each."""
    ended = [each.id for each in conversations if each.state in ENDED]
    if not ended:
        return {}
    rows = session.execute(
        select(Duty, Library)
        .join(Library, Library.id == Duty.library_id)
        .where(Duty.conversation_id.in_(ended), Duty.state != "done")
        .order_by(Duty.promised_at.desc())
    )
    return {
        duty.conversation_id: FollowUpView(
            library_zh=library.name_zh,
            library_en=library.name_en,
            due_at=duty.promised_at,
            is_overdue=duty.climbed > 0,
        )
        for duty, library in rows
    }


def _message_view(
    message: Message, people: Mapping[UUID, Librarian], language: str, texts: dict[int, str]
) -> MessageView:
    is_deleted = message.deleted_at is not None
    # What was taken back may not come along in a detail, such as the name of a file.
    details = {} if is_deleted else {key: value for key, value in message.details.items() if key != "event"}
    if message.details.get("event") == "edited":
        details["body"] = texts.get(details["seq"], "")
    writer = people.get(message.librarian_id) if message.librarian_id else None
    named = {"name_zh": writer.name_zh, "name_en": writer.name_en} if writer else {}
    return (NamedMessageView if writer else MessageView).model_validate(
        {
            "seq": message.seq,
            "kind": message.kind,
            "author": message.author,
            "name": _name(writer, language) if writer else None,
            **named,
            "client_id": message.client_id,
            "body": message.body,
            "event": message.details.get("event"),
            "details": details,
            "created_at": message.created_at,
            "edited_at": message.edited_at,
            "is_deleted": is_deleted,
        }
    )


def _holders(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, Librarian]:
    conversation_ids = [each.id for each in conversations if each.state != State.WAITING and each.state not in ENDED]
    if not conversation_ids:
        return {}
    rows = session.execute(
        select(Claim.conversation_id, Librarian)
        .join(Librarian, Librarian.id == Claim.librarian_id)
        .where(Claim.conversation_id.in_(conversation_ids), Claim.released_at.is_(None))
    )
    return {row.conversation_id: row.Librarian for row in rows}


def _people(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Librarian]:
    return librarians_by_id(session, ids) if ids else {}


def _named(what: str, person: Librarian | None, language: str) -> dict[str, str | None]:
    """Return the name of a part somebody has: as `WHAT_name`, of the writer as `name`, and in both languages."""
    plain = what if what == "name" else f"{what}_name"
    if person is None:
        return {plain: None, f"{what}_zh": None, f"{what}_en": None}
    return {plain: _name(person, language), f"{what}_zh": person.name_zh, f"{what}_en": person.name_en}


def _name(person: Librarian, language: str) -> str:
    return person.name_zh if language == "zh" else person.name_en
