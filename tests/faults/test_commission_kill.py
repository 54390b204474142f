"""A commission goes its whole way while the server is killed in the middle of every step of it."""

import random
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from qa_server.app import make_workplace
from qa_server.desk import signing_in
from qa_server.desk.commissions.services import offering_services
from qa_server.desk.workplace import Workplace
from qa_server.people.queries import librarian_by_login
from qa_server.people.service import add_staff_session
from qa_server.settings import Settings
from tests import village
from tests.commissions.village_work import CITATION_VALUES, CONTACT, director
from tests.faults.scene import SETTINGS
from tests.operation.running import Server, running
from tests.village import come_in, new_client_id

# The first report of the year is free for the library's own people: nothing stops for a payment.
VALUES = {**CITATION_VALUES, "affiliation": "own"}
# How long a step has until the server is killed, in seconds at most; some are done by then, some have not begun.
HEAD_START_SECONDS = 0.06
LIFETIME = timedelta(hours=8)


@dataclass(frozen=True)
class Side:
    """Somebody with what is shown at the door."""

    headers: Mapping[str, str]


class Course:
    """Makes each step against a server that is killed meanwhile, and makes it again as a page would."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder, self._url = folder, url
        self._lives = 0
        self._stack = ExitStack()
        self._server: Server | None = None
        self._chance = random.Random(7)
        self.address = ""
        self.rise()

    def rise(self) -> None:
        """Start, at the port of the first start."""
        self._lives += 1
        port = self.address.rpartition(":")[2] or "0"
        log = self._folder / f"life-{self._lives}"
        attachments = str(self._folder / "attachments")
        start = running(
            "serve",
            "--port",
            port,
            "--database",
            self._url,
            log=log,
            WENJIN_ATTACHMENTS_FOLDER=attachments,
            **SETTINGS,
        )
        self._server = self._stack.enter_context(start)
        self.address = self._server.address

    def die(self) -> None:
        """Be killed like in a power cut of the process."""
        assert self._server is not None
        self._server.kill()
        self._stack.close()

    def make(self, side: Side, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request, kill the server meanwhile, start it again, send the same request again; return its answer."""
        lost = threading.Thread(target=self._send_into_the_void, args=(side, method, path, body))
        lost.start()
        lost.join(self._chance.uniform(0.0, HEAD_START_SECONDS))
        self.die()
        lost.join()
        self.rise()
        return self.ask(side, method, path, body)

    def ask(self, side: Side, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request that has to succeed; return its answer."""
        answer = httpx2.request(method, self.address + path, headers=dict(side.headers), json=body, timeout=60)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    def _send_into_the_void(self, side: Side, method: str, path: str, body: Mapping[str, Any] | None) -> None:
        with suppress(httpx2.HTTPError):
            httpx2.request(method, self.address + path, headers=dict(side.headers), json=body, timeout=60)


@pytest.fixture
def prepared(sqlite_url: str) -> dict[str, Side]:
    """The sides: a reader, who searches, who reviews, who signs."""
    place = make_workplace(Settings.model_validate({"database_url": sqlite_url, "encoder": "none"}))
    people = village.build(place.database)
    director(place, people.library_a)
    offering_services.keep_shipped(place)
    _, token = come_in(place)
    sides = {name: _staff(place, name) for name in ("lin", "zhou", "guan")}
    sides["reader"] = Side({"Authorization": f"Bearer {token}"})
    place.search.stop()
    place.messages.stop()
    place.database.dispose()
    return sides


@pytest.mark.timeout(600)
def test_every_step_survives_a_kill_and_is_made_once(
    prepared: dict[str, Side], sqlite_url: str, tmp_path: Path
) -> None:
    course = Course(sqlite_url, tmp_path)
    reader, lin, zhou, guan = (prepared[name] for name in ("reader", "lin", "zhou", "guan"))

    def step(side: Side, key: str, **carried: Any) -> Any:
        who = "commissions" if side is reader else "staff/commissions"
        body = {"client_id": new_client_id(), **carried}
        return course.make(side, "POST", f"/api/v1/{who}/{made['id']}/steps/{key}", body)

    made = course.make(
        reader, "POST", "/api/v1/commissions", {"service": "citation_search", "client_id": new_client_id()}
    )
    own, theirs = f"/api/v1/commissions/{made['id']}", f"/api/v1/staff/commissions/{made['id']}"
    form = {"values": VALUES, "contact": CONTACT.model_dump(), "invoice": {"kind": "none"}}
    course.make(reader, "PUT", f"{own}/form", form)
    course.make(reader, "POST", f"{own}/submission", {"client_id": new_client_id(), **form})
    step(lin, "accept")
    step(lin, "quote")
    step(reader, "accept_quote")
    step(lin, "begin")
    entry = {"client_id": new_client_id(), "database": "SCIE", "strategy": "AU=(Wang XD)", "hits": 3, "chosen": 2}
    course.make(lin, "POST", f"{theirs}/log", entry)
    report = course.make(lin, "POST", f"{theirs}/report")
    said = {"blocks": [{"text": "均已收录。", "is_markdown": False}]}
    filled = [part if part["blocks"] else part | said for part in report["content"]["sections"]]
    written = {"content": report["content"] | {"sections": filled}, "revision": report["revision"]}
    course.ask(lin, "PUT", f"{theirs}/report", written)
    step(lin, "send_draft")
    step(reader, "approve_draft")
    step(zhou, "pass_review")
    step(guan, "sign")
    course.make(guan, "POST", f"{theirs}/report/issue")
    step(lin, "deliver")
    ended = step(reader, "accept_result")

    assert ended["state"] == "closed"
    moved = [each["key"] for each in ended["entries"] if each["kind"] == "transition"]
    assert moved == [
        "submit", "accept", "quote", "accept_quote", "begin", "send_draft", "approve_draft", "pass_review", "sign",
        "deliver", "accept_result",
    ]  # fmt: skip
    assert [each["seq"] for each in course.ask(lin, "GET", theirs)["entries"]] == list(range(1, ended["last_seq"] + 1))
    assert len(course.ask(lin, "GET", f"{theirs}/log")) == 1
    assert {file["name"].rpartition(".")[2] for file in ended["files"]} == {"pdf", "docx"}
    assert len(course.ask(reader, "GET", "/api/v1/commissions")["items"]) == 1
    course.die()


def _staff(place: Workplace, login: str) -> Side:
    # Without the password, whose check takes long on purpose.
    with place.database.write() as session:
        person = librarian_by_login(session, login)
        assert person is not None
        token = add_staff_session(session, librarian_id=person.id, now=place.clock(), lifetime=LIFETIME)
    csrf_token = signing_in.recognise_staff(place, token).csrf_token
    return Side({"Cookie": f"wenjin_staff={token}", "X-CSRF-Token": csrf_token})
