"""Turn rows into what readers and staff see. The two views are made apart, so that nothing slips to the other side."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations.models import Conversation, Message, Note
from qa_server.conversations.schemas import (
    MessageView,
    NoteView,
    ReaderConversation,
    ReaderThread,
    StaffConversation,
    StaffThread,
)
from qa_server.network.models import Library
from qa_server.people.models import Librarian
from qa_server.routing.models import Claim


def reader_view(session: Session, conversation: Conversation) -> ReaderConversation:
    """Return the conversation as its reader may see it."""
    holder = _holders(session, [conversation.id]).get(conversation.id)
    position = queries.position_in_queue(session, conversation)
    return ReaderConversation.model_validate(_common(session, conversation, holder, position))


def staff_view(session: Session, conversation: Conversation) -> StaffConversation:
    """Return the conversation as the librarians of its desk may see it."""
    return staff_views(session, [conversation])[0]


def staff_views(session: Session, conversations: Sequence[Conversation]) -> list[StaffConversation]:
    """Return several conversations for staff, in the order given."""
    holders = _holders(session, [conversation.id for conversation in conversations])
    positions = queries.positions_in_queues(session, conversations)
    return [_staff_view(session, each, holders.get(each.id), positions.get(each.id)) for each in conversations]


def message_views(session: Session, language: str, messages: Sequence[Message]) -> list[MessageView]:
    """Return messages of one conversation with the librarians' names in this language.

    An `edited` event carries the text as it is now, so that nothing deleted or edited later comes back through it.
    """
    ids = {message.librarian_id for message in messages if message.librarian_id is not None}
    names = _names(session, ids, language)
    changed = {message.details["seq"] for message in messages if message.details.get("event") == "edited"}
    texts = queries.bodies(session, messages[0].conversation_id, changed) if changed else {}
    return [_message_view(message, names, texts) for message in messages]


def note_views(session: Session, language: str, notes: Sequence[Note]) -> list[NoteView]:
    """Return internal notes with their writers' names in this language."""
    names = _names(session, {note.librarian_id for note in notes}, language)
    return [
        NoteView(
            id=note.id,
            librarian_id=note.librarian_id,
            name=names[note.librarian_id],
            client_id=note.client_id,
            body=note.body,
            created_at=note.created_at,
        )
        for note in notes
    ]


def reader_thread(session: Session, conversation: Conversation, after_seq: int) -> ReaderThread:
    """Return the reader's view with one page of messages after `after_seq`."""
    messages = queries.messages_after(session, conversation.id, after_seq)
    return ReaderThread(
        conversation=reader_view(session, conversation),
        messages=message_views(session, conversation.language, messages),
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
    )


def _staff_view(
    session: Session, conversation: Conversation, holder: Librarian | None, position: int | None
) -> StaffConversation:
    library = session.get_one(Library, conversation.library_id)
    return StaffConversation.model_validate(
        {
            **_common(session, conversation, holder, position),
            "library_name": library.name_zh if conversation.language == "zh" else library.name_en,
            "desk_id": conversation.desk_id,
            "holder_id": holder.id if holder else None,
            "queued_at": conversation.queued_at,
            "page_url": conversation.page_url,
            "read_level": conversation.read_level,
            "rating_comment": conversation.rating_comment,
        }
    )


def _common(
    session: Session, conversation: Conversation, holder: Librarian | None, position: int | None
) -> dict[str, object]:
    return {
        "id": conversation.id,
        "number": conversation.number,
        "library": session.get_one(Library, conversation.library_id).code,
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
    }


def _message_view(message: Message, names: dict[UUID, str], texts: dict[int, str]) -> MessageView:
    is_deleted = message.deleted_at is not None
    # What was taken back may not come along in a detail, such as the name of a file.
    details = {} if is_deleted else {key: value for key, value in message.details.items() if key != "event"}
    if message.details.get("event") == "edited":
        details["body"] = texts.get(details["seq"], "")
    return MessageView.model_validate(
        {
            "seq": message.seq,
            "kind": message.kind,
            "author": message.author,
            "name": names.get(message.librarian_id) if message.librarian_id else None,
            "client_id": message.client_id,
            "body": message.body,
            "event": message.details.get("event"),
            "details": details,
            "created_at": message.created_at,
            "edited_at": message.edited_at,
            "is_deleted": is_deleted,
        }
    )


def _holders(session: Session, conversation_ids: Collection[UUID]) -> dict[UUID, Librarian]:
    rows = session.execute(
        select(Claim.conversation_id, Librarian)
        .join(Librarian, Librarian.id == Claim.librarian_id)
        .where(Claim.conversation_id.in_(conversation_ids), Claim.released_at.is_(None))
    )
    return {row.conversation_id: row.Librarian for row in rows}


def _names(session: Session, ids: Collection[UUID], language: str) -> dict[UUID, str]:
    if not ids:
        return {}
    people = session.scalars(select(Librarian).where(Librarian.id.in_(ids)))
    return {person.id: _name(person, language) for person in people}


def _name(person: Librarian, language: str) -> str:
    return person.name_zh if language == "zh" else person.name_en
