"""Letters: from a few sentences to plain text and simple HTML, and from a stored one to a message with its headers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Literal
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from qa_server.i18n import Language, in_traditional, translate

Tag = Literal["zh-CN", "zh-TW", "en"]

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Letter:
    """A letter in words, ready to be written out. `enclosed` is a longer text, shown as it is written."""

    language: Tag
    subject: str
    paragraphs: Sequence[str]
    link: str = ""
    link_label: str = ""
    enclosed: str = ""
    footer: str = ""


@dataclass(frozen=True)
class Envelope:
    """Everything a message has besides its texts."""

    letter_id: UUID
    sender: str
    recipient: str
    created_at: datetime


def say(message: str, language: Tag, **details: object) -> str:
    """Return a sentence in the language of a letter."""
    spoken: Language = "en" if language == "en" else "zh"
    text = translate(message, spoken, **details)
    return in_traditional(text) if language == "zh-TW" else text


def as_text(letter: Letter) -> str:
    """Return the letter as plain text."""
    return _environment().get_template("letter.txt").render(letter=letter)


def as_html(letter: Letter) -> str:
    """Return the letter as HTML that loads nothing."""
    return _environment().get_template("letter.html").render(letter=letter)


def is_sender(mail_from: str) -> bool:
    """Say whether a setting names one address to write from, with or without a name."""
    return "@" in parseaddr(mail_from)[1] and mail_from.isprintable()


def message_of(envelope: Envelope, *, subject: str, text: str, html: str) -> EmailMessage:
    """Return a whole message. The same letter has the same Message-ID at each attempt, so that a double is known."""
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(envelope.sender)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=envelope.recipient)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(envelope.created_at)
    message["Message-ID"] = f"<{envelope.letter_id.hex}@{address.rpartition('@')[2]}>"
    # Nobody is to be answered by a holiday note (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    return message


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
