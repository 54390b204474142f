"""The parts of the service with a mail server that is there."""

from collections.abc import Iterator

import pytest

from qa_server.desk.workplace import Workplace
from tests.conftest import make_app
from tests.fakes import Clock
from tests.mail.mailroom import Mailroom, open_mailroom

PUBLIC = "https://ask.example.edu"
SENDER = "问津 <ask@example.edu>"


@pytest.fixture
def mailroom() -> Iterator[Mailroom]:
    """A mail server."""
    with open_mailroom() as room:
        yield room


@pytest.fixture
def place(database_url: str, clock: Clock, mailroom: Mailroom) -> Iterator[Workplace]:
    """The parts that use cases work with, on both databases, with mail."""
    values = {"smtp_url": mailroom.url, "mail_from": SENDER, "public_url": PUBLIC}
    workplace: Workplace = make_app(database_url, clock, **values).state.place
    yield workplace
    workplace.messages.stop()
    workplace.search.stop()
    workplace.database.dispose()
