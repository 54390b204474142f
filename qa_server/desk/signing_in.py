"""How staff get in and out. Password hashing happens between transactions, never inside one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_server.conversations.text import storable
from qa_server.desk.workplace import Workplace
from qa_server.people import audit, queries, service
from qa_server.people.audit import Action, Deed
from qa_server.people.errors import SignInPaused, SignInRefused, Unauthenticated
from qa_server.people.models import Librarian
from qa_server.people.passwords import MAX_PASSWORD_CHARACTERS, is_password_right
from qa_server.people.rights import StaffMember

# Wrong tries for one login from one network (IPv4 /24, IPv6 /56) within the window before a pause. Counting the pair
# keeps a guesser from locking out the person elsewhere, and a campus from being locked out by one guesser.
MAX_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=15)
# Longer than any login in use; the rest is not looked at.
MAX_LOGIN_CHARACTERS = 64
# The mark of the last use is moved at most this often, so that reading does not become writing.
SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: `token` is for the cookie, which lives `lifetime`."""

    token: str
    lifetime: timedelta


def sign_in(place: Workplace, *, login: str, password: str, network: str) -> SignedIn:
    """Open a session for a librarian. `network` is the campus network asked from.

    Blocks for the time of one Argon2 check. Raises SignInRefused, SignInPaused.
    """
    now = place.clock()
    login, password = storable(login[:MAX_LOGIN_CHARACTERS]), storable(password[:MAX_PASSWORD_CHARACTERS])
    with place.database.read() as session:
        failures, newest = queries.failures_since(session, login, network, now - FAILURE_WINDOW)
        person = queries.librarian_by_login(session, login)
    if failures >= MAX_FAILURES and newest is not None:
        raise SignInPaused(retry_after_seconds=max(1, round((newest + FAILURE_WINDOW - now).total_seconds())))
    is_right = is_password_right(password, person.password_hash if person else None)
    with place.database.write() as session:
        if person is None or not is_right:
            service.count_failure(session, login=login, network=network, now=now)
            audit.write_down(session, _refused(person, login, network), now=now)
        else:
            service.forget_failures(session, login=person.login, network=network)
            lifetime = timedelta(hours=place.settings.staff_session_hours)
            token = service.add_staff_session(session, librarian_id=person.id, now=now, lifetime=lifetime)
            deed = Deed(Action.SIGNED_IN, "person", person.login, person.library_id, person.id, {"network": network})
            audit.write_down(session, deed, now=now)
            return SignedIn(token, lifetime)
    raise SignInRefused()


def recognise_staff(place: Workplace, token: str) -> StaffMember:
    """Return the librarian behind a session cookie, with roles and desks as they are now. Raises Unauthenticated."""
    now = place.clock()
    with place.database.read() as session:
        found = queries.staff_session(session, token)
        idle = timedelta(minutes=place.settings.staff_idle_minutes)
        if found is None or found.expires_at <= now or found.seen_at + idle <= now:
            raise Unauthenticated()
        person = queries.staff_member(session, found.librarian_id, csrf_token=found.csrf_token)
        seen_at = found.seen_at
    if person is None:
        raise Unauthenticated()
    if now - seen_at >= SEEN_STEP:
        _mark_used(place, token, now)
    return person


def sign_out(place: Workplace, token: str) -> None:
    """End the session behind a cookie. Safe to repeat."""
    with place.database.write() as session:
        found = queries.staff_session(session, token)
        person = session.get(Librarian, found.librarian_id) if found else None
        if person is not None:
            deed = Deed(Action.SIGNED_OUT, "person", person.login, person.library_id, person.id)
            audit.write_down(session, deed, now=place.clock())
        service.end_staff_session(session, token)


def _refused(person: Librarian | None, login: str, network: str) -> Deed:
    """A refused sign-in belongs to the library of the account; a name that no account has, to none."""
    library_id, librarian_id = (person.library_id, person.id) if person else (None, None)
    return Deed(Action.SIGN_IN_REFUSED, "person", login.lower(), library_id, librarian_id, {"network": network})


def _mark_used(place: Workplace, token: str, now: datetime) -> None:
    with place.database.write() as session:
        found = queries.staff_session(session, token)
        if found is not None:
            found.seen_at = now
