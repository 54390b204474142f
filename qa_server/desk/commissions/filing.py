"""Files of commissions: material, proofs, working files, results. Taken in as those of chats are; fetched by links.

A result that is bounded (document delivery) is opened only so often, and until a day; who fetched it is written down.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.attachments.errors import LinkExpired
from qa_server.attachments.schemas import AttachmentLink
from qa_server.attachments.service import Content, check_size, make_link_secret
from qa_server.commissions import queries, service
from qa_server.commissions.errors import FilesFull
from qa_server.commissions.models import By, Commission, CommissionFile, EntryKind, FilePurpose
from qa_server.commissions.service import Deed, Doer
from qa_server.desk.asking import KnownReader
from qa_server.desk.attaching import FileToSend, file_to_send, limits_of, require_link, signed_link
from qa_server.desk.commissions import standing, views
from qa_server.desk.commissions.letters import telling
from qa_server.desk.commissions.money import paying
from qa_server.desk.commissions.supply import supplier_sight
from qa_server.desk.commissions.views import FileView
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.errors import Forbidden, NotFound

Participant = KnownReader | StaffMember
# Of one commission: material, drafts, copies and reports together.
MAX_FILES = 100
MAX_BYTES = 500 * 1_048_576
_MEGABYTE = 1_048_576
_OF_READERS = frozenset({FilePurpose.MATERIAL, FilePurpose.MESSAGE, FilePurpose.PAYMENT_PROOF})
# A supplier hands in the document. Material is what one only looks up under.
_OF_SUPPLIERS = frozenset({FilePurpose.RESULT, FilePurpose.MATERIAL})
# What the reader sees only once the library hands it out.
_PRIVATE = frozenset({FilePurpose.WORK, FilePurpose.DRAFT, FilePurpose.REPORT, FilePurpose.RESULT})


@dataclass(frozen=True)
class Upload:
    """What a file is for, under which client id it comes; `is_private` files stay with the staff."""

    purpose: FilePurpose
    client_id: str
    is_private: bool = False


def expect(
    place: Workplace, person: Participant, commission_id: UUID, upload: Upload, *, size_bytes: int
) -> FileView | None:
    """Check before the first byte that a file may come; return it when it came before under this client id.

    `size_bytes` is the announced size, 0 when unknown. Raises NotFound, Forbidden, AttachmentTooLarge, FilesFull,
    TooManyRequests.
    """
    with place.database.read() as session:
        commission, doer = _commission_of(session, person, commission_id, upload)
        earlier = service.done_before(session, commission, doer)
        if earlier is not None:
            return views.file_view(session.get_one(CommissionFile, UUID(earlier.details["file_id"])))
        check_size(size_bytes, limits_of(place.settings))
        _check_room(session, commission.id, size_bytes)
    if isinstance(person, KnownReader):
        place.rates.spend("message", str(person.id))
    return None


def keep(place: Workplace, person: Participant, commission_id: UUID, content: Content, upload: Upload) -> FileView:
    """Add a file that lies in the store; the same try again gives the first one.

    A proof of payment changes how the money stands, and may start the clock. Raises NotFound, Forbidden, FilesFull.
    """
    with place.database.write() as session:
        commission, doer = _commission_of(session, person, commission_id, upload, lock=True)
        earlier = service.done_before(session, commission, doer)
        if earlier is not None:
            return views.file_view(session.get_one(CommissionFile, UUID(earlier.details["file_id"])))
        _check_room(session, commission.id, content.size_bytes)
        librarian_id = None if isinstance(person, KnownReader) else person.id
        file = add(session, commission, content, upload, librarian_id=librarian_id, now=place.clock())
        deed = Deed(
            EntryKind.FILE,
            upload.purpose.value,
            details={"file_id": str(file.id), "name": file.name},
            is_private=file.is_private,
        )
        entry = service.record(session, commission, deed, doer, now=place.clock())
        if upload.purpose is FilePurpose.PAYMENT_PROOF:
            paying.take_proof(place, session, commission, file, doer)
        telling.tell_message(place, session, commission, entry)
        return views.file_view(file)


def add(
    session: Session,
    commission: Commission,
    content: Content,
    upload: Upload,
    *,
    librarian_id: UUID | None,
    now: datetime,
) -> CommissionFile:
    """Add the row of a kept file, in the caller's transaction."""
    file = CommissionFile(
        commission_id=commission.id,
        purpose=upload.purpose.value,
        sha256=content.sha256,
        name=content.name,
        media_type=content.media_type,
        size_bytes=content.size_bytes,
        librarian_id=librarian_id,
        is_private=upload.is_private or (librarian_id is not None and upload.purpose in _PRIVATE),
        created_at=now,
    )
    session.add(file)
    session.flush()
    return file


def show_drafts(session: Session, commission: Commission) -> None:
    """Show the reader the drafts of the result. Safe to repeat."""
    for file in queries.files_of(session, commission.id, is_staff=True):
        if file.purpose == FilePurpose.DRAFT:
            file.is_private = False
    session.flush()


