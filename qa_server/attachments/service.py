"""Taking files in, and the rows about them. Files first, rows after: a row never names a file that is not there."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_server.attachments import queries
from qa_server.attachments.errors import AttachmentEmpty, AttachmentsFull, AttachmentTooLarge
from qa_server.attachments.images import write_bare
from qa_server.attachments.links import SECRET_BYTES
from qa_server.attachments.models import Attachment, LinkSecret
from qa_server.attachments.names import clean_name
from qa_server.attachments.scanning import Scanner
from qa_server.attachments.schemas import AttachmentView
from qa_server.attachments.sniffing import FileType, identify
from qa_server.attachments.storing import Store, saving
from qa_server.conversations.models import Message

_MEGABYTE = 1_048_576


@dataclass(frozen=True)
class Limits:
    """How much is taken: one file's bytes, a conversation's files and their bytes, one picture's pixels."""

    file_bytes: int
    conversation_files: int
    conversation_bytes: int
    image_pixels: int


@dataclass(frozen=True)
class Content:
    """A file that lies in the store under its hash and waits for its row."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int


def check_size(size_bytes: int, limits: Limits) -> None:
    """Refuse a file of more bytes than one may have. Raises AttachmentTooLarge."""
    if size_bytes > limits.file_bytes:
        raise AttachmentTooLarge(megabytes=_megabytes(limits.file_bytes), limit=limits.file_bytes)


def check_room(session: Session, conversation_id: UUID, size_bytes: int, limits: Limits) -> None:
    """Refuse a file that does not fit into the conversation any more. Raises AttachmentsFull."""
    count, taken_bytes = queries.taken_room(session, conversation_id)
    if count >= limits.conversation_files or taken_bytes + size_bytes > limits.conversation_bytes:
        raise AttachmentsFull(count=limits.conversation_files, megabytes=_megabytes(limits.conversation_bytes))


def take_in(store: Store, path: Path, given_name: str, *, limits: Limits, scanner: Scanner | None) -> Content:
    """Check a complete incoming file, free a picture from its metadata, and keep it. Blocks, up to minutes.

    The scanner sees the file as it came, before anything unpacks it. Raises AttachmentEmpty, AttachmentTypeRefused,
    AttachmentInfected, ScannerUnavailable, AttachmentDamaged, ImageTooLarge, AttachmentTooLarge, AttachmentNotSaved.
    """
    if path.stat().st_size == 0:
        raise AttachmentEmpty()
    kind = identify(path, given_name)
    if scanner is not None:
        scanner.scan(path)
    name = clean_name(given_name, kind)
    if not kind.is_image:
        return _kept(store, path, name, kind)
    with store.incoming() as bare:
        with saving():
            write_bare(path, bare, kind, max_pixels=limits.image_pixels)
        # Packed anew it may have grown.
        check_size(bare.stat().st_size, limits)
        return _kept(store, bare, name, kind)


def add(session: Session, message: Message, content: Content, *, now: datetime) -> Attachment:
    """Show a kept file by a new message of the same transaction."""
    attachment = Attachment(
        conversation_id=message.conversation_id,
        seq=message.seq,
        sha256=content.sha256,
        name=content.name,
        media_type=content.media_type,
        size_bytes=content.size_bytes,
        created_at=now,
    )
    session.add(attachment)
    session.flush()
    view = AttachmentView(
        id=attachment.id, name=content.name, media_type=content.media_type, size_bytes=content.size_bytes
    )
    message.details = {**message.details, "attachment": view.model_dump(mode="json")}
    return attachment


def make_link_secret(session: Session) -> bytes:
    """Return what signs links, made at its first use. Safe in several processes at once."""
    found = queries.link_secret(session)
    if found is not None:
        return found
    made = secrets.token_bytes(SECRET_BYTES)
    try:
        with session.begin_nested():
            session.execute(insert(LinkSecret).values(id=queries.SECRET_ID, secret=made))
    except IntegrityError:
        # Another process was quicker; its secret holds.
        found = queries.link_secret(session)
        if found is None:
            raise RuntimeError("the secret of links could not be made") from None
        return found
    return made


def _kept(store: Store, path: Path, name: str, kind: FileType) -> Content:
    size_bytes = path.stat().st_size
    return Content(store.keep(path), name, kind.media_type, size_bytes)


def _megabytes(size_bytes: int) -> int:
    return size_bytes // _MEGABYTE
