"""The mail server: where it is, from one setting, and how a letter is handed to it. Blocks; call it in a thread."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from storage.errors import AppError

# Each step (connecting, signing in, the letter itself) may take so long; all of them fit into a letter's lease.
STEP_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}
_OWN_HOSTS = {"localhost", "127.0.0.1", "::1"}


class MailNotSent(AppError):
    """The mail server did not take a letter. `is_final`: it never will."""

    code = "mail_not_sent"
    status = 502
    message = "The mail server did not take the letter: {reason}"

    def __init__(self, error_code: str, *, is_final: bool = False) -> None:
        super().__init__(reason=error_code)
        self.error_code = error_code
        self.is_final = is_final


class MailServerUnusable(AppError):
    """The settings about mail cannot be used."""

    code = "mail_server_unusable"
    status = 500
    message = (
        "WENJIN_SMTP_URL has to look like smtp://user:password@host:587 or smtps://…, and WENJIN_MAIL_FROM has to be "
        "an e-mail address."
    )


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over. `is_encrypted`: from the first byte; else as soon as the server offers it."""

    host: str
    port: int
    user: str
    password: str
    is_encrypted: bool


def server_at(url: str) -> MailServer | None:
    """Return the server that a URL names, None for an empty one. Raises MailServerUnusable."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailServerUnusable() from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise MailServerUnusable()
    return MailServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_encrypted=parts.scheme == "smtps",
    )


def hand_over(server: MailServer, message: EmailMessage) -> None:
    """Hand one letter to the server. Raises MailNotSent; its code says what happened, without address or words."""
    try:
        with _connected(server) as connection:
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _ in error.recipients.values())
        raise MailNotSent("recipient_refused", is_final=code >= 500) from None
    except smtplib.SMTPAuthenticationError:
        raise MailNotSent("sign_in_refused") from None
    except smtplib.SMTPSenderRefused:
        # A matter of the settings, not of the letter: it can be mended meanwhile.
        raise MailNotSent("sender_refused") from None
    except smtplib.SMTPDataError as error:
        raise MailNotSent("letter_refused", is_final=error.smtp_code >= 500) from None
    except smtplib.SMTPNotSupportedError:
        raise MailNotSent("not_supported") from None
    except ssl.SSLError:
        raise MailNotSent("certificate_refused") from None
    except (smtplib.SMTPException, OSError):
        raise MailNotSent("server_unreachable") from None


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.is_encrypted:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=STEP_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=STEP_SECONDS)
    try:
        _introduce(connection, server, context)
    except BaseException:
        connection.close()
        raise
    return connection


def _introduce(connection: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    connection.ehlo()
    is_encrypted = server.is_encrypted
    if not is_encrypted and connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
        is_encrypted = True
    if server.user:
        if not is_encrypted and server.host not in _OWN_HOSTS:
            # A password never crosses a network in the clear.
            raise MailNotSent("encryption_missing")
        connection.login(server.user, server.password)
