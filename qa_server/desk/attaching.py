"""Files in a conversation: announce one, take it in, show it as a message, give a link to it, open the link.

Only its reader and the librarian who holds it send files; who may read the conversation may fetch them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.attachments import links, service
from qa_server.attachments import queries as attachments
from qa_server.attachments.errors import AttachmentGone, LinkRefused
from qa_server.attachments.scanning import scanner_at
from qa_server.attachments.schemas import AttachmentLink
from qa_server.attachments.service import Content, Limits
from qa_server.attachments.storing import Store
from qa_server.colleagues import reviews
from qa_server.colleagues.errors import ReviewNeeded
from qa_server.conversations import queries
from qa_server.conversations import service as conversations
from qa_server.conversations.errors import ConversationEnded
from qa_server.conversations.models import ENDED, Conversation
from qa_server.conversations.schemas import MessageView
from qa_server.conversations.service import Writer
from qa_server.desk.announcing import announce_messages
from qa_server.desk.asking import KnownReader
from qa_server.desk.views import message_views
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.routing import service as routing
from qa_server.settings import Settings

Participant = KnownReader | StaffMember


@dataclass(frozen=True)
class FileToSend:
    """A file on disk behind a checked link."""

    path: Path
    name: str
    media_type: str
    sha256: str


class KeptFile(Protocol):
    """What a row says of a file, whatever it belongs to."""

    @property
    def name(self) -> str:
        """What it is called when saved."""

    @property
    def media_type(self) -> str:
        """What it was found to be."""

    @property
    def sha256(self) -> str:
        """The digest that names it on disk, in hexadecimal."""


def store_of(settings: Settings) -> Store:
    """Return the folder of files."""
    return Store(Path(settings.attachments_folder), reserved_bytes=settings.reserved_disk_bytes)


def limits_of(settings: Settings) -> Limits:
    """Return how much is taken."""
    return Limits(
        file_bytes=settings.max_attachment_bytes,
        conversation_files=settings.max_conversation_attachments,
        conversation_bytes=settings.max_conversation_attachment_bytes,
        image_pixels=settings.max_image_pixels,
    )


def expect(
    place: Workplace, person: Participant, conversation_id: UUID, *, client_id: str, size_bytes: int
) -> MessageView | None:
    """Check before the first byte that a file may come; return the message when it came before under this client id.

    `size_bytes` is the announced size, 0 when unknown. Raises NotFound, NotHolder, ConversationEnded,
    AttachmentTooLarge, AttachmentsFull, TooManyRequests, ReviewNeeded.
    """
    limits = limits_of(place.settings)
    with place.database.read() as session:
        conversation, writer = _conversation_of(session, person, conversation_id)
        earlier = queries.posted_under(session, conversation.id, writer.sender, client_id)
        if earlier is not None:
            return message_views(session, conversation.language, [earlier])[0]
        _require_open(session, person, conversation, place.clock())
        service.check_size(size_bytes, limits)
        service.check_room(session, conversation.id, size_bytes, limits)
    if isinstance(person, KnownReader):
        place.rates.spend("message", str(person.id))
    return None


def take_in(place: Workplace, path: Path, name: str) -> Content:
    """Check a complete incoming file and keep it; nobody sees it before `attach`. Blocks, up to minutes.

    Raises the refusals of `attachments.service.take_in`.
    """
    settings = place.settings
    scanner = scanner_at(settings.clamd_address)
    return service.take_in(store_of(settings), path, name, limits=limits_of(settings), scanner=scanner)


def attach(
    place: Workplace, person: Participant, conversation_id: UUID, content: Content, *, client_id: str
) -> MessageView:
    """Show a kept file as the next message. A repeated client id gives the first message.

    Raises NotFound, NotHolder, ConversationEnded, AttachmentsFull, ReviewNeeded.
    """
    now = place.clock()
    with place.database.write() as session:
        conversation, writer = _conversation_of(session, person, conversation_id, lock=True)
        message = queries.posted_under(session, conversation.id, writer.sender, client_id)
        if message is None:
            _require_open(session, person, conversation, now)
            service.check_room(session, conversation.id, content.size_bytes, limits_of(place.settings))
            message = conversations.append_text(
                session, conversation, writer, client_id=client_id, body=content.name, now=now
            )
            service.add(session, message, content, now=now)
            _stop_first_answer_clock(session, person, conversation)
            announce_messages(place, session, conversation, [message])
        return message_views(session, conversation.language, [message])[0]


def link(place: Workplace, person: Participant, conversation_id: UUID, attachment_id: UUID) -> AttachmentLink:
    """Return a link to a file of a conversation the person may read. Raises NotFound."""
    with place.database.read() as session:
        conversation, _ = _conversation_of(session, person, conversation_id)
        attachment = attachments.in_conversation(session, conversation.id, attachment_id)
    return signed_link(place, _link_secret(place), "attachments", attachment.id)


def open_link(place: Workplace, attachment_id: UUID, *, expires: int, signature: str) -> FileToSend:
    """Return the file behind a link. Raises LinkRefused, LinkExpired, NotFound, AttachmentGone."""
    with place.database.read() as session:
        require_link(place, session, attachment_id, expires=expires, signature=signature)
        attachment = attachments.by_link(session, attachment_id)
    return file_to_send(place, attachment)


def signed_link(place: Workplace, secret: bytes, folder: str, file_id: UUID) -> AttachmentLink:
    """Return a link to a file below a folder of the API that works for some minutes from now."""
    expires_at = (place.clock() + timedelta(minutes=place.settings.attachment_link_minutes)).replace(microsecond=0)
    expires = int(expires_at.timestamp())
    query = urlencode({"expires": expires, "signature": links.signature(secret, file_id, expires)})
    return AttachmentLink(url=f"/api/v1/{folder}/{file_id}?{query}", expires_at=expires_at)


def require_link(place: Workplace, session: Session, file_id: UUID, *, expires: int, signature: str) -> None:
    """Look at what came with a link to a file. Raises LinkRefused, LinkExpired."""
    secret = attachments.link_secret(session)
    if secret is None:
        raise LinkRefused()
    links.check(secret, file_id, expires=expires, given=signature, now=place.clock())


def file_to_send(place: Workplace, kept: KeptFile) -> FileToSend:
    """Return the file on disk that a row names. Raises AttachmentGone."""
    path = store_of(place.settings).path_of(kept.sha256)
    if not path.is_file():
        raise AttachmentGone()
    return FileToSend(path, kept.name, kept.media_type, kept.sha256)


def _conversation_of(
    session: Session, person: Participant, conversation_id: UUID, *, lock: bool = False
) -> tuple[Conversation, Writer]:
    if isinstance(person, KnownReader):
        own = queries.of_reader(session, person.id, conversation_id, lock=lock)
        return own, conversations.reader_writer(person.id)
    served = queries.at_desks(session, person.desk_ids, conversation_id, lock=lock)
    return served, conversations.librarian_writer(person.id)


def _require_open(session: Session, person: Participant, conversation: Conversation, now: datetime) -> None:
    if conversation.state in ENDED:
        raise ConversationEnded()
    if isinstance(person, StaffMember):
        held = routing.held_by(session, conversation, person.id)
        # A mentor reads answers, and would have to open the file: a colleague sends it instead.
        if reviews.needs_review(session, held.desk_id, person.id, now):
            raise ReviewNeeded()


def _stop_first_answer_clock(session: Session, person: Participant, conversation: Conversation) -> None:
    if isinstance(person, StaffMember):
        routing.held_by(session, conversation, person.id).answer_due_at = None


def _link_secret(place: Workplace) -> bytes:
    with place.database.read() as session:
        found = attachments.link_secret(session)
    if found is not None:
        return found
    with place.database.write() as session:
        return service.make_link_secret(session)