def hand_out(
    session: Session, commission: Commission, *, until: datetime | None = None, fetches: int | None = None
) -> list[CommissionFile]:
    """Show the reader the results and issued reports of a commission; return them. Safe to repeat."""
    found = [
        file
        for file in queries.files_of(session, commission.id, is_staff=True)
        if file.purpose in (FilePurpose.RESULT, FilePurpose.REPORT)
    ]
    for file in found:
        if file.is_private:
            file.is_private, file.expires_at, file.fetches_left = False, until, fetches
    session.flush()
    return found


def remove(place: Workplace, person: Participant, commission_id: UUID, file_id: UUID) -> None:
    """Take back a file of one's own side that was not handed out; the record keeps that it was there.

    Raises NotFound, Forbidden.
    """
    with place.database.write() as session:
        upload = Upload(FilePurpose.MATERIAL, "")
        commission, _ = _commission_of(session, person, commission_id, upload, lock=True)
        file = _file_of(session, commission, file_id, is_staff=isinstance(person, StaffMember))
        _check_sight(session, person, commission, file)
        is_own = (file.librarian_id is None) == isinstance(person, KnownReader)
        is_issued = file.purpose in (FilePurpose.RESULT, FilePurpose.REPORT) and not file.is_private
        if not is_own or is_issued:
            raise Forbidden()
        now = place.clock()
        file.removed_at = now
        by = Doer(By.READER, person.id) if isinstance(person, KnownReader) else Doer(By.LIBRARIAN, person.id)
        deed = Deed(EntryKind.FILE, "removed", details={"name": file.name}, is_private=file.is_private)
        service.record(session, commission, deed, by, now=now)


def link(place: Workplace, person: Participant, commission_id: UUID, file_id: UUID) -> AttachmentLink:
    """Return a link that opens a file for some minutes. Raises NotFound, LinkExpired for a copy whose time is over."""
    now = place.clock()
    with place.database.write() as session:
        upload = Upload(FilePurpose.MATERIAL, "")
        commission, _ = _commission_of(session, person, commission_id, upload, lock=True)
        file = _file_of(session, commission, file_id, is_staff=isinstance(person, StaffMember))
        _check_sight(session, person, commission, file)
        if isinstance(person, KnownReader):
            _count_fetch(session, commission, file, person, now)
        secret = make_link_secret(session)
    return signed_link(place, secret, "commission-files", file_id)


def open_link(place: Workplace, file_id: UUID, *, expires: int, signature: str) -> FileToSend:
    """Return the file behind a link. Raises LinkRefused, LinkExpired, NotFound, AttachmentGone."""
    with place.database.read() as session:
        require_link(place, session, file_id, expires=expires, signature=signature)
        file = session.get(CommissionFile, file_id)
        if file is None or file.removed_at is not None:
            raise NotFound()
    return file_to_send(place, file)


def _commission_of(
    session: Session, person: Participant, commission_id: UUID, upload: Upload, *, lock: bool = False
) -> tuple[Commission, Doer]:
    client_id = f"file:{upload.client_id}" if upload.client_id else None
    if isinstance(person, KnownReader):
        if upload.purpose not in _OF_READERS:
            raise Forbidden()
        own = queries.of_reader(session, person.id, commission_id, lock=lock)
        return own, Doer(By.READER, person.id, client_id)
    commission, actors = standing.for_staff(session, person, commission_id, lock=lock)
    definition = queries.definition_of(session, commission.version_id)
    if standing.is_supplier(definition, actors) and upload.purpose not in _OF_SUPPLIERS:
        raise Forbidden()
    return commission, Doer(By.LIBRARIAN, person.id, client_id)


def _file_of(session: Session, commission: Commission, file_id: UUID, *, is_staff: bool) -> CommissionFile:
    file = session.get(CommissionFile, file_id)
    is_there = file is not None and file.commission_id == commission.id and file.removed_at is None
    if file is None or not is_there or (file.is_private and not is_staff):
        raise NotFound()
    return file


def _check_sight(session: Session, person: Participant, commission: Commission, file: CommissionFile) -> None:
    """Let a supplier come to its own results alone. Raises NotFound."""
    if isinstance(person, KnownReader):
        return
    definition = queries.definition_of(session, commission.version_id)
    if standing.is_supplier(definition, standing.actors_of(session, person, commission)):
        begins = supplier_sight.begins_at(session, commission, definition)
        if not supplier_sight.files_shown(session, commission, [file], begins):
            raise NotFound()


def _count_fetch(
    session: Session, commission: Commission, file: CommissionFile, reader: KnownReader, now: datetime
) -> None:
    if file.expires_at is not None and file.expires_at <= now:
        raise LinkExpired()
    if file.fetches_left is None:
        return
    if file.fetches_left < 1:
        raise LinkExpired()
    file.fetches_left -= 1
    deed = Deed(EntryKind.FILE, "fetched", details={"file_id": str(file.id), "name": file.name}, is_noticed=True)
    service.record(session, commission, deed, Doer(By.READER, reader.id), now=now)


def _check_room(session: Session, commission_id: UUID, size_bytes: int) -> None:
    count, taken = queries.file_room(session, commission_id)
    if count >= MAX_FILES or taken + size_bytes > MAX_BYTES:
        raise FilesFull(count=MAX_FILES, megabytes=MAX_BYTES // _MEGABYTE)
