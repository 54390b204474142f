"""Changes to canned replies. What a node or a desk changes is written down in the record of its node."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.models import Desk
from qa_server.replies.errors import ReplyChanged, ReplyInvalid, ShortcutTaken
from qa_server.replies.fields import ReplyFields, checked
from qa_server.replies.holders import Holder, HolderKind, holder_of
from qa_server.replies.models import CannedReply, ReplyUse
from qa_server.replies.queries import count_of, reply_at

# Of one holder. All that a librarian may use go to the browser at once.
MAX_REPLIES = 300


def add(session: Session, holder: Holder, fields: ReplyFields, *, by: UUID | None, now: datetime) -> CannedReply:
    """Add a reply. Raises ReplyInvalid, ReplyVariableUnknown, ShortcutTaken."""
    clean = checked(fields)
    if reply_at(session, holder, clean.shortcut) is not None:
        raise ShortcutTaken(shortcut=clean.shortcut)
    if count_of(session, holder) >= MAX_REPLIES:
        raise ReplyInvalid(reason="There are 300 replies here already. Remove some that nobody uses.")
    reply = CannedReply(**_column_of(holder), version=1, changed_at=now, changed_by=by, **_values(clean))
    session.add(reply)
    session.flush()
    _write_down(session, reply, "added", None, _written(reply), by=by, now=now)
    return reply


def change(
    session: Session,
    reply: CannedReply,
    fields: ReplyFields,
    *,
    expected_version: int | None,
    by: UUID | None,
    now: datetime,
) -> bool:
    """Change a reply; say whether anything differed. `expected_version` None overwrites whatever is there.

    Raises ReplyInvalid, ReplyVariableUnknown, ShortcutTaken, ReplyChanged.
    """
    clean = checked(fields)
    if expected_version is not None and expected_version != reply.version:
        raise ReplyChanged()
    same = reply_at(session, holder_of(reply), clean.shortcut)
    if same is not None and same.id != reply.id:
        raise ShortcutTaken(shortcut=clean.shortcut)
    old = _written(reply)
    for name, value in _values(clean).items():
        setattr(reply, name, value)
    new = _written(reply)
    if old == new:
        return False
    reply.version += 1
    reply.changed_at, reply.changed_by = now, by
    session.flush()
    differing = [name for name in new if new[name] != old[name]]
    _write_down(
        session,
        reply,
        "changed",
        {name: old[name] for name in differing},
        {name: new[name] for name in differing},
        by=by,
        now=now,
    )
    return True


def remove(session: Session, reply: CannedReply, *, by: UUID | None, now: datetime) -> None:
    """Take a reply away, with the count of its use."""
    _write_down(session, reply, "removed", _written(reply), None, by=by, now=now)
    session.execute(delete(ReplyUse).where(ReplyUse.reply_id == reply.id))
    session.delete(reply)
    session.flush()


def note_use(session: Session, reply_id: UUID, librarian_id: UUID, *, now: datetime) -> None:
    """Count one use."""
    use = session.get(ReplyUse, (reply_id, librarian_id), with_for_update=True)
    if use is None:
        use = ReplyUse(reply_id=reply_id, librarian_id=librarian_id, count=0)
        session.add(use)
    use.count += 1
    use.last_used_at = now
    session.flush()


def _column_of(holder: Holder) -> dict[str, UUID]:
    column = {HolderKind.NODE: "library_id", HolderKind.DESK: "desk_id", HolderKind.PERSON: "librarian_id"}
    return {column[holder.kind]: holder.id}


def _values(fields: ReplyFields) -> dict[str, Any]:
    return {**asdict(fields), "tags": list(fields.tags), "codes": list(fields.codes)}


def _written(reply: CannedReply) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in ReplyFields.__dataclass_fields__}


def _write_down(
    session: Session,
    reply: CannedReply,
    action: str,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    *,
    by: UUID | None,
    now: datetime,
) -> None:
    """A person's own replies are nobody's business; those of a desk stand in the record of its node."""
    if reply.librarian_id is not None:
        return
    desk = session.get(Desk, reply.desk_id) if reply.desk_id else None
    library_id = desk.library_id if desk else reply.library_id
    subject = "desk_reply" if desk else "canned_reply"
    key = f"{reply.shortcut} · {desk.name_zh}" if desk else reply.shortcut
    record_change(session, Change(library_id, subject, key, action, old, new), by=by, now=now)
