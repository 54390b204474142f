"""Virus scanners. A configured scanner that gives no verdict stops every upload: nothing unchecked is let in."""

import socket
from pathlib import Path
from typing import Protocol

import structlog

from qa_server.attachments.errors import AttachmentInfected, ScannerUnavailable

_log = structlog.get_logger(__name__)

# Wait for a connection and for each step of the talk; a scan of 20 MB takes some seconds.
TIMEOUT_SECONDS = 60.0
_CHUNK_BYTES = 65_536
# Longer answers than this are none.
_MAX_REPLY_BYTES = 4_096


class Scanner(Protocol):
    """Something that knows harmful files."""

    def scan(self, path: Path) -> None:
        """Return when the file is clean. Blocks. Raises AttachmentInfected, ScannerUnavailable."""


def scanner_at(address: str) -> Scanner | None:
    """Return the scanner behind the setting: a socket's path, `host:port`, or nothing."""
    return Clamd(address) if address else None


class Clamd:
    """ClamAV's daemon, by its INSTREAM command: the file travels over the socket, so clamd may run anywhere.

    clamd neither encrypts nor asks who calls: keep it on this machine or on a network of its own.
    """

    def __init__(self, address: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = address
        self._timeout_seconds = timeout_seconds

    def scan(self, path: Path) -> None:
        """Return when clamd finds nothing. Blocks. Raises AttachmentInfected, ScannerUnavailable."""
        try:
            with self._connect() as connection, path.open("rb") as file:
                connection.sendall(b"zINSTREAM\0")
                while chunk := file.read(_CHUNK_BYTES):
                    connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
                connection.sendall(bytes(4))
                reply = _read_reply(connection)
        except (OSError, ValueError) as error:
            # Also when clamd hangs up because the stream is longer than its StreamMaxLength.
            _log.warning("scanner does not answer", scanner=self._address, problem=str(error))
            raise ScannerUnavailable() from error
        self._judge(reply)

    def _connect(self) -> socket.socket:
        if not self._address.startswith("/"):
            host, _, port = self._address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), timeout=self._timeout_seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self._timeout_seconds)
        try:
            connection.connect(self._address)
        except OSError:
            connection.close()
            raise
        return connection

    def _judge(self, reply: str) -> None:
        if reply == "stream: OK":
            return
        if reply.startswith("stream: ") and reply.endswith(" FOUND"):
            signature = reply.removeprefix("stream: ").removesuffix(" FOUND")
            _log.warning("attachment infected", signature=signature)
            raise AttachmentInfected()
        _log.warning("scanner gives no verdict", scanner=self._address, reply=reply)
        raise ScannerUnavailable()


def _read_reply(connection: socket.socket) -> str:
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < _MAX_REPLY_BYTES:
        piece = connection.recv(_MAX_REPLY_BYTES)
        if not piece:
            break
        reply += piece
    return reply.rstrip(b"\0\n").decode("utf-8", "replace")
