"""What both sides do in a conversation: say, and mark as read."""

from concurrent.futures import Future
from uuid import UUID

from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.models import Author
from qa_server.conversations.schemas import MessageView
from qa_server.conversations.text import clean_text
from qa_server.desk.announcing import announce_seen
from qa_server.desk.asking import KnownReader
from qa_server.desk.message_batch import Posting
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.routing import service as routing


def post_as_reader(
    place: Workplace, reader: KnownReader, conversation_id: UUID, *, client_id: str, body: str
) -> "Future[MessageView]":
    """Hand the reader's message to the writer; the future gives it as stored. A repeated client id gives the first.

    Raises MessageEmpty, MessageTooLong, TooManyRequests; the future NotFound, ConversationEnded.
    """
    text = clean_text(body, limit=place.settings.max_message_characters)
    place.rates.spend("message", str(reader.id))
    writer = conversations.reader_writer(reader.id)
    return place.messages.post(Posting(conversation_id, writer, client_id, text, reader_id=reader.id))


def post_as_librarian(
    place: Workplace, person: StaffMember, conversation_id: UUID, *, client_id: str, body: str
) -> "Future[MessageView]":
    """Hand the holder's message to the writer; it also stops the clock of the first answer.

    Raises MessageEmpty, MessageTooLong; the future NotFound, NotHolder, ConversationEnded.
    """
    text = clean_text(body, limit=place.settings.max_message_characters)
    posting = Posting(
        conversation_id,
        conversations.librarian_writer(person.id),
        client_id,
        text,
        desk_ids=person.desk_ids,
        names=(person.name_zh, person.name_en),
    )
    return place.messages.post(posting)


def say_as_reader(
    place: Workplace, reader: KnownReader, conversation_id: UUID, *, client_id: str, body: str
) -> MessageView:
    """Post the reader's message and wait until it is stored. Raises what `post_as_reader` and its future raise."""
    return post_as_reader(place, reader, conversation_id, client_id=client_id, body=body).result()


def say_as_librarian(
    place: Workplace, person: StaffMember, conversation_id: UUID, *, client_id: str, body: str
) -> MessageView:
    """Post the holder's message and wait until it is stored. Raises what `post_as_librarian` and its future raise."""
    return post_as_librarian(place, person, conversation_id, client_id=client_id, body=body).result()


def see_as_reader(place: Workplace, reader: KnownReader, conversation_id: UUID, seq: int) -> None:
    """Mark the reader's conversation as read up to `seq`. Never moves back. Raises NotFound."""
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        if conversations.mark_seen(conversation, Author.READER, seq):
            announce_seen(place, session, conversation, Author.READER)


def see_as_librarian(place: Workplace, person: StaffMember, conversation_id: UUID, seq: int) -> None:
    """Mark a conversation as read by staff; only its holder's reading counts. Raises NotFound."""
    with place.database.write() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        held = routing.open_claim(session, conversation.id)
        if held is None or held.librarian_id != person.id:
            return
        if conversations.mark_seen(conversation, Author.LIBRARIAN, seq):
            announce_seen(place, session, conversation, Author.LIBRARIAN)
