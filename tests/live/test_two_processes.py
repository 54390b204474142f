"""Two whole applications on one database and one Redis: each side of a conversation is connected to another one."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.desk import answering, asking, signing_in
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from tests.conftest import make_app
from tests.fakes import Clock
from tests.live.redis_server import PrivateRedis
from tests.live.waiting import eventually
from tests.qa_server.sockets import follow, hello, next_frame, say, sign_in_cookie, staff_hello
from tests.village import PASSWORD, Village, build, come_in, new_client_id, question

ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def apps(sqlite_url: str, private: PrivateRedis, clock: Clock) -> tuple[FastAPI, FastAPI]:
    """Two processes of one service."""
    first, second = (make_app(sqlite_url, clock, redis_url=private.url) for _ in range(2))
    return first, second


@pytest.fixture
def village(apps: tuple[FastAPI, FastAPI]) -> Village:
    """The village in their database."""
    return build(apps[0].state.place.database)


@pytest.fixture
def clients(apps: tuple[FastAPI, FastAPI], village: Village) -> Iterator[tuple[TestClient, TestClient]]:
    """A browser at each of the two, once both are connected."""
    with TestClient(apps[0]) as first, TestClient(apps[1]) as second:
        eventually(lambda: all(app.state.place.bus.is_connected for app in apps))
        yield first, second


@pytest.fixture
def held(apps: tuple[FastAPI, FastAPI], village: Village) -> tuple[KnownReader, str, UUID]:
    """A reader, the token, and a conversation that LIN holds."""
    place: Workplace = apps[0].state.place
    reader, token = come_in(place)
    asked = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, village.lin, asked)
    return reader, token, asked


def test_both_sides_talk_and_see_one_another_across_processes(
    apps: tuple[FastAPI, FastAPI], clients: tuple[TestClient, TestClient], held: tuple[KnownReader, str, UUID]
) -> None:
    _, token, asked = held
    staff_session = signing_in.sign_in(apps[1].state.place, login="lin", password=PASSWORD, network="n")
    sign_in_cookie(clients[1], staff_session.token)
    with clients[0].websocket_connect("/ws/v1") as reader:
        hello(reader, token)
        follow(reader, asked)
        with clients[1].websocket_connect("/ws/v1", headers=ORIGIN) as librarian:
            staff_hello(librarian)
            follow(librarian, asked)
            came = next_frame(reader, "presence", lambda frame: frame["is_here"])
            assert came["side"] == "librarian"
            say(librarian, asked, "您好，请讲。", new_client_id())
            assert next_frame(reader, "messages")["items"][0]["body"] == "您好，请讲。"
            say(reader, asked, "怎么续借？", new_client_id())
            arrived = next_frame(librarian, "messages", lambda frame: frame["items"][-1]["author"] == "reader")
            assert arrived["items"][-1]["body"] == "怎么续借？"
        gone = next_frame(reader, "presence", lambda frame: not frame["is_here"])
        assert gone["side"] == "librarian"


def test_a_desk_is_staffed_by_whoever_is_connected_to_any_process(
    apps: tuple[FastAPI, FastAPI], clients: tuple[TestClient, TestClient], village: Village
) -> None:
    def is_staffed() -> bool:
        return bool(clients[0].get("/api/v1/libraries/AAA").json()["desk"]["is_staffed"])

    assert not is_staffed()
    apps[1].state.place.presence.arrive(village.lin.id)
    eventually(is_staffed)


def test_a_process_without_redis_stays_ready_and_says_that_the_bus_is_lost(
    private: PrivateRedis, clients: tuple[TestClient, TestClient], village: Village
) -> None:
    assert clients[0].get("/readyz").json()["checks"]["bus"] == {"status": "ok"}
    private.stop()
    eventually(lambda: clients[0].get("/readyz").json()["checks"]["bus"] == {"status": "degraded"})
    answer = clients[0].get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
