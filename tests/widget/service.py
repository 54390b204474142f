"""The whole service on a port of its own with the demo network, and a librarian who sits at its desk."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI
from websockets.sync.client import ClientConnection, connect

from qa_server.app import create_app
from qa_server.conversations.models import Resolution
from qa_server.desk import answering, attaching, signing_in
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.seeds.loader import DEMO_PASSWORD, seed
from qa_server.settings import Settings
from tests.databases import migrated_sqlite
from widget import assets, demo
from widget.answers import router as answers
from widget.services import router as services

# Both for a busy machine; nothing waits for as long on a free one.
START_SECONDS = 60
PATIENCE_SECONDS = 30
MAX_FILE_BYTES = 1_048_576


@dataclass
class Service:
    """A running service: its address, and its parts for looking behind the curtain."""

    address: str
    place: Workplace


@contextmanager
def running(folder: Path, compose: Callable[[Settings], FastAPI] | None = None) -> Iterator[Service]:
    """Serve the demo network from a thread until the end; `compose` None: without the console."""
    template = migrated_sqlite(folder)
    values = {"database_url": f"sqlite:///{template}", "encoder": "none", "attachments_folder": str(folder / "files")}
    values["originals_key_file"] = str(folder / "originals.key")
    settings = Settings.model_validate(values | {"max_attachment_bytes": MAX_FILE_BYTES, "index_folder": ""})
    app = (compose or composed)(settings)
    seed(app.state.place.database)
    listener = socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        until(lambda: server.started, within_seconds=START_SECONDS)
        yield Service(f"http://127.0.0.1:{listener.getsockname()[1]}", app.state.place)
    finally:
        server.should_exit = True
        thread.join()


def composed(settings: Settings) -> FastAPI:
    """Return the application with the widget's routes."""
    app = create_app(settings)
    if not any(getattr(route, "path", "") == "/widget/v1/{path:path}" for route in app.routes):
        app.include_router(assets.router())
        app.include_router(answers.router())
        app.include_router(services.router())
        app.include_router(demo.router([("lin.yue", DEMO_PASSWORD, "Librarian", "江州大学图书馆")]))
    return app


def until(is_so: Callable[[], object], *, within_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that cannot be awaited. Raises AssertionError when it does not come."""
    deadline = time.monotonic() + within_seconds
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        pause.wait(0.02)


def sign_in(service: Service, login: str) -> str:
    """Sign a librarian in and return the token of the session; the password's hash makes that slow."""
    return signing_in.sign_in(service.place, login=login, password=DEMO_PASSWORD, network="10.0.0.0/24").token


class Librarian:
    """Somebody at the desk, speaking the protocol as the console does."""

    def __init__(self, service: Service, token: str) -> None:
        self._service = service
        self._person: StaffMember = signing_in.recognise_staff(service.place, token)
        self._visit = ExitStack()
        self._socket = self._connect(token)

    def claim(self, conversation_id: str) -> None:
        """Take the question and open it."""
        answering.claim(self._service.place, self._person, UUID(conversation_id))
        self._send({"type": "follow", "conversation_id": conversation_id, "after_seq": 0})
        self._receive("caught_up")

    def say(self, conversation_id: str, body: str) -> None:
        """Post a message and wait until it is stored."""
        self._send({"type": "say", "conversation_id": conversation_id, "client_id": uuid4().hex, "body": body})
        self._receive("ack")

    def send_file(self, conversation_id: str, name: str, content: bytes) -> None:
        """Send a file, as an upload does after its last byte."""
        place = self._service.place
        with attaching.store_of(place.settings).incoming() as path:
            path.write_bytes(content)
            taken = attaching.take_in(place, path, name)
        attaching.attach(place, self._person, UUID(conversation_id), taken, client_id=uuid4().hex)

    def see(self, conversation_id: str, seq: int) -> None:
        """Mark as read up to a number."""
        self._send({"type": "seen", "conversation_id": conversation_id, "seq": seq})

    def type(self, conversation_id: str) -> None:
        """Let the reader see that an answer is being written."""
        self._send({"type": "typing", "conversation_id": conversation_id})

    def close(self, conversation_id: str) -> None:
        """End the conversation as answered."""
        answering.close(
            self._service.place, self._person, UUID(conversation_id), resolution=Resolution.ANSWERED, read_level=2
        )

    def leave(self) -> None:
        """Go away from the desk."""
        self._visit.close()

    def _connect(self, token: str) -> ClientConnection:
        address = self._service.address
        headers = {"Cookie": f"wenjin_staff={token}", "Origin": address}
        address = f"ws{address.removeprefix('http')}/ws/v1"
        opened = self._visit.enter_context(connect(address, additional_headers=headers))
        opened.send(json.dumps({"type": "hello", "version": 1, "role": "librarian", "language": "zh"}))
        frame = json.loads(opened.recv(PATIENCE_SECONDS))
        assert frame["type"] == "welcome"
        return opened

    def _send(self, frame: dict[str, Any]) -> None:
        self._socket.send(json.dumps(frame))

    def _receive(self, kind: str) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = json.loads(self._socket.recv(PATIENCE_SECONDS))
            if frame["type"] == kind:
                return frame
            assert frame["type"] != "error", frame
