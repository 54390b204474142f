"""Changes to desks and their staff: kind, subjects, languages, mode, state; who serves there and as what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.errors import DeskRefused
from qa_server.network.models import (
    DEFAULT_MAX_CHATS,
    Alliance,
    AllianceMember,
    Desk,
    DeskKind,
    DeskMember,
    DeskMode,
    DeskState,
    Library,
    LibraryState,
    MemberRole,
)
from storage.base import new_id

# Main classes of the Chinese Library Classification: no L, M, W, Y.
CLC_CLASSES = tuple("ABCDEFGHIJKNOPQRSTUVXZ")
_CLC_CLASS = re.compile(r"[A-Z]{1,2}[0-9]{0,3}(?:\.[0-9]{1,2})?")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class DeskFields:
    """What a desk is. Empty subjects or languages mean all; `reviews_trainees` None leaves it to the node's setting."""

    name_zh: str
    name_en: str
    kind: DeskKind = DeskKind.GENERAL
    mode: DeskMode = DeskMode.OFFER_ALL
    clc_classes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_staff: int = 1
    alliance_id: UUID | None = None
    reviews_trainees: bool | None = None


@dataclass(frozen=True)
class MemberFields:
    """What somebody is at a desk. Empty subjects or languages mean those of the desk.

    Mentor and last day are for trainees; of others they are dropped.
    """

    role: MemberRole = MemberRole.MEMBER
    clc_classes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    max_chats: int = DEFAULT_MAX_CHATS
    mentor_id: UUID | None = None
    trainee_until: date | None = None


def add_desk(session: Session, library: Library, fields: DeskFields, *, by: UUID | None, now: datetime) -> Desk:
    """Add an open desk to a node. Raises DeskRefused."""
    if library.state == LibraryState.CLOSED:
        raise DeskRefused(reason="The library is closed.")
    _check(session, library, fields)
    desk = Desk(id=new_id(), library_id=library.id, state=DeskState.OPEN, list_version=0, **_columns(fields))
    session.add(desk)
    record_change(session, Change(library.id, "desk", str(desk.id), "added", None, _written(desk)), by=by, now=now)
    return desk


def change_desk(session: Session, desk: Desk, fields: DeskFields, *, by: UUID | None, now: datetime) -> None:
    """Change what a desk is. Raises DeskRefused."""
    _check(session, session.get_one(Library, desk.library_id), fields)
    old = _written(desk)
    for name, value in _columns(fields).items():
        setattr(desk, name, value)
    _record_difference(session, desk, old, by=by, now=now)


def set_desk_state(session: Session, desk: Desk, state: DeskState, *, by: UUID | None, now: datetime) -> None:
    """Open, pause or close a desk; its questions are the caller's. Raises DeskRefused for one closed for good."""
    if desk.state == DeskState.CLOSED and state is not DeskState.CLOSED:
        raise DeskRefused(reason="The desk is closed for good. Make a new one.")
    old = _written(desk)
    desk.state = state
    _record_difference(session, desk, old, by=by, now=now)


def set_member(
    session: Session, desk: Desk, librarian_id: UUID, fields: MemberFields, *, by: UUID | None, now: datetime
) -> DeskMember:
    """Let a librarian serve at a desk, or change as what. Raises DeskRefused."""
    if desk.state == DeskState.CLOSED:
        raise DeskRefused(reason="The desk is closed for good. Make a new one.")
    _check_lists(fields.clc_classes, fields.languages)
    if not 1 <= fields.max_chats <= 50:
        raise DeskRefused(reason="A librarian has room for 1 to 50 chats at a time.")
    _check_mentor(session, desk, librarian_id, fields)
    member = member_of(session, desk.id, librarian_id)
    old = _member_written(member) if member else None
    if member is None:
        member = DeskMember(desk_id=desk.id, librarian_id=librarian_id)
        session.add(member)
    member.role = fields.role
    member.clc_classes, member.languages = list(fields.clc_classes), list(fields.languages)
    member.max_chats = fields.max_chats
    is_trainee = fields.role is MemberRole.TRAINEE
    member.mentor_id = fields.mentor_id if is_trainee else None
    member.trainee_until = fields.trainee_until if is_trainee else None
    if is_trainee:
        _leave_trainees(session, desk.id, librarian_id)
    new = _member_written(member)
    if old != new:
        subject = f"{desk.id}/{librarian_id}"
        record_change(session, Change(desk.library_id, "desk_member", subject, "set", old, new), by=by, now=now)
    session.flush()
    return member


def remove_member(session: Session, desk: Desk, librarian_id: UUID, *, by: UUID | None, now: datetime) -> None:
    """Let a librarian serve at a desk no longer; duties and chats there are the caller's. Safe to repeat."""
    member = member_of(session, desk.id, librarian_id)
    if member is None:
        return
    subject = f"{desk.id}/{librarian_id}"
    change = Change(desk.library_id, "desk_member", subject, "removed", _member_written(member), None)
    record_change(session, change, by=by, now=now)
    _leave_trainees(session, desk.id, librarian_id)
    session.delete(member)
    session.flush()


