"""Signing in: guessing is slowed without locking anybody out elsewhere; sessions end; nothing tells who exists."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from qa_server.desk import signing_in
from qa_server.desk.workplace import Workplace
from qa_server.people import passwords
from qa_server.people.errors import SignInPaused, SignInRefused, Unauthenticated
from qa_server.people.models import Librarian, SignInFailure, StaffSession
from tests import village
from tests.fakes import Clock
from tests.village import PASSWORD, Village

CAMPUS = "10.1.0.0/24"
HOME = "192.0.2.0/24"


@pytest.fixture
def people(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Village:
    """The village, with passwords that are quickly checked."""
    # A check costs 50 milliseconds on purpose, and these tests make hundreds.
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    decoy = quick.hash("nobody")
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "_decoy_hash", lambda: decoy)
    built = village.build(place.database)
    with place.database.write() as session:
        session.execute(update(Librarian).values(password_hash=quick.hash(PASSWORD)))
    return built


def sign_in(place: Workplace, password: str = PASSWORD, login: str = "lin", network: str = CAMPUS) -> str:
    """Sign in; return the token."""
    return signing_in.sign_in(place, login=login, password=password, network=network).token


def guess(place: Workplace, times: int = signing_in.MAX_FAILURES, login: str = "lin", network: str = CAMPUS) -> None:
    """Try wrong passwords."""
    for _ in range(times):
        with pytest.raises(SignInRefused):
            sign_in(place, "wrong", login, network)


def test_the_right_password_opens_a_session_of_that_person(place: Workplace, people: Village) -> None:
    person = signing_in.recognise_staff(place, sign_in(place))
    assert person.id == people.lin.id
    assert person.desk_ids == {people.desk_a}
    assert len(person.csrf_token) >= 32


def test_the_login_may_be_written_in_any_case(place: Workplace, people: Village) -> None:
    assert signing_in.recognise_staff(place, sign_in(place, login="LIN")).login == "lin"


def test_each_session_has_its_own_token_and_csrf_token_and_only_hashes_are_stored(
    place: Workplace, people: Village
) -> None:
    first, second = sign_in(place), sign_in(place)
    assert first != second
    csrf = {signing_in.recognise_staff(place, token).csrf_token for token in (first, second)}
    assert len(csrf) == 2
    with place.database.read() as session:
        hashes = session.scalars(select(StaffSession.token_hash)).all()
    assert len(hashes) == 2
    assert first.encode() not in hashes


def test_a_wrong_password_and_an_unknown_login_look_alike(place: Workplace, people: Village) -> None:
    refusals = []
    for login in ("lin", "nobody"):
        with pytest.raises(SignInRefused) as refused:
            sign_in(place, "wrong", login)
        refusals.append((type(refused.value), str(refused.value), refused.value.details))
    assert refusals[0] == refusals[1]


def test_an_unknown_login_is_paused_like_a_known_one(place: Workplace, people: Village) -> None:
    for login in ("lin", "nobody"):
        guess(place, login=login)
        with pytest.raises(SignInPaused):
            sign_in(place, "wrong", login)


def test_after_too_many_tries_even_the_right_password_waits(place: Workplace, people: Village) -> None:
    guess(place)
    with pytest.raises(SignInPaused) as paused:
        sign_in(place)
    window = signing_in.FAILURE_WINDOW.total_seconds()
    assert paused.value.details == {"retry_after_seconds": window}


def test_the_pause_holds_for_that_login_from_that_network_only(place: Workplace, people: Village) -> None:
    guess(place)
    assert sign_in(place, network=HOME)
    assert sign_in(place, login="chen")
    with pytest.raises(SignInPaused):
        sign_in(place)


def test_the_pause_ends_by_itself_and_is_not_prolonged_by_trying(
    place: Workplace, people: Village, clock: Clock
) -> None:
    guess(place)
    clock.forward(minutes=10)
    with pytest.raises(SignInPaused) as paused:
        sign_in(place)
    assert paused.value.details == {"retry_after_seconds": 300}
    clock.forward(minutes=5, seconds=1)
    assert sign_in(place)


def test_signing_in_forgets_the_tries_before(place: Workplace, people: Village) -> None:
    guess(place, signing_in.MAX_FAILURES - 1)
    sign_in(place)
    guess(place, signing_in.MAX_FAILURES - 1)
    assert sign_in(place)


def test_other_case_of_the_login_is_counted_as_the_same(place: Workplace, people: Village) -> None:
    guess(place, 3, login="lin")
    guess(place, 2, login="LIN")
    with pytest.raises(SignInPaused):
        sign_in(place, login="Lin")


def test_tries_are_forgotten_after_a_day(place: Workplace, people: Village, clock: Clock) -> None:
    guess(place, 3)
    clock.forward(hours=25)
    guess(place, 1, login="chen")
    with place.database.read() as session:
        assert session.scalars(select(SignInFailure.login)).all() == ["chen"]


def test_any_text_is_refused_calmly_as_a_login(place: Workplace, people: Village) -> None:
    for login in ["", "x" * 10_000, "lin\x00", "' OR 1=1 --", "\ud800", "林", "lin "]:
        with pytest.raises(SignInRefused):
            sign_in(place, login=login)


def test_any_text_is_refused_calmly_as_a_password(place: Workplace, people: Village) -> None:
    for password in ["", "x" * 100_000, "\x00", "\ud800"]:
        with pytest.raises(SignInRefused):
            sign_in(place, password)


def test_a_session_ends_after_its_hours_however_much_it_is_used(
    place: Workplace, people: Village, clock: Clock
) -> None:
    token = sign_in(place)
    for _ in range(place.settings.staff_session_hours - 1):
        clock.forward(hours=1)
        assert signing_in.recognise_staff(place, token)
    clock.forward(hours=1)
    with pytest.raises(Unauthenticated):
        signing_in.recognise_staff(place, token)


def test_a_session_ends_when_nobody_uses_it(place: Workplace, people: Village, clock: Clock) -> None:
    token = sign_in(place)
    clock.forward(minutes=place.settings.staff_idle_minutes - 1)
    assert signing_in.recognise_staff(place, token)
    clock.forward(minutes=place.settings.staff_idle_minutes - 1)
    assert signing_in.recognise_staff(place, token)
    clock.forward(minutes=place.settings.staff_idle_minutes)
    with pytest.raises(Unauthenticated):
        signing_in.recognise_staff(place, token)


def test_reading_within_a_minute_does_not_write(place: Workplace, people: Village, clock: Clock) -> None:
    token = sign_in(place)
    began = clock.now
    clock.forward(seconds=59)
    signing_in.recognise_staff(place, token)
    assert _seen_at(place) == {began}
    clock.forward(seconds=1)
    signing_in.recognise_staff(place, token)
    assert _seen_at(place) == {began + timedelta(minutes=1)}


def test_signing_out_ends_this_session_only_and_may_be_repeated(place: Workplace, people: Village) -> None:
    here, there = sign_in(place), sign_in(place)
    signing_in.sign_out(place, here)
    signing_in.sign_out(place, here)
    with pytest.raises(Unauthenticated):
        signing_in.recognise_staff(place, here)
    assert signing_in.recognise_staff(place, there)


def test_a_made_up_token_is_nobody(place: Workplace, people: Village) -> None:
    sign_in(place)
    for token in ["", "x", "x" * 43, "\x00", "\ud800", "字"]:
        with pytest.raises(Unauthenticated):
            signing_in.recognise_staff(place, token)


def test_somebody_who_left_is_out_at_once_and_cannot_come_back(place: Workplace, people: Village) -> None:
    token = sign_in(place)
    with place.database.write() as session:
        session.execute(update(Librarian).where(Librarian.login == "lin").values(is_active=False))
    with pytest.raises(Unauthenticated):
        signing_in.recognise_staff(place, token)
    with pytest.raises(SignInRefused):
        sign_in(place)


def _seen_at(place: Workplace) -> set[object]:
    with place.database.read() as session:
        return set(session.scalars(select(StaffSession.seen_at)))
