"""Store many messages of many conversations in one transaction, judging each on its own.

The hot path: SQLAlchemy Core, a fixed number of statements per batch whatever its size, no session per message.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from qa_server.conversations.errors import ConversationEnded
from qa_server.conversations.models import ENDED, Author, Conversation, Kind, Message
from qa_server.conversations.queries import posted_under
from qa_server.conversations.schemas import MessageView
from qa_server.conversations.service import Writer
from qa_server.routing.errors import NotHolder
from qa_server.routing.models import Claim
from storage.errors import AppError, NotFound


@dataclass(frozen=True)
class Posting:
    """A message somebody wants to post. The text is clean; a reader gives `reader_id`, a librarian `desk_ids`."""

    conversation_id: UUID
    writer: Writer
    client_id: str
    body: str
    reader_id: UUID | None = None
    desk_ids: frozenset[UUID] = frozenset()
    names: tuple[str, str] | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Posted:
    """What became of a posting: the message, and whether it is new, or the refusal."""

    posting: Posting
    message: MessageView | None = None
    is_new: bool = False
    refusal: AppError | None = None


_Key = tuple[UUID, str, str]


def store(
    session: Session, postings: Sequence[Posting], now: Callable[[], datetime], *, may_repeat: bool
) -> list[Posted]:
    """Judge and store each posting, in order; return what became of them, in order. The caller commits.

    Looking up whether each was posted before costs more than storing it, and resends are rare: without `may_repeat`
    that is left to the unique index, and a batch with a resend raises IntegrityError and is to be stored again with it.
    """
    batch = _Batch(session, postings, now(), may_repeat=may_repeat)
    outcomes = [batch.post(posting) for posting in postings]
    batch.write()
    return outcomes


def announced(outcomes: Iterable[Posted]) -> dict[UUID, list[MessageView]]:
    """Return the messages of a batch by conversation, in order of their numbers.

    Resent ones too: the answer to their first commit may have been lost before anybody heard; listeners drop doubles.
    """
    stored = {(o.posting.conversation_id, o.message.seq): o.message for o in outcomes if o.message is not None}
    ordered = [(key[0], message) for key, message in sorted(stored.items(), key=lambda each: each[0])]
    return {key: [message for _, message in group] for key, group in groupby(ordered, key=lambda each: each[0])}


class _Batch:
    """The rows a batch touches, as plain values, and what it will write."""

    def __init__(self, session: Session, postings: Sequence[Posting], now: datetime, *, may_repeat: bool) -> None:
        ids = sorted({posting.conversation_id for posting in postings})
        self._session = session
        self._now = now
        self._may_repeat = may_repeat
        self._conversations = _conversations(session, ids)
        self._holders = _holders(session, ids)
        self._earlier: dict[_Key, MessageView] = {}
        self._messages: list[dict[str, Any]] = []
        self._touched: set[UUID] = set()
        self._answered: set[UUID] = set()

    def post(self, posting: Posting) -> Posted:
        """Judge one posting and number its message."""
        key = _key(posting)
        try:
            conversation = self._visible(posting)
            if self._may_repeat:
                self._look_up(key, posting)
            if key in self._earlier:
                return Posted(posting, self._earlier[key])
            self._require_open(conversation, posting)
        except AppError as refusal:
            return self._refuse(key, posting, refusal)
        self._earlier[key] = message = self._number(conversation, posting)
        return Posted(posting, message, is_new=True)

    def _refuse(self, key: _Key, posting: Posting, refusal: AppError) -> Posted:
        """Refuse a posting, unless it is the resend of one that was stored while it was still allowed."""
        if not isinstance(refusal, NotFound):
            self._look_up(key, posting)
        earlier = self._earlier.get(key)
        return Posted(posting, earlier, refusal=None if earlier else refusal)

    def _look_up(self, key: _Key, posting: Posting) -> None:
        if key not in self._earlier:
            row = posted_under(self._session, *key)
            if row is not None:
                self._earlier[key] = _stored(posting, row, self._conversations[posting.conversation_id]["language"])

    def write(self) -> None:
        """Send everything the batch decided to the database."""
        if self._messages:
            self._session.connection().execute(_ADD, self._messages)
        if self._touched:
            rows = [self._conversations[each] for each in sorted(self._touched)]
            self._session.connection().execute(_MOVE, [_moved(row) for row in rows])
        if self._answered:
            answered = update(Claim).where(Claim.id.in_(self._answered)).values(answer_due_at=None)
            self._session.execute(answered.execution_options(synchronize_session=False))

    def _visible(self, posting: Posting) -> dict[str, Any]:
        conversation = self._conversations.get(posting.conversation_id)
        if conversation is None:
            raise NotFound()
        is_own = conversation["reader_id"] == posting.reader_id
        if not is_own and conversation["desk_id"] not in posting.desk_ids:
            raise NotFound()
        return conversation

    def _require_open(self, conversation: dict[str, Any], posting: Posting) -> None:
        if conversation["state"] in ENDED:
            raise ConversationEnded()
        if posting.writer.author is Author.LIBRARIAN:
            claim_id, holder, is_due = self._holders.get(conversation["id"], (None, None, False))
            if holder is None or holder != posting.writer.librarian_id:
                raise NotHolder()
            if claim_id is not None and is_due:
                self._answered.add(claim_id)

    def _number(self, conversation: dict[str, Any], posting: Posting) -> MessageView:
        seq = conversation["last_seq"] = conversation["last_seq"] + 1
        side = "reader_seen_seq" if posting.writer.author is Author.READER else "staff_seen_seq"
        conversation[side] = seq
        self._touched.add(conversation["id"])
        self._messages.append(
            {
                "conversation_id": posting.conversation_id,
                "seq": seq,
                "kind": Kind.TEXT,
                "author": posting.writer.author,
                "sender": posting.writer.sender,
                "client_id": posting.client_id,
                "librarian_id": posting.writer.librarian_id,
                "body": posting.body,
                "details": posting.details,
                "created_at": self._now,
            }
        )
        return _view(posting, seq, conversation["language"], self._now)


# On the table, not the class: the ORM's bulk insert costs as much again as the statement.
_ADD = insert(Message.__table__)  # type: ignore[arg-type]
_MOVE = (
    update(Conversation.__table__)  # type: ignore[arg-type]
    .where(Conversation.__table__.c.id == bindparam("row_id"))
    .values(
        last_seq=bindparam("new_last_seq"),
        reader_seen_seq=bindparam("new_reader_seen_seq"),
        staff_seen_seq=bindparam("new_staff_seen_seq"),
    )
)


def _moved(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "row_id": row["id"],
        "new_last_seq": row["last_seq"],
        "new_reader_seen_seq": row["reader_seen_seq"],
        "new_staff_seen_seq": row["staff_seen_seq"],
    }


def _conversations(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    columns = (
        Conversation.id,
        Conversation.reader_id,
        Conversation.desk_id,
        Conversation.state,
        Conversation.language,
        Conversation.last_seq,
        Conversation.reader_seen_seq,
        Conversation.staff_seen_seq,
    )
    # Locked in the order of their ids, so that two processes with the same conversations wait instead of deadlocking.
    rows = session.execute(select(*columns).where(Conversation.id.in_(ids)).order_by(Conversation.id).with_for_update())
    return {row["id"]: dict(row) for row in rows.mappings()}


def _holders(session: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, UUID, bool]]:
    rows = session.execute(
        select(Claim.id, Claim.conversation_id, Claim.librarian_id, Claim.answer_due_at).where(
            Claim.conversation_id.in_(ids), Claim.released_at.is_(None)
        )
    )
    return {row.conversation_id: (row.id, row.librarian_id, row.answer_due_at is not None) for row in rows}


def _key(posting: Posting) -> _Key:
    return (posting.conversation_id, posting.writer.sender, posting.client_id)


def _stored(posting: Posting, row: Message, language: str) -> MessageView:
    return MessageView(
        seq=row.seq,
        kind="text",
        author=posting.writer.author.value,
        name=_name(posting, language),
        client_id=row.client_id,
        body=row.body,
        details=row.details,
        created_at=row.created_at,
    )


def _view(posting: Posting, seq: int, language: str, now: datetime) -> MessageView:
    return MessageView(
        seq=seq,
        kind="text",
        author=posting.writer.author.value,
        name=_name(posting, language),
        client_id=posting.client_id,
        body=posting.body,
        details=posting.details,
        created_at=now,
    )


def _name(posting: Posting, language: str) -> str | None:
    return posting.names[0 if language == "zh" else 1] if posting.names else None
