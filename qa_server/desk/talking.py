"""What both sides do in a conversation: say, and mark as read."""

from concurrent.futures import Future
from dataclasses import dataclass
from uuid import UUID

from qa_server.colleagues.errors import ReviewPending
from qa_server.colleagues.practices import is_practice
from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import Author
from qa_server.conversations.schemas import MessageView, ReviewView
from qa_server.conversations.text import clean_text
from qa_server.desk.announcing import announce_seen
from qa_server.desk.asking import KnownReader
from qa_server.desk.message_batch import Posting
from qa_server.desk.message_writer import Answer
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.routing import service as routing


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says in a conversation, as typed."""

    conversation_id: UUID
    client_id: str
    body: str


def post(place: Workplace, person: KnownReader | StaffMember, said: Said, answer: Answer) -> None:
    """Hand a message of the conversation's reader, or of its holder, to the writer, and return at once.

    `answer` is called in the writer's thread, after the commit, with the message as stored or with the refusal:
    NotFound, ConversationEnded, NotHolder, DatabaseBusy. A repeated client id gives the first message. The holder's
    message also stops the clock of the first answer. What a trainee says where mentors read it first is answered by
    the review instead. Raises MessageEmpty, MessageTooLong, TooManyRequests.
    """
    text = clean_text(said.body, limit=place.settings.max_message_characters)
    if isinstance(person, KnownReader):
        place.rates.spend("message", str(person.id))
    place.messages.post(_posting(person, said, text), answer)


def say_as_reader(
    place: Workplace, reader: KnownReader, conversation_id: UUID, *, client_id: str, body: str
) -> MessageView:
    """Post the reader's message and wait until it is stored. Raises what `post` raises or answers."""
    return _say(place, reader, Said(conversation_id, client_id, body))


def say_as_librarian(
    place: Workplace, person: StaffMember, conversation_id: UUID, *, client_id: str, body: str
) -> MessageView:
    """Post the holder's message and wait until it is stored. Raises what `post` raises or answers.

    Raises ReviewPending when it is kept for a mentor.
    """
    return _say(place, person, Said(conversation_id, client_id, body))


def see_as_reader(place: Workplace, reader: KnownReader, conversation_id: UUID, seq: int) -> None:
    """Mark the reader's conversation as read up to `seq`. Never moves back. Raises NotFound."""
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        if conversations.mark_seen(conversation, Author.READER, seq):
            announce_seen(place, session, conversation, Author.READER)


def see_as_librarian(place: Workplace, person: StaffMember, conversation_id: UUID, seq: int) -> None:
    """Mark a conversation as read by staff; only its holder's reading counts, and none in practice. Raises NotFound."""
    if is_practice(conversation_id):
        return
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        held = routing.open_claim(session, conversation.id)
        if held is None or held.librarian_id != person.id:
            return
        if conversations.mark_seen(conversation, Author.LIBRARIAN, seq):
            announce_seen(place, session, conversation, Author.LIBRARIAN)


def _posting(person: KnownReader | StaffMember, said: Said, text: str) -> Posting:
    if isinstance(person, KnownReader):
        writer = conversations.reader_writer(person.id)
        return Posting(said.conversation_id, writer, said.client_id, text, reader_id=person.id)
    return Posting(
        said.conversation_id,
        conversations.librarian_writer(person.id),
        said.client_id,
        text,
        desk_ids=person.desk_ids,
        names=(person.name_zh, person.name_en),
    )


def _say(place: Workplace, person: KnownReader | StaffMember, said: Said) -> MessageView:
    waiting: Future[MessageView] = Future()

    def settle(answer: MessageView | ReviewView | Exception) -> None:
        if isinstance(answer, Exception):
            waiting.set_exception(answer)
        elif isinstance(answer, ReviewView):
            waiting.set_exception(ReviewPending())
        else:
            waiting.set_result(answer)

    post(place, person, said, settle)
    return waiting.result()
