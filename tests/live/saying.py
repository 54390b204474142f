"""Announcements to send in tests."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from qa_server.conversations.schemas import MessageView
from qa_server.live.announcements import MessagesPosted, SeenMoved


def seen(seq: int, conversation_id: UUID | None = None) -> SeenMoved:
    """Say that the reader has read this far."""
    return SeenMoved(conversation_id=conversation_id or uuid4(), side="reader", seq=seq)


def posted(*seqs: int, body: str = "您好") -> MessagesPosted:
    """Say that messages with these numbers were posted."""
    return MessagesPosted(conversation_id=uuid4(), items=[_message(seq, body) for seq in seqs])


def _message(seq: int, body: str) -> MessageView:
    return MessageView(
        seq=seq,
        kind="text",
        author="reader",
        name=None,
        client_id=f"client-{seq}",
        body=body,
        details={"to": "desk"},
        created_at=datetime(2026, 9, 1, 8, tzinfo=UTC),
    )
