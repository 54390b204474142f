"""Keeping canned replies: one's own, those of a desk or a node one administers; seeing what comes from above."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_server.conversations.closing_codes import DescriptiveCode, codes_for
from qa_server.conversations.schemas import Wire
from qa_server.desk.reply_views import OriginView, ReplyView, origins_of, reply_views
from qa_server.desk.rights_at import desk_for, holds, node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskState
from qa_server.network.queries import library_by_code, path_up
from qa_server.people.rights import Right, StaffMember
from qa_server.replies import service
from qa_server.replies.errors import ShortcutTaken
from qa_server.replies.fields import ReplyFields
from qa_server.replies.holders import Holder, HolderKind, holder_of, nearest_first, winners
from qa_server.replies.models import CannedReply, Category
from qa_server.replies.queries import replies_of
from storage.errors import Forbidden, NotFound


@dataclass(frozen=True)
class Shelf:
    """Whose replies are meant: a node's, by its code, or a desk's; with neither, one's own."""

    node: str | None = None
    desk_id: UUID | None = None


class ShelfView(Wire):
    """The replies of one node, desk or person, in the order of a conversation, then by shortcut."""

    origin: OriginView
    may_edit: bool
    replies: list[ReplyView]


class ShelvesView(Wire):
    """A shelf with those beside and above it, nearest first. What a nearer one replaces `is_hidden` there."""

    own: ShelfView
    desks: list[ShelfView]
    above: list[ShelfView]


def shelf(place: Workplace, person: StaffMember, where: Shelf) -> ShelfView:
    """Return the replies of one shelf that the person may see. Raises NotFound."""
    with place.database.read() as session:
        holder = _visible(session, person, where)
        return _shelf_view(session, person, holder, replies_of(session, [holder]))


def my_shelves(place: Workplace, person: StaffMember) -> ShelvesView:
    """Return one's own replies, those of one's desks, and those of one's library and above."""
    with place.database.read() as session:
        desks = [Holder(HolderKind.DESK, desk) for desk in sorted(person.desk_ids)]
        nodes = [Holder(HolderKind.NODE, node) for node in path_up(session, person.library_id)]
        return _shelves(session, person, Holder(HolderKind.PERSON, person.id), desks, nodes)


def node_shelves(place: Workplace, person: StaffMember, code: str) -> ShelvesView:
    """Return the replies of a node one administers, of its desks, and of what is above. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        found = select(Desk.id).where(Desk.library_id == node.id, Desk.state != DeskState.CLOSED).order_by(Desk.id)
        desks = [Holder(HolderKind.DESK, desk) for desk in session.scalars(found)]
        own, *above = (Holder(HolderKind.NODE, each) for each in path_up(session, node.id))
        return _shelves(session, person, own, desks, above)


def offered_codes(place: Workplace, person: StaffMember, where: Shelf) -> list[DescriptiveCode]:
    """Return the descriptive codes that a macro of a shelf may give: those of its node. Raises NotFound."""
    with place.database.read() as session:
        holder = _visible(session, person, where)
        return codes_for(session, _node_of(session, holder) or person.library_id)


def reply(place: Workplace, person: StaffMember, reply_id: UUID) -> ReplyView:
    """Return a reply that the person may change. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        return reply_views(session, [_editable_reply(session, person, reply_id)])[0]


def add(place: Workplace, person: StaffMember, where: Shelf, fields: ReplyFields) -> ReplyView:
    """Put a reply on a shelf. Raises NotFound, Forbidden, ReplyInvalid, ReplyVariableUnknown, ShortcutTaken."""
    try:
        with place.database.write() as session:
            holder = editable(session, person, where)
            added = service.add(session, holder, fields, by=person.id, now=place.clock())
            return reply_views(session, [added])[0]
    except IntegrityError:
        # Two people put it there at once; the index let one through.
        raise ShortcutTaken(shortcut=fields.shortcut) from None


def change(
    place: Workplace, person: StaffMember, reply_id: UUID, fields: ReplyFields, *, expected_version: int | None
) -> ReplyView:
    """Change a reply, unless somebody else did since `expected_version`.

    Raises NotFound, Forbidden, ReplyInvalid, ReplyVariableUnknown, ShortcutTaken, ReplyChanged.
    """
    try:
        with place.database.write() as session:
            found = _editable_reply(session, person, reply_id, lock=True)
            now = place.clock()
            service.change(session, found, fields, expected_version=expected_version, by=person.id, now=now)
            return reply_views(session, [found])[0]
    except IntegrityError:
        raise ShortcutTaken(shortcut=fields.shortcut) from None


