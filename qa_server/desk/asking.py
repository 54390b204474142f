"""What a reader does: begin, ask, read on, withdraw, rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import Conversation, Resolution, State
from qa_server.conversations.schemas import ReaderConversation, ReaderThread
from qa_server.conversations.service import Event, Question
from qa_server.conversations.text import clean_text
from qa_server.desk.announcing import announce_messages, announce_state
from qa_server.desk.form_values import EMAIL, keep_fields
from qa_server.desk.reader_snapshot import held_thread
from qa_server.desk.telling_by_mail import want_word
from qa_server.desk.views import for_reader, reader_thread, reader_view
from qa_server.desk.widening import set_out
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import desk_of_library, library_by_code
from qa_server.people import service as people
from qa_server.people.errors import ReaderUnknown
from qa_server.people.queries import reader_by_token
from qa_server.people.reader_queries import reader_by_link
from qa_server.routing import passage
from qa_server.routing import service as routing

# A reader's comment on the service.
MAX_COMMENT_CHARACTERS = 2_000


@dataclass(frozen=True)
class KnownReader:
    """A reader who showed a valid token. `is_linked`: that of a private link, which can be switched off."""

    id: UUID
    library_id: UUID
    language: str
    is_linked: bool = False


@dataclass(frozen=True)
class ReaderPage:
    """One page of a reader's conversations, newest first. `next_before` continues it, None at the end."""

    items: Sequence[ReaderConversation]
    next_before: UUID | None


def begin(place: Workplace, *, library_code: str, language: str, network: str) -> tuple[UUID, str]:
    """Add an anonymous reader at a library; return the id and the token, told once.

    `network` is the campus network asked from. Raises NotFound for an unknown library, TooManyRequests.
    """
    place.rates.spend("reader_session", network)
    with place.database.write() as session:
        library = library_by_code(session, library_code)
        reader, token = people.add_reader(session, library_id=library.id, language=language, now=place.clock())
        return reader.id, token


def recognise(place: Workplace, token: str) -> KnownReader:
    """Return the reader behind a token, or behind a private link's. Raises ReaderUnknown."""
    with place.database.read() as session:
        found = reader_by_token(session, token)
        if found is not None:
            return KnownReader(*found)
        reader = reader_by_link(session, token, place.clock())
        if reader is None:
            raise ReaderUnknown()
        return KnownReader(reader.id, reader.library_id, reader.language, is_linked=True)


def ask(place: Workplace, reader: KnownReader, question: Question) -> tuple[ReaderThread, bool]:
    """Put a question into the queue of the reader's library; return the thread and whether it is new.

    Repeating it with the same client id is harmless. Raises MessageEmpty, MessageTooLong, FieldMissing,
    FieldInvalid, TooManyRequests.
    """
    earlier = _asked_before(place, reader, question.client_id)
    if earlier is not None:
        return earlier, False
    place.rates.spend("question", str(reader.id))
    clean = Question(
        text=clean_text(question.text, limit=place.settings.max_message_characters),
        client_id=question.client_id,
        language=question.language,
        page_url=question.page_url,
        subject=question.subject,
        fields=question.fields,
    )
    try:
        return _open(place, reader, clean), True
    except IntegrityError:
        # The same question was sent twice at once; the other one won.
        won = _asked_before(place, reader, question.client_id)
        if won is None:
            raise
        return won, False


def thread(place: Workplace, reader: KnownReader, conversation_id: UUID, after_seq: int) -> ReaderThread:
    """Return the reader's conversation with one page of messages after a number. Raises NotFound."""
    with place.database.read() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id)
        return reader_thread(session, conversation, after_seq)


def followed_thread(
    place: Workplace, reader: KnownReader, conversation_id: UUID, after_seq: int
) -> tuple[ReaderThread, UUID | None]:
    """Return the same with the id of the librarian who holds it, in one reading, for who listens on. Raises NotFound.

    The id is for the service: a reader is told a name and whether somebody is here.
    """
    with place.database.read() as session:
        if now_held := held_thread(session, reader.id, conversation_id, after_seq):
            return now_held
        conversation = queries.of_reader(session, reader.id, conversation_id)
        held = routing.open_claim(session, conversation.id)
        return reader_thread(session, conversation, after_seq), held.librarian_id if held else None


def my_questions(place: Workplace, reader: KnownReader, *, before: UUID | None) -> ReaderPage:
    """Return one page of the reader's conversations, newest first."""
    with place.database.read() as session:
        rows = queries.page_of_reader(session, reader.id, before=before)
        shown = rows[: queries.PAGE_CONVERSATIONS]
        items = [reader_view(session, row) for row in shown]
        return ReaderPage(items, shown[-1].id if len(rows) > len(shown) else None)


def withdraw(place: Workplace, reader: KnownReader, conversation_id: UUID) -> ReaderConversation:
    """End the reader's own conversation: a waiting one is withdrawn, a held one closed as left by the reader.

    Raises NotFound, ConversationEnded.
    """
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        now = place.clock()
        held = routing.open_claim(session, conversation.id)
        state, resolution = (State.CLOSED, Resolution.READER_LEFT) if held else (State.WITHDRAWN, None)
        conversations.end(conversation, state, resolution=resolution, read_level=None, now=now)
        if held is not None:
            routing.release(held, reason="ended", now=now)
        details = {"resolution": resolution.value} if resolution else {}
        event = Event("closed" if held else "withdrawn", details={**details, "by": "reader"})
        message = conversations.record(session, conversation, event, now=now)
        left = passage.leave(session, conversation, now=now)
        announce_messages(place, session, conversation, [message])
        announce_state(place, session, conversation, left=left)
        return reader_view(session, conversation)


def rate(
    place: Workplace, reader: KnownReader, conversation_id: UUID, *, stars: int, comment: str | None
) -> ReaderConversation:
    """Store the reader's rating of an ended conversation; it may be changed. Raises NotFound, ConversationNotEnded."""
    text = clean_text(comment, limit=MAX_COMMENT_CHARACTERS) if comment and comment.strip() else None
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        conversations.rate(conversation, stars, text)
        announce_state(place, session, conversation)
        return reader_view(session, conversation)


def _asked_before(place: Workplace, reader: KnownReader, client_id: str) -> ReaderThread | None:
    with place.database.read() as session:
        conversation = queries.asked_before(session, reader.id, client_id)
        return reader_thread(session, conversation, 0) if conversation else None


def _open(place: Workplace, reader: KnownReader, question: Question) -> ReaderThread:
    with place.database.write() as session:
        library = session.get_one(Library, reader.library_id)
        conversation: Conversation = conversations.open_conversation(
            session,
            question,
            reader_id=reader.id,
            library=(library.id, library.code),
            desk_id=desk_of_library(session, library.id).id,
            now=place.clock(),
        )
        keep_fields(session, conversation, question.fields)
        want_word(place, session, conversation, question.fields.get(EMAIL.key, ""))
        set_out(place, session, conversation, subject=question.subject)
        staff = announce_state(place, session, conversation)
        return reader_thread(session, conversation, 0, view=for_reader(staff))