def is_clc_class(text: str) -> bool:
    """Say whether a text has the form of a CLC class below one of the main classes, such as H or TP3."""
    return text[:1] in CLC_CLASSES and _CLC_CLASS.fullmatch(text) is not None


def member_of(session: Session, desk_id: UUID, librarian_id: UUID) -> DeskMember | None:
    """Return somebody's place at a desk, or None."""
    return session.scalar(
        select(DeskMember).where(DeskMember.desk_id == desk_id, DeskMember.librarian_id == librarian_id)
    )


def members_at(session: Session, desk_id: UUID) -> Sequence[DeskMember]:
    """Return who serves at a desk, in the order in which they joined."""
    return session.scalars(select(DeskMember).where(DeskMember.desk_id == desk_id).order_by(DeskMember.id)).all()


def desks_at(session: Session, library_id: UUID) -> Sequence[Desk]:
    """Return the desks of a node, closed ones too, oldest first."""
    return session.scalars(select(Desk).where(Desk.library_id == library_id).order_by(Desk.id)).all()


def _check(session: Session, library: Library, fields: DeskFields) -> None:
    if not all(0 < len(name.strip()) <= 200 for name in (fields.name_zh, fields.name_en)):
        raise DeskRefused(reason="A desk needs a Chinese and an English name of at most 200 characters.")
    if not 1 <= fields.min_staff <= 50:
        raise DeskRefused(reason="The least staff of a desk is 1 to 50.")
    _check_lists(fields.clc_classes, fields.languages)
    if fields.kind is DeskKind.SUBJECT and not fields.clc_classes:
        raise DeskRefused(reason="A subject desk names its subjects.")
    if (fields.kind is DeskKind.ALLIANCE) != (fields.alliance_id is not None):
        raise DeskRefused(reason="A desk of an alliance names the alliance, and no other desk does.")
    if fields.alliance_id is not None:
        if session.get(Alliance, fields.alliance_id) is None:
            raise DeskRefused(reason="This alliance is not known.")
        if session.get(AllianceMember, (fields.alliance_id, library.id)) is None:
            raise DeskRefused(reason="The library is not a member of this alliance.")
    if fields.kind is DeskKind.CENTRE and library.level == "library":
        raise DeskRefused(reason="Only a centre has a centre desk.")


def _check_lists(clc_classes: Sequence[str], languages: Sequence[str]) -> None:
    if any(each not in CLC_CLASSES for each in clc_classes):
        raise DeskRefused(reason="A subject is a main class of the Chinese Library Classification, such as F.")
    if any(each not in LANGUAGES for each in languages):
        raise DeskRefused(reason="A language is zh or en.")


def _check_mentor(session: Session, desk: Desk, librarian_id: UUID, fields: MemberFields) -> None:
    if fields.role is not MemberRole.TRAINEE or fields.mentor_id is None:
        return
    mentor = member_of(session, desk.id, fields.mentor_id)
    if mentor is None or mentor.role == MemberRole.TRAINEE or fields.mentor_id == librarian_id:
        raise DeskRefused(reason="A mentor serves at the same desk and is no trainee.")


def _leave_trainees(session: Session, desk_id: UUID, mentor_id: UUID) -> None:
    """Leave the trainees of somebody who can be their mentor no longer without a named one."""
    theirs = update(DeskMember).where(DeskMember.desk_id == desk_id, DeskMember.mentor_id == mentor_id)
    session.execute(theirs.values(mentor_id=None).execution_options(synchronize_session="fetch"))


def _columns(fields: DeskFields) -> dict[str, object]:
    return {
        "name_zh": fields.name_zh.strip(),
        "name_en": fields.name_en.strip(),
        "kind": fields.kind,
        "mode": fields.mode,
        "clc_classes": list(fields.clc_classes),
        "languages": list(fields.languages),
        "min_staff": fields.min_staff,
        "alliance_id": fields.alliance_id,
        "reviews_trainees": fields.reviews_trainees,
    }


def _record_difference(session: Session, desk: Desk, old: dict[str, object], *, by: UUID | None, now: datetime) -> None:
    new = _written(desk)
    changed = [key for key in new if new[key] != old[key]]
    if changed:
        before, after = {key: old[key] for key in changed}, {key: new[key] for key in changed}
        change = Change(desk.library_id, "desk", str(desk.id), "changed", before, after)
        record_change(session, change, by=by, now=now)
    session.flush()


def _written(desk: Desk) -> dict[str, object]:
    return {
        "name_zh": desk.name_zh,
        "name_en": desk.name_en,
        "kind": str(desk.kind),
        "mode": str(desk.mode),
        "state": str(desk.state),
        "clc_classes": list(desk.clc_classes),
        "languages": list(desk.languages),
        "min_staff": desk.min_staff,
        "alliance": str(desk.alliance_id) if desk.alliance_id else None,
        "reviews_trainees": desk.reviews_trainees,
    }


def _member_written(member: DeskMember) -> dict[str, object]:
    return {
        "role": str(member.role),
        "clc_classes": list(member.clc_classes),
        "languages": list(member.languages),
        "max_chats": member.max_chats,
        "mentor": str(member.mentor_id) if member.mentor_id else None,
        "trainee_until": member.trainee_until.isoformat() if member.trainee_until else None,
    }
