"""Readers whom a library's page has signed in: what is believed, what is refused and why, and what staff see of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.desk import asking, filling_in, identifying
from qa_server.desk.workplace import Workplace
from qa_server.people.errors import IdentityRefused
from qa_server.people.identity_tokens import LEEWAY, sign, verify
from tests.fakes import Clock
from tests.village import Village, come_in, question

SECRET = b"a secret of the library's web server"


def claims(clock: Clock, **changes: Any) -> dict[str, Any]:
    """Return what a page says about its reader."""
    usual = {"sub": "20260117", "name": "王小雨", "aud": "wenjin:AAA", "jti": uuid4().hex, "status": "研究生"}
    return usual | {"exp": int((clock.now + timedelta(minutes=5)).timestamp())} | changes


def secret_of(place: Workplace, library_id: UUID) -> bytes:
    """Give a library a secret."""
    with place.database.write() as session:
        return identifying.new_secret(session, library_id, now=place.clock()).encode()


def test_who_the_reader_agreed_to_be_is_seen_by_the_staff_of_the_library(
    place: Workplace, people: Village, clock: Clock
) -> None:
    secret = secret_of(place, people.library_a)
    reader, _ = come_in(place)
    thread, _ = asking.ask(place, reader, question())
    conversation = thread.conversation.id
    assert filling_in.reader_card(place, people.lin, conversation).identity is None
    told = identifying.tell(place, reader, sign(claims(clock), secret))
    assert (told.name, told.details) == ("王小雨", {"status": "研究生"})
    seen = filling_in.reader_card(place, people.lin, conversation).identity
    assert seen is not None
    assert (seen.name, seen.subject) == ("王小雨", "20260117")
    identifying.take_back(place, reader)
    assert filling_in.reader_card(place, people.lin, conversation).identity is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "wenjin:BBB"}, "another audience"),
        ({"aud": None}, "another audience"),
        ({"exp": 1}, "expired"),
        ({"exp": 10**18}, "wrong form"),
        ({"exp": "soon"}, "wrong form"),
        ({"exp": 4_000_000_000}, "longer than an hour"),
        ({"sub": ""}, "wrong form"),
        ({"name": "x" * 101}, "wrong form"),
        ({"name": "a\u202eb"}, "wrong form"),
        ({"jti": "short"}, "wrong form"),
        ({"email": 7}, "wrong form"),
    ],
)
def test_a_statement_that_does_not_hold_is_refused_with_its_reason(
    clock: Clock, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(IdentityRefused, match=reason):
        verify(sign(claims(clock, **changes), SECRET), [SECRET], audience="wenjin:AAA", now=clock.now)


@pytest.mark.parametrize(
    "token",
    ["", "a.b", "a.b.c", "....", "e30.e30.", "é.é.é", "W10.W10.x", "[[[".ljust(100, "[") + ".e30.x", "x" * 5000],
)
def test_what_is_no_token_is_refused(clock: Clock, token: str) -> None:
    with pytest.raises(IdentityRefused):
        verify(token, [SECRET], audience="wenjin:AAA", now=clock.now)


def test_another_algorithm_or_secret_is_refused(clock: Clock) -> None:
    good = sign(claims(clock), SECRET)
    header, body, signature = good.split(".")
    other = f"{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    unsigned = f"eyJhbGciOiJub25lIn0.{body}"
    for forged in (f"{unsigned}.", f"{unsigned}.{signature}", f"{header}.{body}.{other}"):
        with pytest.raises(IdentityRefused):
            verify(forged, [SECRET], audience="wenjin:AAA", now=clock.now)
    with pytest.raises(IdentityRefused, match="secret"):
        verify(good, [b"another"], audience="wenjin:AAA", now=clock.now)
    assert verify(good, [b"another", SECRET], audience="wenjin:AAA", now=clock.now).name == "王小雨"


def test_a_token_of_one_reader_is_no_use_to_another(place: Workplace, people: Village, clock: Clock) -> None:
    token = sign(claims(clock), secret_of(place, people.library_a))
    first, second = come_in(place)[0], come_in(place)[0]
    identifying.tell(place, first, token)
    assert identifying.tell(place, first, token).name == "王小雨"
    with pytest.raises(IdentityRefused, match="used before"):
        identifying.tell(place, second, token)
    clock.forward(minutes=5, seconds=LEEWAY.total_seconds() + 1)
    with pytest.raises(IdentityRefused, match="expired"):
        identifying.tell(place, second, token)


def test_a_replaced_secret_works_for_a_day_more(place: Workplace, people: Village, clock: Clock) -> None:
    old = secret_of(place, people.library_a)
    new = secret_of(place, people.library_a)
    reader, _ = come_in(place)
    for secret in (old, new):
        identifying.tell(place, reader, sign(claims(clock), secret))
    clock.forward(hours=25)
    identifying.tell(place, reader, sign(claims(clock), new))
    with pytest.raises(IdentityRefused, match="secret"):
        identifying.tell(place, reader, sign(claims(clock), old))


def test_a_page_is_told_at_once_whether_its_token_is_good(
    client: TestClient, app: FastAPI, townsfolk: Village, clock: Clock
) -> None:
    url = "/api/v1/libraries/AAA/identity"
    none_yet = client.post(url, json={"token": "x"})
    assert (none_yet.status_code, none_yet.json()["error"]["code"]) == (422, "identity_refused")
    place: Workplace = app.state.place
    token = sign(claims(clock), secret_of(place, townsfolk.library_a))
    for _ in range(2):
        assert client.post(url, json={"token": token}).json()["name"] == "王小雨"
    refused = client.post(url, json={"token": token + "x"}, headers={"Accept-Language": "zh"})
    assert refused.json()["error"]["message"] == "网页未能说明您的身份：令牌不是用本馆密钥签名的。"
