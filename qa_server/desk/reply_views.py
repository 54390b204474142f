"""Canned replies as people see them: where each comes from, what it does, how often it is used."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.network.models import Desk, Library
from qa_server.people.queries import librarians_by_id
from qa_server.replies.holders import Holder, HolderKind, holder_of
from qa_server.replies.models import CannedReply
from qa_server.replies.queries import Uses, uses_of


class OriginView(Wire):
    """Where a reply comes from. `level` is nation to library for a node, desk, or person for one's own."""

    level: Literal["nation", "region", "province", "library", "desk", "person"]
    code: str | None
    desk_id: UUID | None
    name_zh: str
    name_en: str


class MacroView(Wire):
    """What a reply does besides being sent: it closes the conversation so."""

    resolution: str
    read_level: int | None
    subject: str | None
    hours: int | None
    codes: list[str]


class ReplyView(Wire):
    """A reply as it is kept, with its variables in braces. `use_count` counts everybody's use."""

    id: UUID
    shortcut: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    category: str
    subject: str | None
    tags: list[str]
    macro: MacroView | None
    version: int
    origin: OriginView
    is_hidden: bool = False
    use_count: int
    last_used_at: datetime | None
    changed_at: datetime
    changed_by_zh: str | None
    changed_by_en: str | None


def reply_views(
    session: Session, replies: Sequence[CannedReply], *, hidden: Collection[UUID] = frozenset()
) -> list[ReplyView]:
    """Return replies with origin and use, in the order given; `hidden` are those that a nearer one replaces."""
    origins = origins_of(session, {holder_of(reply) for reply in replies})
    uses = uses_of(session, [reply.id for reply in replies])
    people = librarians_by_id(session, {reply.changed_by for reply in replies if reply.changed_by})
    views = []
    for reply in replies:
        used, who = uses.get(reply.id, Uses()), people.get(reply.changed_by) if reply.changed_by else None
        views.append(
            ReplyView(
                id=reply.id,
                shortcut=reply.shortcut,
                title_zh=reply.title_zh,
                title_en=reply.title_en,
                text_zh=reply.text_zh,
                text_en=reply.text_en,
                category=reply.category,
                subject=reply.subject,
                tags=reply.tags,
                macro=macro_of(reply),
                version=reply.version,
                origin=origins[holder_of(reply)],
                is_hidden=reply.id in hidden,
                use_count=used.count,
                last_used_at=used.last_used_at,
                changed_at=reply.changed_at,
                changed_by_zh=who.name_zh if who else None,
                changed_by_en=who.name_en if who else None,
            )
        )
    return views


def macro_of(reply: CannedReply) -> MacroView | None:
    """Return how a reply closes, or None for one that is only sent."""
    if reply.resolution is None:
        return None
    return MacroView(
        resolution=reply.resolution,
        read_level=reply.read_level,
        subject=reply.subject,
        hours=reply.hours,
        codes=reply.codes,
    )


def origins_of(session: Session, holders: Collection[Holder]) -> dict[Holder, OriginView]:
    """Return what to call these holders."""
    node_ids, desk_ids, person_ids = ({holder.id for holder in holders if holder.kind is kind} for kind in HolderKind)
    found: dict[Holder, OriginView] = {}
    for node in session.scalars(select(Library).where(Library.id.in_(node_ids))):
        found[Holder(HolderKind.NODE, node.id)] = OriginView.model_validate(
            {"level": node.level, "code": node.code, "desk_id": None, "name_zh": node.name_zh, "name_en": node.name_en}
        )
    rows = session.execute(
        select(Desk, Library.code).join(Library, Library.id == Desk.library_id).where(Desk.id.in_(desk_ids))
    )
    for desk, code in rows:
        found[Holder(HolderKind.DESK, desk.id)] = OriginView(
            level="desk", code=code, desk_id=desk.id, name_zh=desk.name_zh, name_en=desk.name_en
        )
    for person in librarians_by_id(session, person_ids).values():
        found[Holder(HolderKind.PERSON, person.id)] = OriginView(
            level="person", code=None, desk_id=None, name_zh=person.name_zh, name_en=person.name_en
        )
    return found
