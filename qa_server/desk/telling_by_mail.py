"""Which mail is offered, and who wants word by mail of an answer that comes while they are away.

Nothing is offered without a mail server. `sending_letters` looks whom to write to and sends.
"""

from typing import Literal

from sqlalchemy.orm import Session

from qa_server.conversations.models import Conversation
from qa_server.desk.workplace import Workplace
from qa_server.mail.addresses import deliverable
from qa_server.mail.letters import Letter, Tag, is_sender, say
from qa_server.mail.models import AnswerNotice
from qa_server.mail.server import MailServerUnusable, server_at
from qa_server.network.models import Library
from qa_server.settings import Settings


def sends_mail(settings: Settings) -> bool:
    """Say whether letters can be sent at all."""
    return bool(settings.smtp_url.get_secret_value()) and is_sender(settings.mail_from)


def check_mail(settings: Settings) -> None:
    """Raise MailServerUnusable when mail is wanted and cannot be sent with these settings."""
    if server_at(settings.smtp_url.get_secret_value()) is not None and not is_sender(settings.mail_from):
        raise MailServerUnusable()


def tells_of_answers(settings: Settings) -> bool:
    """Say whether readers can be told of answers: the letter needs an address of ours that leads back."""
    return sends_mail(settings) and bool(settings.public_url)


def want_word(
    place: Workplace, session: Session, conversation: Conversation, address: str, language: Tag | None = None
) -> None:
    """Tell the reader of answers to this question by mail from now on; an empty address ends that."""
    held = session.get(AnswerNotice, conversation.id)
    recipient = deliverable(address) if tells_of_answers(place.settings) else None
    if recipient is None:
        if held is not None:
            session.delete(held)
        return
    if held is None:
        held = AnswerNotice(conversation_id=conversation.id, told_seq=conversation.last_seq, next_at=place.clock())
        session.add(held)
    held.address = recipient
    held.language = language or _tag(conversation.language)


def answer_letter(session: Session, conversation: Conversation, *, link: str, language: Tag) -> Letter:
    """Return the letter that tells of an answer. It holds no word of the conversation: mail is read on the way."""
    library = session.get_one(Library, conversation.library_id)
    name = library.name_en if language == "en" else library.name_zh
    return Letter(
        language=language,
        subject=say(
            "{library} has answered your question {number}", language, library=name, number=conversation.number
        ),
        paragraphs=[
            say("Hello,", language),
            say("a librarian has answered your question {number}.", language, number=conversation.number),
        ],
        link=link,
        link_label=say("Read the answer and reply", language),
        footer=say(
            "The link opens your questions without an account: do not pass it on. To get no more of these letters, "
            "open your question there and take the address away.",
            language,
        ),
    )


def _tag(language: str) -> Literal["zh-CN", "en"]:
    return "en" if language == "en" else "zh-CN"
