"""Private links: another device goes on where the first one is, until the link ends or is switched off."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from qa_server.desk import asking, linking
from qa_server.desk.linking import LINK_DAYS, MAX_LINKS, TooManyLinks
from qa_server.desk.workplace import Workplace
from qa_server.people.errors import ReaderUnknown
from qa_server.people.reader_models import ReaderLink
from tests.fakes import Clock
from tests.village import Village, come_in, question

BASE = "https://ask.example.edu"


def token_in(url: str) -> str:
    """Return what stands behind the fragment's mark."""
    return url.partition("#my=")[2]


def test_a_link_opens_the_readers_questions_and_only_those(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    stranger, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question("怎么续借？"))
    asking.ask(place, stranger, question("别人的问题"))
    link = linking.make_link(place, reader, base_url=BASE)
    assert link.url.startswith(f"{BASE}/ask/AAA#my=")
    there = asking.recognise(place, token_in(link.url))
    assert [each.id for each in asking.my_questions(place, there, before=None).items] == [thread.conversation.id]


def test_a_link_is_kept_as_a_hash_only(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    token = token_in(linking.make_link(place, reader, base_url=BASE).url)
    with place.database.read() as session:
        (row,) = session.scalars(select(ReaderLink)).all()
    assert token.encode() not in row.token_hash
    assert len(row.token_hash) == 32


def test_links_switched_off_or_ended_open_nothing(place: Workplace, people: Village, clock: Clock) -> None:
    reader, own = come_in(place)
    first = token_in(linking.make_link(place, reader, base_url=BASE).url)
    assert linking.count_links(place, reader).links == 1
    linking.revoke_links(place, reader)
    with pytest.raises(ReaderUnknown):
        asking.recognise(place, first)
    assert asking.recognise(place, own) == reader
    second = token_in(linking.make_link(place, reader, base_url=BASE).url)
    clock.forward(hours=24 * LINK_DAYS + 1)
    assert linking.count_links(place, reader).links == 0
    with pytest.raises(ReaderUnknown):
        asking.recognise(place, second)


def test_a_reader_has_only_so_many_links(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    for _ in range(MAX_LINKS):
        linking.make_link(place, reader, base_url=BASE)
    with pytest.raises(TooManyLinks):
        linking.make_link(place, reader, base_url=BASE)


def test_a_link_comes_with_its_qr_code_and_works_over_http(
    client: TestClient, app: FastAPI, townsfolk: Village
) -> None:
    _, token = come_in(app.state.place)
    headers = {"Authorization": f"Bearer {token}"}
    made = client.post("/api/v1/readers/links", headers=headers).json()
    assert len(made["qr"]) >= 25
    assert {len(row) for row in made["qr"]} == {len(made["qr"])}
    # The three corners every QR code has.
    assert made["qr"][0].startswith("1111111")
    assert made["qr"][0].endswith("1111111")
    assert made["qr"][-1].startswith("1111111")
    there = {"Authorization": f"Bearer {token_in(made['url'])}"}
    assert client.get("/api/v1/conversations", headers=there).json()["items"] == []
    assert client.get("/api/v1/readers/links", headers=there).json() == {"links": 1}
    assert client.post("/api/v1/readers/links/withdrawal", headers=headers).status_code == 204
    assert client.get("/api/v1/conversations", headers=there).status_code == 401
