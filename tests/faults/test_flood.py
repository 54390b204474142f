"""A script floods the service from one session: it is refused, then cut off, and the others go on chatting."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from httpx2 import AsyncClient, Response
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from qa_server.live.rates import READER_FRAMES_PER_MESSAGE
from tests.databases import copied_sqlite
from tests.faults.person import Frame, Person, Seat, librarian_seat, reader_seat
from tests.faults.scene import Held, Scene
from tests.faults.talks import living, require_whole
from tests.operation.running import running
from tests.village import new_client_id

# Low enough that a flood is over soon, enough for people who talk beside it.
MESSAGES_PER_MINUTE = 15
SETTINGS = {
    "WENJIN_READER_MESSAGES_PER_MINUTE": str(MESSAGES_PER_MINUTE),
    "WENJIN_READER_QUESTIONS_PER_HOUR": "5",
    "WENJIN_READER_SEARCHES_PER_MINUTE": "10",
}
FRAMES_PER_MINUTE = MESSAGES_PER_MINUTE * READER_FRAMES_PER_MESSAGE
# Far more than any allowance, so that a flood that nobody stops fails its test.
MOST_FRAMES = 20_000
MOST_REQUESTS = 2 * FRAMES_PER_MINUTE
CLOSE_TOO_MANY = 4429
# Messages each neighbour says while the flood goes on.
NEIGHBOURS_SAY = 5


@pytest.fixture(scope="module")
def crowd(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The database of the flooded server."""
    with copied_sqlite(sqlite_template, tmp_path_factory.mktemp("flood")) as url:
        made = Scene(url)
        yield made
        made.close()


