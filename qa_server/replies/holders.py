"""Who holds a canned reply, and which one wins where several have the same shortcut. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from qa_server.replies.models import CannedReply


class HolderKind(StrEnum):
    """What a reply belongs to."""

    NODE = "node"
    DESK = "desk"
    PERSON = "person"


@dataclass(frozen=True)
class Holder:
    """A node of the tree, a desk or a person."""

    kind: HolderKind
    id: UUID


@dataclass(frozen=True)
class Chosen:
    """A reply that may be used, and how many of the same shortcut farther away it hides."""

    reply: CannedReply
    hides: int


def nearest_first(
    *, person_id: UUID, desk_ids: Collection[UUID], home_path: Sequence[UUID], own_path: Sequence[UUID]
) -> list[Holder]:
    """Return whose replies may be used, nearest first: the own ones, the desk's, those on the way up from the reader's
    library, then those on the way up from the librarian's library.

    The reader's whole way comes before the librarian's: what holds for all libraries of a province is right for its
    reader, what holds at the librarian's own library may be wrong.
    """
    holders = [Holder(HolderKind.PERSON, person_id)]
    holders += [Holder(HolderKind.DESK, desk) for desk in sorted(desk_ids)]
    holders += [Holder(HolderKind.NODE, node) for node in (*home_path, *own_path)]
    return list(dict.fromkeys(holders))


def holder_of(reply: CannedReply) -> Holder:
    """Return whom a reply belongs to."""
    if reply.librarian_id is not None:
        return Holder(HolderKind.PERSON, reply.librarian_id)
    if reply.desk_id is not None:
        return Holder(HolderKind.DESK, reply.desk_id)
    if reply.library_id is None:
        raise ValueError("a reply belongs to a node, a desk or a person")
    return Holder(HolderKind.NODE, reply.library_id)


def winners(replies: Iterable[CannedReply], order: Sequence[Holder]) -> list[Chosen]:
    """Return for each shortcut the reply of the nearest holder, by shortcut; holders not in `order` are left out."""
    place = {holder: number for number, holder in enumerate(order)}
    usable = [reply for reply in replies if holder_of(reply) in place]
    by_shortcut: dict[str, list[CannedReply]] = {}
    for reply in sorted(usable, key=lambda each: place[holder_of(each)]):
        by_shortcut.setdefault(reply.shortcut, []).append(reply)
    return [Chosen(found[0], len(found) - 1) for _, found in sorted(by_shortcut.items())]
