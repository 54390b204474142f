"""Store many messages of many conversations in one transaction, judging each on its own.

The hot path: a fixed number of statements per batch whatever its size, no session per message.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from qa_server.colleagues import reviews
from qa_server.colleagues.errors import ReviewNeeded
from qa_server.conversations.errors import ConversationEnded
from qa_server.conversations.models import ENDED, Author, Conversation, Message, Reach, State
from qa_server.conversations.queries import posted_under
from qa_server.conversations.schemas import MessageView, NamedMessageView, ReviewView
from qa_server.conversations.service import Writer
from qa_server.desk.message_rows import ConversationRow, Holder, MessageRow, rows_through
from qa_server.desk.views import review_views
from qa_server.routing.errors import NotHolder
from qa_server.routing.models import Claim, HandOver
from storage.errors import AppError, NotFound


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a posting: the message, and whether it is new; a trainee's answer for review; or the refusal."""

    posting: Posting
    message: MessageView | None = None
    is_new: bool = False
    review: ReviewView | None = None
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
    stored: dict[UUID, dict[int, MessageView]] = {}
    for outcome in outcomes:
        if outcome.message is not None:
            stored.setdefault(outcome.posting.conversation_id, {})[outcome.message.seq] = outcome.message
    return {key: [messages[seq] for seq in sorted(messages)] for key, messages in stored.items()}


