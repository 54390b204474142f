"""The transcript of a conversation by mail, for its reader, who asks for it. `sending_letters` sends it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.conversations import queries
from qa_server.conversations.errors import FieldInvalid
from qa_server.conversations.models import Conversation
from qa_server.desk import transcribing
from qa_server.desk.asking import KnownReader
from qa_server.desk.printing import as_text
from qa_server.desk.telling_by_mail import sends_mail
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.mail import outbox
from qa_server.mail.addresses import deliverable
from qa_server.mail.letters import Letter, Tag, say
from storage.errors import AppError

TRANSCRIPT = "transcript"
MAX_TRANSCRIPTS = 3
TRANSCRIPTS_WITHIN = timedelta(hours=1)


class MailNotOffered(AppError):
    """No mail server is set up here."""

    code = "mail_not_offered"
    status = 409
    message = "Mail cannot be sent from here. Please save the transcript instead."


def mail_transcript(
    place: Workplace, reader: KnownReader, conversation_id: UUID, address: str, *, language: Tag, network: str
) -> None:
    """Send the reader the transcript of an own conversation; the address is kept until the letter is sent.

    At most MAX_TRANSCRIPTS letters a conversation and hour. Raises NotFound, MailNotOffered, FieldInvalid,
    TooManyRequests.
    """
    transcript = transcribing.for_reader(place, reader, conversation_id)
    if not sends_mail(place.settings):
        raise MailNotOffered()
    recipient = deliverable(address)
    if recipient is None:
        raise FieldInvalid(label=say("E-mail", language), field="email")
    place.rates.spend("letter", network)
    letter = Letter(
        language=language,
        subject=say(
            "Your conversation {number} with {library}",
            language,
            number=transcript.number,
            library=transcript.library,
        ),
        paragraphs=[say("Hello,", language), say("here is the transcript that you asked for.", language)],
        enclosed=as_text(transcript),
        footer=say("Sent once because somebody asked for it in a library's chat. Your address is not kept.", language),
    )
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        _require_few(session, conversation, place)
        outbox.put_in(
            session, letter, kind=TRANSCRIPT, conversation_id=conversation.id, recipient=recipient, now=place.clock()
        )


def _require_few(session: Session, conversation: Conversation, place: Workplace) -> None:
    since = place.clock() - TRANSCRIPTS_WITHIN
    sent = outbox.count_since(session, kind=TRANSCRIPT, conversation_id=conversation.id, since=since)
    if sent >= MAX_TRANSCRIPTS:
        raise TooManyRequests(retry_after_seconds=int(TRANSCRIPTS_WITHIN.total_seconds()))
