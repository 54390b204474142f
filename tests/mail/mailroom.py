"""A real mail server in the test process: takes, refuses or is down, as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socket import socket
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailroom:
    """What arrived, in order. `refused`: addresses that get the answer beside them."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, EmailMessage]] = []
        self.refused: dict[str, str] = {}
        self.holds: Event | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Return the setting that leads here."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer whether an address takes letters."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a letter."""
        message = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(message, EmailMessage)
        self.arrived.append((envelope.rcpt_tos[0], message))
        return "250 OK"


@contextmanager
def open_mailroom(port: int = 0) -> Iterator[Mailroom]:
    """Run a mail server until the end."""
    room = Mailroom()
    room.port = port or free_port()
    controller = Controller(room, hostname="127.0.0.1", port=room.port)
    controller.start()
    try:
        yield room
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def words_of(message: EmailMessage, kind: str = "plain") -> str:
    """Return the text of one of the two forms of a letter."""
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content
