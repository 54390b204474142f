"""What one process publishes, another finds: two real processes on one PostgreSQL database, with no other tie."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from qa_server.app import make_workplace
from qa_server.desk import signing_in
from qa_server.settings import Settings
from storage.database import Database
from tests.databases import copied_postgres
from tests.live.waiting import eventually
from tests.operation.running import running
from tests.village import PASSWORD, build

CONTENT = {
    "key": "rooms.piano",
    "language": "zh",
    "question": "琴房在哪里预约？",
    "answer": "在服务台登记，每次两小时。",
    "service_topic": "spaces",
    "question_type": "guidance",
}
WORDS = "想弹一会儿钢琴"
_START_SECONDS = 60


@dataclass(frozen=True)
class Entrance:
    """One process, and the browsers of an author and a curator who are signed in there."""

    anybody: httpx2.Client
    lin: httpx2.Client
    zhou: httpx2.Client

    def hits(self, query: str) -> list[dict[str, Any]]:
        """Return what this process finds for a reader of library A, with its reasons."""
        found = self.lin.get("/api/v1/staff/answers", params={"q": query, "library": "AAA"})
        hits: list[dict[str, Any]] = found.json()["hits"]
        return hits

    def hit(self, query: str, article: str) -> dict[str, Any]:
        """Return the hit that is this article, empty when it is not found."""
        return next((hit for hit in self.hits(query) if hit["article_id"] == article), {})


@pytest.fixture(scope="module")
def entrances(postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Entrance, Entrance]]:
    """Two processes with the shipped encoder; nothing but the database tells one of the other."""
    folder = tmp_path_factory.mktemp("entrances")
    with copied_postgres(postgres_template) as url, ExitStack() as stack:
        database = Database(url)
        build(database)
        database.dispose()
        with ThreadPoolExecutor(2) as pool:
            addresses = list(pool.map(lambda name: _serve(stack, url, folder / name), ("first", "second")))
        tokens = _sessions(url)
        first, second = (_entrance(stack, address, tokens) for address in addresses)
        yield first, second


def test_an_article_published_at_one_process_is_found_at_the_other_by_word_and_by_meaning_until_it_is_retired(
    entrances: tuple[Entrance, Entrance],
) -> None:
    first, second = entrances
    written = first.lin.post("/api/v1/staff/articles", json=CONTENT)
    article = written.json()["id"]
    assert first.lin.post(f"/api/v1/staff/articles/{article}/submission").status_code == 200
    assert second.hit(CONTENT["question"], article) == {}
    assert first.zhou.post(f"/api/v1/staff/articles/{article}/publication").status_code == 200
    eventually(lambda: second.hit(CONTENT["question"], article).get("keyword_rank") == 1)
    eventually(lambda: second.hit(CONTENT["question"], article).get("vector_rank") == 1)

    # A reader of the other process teaches it a wording, a curator here confirms it, and it is found there.
    token = second.anybody.post("/api/v1/readers", json={"library": "AAA"}).json()["token"]
    said = second.anybody.post(
        f"/api/v1/answers/{article}/verdict",
        json={"query": WORDS, "is_helpful": True},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert said.status_code == 204
    (waiting,) = first.zhou.get("/api/v1/staff/wordings").json()["items"]
    wording = waiting["wordings"][0]["id"]
    assert first.zhou.post(f"/api/v1/staff/wordings/{wording}/confirmation", json={}).status_code == 200
    eventually(lambda: second.hit(WORDS, article).get("matched_text") == WORDS)

    assert first.zhou.post(f"/api/v1/staff/articles/{article}/retirement").status_code == 200
    eventually(lambda: second.hit(WORDS, article) == {})


def _serve(stack: ExitStack, url: str, log: Path) -> str:
    settings = {"WENJIN_ENCODER": "shipped", "WENJIN_ATTACHMENTS_FOLDER": str(log.with_suffix(".files"))}
    server = running("serve", "--port", "0", "--database", url, log=log, **settings)
    return stack.enter_context(server).address


def _sessions(url: str) -> dict[str, str]:
    place = make_workplace(Settings.model_validate({"database_url": url, "encoder": "none"}))
    try:
        return {
            login: signing_in.sign_in(place, login=login, password=PASSWORD, network="n").token
            for login in ("lin", "zhou")
        }
    finally:
        place.messages.stop()
        place.search.stop()
        place.database.dispose()


def _entrance(stack: ExitStack, address: str, tokens: dict[str, str]) -> Entrance:
    def browser(login: str | None) -> httpx2.Client:
        client = stack.enter_context(httpx2.Client(base_url=address, timeout=_START_SECONDS))
        if login is not None:
            client.cookies.set("wenjin_staff", tokens[login])
            client.headers["X-CSRF-Token"] = client.get("/api/v1/staff/me").json()["csrf_token"]
        return client

    return Entrance(browser(None), browser("lin"), browser("zhou"))
