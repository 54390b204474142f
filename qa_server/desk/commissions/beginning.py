"""A librarian makes a reader's question a commission: a draft that the reader finds, completes and submits."""

from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from qa_server.colleagues.errors import ReviewPending
from qa_server.commissions import service_types
from qa_server.conversations import queries as conversations
from qa_server.conversations.errors import ConversationEnded
from qa_server.desk import talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import requesting
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.models import Library
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import NotHolder

# Client ids are 64 characters at most; one of ours is as long as a UUID in hex.
_MESSAGE = "commission-{}"


@dataclass(frozen=True)
class Proposal:
    """A conversation that may become a commission, and the services of its reader's library by code and name."""

    conversation_id: UUID
    number: str
    question: str
    language: str
    services: dict[str, str]


@dataclass(frozen=True)
class Begun:
    """The draft that was begun; `is_told` says whether the reader was written to in the conversation."""

    number: str
    path: str
    is_told: bool


def proposal(place: Workplace, person: StaffMember, conversation_id: UUID, *, language: Language) -> Proposal:
    """Return what a conversation of the person's desks can be made. Raises NotFound."""
    with place.database.read() as session:
        found = conversations.at_desks(session, person.desk_ids, conversation_id)
        offered = service_types.offered_at(session, found.library_id)
        names = {code: each.definition.name.in_(language) for code, each in offered.items()}
        return Proposal(found.id, found.number, found.question, found.language, names)


def begin(place: Workplace, person: StaffMember, conversation_id: UUID, code: str, *, client_id: str) -> Begun:
    """Begin a draft for the reader of a conversation, and write its address to the reader. Repeating it is harmless.

    Without the conversation in hand, or after its end, nothing is written there; a trainee's word waits for the mentor.
    Raises NotFound, ServiceNotOffered,
    TooManyCommissions.
    """
    with place.database.read() as session:
        found = conversations.at_desks(session, person.desk_ids, conversation_id)
        reader = KnownReader(found.reader_id, found.library_id, found.language)
        library_code = session.get_one(Library, found.library_id).code
    language: Language = "zh" if reader.language == "zh" else "en"
    view, _ = requesting.begin(
        place,
        reader,
        code,
        client_id=client_id,
        language=language,
        conversation_id=conversation_id,
        begun_by=person.id,
    )
    path = f"/services/{quote(library_code)}/c/{view.id}"
    address = f"{(place.settings.public_url or '').rstrip('/')}{path}"
    text = translate(
        "I have begun the commission {number} ({service}) for you. Please complete and submit it here: {address}",
        language,
        number=view.number,
        service=view.service,
        address=address,
    )
    try:
        talking.say_as_librarian(place, person, conversation_id, client_id=_MESSAGE.format(view.id.hex), body=text)
    except (NotHolder, ConversationEnded, ReviewPending):
        return Begun(view.number, path, is_told=False)
    return Begun(view.number, path, is_told=True)
