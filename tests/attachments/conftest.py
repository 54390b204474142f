"""Fixtures for files in conversations: a folder of their own, and a conversation that is held."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.desk import answering, asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from tests.attachments.exchange import Side, as_reader, as_staff
from tests.conftest import make_app
from tests.fakes import Clock, Ear
from tests.village import Village, build, come_in, question


@dataclass(frozen=True)
class Scene:
    """A conversation of a reader, held by LIN, with what both need to send files."""

    place: Workplace
    people: Village
    reader: KnownReader
    conversation: UUID
    client: TestClient
    by_reader: Side
    ear: Ear

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return Path(self.place.settings.attachments_folder)

    def files(self) -> list[Path]:
        """Return everything that lies in the folder, incoming files too."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def said(self) -> list[str]:
        """Return the texts of the conversation, in order."""
        thread = asking.thread(self.place, self.reader, self.conversation, 0)
        return [message.body for message in thread.messages if message.kind == "text"]

    def by_stranger(self) -> Side:
        """Return another reader who knows the address of the conversation."""
        return as_reader(self.client, self.conversation, come_in(self.place)[1])

    def by_staff(self, login: str) -> Side:
        """Return a librarian, signed in."""
        return as_staff(self.client, self.conversation, self.place, login)


@pytest.fixture
def attaching_app(sqlite_url: str, clock: Clock, tmp_path: Path) -> FastAPI:
    """The application with a folder of its own and small limits."""
    return _make(sqlite_url, clock, tmp_path)


@pytest.fixture
def scene(attaching_app: FastAPI) -> Iterator[Scene]:
    """A question that LIN has claimed."""
    with _opened(attaching_app) as scene:
        yield scene


@pytest.fixture
def scene_everywhere(database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Scene]:
    """The same, once on SQLite and once on PostgreSQL."""
    with _opened(_make(database_url, clock, tmp_path)) as scene:
        yield scene


def _make(url: str, clock: Clock, folder: Path) -> FastAPI:
    return make_app(
        url,
        clock,
        attachments_folder=str(folder / "attachments"),
        max_attachment_bytes=1_048_576,
        max_conversation_attachments=3,
        max_conversation_attachment_bytes=2_097_152,
        max_image_pixels=1_000_000,
        reserved_disk_bytes=0,
    )


@contextmanager
def _opened(app: FastAPI) -> Iterator[Scene]:
    place: Workplace = app.state.place
    people = build(place.database)
    reader, token = come_in(place)
    conversation = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, people.lin, conversation)
    place.bus.listen(ear := Ear())
    with TestClient(app, headers={"Accept-Language": "en"}) as client:
        yield Scene(place, people, reader, conversation, client, as_reader(client, conversation, token), ear)
