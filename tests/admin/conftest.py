"""The console on the application, and browsers signed in as people of the village."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from admin.pages import router as console
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import librarian_by_login
from qa_server.people.service import add_staff_session
from qa_server.people.tokens import STAFF_COOKIE
from tests.village import Village

LIFETIME = timedelta(hours=8)
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


@dataclass(frozen=True)
class Visit:
    """A signed-in browser."""

    client: TestClient
    csrf_token: str

    def read(self, path: str) -> str:
        """Return the text of a page that has to be there."""
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        return unescape(response.text)

    def post(self, path: str, **fields: str) -> Response:
        """Send a form as its page would, without following where it leads."""
        return self.client.post(path, data={"csrf_token": self.csrf_token, **fields}, follow_redirects=False)


class Doors:
    """Lets people of the village in, each with a browser of their own."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self.place: Workplace = app.state.place

    def stranger(self, **headers: str) -> TestClient:
        """Return a browser that is not signed in and asks for English."""
        return TestClient(self._app, headers={"Accept-Language": "en", **headers})

    def sign_in(self, login: str) -> Visit:
        """Return the browser of a librarian, with English chosen."""
        client = self.stranger()
        client.cookies.set("wenjin_language", "en", path="/console")
        client.cookies.set(STAFF_COOKIE, self._open_session(login), path="/")
        page = client.get("/console/articles").text
        token = _TOKEN.search(page)
        assert token is not None, page
        return Visit(client, token.group(1))

    def _open_session(self, login: str) -> str:
        # Without the password, whose check takes long on purpose; signing in has tests of its own.
        with self.place.database.write() as session:
            person = librarian_by_login(session, login)
            assert person is not None
            return add_staff_session(session, librarian_id=person.id, now=self.place.clock(), lifetime=LIFETIME)


@pytest.fixture
def console_app(app: FastAPI) -> FastAPI:
    """The application with the console."""
    app.include_router(console.router())
    return app


@pytest.fixture
def doors(console_app: FastAPI, townsfolk: Village) -> Iterator[Doors]:
    """The ways in, with the application running."""
    with TestClient(console_app):
        yield Doors(console_app)


@pytest.fixture
def centre(doors: Doors, townsfolk: Village) -> Visit:
    """ZHOU, who administers the nation and everything below it."""
    with doors.place.database.write() as session:
        grant = RoleGrant(librarian_id=townsfolk.zhou.id, library_id=townsfolk.nation, role=Role.CENTRE_ADMINISTRATOR)
        session.add(grant)
    return doors.sign_in("zhou")
