"""Speaking the protocol in tests."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from starlette.testclient import TestClient, WebSocketTestSession

Frame = dict[str, Any]
# More frames than any test waits for; a missing one fails instead of hanging.
MAX_FRAMES = 200


def hello(socket: WebSocketTestSession, token: str) -> Frame:
    """Say hello as a reader; return the welcome."""
    socket.send_json({"type": "hello", "version": 1, "role": "reader", "language": "en", "token": token})
    return next_frame(socket, "welcome")


def staff_hello(socket: WebSocketTestSession) -> Frame:
    """Say hello as the librarian of the cookie; return the welcome."""
    socket.send_json({"type": "hello", "version": 1, "role": "librarian", "language": "en"})
    return next_frame(socket, "welcome")


def next_frame(socket: WebSocketTestSession, kind: str, matches: Callable[[Frame], bool] = lambda _: True) -> Frame:
    """Return the next frame of a kind that matches; frames before it are passed over."""
    for _ in range(MAX_FRAMES):
        frame: Frame = socket.receive_json()
        if frame["type"] == kind and matches(frame):
            return frame
    raise AssertionError(f"no {kind} frame came")


def follow(socket: WebSocketTestSession, conversation_id: UUID | str, after_seq: int = 0) -> list[Frame]:
    """Follow a conversation; return the replayed messages."""
    socket.send_json({"type": "follow", "conversation_id": str(conversation_id), "after_seq": after_seq})
    items: list[Frame] = []
    for _ in range(MAX_FRAMES):
        frame: Frame = socket.receive_json()
        if frame["type"] == "messages":
            items.extend(frame["items"])
        if frame["type"] == "caught_up":
            return items
        if frame["type"] == "error":
            raise AssertionError(frame)
    raise AssertionError("the replay did not end")


def say(socket: WebSocketTestSession, conversation_id: UUID | str, body: str, client_id: str) -> Frame:
    """Post a message; return the acknowledgement."""
    socket.send_json({"type": "say", "conversation_id": str(conversation_id), "client_id": client_id, "body": body})
    return next_frame(socket, "ack", lambda frame: frame["client_id"] == client_id)


def sign_in_cookie(client: TestClient, token: str) -> None:
    """Put a staff session's cookie into the client."""
    client.cookies.set("wenjin_staff", token)
