"""The questionnaire after a conversation, and what staff see of what its reader filled in and agreed to tell."""

from collections.abc import Mapping
from uuid import UUID

from qa_server.conversations import queries
from qa_server.conversations.errors import ConversationEnded, ConversationNotEnded
from qa_server.conversations.form_models import ConversationForm
from qa_server.conversations.models import ENDED
from qa_server.conversations.schemas import Wire
from qa_server.desk import auditing
from qa_server.desk.asking import KnownReader
from qa_server.desk.form_values import EMAIL, FilledIn, answers_for, email_for, form_of
from qa_server.desk.telling_by_mail import want_word
from qa_server.desk.workplace import Workplace
from qa_server.mail.letters import Tag
from qa_server.people.reader_queries import identity_of
from qa_server.people.rights import StaffMember


class ReaderName(Wire):
    """Who the reader is, as the library's page said and the reader agreed to tell."""

    name: str
    subject: str
    details: dict[str, str]


class ReaderCard(Wire):
    """What staff know of a conversation's reader. `identity` is null for somebody who stays anonymous."""

    identity: ReaderName | None
    fields: list[FilledIn]
    answers: list[FilledIn]


def answer_questionnaire(
    place: Workplace, reader: KnownReader, conversation_id: UUID, given: Mapping[str, str]
) -> list[FilledIn]:
    """Keep the reader's answers about an ended conversation; they may be changed.

    Raises NotFound, ConversationNotEnded, FieldMissing, FieldInvalid.
    """
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        if conversation.state not in ENDED:
            raise ConversationNotEnded()
        answers = answers_for(session, conversation, given)
        form = form_of(session, conversation)
        form.answers = [each.model_dump() for each in answers]
        form.answered_at = place.clock()
        return answers


def reader_card(place: Workplace, person: StaffMember, conversation_id: UUID) -> ReaderCard:
    """Return what the staff of a conversation's desk may know of its reader. Raises NotFound."""
    with place.database.read() as session:
        conversation = queries.at_desks(session, person.desk_ids, conversation_id)
        form = session.get(ConversationForm, conversation.id)
        identity = identity_of(session, conversation.reader_id)
        # Another library's word about somebody is not told here.
        is_told = identity is not None and identity.library_id == conversation.library_id
        card = ReaderCard(
            identity=ReaderName(name=identity.name, subject=identity.subject, details=identity.details)
            if identity is not None and is_told
            else None,
            fields=[FilledIn.model_validate(each) for each in form.fields] if form else [],
            answers=[FilledIn.model_validate(each) for each in form.answers] if form else [],
        )
    if card.identity is not None:
        auditing.note_reader_seen(place, person, conversation_id, conversation.library_id)
    return card


def leave_address(
    place: Workplace, reader: KnownReader, conversation_id: UUID, address: str, *, language: Tag | None = None
) -> None:
    """Keep an e-mail address beside an open question; empty takes it back. Its librarians see it.

    Where mail is sent, answers that come while the reader is away are told of there, in `language`.
    Raises NotFound, ConversationEnded, FieldInvalid.
    """
    with place.database.write() as session:
        conversation = queries.of_reader(session, reader.id, conversation_id, lock=True)
        if conversation.state in ENDED:
            raise ConversationEnded()
        form = form_of(session, conversation)
        others = [each for each in form.fields if each["key"] != EMAIL.key]
        values = email_for(conversation, address) if address.strip() else []
        form.fields = [*others, *(each.model_dump() for each in values)]
        want_word(place, session, conversation, address, language)