def remove(place: Workplace, person: StaffMember, reply_id: UUID) -> None:
    """Take a reply away. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = _editable_reply(session, person, reply_id, lock=True)
        service.remove(session, found, by=person.id, now=place.clock())


def editable(session: Session, person: StaffMember, where: Shelf) -> Holder:
    """Return whose replies the person may change there. Raises NotFound, Forbidden."""
    if where.desk_id is not None:
        return Holder(HolderKind.DESK, desk_for(session, person, Right.ADMINISTER_LIBRARY, where.desk_id).id)
    if where.node is not None:
        return Holder(HolderKind.NODE, node_for(session, person, Right.ADMINISTER_LIBRARY, where.node).id)
    return Holder(HolderKind.PERSON, person.id)


def _visible(session: Session, person: StaffMember, where: Shelf) -> Holder:
    """Somebody sees what one may use or change: one's own, one's desks', one's library's and what is above it."""
    if where.desk_id is not None:
        desk = session.get(Desk, where.desk_id)
        if desk is None or not (desk.id in person.desk_ids or _administers(session, person, desk.library_id)):
            raise NotFound()
        return Holder(HolderKind.DESK, desk.id)
    if where.node is not None:
        node = library_by_code(session, where.node)
        if node.id not in path_up(session, person.library_id) and not _administers(session, person, node.id):
            raise NotFound()
        return Holder(HolderKind.NODE, node.id)
    return Holder(HolderKind.PERSON, person.id)


def _editable_reply(session: Session, person: StaffMember, reply_id: UUID, *, lock: bool = False) -> CannedReply:
    found = session.get(CannedReply, reply_id, with_for_update=lock)
    if found is None:
        raise NotFound()
    if _may_edit(session, person, holder_of(found)):
        return found
    # Somebody else's own reply is not there; one that the person may use is, and is not hers to change.
    holders = nearest_first(
        person_id=person.id, desk_ids=person.desk_ids, home_path=(), own_path=path_up(session, person.library_id)
    )
    raise Forbidden() if holder_of(found) in holders else NotFound()


def _may_edit(session: Session, person: StaffMember, holder: Holder) -> bool:
    node = _node_of(session, holder)
    return holder.id == person.id if node is None else _administers(session, person, node)


def _node_of(session: Session, holder: Holder) -> UUID | None:
    """Return the node that a holder belongs to; a person's replies belong to none."""
    if holder.kind is HolderKind.PERSON:
        return None
    return session.get_one(Desk, holder.id).library_id if holder.kind is HolderKind.DESK else holder.id


def _administers(session: Session, person: StaffMember, node_id: UUID) -> bool:
    return holds(session, person, Right.ADMINISTER_LIBRARY, node_id)


def _shelves(
    session: Session, person: StaffMember, own: Holder, desks: Sequence[Holder], above: Sequence[Holder]
) -> ShelvesView:
    order = [own, *desks, *above]
    found = replies_of(session, order)
    # A desk's reply hides nothing of a node for those who do not serve there.
    deciding = order if own.kind is HolderKind.PERSON else [own, *above]
    kept = {chosen.reply.id for chosen in winners(found, deciding)}
    hidden = {each.id for each in found if each.id not in kept and holder_of(each) in deciding}
    views = [
        _shelf_view(session, person, holder, [each for each in found if holder_of(each) == holder], hidden)
        for holder in order
    ]
    return ShelvesView(own=views[0], desks=views[1 : 1 + len(desks)], above=views[1 + len(desks) :])


def _shelf_view(
    session: Session,
    person: StaffMember,
    holder: Holder,
    replies: Sequence[CannedReply],
    hidden: set[UUID] | None = None,
) -> ShelfView:
    return ShelfView(
        origin=origins_of(session, [holder])[holder],
        may_edit=_may_edit(session, person, holder),
        replies=reply_views(session, sorted(replies, key=_in_order_of_a_conversation), hidden=hidden or set()),
    )


def _in_order_of_a_conversation(reply: CannedReply) -> tuple[int, str]:
    return (list(Category).index(Category(reply.category)), reply.shortcut)
