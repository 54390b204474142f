"""A reader in front of the commissions' HTTP interface, in few words."""

from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from qa_server.desk.workplace import Workplace
from tests.commissions.village_work import CITATION_VALUES, CONTACT
from tests.village import come_in, new_client_id

API = "/api/v1"


class ReaderDesk:
    """One reader with a token. Calls return the response; what has to succeed is asserted."""

    def __init__(self, client: TestClient, place: Workplace, library: str = "AAA", token: str | None = None) -> None:
        self.client = client
        self.token = token or come_in(place, library)[1]

    def ask(self, method: str, path: str, **given: Any) -> Response:
        """Call the interface as this reader."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "zh", **given.pop("headers", {})}
        return self.client.request(method, f"{API}{path}", headers=headers, **given)

    def begin(self, service: str = "citation_search", **more: Any) -> dict[str, Any]:
        """Begin a commission."""
        return self._good("POST", "/commissions", json={"service": service, "client_id": new_client_id(), **more})

    def save(self, commission_id: str, values: dict[str, Any], revision: int | None = None) -> Response:
        """Save the form."""
        return self.ask("PUT", f"/commissions/{commission_id}/form", json={"values": values, "revision": revision})

    def read(self, commission_id: str) -> dict[str, Any]:
        """Read a commission."""
        return self._good("GET", f"/commissions/{commission_id}")

    def submit(self, commission_id: str, client_id: str | None = None) -> Response:
        """Hand in a form that is complete."""
        body = {
            "values": dict(CITATION_VALUES),
            "contact": CONTACT.model_dump(),
            "client_id": client_id or new_client_id(),
        }
        return self.ask("POST", f"/commissions/{commission_id}/submission", json=body)

    def submitted(self) -> str:
        """Begin and hand in a citation search; return its id."""
        commission_id: str = self.begin()["id"]
        assert self.submit(commission_id).status_code == 200
        return commission_id

    def step(self, commission_id: str, operation: str, **more: Any) -> Response:
        """Make a step."""
        body = {"client_id": new_client_id(), **more}
        return self.ask("POST", f"/commissions/{commission_id}/steps/{operation}", json=body)

    def send_file(self, commission_id: str, name: str, content: bytes, purpose: str = "material") -> Response:
        """Send a file."""
        headers = {"X-File-Name": name, "X-Client-Id": new_client_id()}
        path = f"/commissions/{commission_id}/files?purpose={purpose}"
        return self.ask("POST", path, content=content, headers=headers)

    def read_list(self, content: bytes, name: str = "") -> Response:
        """Have a list of papers read."""
        return self.ask("POST", "/paper-lists", content=content, headers={"X-File-Name": name} if name else {})

    def _good(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        answer = self.ask(method, path, **given)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found