@pytest.fixture(scope="module")
def flooded(crowd: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that keeps its limits."""
    folder = tmp_path_factory.mktemp("flooded")
    values = {**SETTINGS, "WENJIN_ATTACHMENTS_FOLDER": str(folder / "attachments")}
    with running("serve", "--port", "0", "--database", crowd.url, log=folder / "log", **values) as server:
        yield server.address


@dataclass
class Flood:
    """What became of a flood: the frames that came back by kind, each refusal, and how it was closed."""

    came: Counter[str] = field(default_factory=Counter)
    refusals: list[Frame] = field(default_factory=list)
    close_code: int | None = None
    seconds: float = 0.0

    async def pour(self, address: str, seat: Seat, frame: Frame | str) -> None:
        """Send a frame again and again until the server ends it."""
        began = monotonic()
        async with connect(f"ws://{urlsplit(address).netloc}/ws/v1", ping_interval=None, proxy=None) as socket:
            await socket.send(json.dumps(seat.hello))
            follow = {"type": "follow", "conversation_id": str(seat.conversation_id), "after_seq": 0}
            await socket.send(json.dumps(follow))
            hearing = asyncio.create_task(self._hear(socket))
            with contextlib.suppress(ConnectionClosed):
                for _ in range(MOST_FRAMES):
                    await socket.send(frame if isinstance(frame, str) else json.dumps(_fresh(frame)))
            await hearing
        self.close_code = socket.close_code
        self.seconds = monotonic() - began

    async def _hear(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                frame = json.loads(text)
                self.came[frame["type"]] += 1
                if frame["type"] == "error":
                    self.refusals.append(frame)


def _fresh(frame: Frame) -> Frame:
    return frame | ({"client_id": new_client_id()} if "client_id" in frame else {})


def frame_of(kind: str, held: Held) -> Frame | str:
    """Return a frame of a kind about a conversation, as a script would repeat it."""
    about: Frame = {"type": kind, "conversation_id": str(held.id)}
    match kind:
        case "noise":
            return "{"
        case "ping":
            return {"type": "ping"}
        case "follow":
            return about | {"after_seq": 0}
        case "seen":
            return about | {"seq": 1}
        case "say":
            return about | {"client_id": "", "body": "刷屏"}
        case "edit":
            return about | {"client_id": "", "seq": 1, "body": "改"}
        case "delete":
            return about | {"client_id": "", "seq": 1}
        case _:
            return about


@pytest.mark.asyncio
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["say", "edit", "delete", "follow", "unfollow", "seen", "typing", "ping", "noise"])
async def test_a_flood_of_frames_is_refused_then_cut_off_and_the_others_go_on(
    crowd: Scene, flooded: str, kind: str
) -> None:
    bad, good = crowd.held(2)
    flood = Flood()
    # Patient: who comes again and again because the machine is busy has an allowance too.
    people = [Person(flooded, seat(good), patience_seconds=60) for seat in (reader_seat, librarian_seat)]
    async with living(people):
        pouring = asyncio.create_task(flood.pour(flooded, reader_seat(bad), frame_of(kind, bad)))
        for _ in range(NEIGHBOURS_SAY):
            for person in people:
                await person.say("还能说话吗？")
                await person.settled()
        await pouring
        await require_whole(crowd, people)
    assert flood.close_code == CLOSE_TOO_MANY
    last = flood.refusals[-1]
    assert last["code"] == "too_many_requests"
    assert last["details"]["retry_after_seconds"] >= 1
    assert str(last["details"]["retry_after_seconds"]) in last["message"]
    allowance = FRAMES_PER_MINUTE if kind in {"edit", "delete"} else MESSAGES_PER_MINUTE
    # What was used comes back evenly while it lasts.
    assert flood.came["ack"] <= allowance * (1 + flood.seconds / 60) + 1


@pytest.mark.asyncio
async def test_who_was_cut_off_is_not_let_in_by_opening_socket_after_socket(crowd: Scene, flooded: str) -> None:
    [bad] = crowd.held(1)
    ends: Counter[int | None] = Counter()
    refusals: list[Frame] = []
    while CLOSE_TOO_MANY not in ends:
        async with connect(f"ws://{urlsplit(flooded).netloc}/ws/v1", ping_interval=None, proxy=None) as socket:
            await socket.send(json.dumps(reader_seat(bad).hello))
            first = json.loads(await socket.recv())
            if first["type"] == "error":
                refusals.append(first)
                with pytest.raises(ConnectionClosed):
                    await socket.recv()
        ends[socket.close_code] += 1
        assert ends.total() < FRAMES_PER_MINUTE
    assert refusals[-1]["code"] == "too_many_requests"
    assert refusals[-1]["is_final"] is True


@dataclass(frozen=True)
class Door:
    """Something that a session asks for over HTTP."""

    path: str
    body: Any = None
    is_file: bool = False

    async def knock(self, client: AsyncClient, held: Held) -> Response:
        """Ask for it once."""
        headers = {"Authorization": f"Bearer {held.reader_token}"}
        path = f"/api/v1/{self.path.format(id=held.id)}"
        if self.is_file:
            named = {"X-File-Name": "a.txt", "X-Client-Id": uuid4().hex}
            return await client.post(path, headers=headers | named, content=b"flood")
        if self.body is None:
            return await client.get(path, headers=headers)
        return await client.post(path, headers=headers, json=_fresh(self.body))


DOORS = {
    "questions": Door("conversations", {"question": "怎么续借？", "client_id": ""}),
    "messages": Door("conversations/{id}/messages", {"body": "刷屏", "client_id": ""}),
    "marks": Door("conversations/{id}/seen", {"seq": 1}),
    "threads": Door("conversations/{id}"),
    "lists": Door("conversations"),
    "searches": Door("libraries/AAA/answers?q=续借"),
    "files": Door("conversations/{id}/attachments", is_file=True),
    "polls": Door("poll", {"wait_seconds": 0}),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("what", DOORS)
async def test_a_flood_of_requests_is_refused_with_the_time_to_come_back_and_others_are_served(
    crowd: Scene, flooded: str, what: str
) -> None:
    bad, good = crowd.held(2)
    async with AsyncClient(base_url=flooded, timeout=60) as client:
        for _ in range(MOST_REQUESTS):
            answer = await DOORS[what].knock(client, bad)
            if answer.status_code == 429:
                break
            assert answer.is_success, answer.text
        assert answer.status_code == 429
        assert answer.json()["error"]["code"] == "too_many_requests"
        assert int(answer.headers["Retry-After"]) == answer.json()["error"]["details"]["retry_after_seconds"] >= 1
        assert (await DOORS[what].knock(client, good)).is_success
