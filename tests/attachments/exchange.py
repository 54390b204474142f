"""Both sides of a conversation over HTTP: send a file, get a link, save the transcript."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from httpx2 import Response
from starlette.testclient import TestClient

from qa_server.desk import signing_in
from qa_server.desk.workplace import Workplace
from tests.village import PASSWORD, new_client_id


@dataclass(frozen=True)
class Side:
    """Somebody who knows the conversation, or tries to."""

    client: TestClient
    url: str
    headers: dict[str, str] = field(default_factory=dict)

    def upload(self, content: bytes, name: str = "notes.txt", client_id: str | None = None) -> Response:
        """Send a file as a browser does."""
        named = {"X-File-Name": quote(name), "X-Client-Id": client_id or new_client_id()}
        return self.client.post(f"{self.url}/attachments", content=content, headers={**self.headers, **named})

    def sent(self, content: bytes, name: str = "notes.txt") -> dict[str, Any]:
        """Send a file that has to be taken; return what its message says of it."""
        answer = self.upload(content, name)
        assert answer.status_code == 201, answer.text
        attachment: dict[str, Any] = answer.json()["details"]["attachment"]
        return attachment

    def link(self, attachment_id: str) -> Response:
        """Ask for a link to a file."""
        return self.client.get(f"{self.url}/attachments/{attachment_id}/link", headers=self.headers)

    def fetched(self, attachment_id: str) -> Response:
        """Ask for a link and follow it."""
        return self.client.get(self.link(attachment_id).json()["url"])

    def transcript(self, form: str) -> Response:
        """Save the transcript."""
        return self.client.get(f"{self.url}/transcript", params={"format": form}, headers=self.headers)


def as_reader(client: TestClient, conversation: UUID, token: str) -> Side:
    """Return the side of a reader with this token."""
    return Side(client, f"/api/v1/conversations/{conversation}", {"Authorization": f"Bearer {token}"})


def as_staff(client: TestClient, conversation: UUID, place: Workplace, login: str) -> Side:
    """Sign a librarian in; return that side."""
    token = signing_in.sign_in(place, login=login, password=PASSWORD, network="n").token
    csrf = signing_in.recognise_staff(place, token).csrf_token
    headers = {"Cookie": f"wenjin_staff={token}", "X-CSRF-Token": csrf}
    return Side(client, f"/api/v1/staff/conversations/{conversation}", headers)


def code(answer: Response) -> str:
    """Return the code of a refusal."""
    return str(answer.json()["error"]["code"])
