"""A held conversation as its reader sees it, in a statement that is made once.

A restart brings thousands of readers back within seconds, and each reads this: through `views`, which it agrees with,
it costs several times as much. Questions that nobody holds are fewer and are read there.
"""

from uuid import UUID

from sqlalchemy import bindparam, case, null, select
from sqlalchemy.orm import Session

from qa_server.conversations.models import ENDED, Conversation, State
from qa_server.conversations.queries import messages_after
from qa_server.conversations.schemas import ReaderConversation, ReaderThread, as_readers_see
from qa_server.desk.views import message_views
from qa_server.network.models import Library
from qa_server.people.models import Librarian
from qa_server.routing.models import Claim

_HELD = (
    select(
        Claim.librarian_id,
        Conversation.id,
        Conversation.number,
        Library.code.label("library"),
        Conversation.language,
        Conversation.question,
        # As `told_to_reader` has it.
        case((Conversation.state == State.IN_REVIEW, State.ACTIVE.value), else_=Conversation.state).label("state"),
        Conversation.last_seq,
        Conversation.reader_seen_seq,
        Conversation.staff_seen_seq,
        case((Conversation.language == "zh", Librarian.name_zh), else_=Librarian.name_en).label("holder_name"),
        null().label("position"),
        Conversation.resolution,
        Conversation.rating,
        Conversation.created_at,
        Conversation.ended_at,
        Conversation.promised_at,
        # Owed only after the end.
        null().label("follow_up"),
    )
    .join(Library, Library.id == Conversation.library_id)
    .join(Claim, Claim.conversation_id == Conversation.id)
    .join(Librarian, Librarian.id == Claim.librarian_id)
    .where(
        Conversation.id == bindparam("conversation_id"),
        Conversation.reader_id == bindparam("reader_id"),
        Conversation.state.not_in([State.WAITING, *ENDED]),
        Claim.released_at.is_(None),
    )
)
_SHOWN = tuple(_HELD.selected_columns.keys())[1:]


def held_thread(
    session: Session, reader_id: UUID, conversation_id: UUID, after_seq: int
) -> tuple[ReaderThread, UUID] | None:
    """Return the reader's conversation with one page of messages after a number, and the id of who holds it.

    None when nobody holds it, when it has ended, and when it is not the reader's.
    """
    held = _held(session, reader_id, conversation_id)
    if held is None:
        return None
    conversation, librarian_id = held
    messages = messages_after(session, conversation_id, after_seq)
    has_more = bool(messages) and messages[-1].seq < conversation.last_seq
    views = as_readers_see(message_views(session, conversation.language, messages))
    return ReaderThread(conversation=conversation, messages=views, has_more=has_more), librarian_id


def _held(session: Session, reader_id: UUID, conversation_id: UUID) -> tuple[ReaderConversation, UUID] | None:
    found = session.execute(_HELD, {"conversation_id": conversation_id, "reader_id": reader_id}).one_or_none()
    if found is None:
        return None
    librarian_id, *shown = found
    return ReaderConversation.model_validate(dict(zip(_SHOWN, shown, strict=True))), librarian_id
