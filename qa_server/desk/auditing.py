"""Writes down what was read and taken out, in a transaction of its own before it is shown: nothing is read unseen.

Only what is past or personal is written down: an open chat of one's own desk is the work itself.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from qa_server.conversations.models import ENDED, Conversation
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import effective, effective_for
from qa_server.network.setting_definitions import Definition, define, integer
from qa_server.people import audit
from qa_server.people.audit import MIN_KEPT_DAYS, Action, Deed
from qa_server.people.audit_models import AuditEntry
from qa_server.people.rights import Right, StaffMember
from qa_server.routing.models import Claim

AUDIT_KEEP_DAYS = define(
    Definition(
        "audit_keep_days",
        "integer",
        1_095,
        integer(MIN_KEPT_DAYS, 3_650),
        "查阅与导出记录保留天数",
        "Days for which reads, exports and sign-ins stay on record",
    )
)


def note_reading(place: Workplace, person: StaffMember, conversation_id: UUID) -> None:
    """Write down that somebody opened an ended conversation which others answered; once in ten minutes."""
    with place.database.read() as session:
        held = exists().where(Claim.conversation_id == Conversation.id, Claim.librarian_id == person.id)
        library_id = session.scalar(
            select(Conversation.library_id).where(
                Conversation.id == conversation_id, Conversation.state.in_(ENDED), ~held
            )
        )
        if library_id is None:
            return
        deed = Deed(Action.READ_CONVERSATION, "conversation", str(conversation_id), library_id, person.id)
        is_known = audit.stands(session, deed, now=place.clock())
    if not is_known:
        note(place, deed)


def note_reader_seen(place: Workplace, person: StaffMember, conversation_id: UUID, library_id: UUID) -> None:
    """Write down that somebody was shown who a reader is; once in ten minutes."""
    deed = Deed(Action.SAW_READER, "conversation", str(conversation_id), library_id, person.id)
    with place.database.read() as session:
        is_known = audit.stands(session, deed, now=place.clock())
    if not is_known:
        note(place, deed)


def note_export(
    place: Workplace, person: StaffMember, action: Action, *, what: str, details: Mapping[str, Any]
) -> None:
    """Write down, at the person's own library, what was taken out: the filters, and how many rows."""
    note(place, Deed(action, "export", what, person.library_id, person.id, details))


def note(place: Workplace, deed: Deed) -> None:
    """Write a deed down and commit. Raises DatabaseBusy: what cannot be written down is not shown."""
    with place.database.write() as session:
        audit.write_down(session, deed, now=place.clock())


def kept_days(place: Workplace, person: StaffMember, code: str) -> int:
    """Return how long a node keeps what is not a change. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        return int(effective(session, node.id, AUDIT_KEEP_DAYS.key).value)


def forget_old(place: Workplace) -> int:
    """Remove what each node wants to keep no longer; return how many entries. Safe on several processes at once."""
    now = place.clock()
    with place.database.read() as session:
        # The youngest that any node may remove; before that there is nothing to look up.
        oldest = now - timedelta(days=MIN_KEPT_DAYS)
        statement = select(AuditEntry.library_id).where(AuditEntry.happened_at < oldest).distinct()
        nodes = list(session.scalars(statement))
        kept = effective_for(session, [each for each in nodes if each], AUDIT_KEEP_DAYS.key)
    return sum(_forget(place, each, kept[each].value if each else AUDIT_KEEP_DAYS.default, now) for each in nodes)


def _forget(place: Workplace, library_id: UUID | None, days: int, now: datetime) -> int:
    with place.database.write() as session:
        return audit.forget(session, library_id, before=now - timedelta(days=days))
