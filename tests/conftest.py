"""Fixtures shared by all tests: real databases, the parts of the application, the application itself."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from uuid import UUID

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect, sync_playwright
from starlette.testclient import TestClient

from qa_server.app import create_app
from qa_server.desk import answering, asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.settings import Settings
from tests import village
from tests.databases import PostgresShelf, copied_sqlite, migrated_postgres, migrated_sqlite
from tests.fakes import Clock, Ear
from tests.village import Village, come_in, question

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# How long a page may take to show what a test expects, in milliseconds; a busy machine needs far more than a free one.
PATIENCE = 30_000
# In a container: no sandbox of its own, and no calls home.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a migrated PostgreSQL database."""
    yield from migrated_postgres()


@pytest.fixture(scope="session")
def postgres_shelf(postgres_template: str) -> Iterator[PostgresShelf]:
    """Where tests get a migrated, empty PostgreSQL database."""
    shelf = PostgresShelf(postgres_template)
    yield shelf
    shelf.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty SQLite database."""
    with copied_sqlite(sqlite_template, tmp_path) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    shelf: PostgresShelf = request.getfixturevalue("postgres_shelf")
    with shelf.lent() as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    """A clock that tests move."""
    return Clock()


@pytest.fixture
def app(sqlite_url: str, clock: Clock) -> FastAPI:
    """The application on SQLite, by keyword search, with a clock that tests move."""
    return make_app(sqlite_url, clock)


@pytest.fixture
def place(database_url: str, clock: Clock) -> Iterator[Workplace]:
    """The parts that use cases work with, on both databases."""
    workplace: Workplace = make_app(database_url, clock).state.place
    yield workplace
    workplace.messages.stop()
    workplace.search.stop()
    workplace.database.dispose()


@pytest.fixture
def people(place: Workplace) -> Village:
    """The village in the place's database."""
    return village.build(place.database)


@pytest.fixture
def ear(place: Workplace) -> Ear:
    """What the place's bus carried."""
    listener = Ear()
    place.bus.listen(listener)
    return listener


@pytest.fixture
def townsfolk(app: FastAPI) -> Village:
    """The village in the application's database."""
    return village.build(app.state.place.database)


@pytest.fixture
def client(app: FastAPI, townsfolk: Village) -> Iterator[TestClient]:
    """A browser without cookies, asking in English; the village is there before the application starts."""
    with TestClient(app, headers={"Accept-Language": "en"}) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Per module: its driver keeps an event loop running, which asynchronous tests do not bear."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.skip("no Chromium is installed")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


def make_app(url: str, clock: Clock, **values: object) -> FastAPI:
    """Return the application with test settings."""
    given: dict[str, object] = {
        "database_url": url,
        "encoder": "none",
        "attachments_folder": gettempdir() + "/wenjin-tests",
        "originals_key_file": gettempdir() + "/wenjin-tests.key",
        # In memory: every test has a database of its own.
        "index_folder": "",
        **values,
    }
    settings = Settings.model_validate(given)
    return create_app(settings, clock=clock)


@pytest.fixture
def reader(place: Workplace, people: Village) -> KnownReader:
    """A reader of library A."""
    return come_in(place)[0]


@pytest.fixture
def held(place: Workplace, people: Village, reader: KnownReader) -> UUID:
    """A conversation of the reader, held by LIN."""
    conversation_id = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, people.lin, conversation_id)
    return conversation_id