class _Batch:
    """The rows a batch touches, as plain values, and what it will write."""

    def __init__(self, session: Session, postings: Sequence[Posting], now: datetime, *, may_repeat: bool) -> None:
        self._session = session
        self._now = now
        self._may_repeat = may_repeat
        self._rows = rows_through(session.connection())
        self._conversations = self._rows.conversations({posting.conversation_id for posting in postings})
        # Only librarians have to hold what they write in.
        by_librarians = {posting.conversation_id for posting in postings if posting.writer.author is Author.LIBRARIAN}
        if by_librarians:
            for conversation_id, holder in self._rows.holders(by_librarians).items():
                self._conversations[conversation_id].holder = holder
        self._earlier: dict[_Key, MessageView] = {}
        self._messages: list[MessageRow] = []
        self._moved: list[ConversationRow] = []
        self._answered: set[UUID] = set()

    def post(self, posting: Posting) -> Posted:
        """Judge one posting and number its message."""
        conversation = self._conversations.get(posting.conversation_id)
        if conversation is None:
            return Posted(posting, refusal=NotFound())
        try:
            self._require_visible(conversation, posting)
            if self._may_repeat and (earlier := self._posted_before(conversation, posting)):
                return earlier
            self._require_open(conversation, posting)
            if trainee := self._trainee(conversation, posting):
                return Posted(posting, review=self._submit(conversation, posting, trainee))
        except AppError as refusal:
            return self._refuse(conversation, posting, refusal)
        message = self._number(conversation, posting)
        if self._may_repeat:
            self._earlier[_key(posting)] = message
        return Posted(posting, message, is_new=True)

    def _posted_before(self, conversation: ConversationRow, posting: Posting) -> Posted | None:
        """Return what became of a posting the first time, if it is a resend."""
        if message := self._find(conversation, posting):
            return Posted(posting, message)
        held = conversation.holder
        is_trainee = held is not None and held.is_trainee and held.librarian_id == posting.writer.librarian_id
        review = self._submitted(conversation, posting) if is_trainee else None
        return Posted(posting, review=review) if review else None

    def _refuse(self, conversation: ConversationRow, posting: Posting, refusal: AppError) -> Posted:
        """Refuse a posting, unless it is the resend of one that was stored while it was still allowed."""
        if isinstance(refusal, NotFound):
            return Posted(posting, refusal=refusal)
        if message := self._find(conversation, posting):
            return Posted(posting, message)
        if review := self._submitted(conversation, posting):
            return Posted(posting, review=review)
        return Posted(posting, refusal=refusal)

    def _trainee(self, conversation: ConversationRow, posting: Posting) -> Holder | None:
        """Return the holder if a mentor reads the posting first. Asked of trainees only, who are few."""
        held = conversation.holder
        if held is None or not held.is_trainee or held.librarian_id != posting.writer.librarian_id:
            return None
        is_read_first = reviews.needs_review(self._session, held.desk_id, held.librarian_id, self._now)
        return held if is_read_first else None

    def _submitted(self, conversation: ConversationRow, posting: Posting) -> ReviewView | None:
        """Return what the writer submitted for review under this client id."""
        writer = posting.writer.librarian_id
        if writer is None:
            return None
        found = reviews.submitted_under(self._session, conversation.id, writer, posting.client_id)
        return review_views(self._session, conversation.language, [found])[0] if found else None

    def _submit(self, conversation: ConversationRow, posting: Posting, held: Holder) -> ReviewView:
        """Keep a trainee's answer for the mentors; it stops the clock of the first answer and has no number yet."""
        made = reviews.submit(
            self._session,
            conversation_id=conversation.id,
            desk_id=held.desk_id or conversation.desk_id,
            librarian_id=held.librarian_id,
            client_id=posting.client_id,
            body=posting.body,
            now=self._now,
        )
        changed = update(Conversation).where(Conversation.id == conversation.id).values(state=State.IN_REVIEW)
        self._session.execute(changed.execution_options(synchronize_session=False))
        return review_views(self._session, conversation.language, [made])[0]

    def _find(self, conversation: ConversationRow, posting: Posting) -> MessageView | None:
        """Return the message that was stored under this client id, in this batch or before."""
        key = _key(posting)
        if key not in self._earlier and (row := posted_under(self._session, *key)):
            self._earlier[key] = _stored(posting, row, conversation.language)
        return self._earlier.get(key)

    def write(self) -> None:
        """Send everything the batch decided to the database."""
        if self._messages:
            self._rows.add(self._messages, self._now)
        if self._moved:
            self._rows.move(self._moved)
        if self._answered:
            answered = update(Claim).where(Claim.id.in_(self._answered)).values(answer_due_at=None)
            self._session.execute(answered.execution_options(synchronize_session=False))

    def _require_visible(self, conversation: ConversationRow, posting: Posting) -> None:
        is_own = conversation.reader_id == posting.reader_id
        if not is_own and conversation.desk_id not in posting.desk_ids and not self._is_guest(conversation, posting):
            raise NotFound()

    def _is_guest(self, conversation: ConversationRow, posting: Posting) -> bool:
        """Whoever holds the question may write through whatever desk; asked for others only, who are few."""
        held = conversation.holder
        librarian_id = posting.writer.librarian_id
        if librarian_id is None or (held is not None and held.librarian_id == librarian_id):
            return librarian_id is not None
        reached = exists().where(Reach.desk_id.in_(posting.desk_ids), Reach.is_shown.is_(True))
        had = exists().where(Claim.librarian_id == librarian_id, Claim.conversation_id == Conversation.id)
        allowed = reached.where(Reach.conversation_id == Conversation.id) | had
        found = select(Conversation.id).where(Conversation.id == posting.conversation_id, allowed)
        return self._session.scalar(found) is not None

    def _require_open(self, conversation: ConversationRow, posting: Posting) -> None:
        if conversation.state in ENDED:
            raise ConversationEnded()
        if posting.writer.author is Author.LIBRARIAN:
            held = conversation.holder
            if held is None or held.librarian_id != posting.writer.librarian_id:
                self._require_warm(posting)
            elif held.is_due:
                self._answered.add(held.claim_id)

    def _require_warm(self, posting: Posting) -> None:
        """A librarian who is offered a warm hand-over writes beside the holder until it is answered.

        Not one whose answers are reviewed: only what the holder writes can be.
        """
        statement = select(HandOver.to_desk_id).where(
            HandOver.conversation_id == posting.conversation_id,
            HandOver.state == "offered",
            HandOver.is_warm.is_(True),
            HandOver.to_librarian_id == posting.writer.librarian_id,
        )
        desk_id = self._session.scalar(statement)
        if desk_id is None:
            raise NotHolder()
        if reviews.needs_review(self._session, desk_id, posting.writer.librarian_id, self._now):
            raise ReviewNeeded()

    def _number(self, conversation: ConversationRow, posting: Posting) -> MessageView:
        seq = conversation.last_seq = conversation.last_seq + 1
        writer = posting.writer
        if writer.author is Author.READER:
            conversation.reader_seen_seq = seq
        else:
            conversation.staff_seen_seq = seq
        if not conversation.is_moved:
            conversation.is_moved = True
            self._moved.append(conversation)
        self._messages.append(
            MessageRow(
                posting.conversation_id,
                seq,
                writer.author.value,
                writer.sender,
                posting.client_id,
                writer.librarian_id,
                posting.body,
                posting.details,
            )
        )
        return _view(posting, seq, conversation.language, self._now)


def _key(posting: Posting) -> _Key:
    return (posting.conversation_id, posting.writer.sender, posting.client_id)


def _stored(posting: Posting, row: Message, language: str) -> MessageView:
    said = {
        "seq": row.seq,
        "client_id": row.client_id,
        "body": row.body,
        "details": row.details,
        "created_at": row.created_at,
    }
    return _text(posting, language, said)


def _view(posting: Posting, seq: int, language: str, now: datetime) -> MessageView:
    said = {
        "seq": seq,
        "client_id": posting.client_id,
        "body": posting.body,
        "details": posting.details,
        "created_at": now,
    }
    return _text(posting, language, said)


def _text(posting: Posting, language: str, said: dict[str, object]) -> MessageView:
    """Return a text message, with the name of its librarian; a reader has none."""
    said |= {"kind": "text", "author": posting.writer.author.value}
    if posting.names is None:
        return MessageView.model_validate({**said, "name": None})
    name_zh, name_en = posting.names
    name = name_zh if language == "zh" else name_en
    return NamedMessageView.model_validate({**said, "name": name, "name_zh": name_zh, "name_en": name_en})
