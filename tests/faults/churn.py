"""Questions that change hands all the time over HTTP: asked, claimed, given back, claimed again, closed."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from tests.faults.scene import Scene
from tests.village import new_client_id

# A refused connection while the server is down is tried again after this pause.
RETRY_SECONDS = 0.05
ANSWER_SECONDS = 30.0

Answer = dict[str, Any]


class Churn:
    """Goes on until told to stop, whatever becomes of a single request. `count` changes were answered."""

    def __init__(self, address: str, staff_token: str) -> None:
        self.count = 0
        self._api = f"{address}/api/v1"
        self._staff_token = staff_token
        self._over = threading.Event()

    def stop(self) -> None:
        """End after the request under way."""
        self._over.set()

    def run(self) -> None:
        """Change hands; blocks."""
        while not self._over.is_set():
            try:
                self._one_question()
            except (OSError, HTTPException):
                self._over.wait(RETRY_SECONDS)

    def _one_question(self) -> None:
        csrf = {"X-CSRF-Token": self._call("GET", "/staff/me", self._staff())["csrf_token"]}
        token = self._call("POST", "/readers", {}, {"library": "AAA"})["token"]
        asked = {"question": "怎么续借？", "client_id": new_client_id()}
        thread = self._call("POST", "/conversations", {"Authorization": f"Bearer {token}"}, asked)
        path = f"/staff/conversations/{thread['conversation']['id']}"
        for step in ("claim", "release", "claim"):
            self._call("POST", f"{path}/{step}", {**self._staff(), **csrf}, {})
            self.count += 1
        self._call("POST", f"{path}/close", {**self._staff(), **csrf}, {"resolution": "answered", "read_level": None})

    def _staff(self) -> dict[str, str]:
        return {"Cookie": f"wenjin_staff={self._staff_token}"}

    def _call(self, method: str, path: str, headers: dict[str, str], body: Answer | None = None) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        whole = {"Content-Type": "application/json", **headers}
        request = Request(self._api + path, data=content, headers=whole, method=method)  # noqa: S310 - our own server
        with urlopen(request, timeout=ANSWER_SECONDS) as response:  # noqa: S310
            answer: Answer = json.load(response)
        return answer


@asynccontextmanager
async def change_hands(address: str, scene: Scene) -> AsyncIterator[Churn]:
    """Let questions change hands beside the block."""
    churn = Churn(address, scene.staff_token)
    running = asyncio.create_task(asyncio.to_thread(churn.run))
    try:
        yield churn
    finally:
        churn.stop()
        await running
