"""Fetch pages of the open web for the service itself: politely, bounded, and never from inside our own network.

An address in an article is written by people: it must not make this machine ask machines that readers cannot reach. So
the host is looked up once, all its addresses must be public, and the connection goes to the address, not to the name.
"""

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

AGENT = "WenjinLinkCheck/1"
TIMEOUT_SECONDS = 10.0
MAX_BYTES = 1_048_576
MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
# Asked with HEAD, some servers say so and others pretend that nothing is there.
_HEAD_REFUSED = (400, 403, 404, 405, 501)
_NOT_TEXT = re.compile(r"<(script|style|noscript)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
_BLANKS = re.compile(r"\s+")

Resolve = Callable[[str, int], list[str]]


class NotAllowed(Exception):
    """The address is not one of the open web, or its host does not want it asked."""


@dataclass(frozen=True)
class Answer:
    """What a server answered at the end of all redirects."""

    status: int
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host. Raises OSError where it has none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the open internet: not private, local, reserved or multicast."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_global and not found.is_multicast


class Fetcher:
    """Asks servers of the open web. Tests give another `resolve` and `is_allowed`."""

    def __init__(self, *, resolve: Resolve = resolve, is_allowed: Callable[[str], bool] = is_public) -> None:
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._robots: dict[str, RobotFileParser] = {}

    def look_at(self, address: str, *, wants_body: bool) -> Answer:
        """Return what stands at an address: with HEAD first, with GET where that is refused or the body is wanted.

        Raises NotAllowed, OSError and http.client.HTTPException where nothing answers.
        """
        if not self._may_ask(address):
            raise NotAllowed(address)
        if not wants_body:
            answer = self._follow("HEAD", address)
            if answer.status not in _HEAD_REFUSED:
                return answer
        return self._follow("GET", address)

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a body to an address that was set up for it, and return the status. No redirect is followed.

        Raises NotAllowed, OSError and http.client.HTTPException where nothing answers.
        """
        parts = urlsplit(address)
        connection = self._connect(parts)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = {"Host": parts.netloc, "User-Agent": AGENT, "Connection": "close", **headers}
            connection.request("POST", _as_sent(path), body=body, headers=sent)
            return connection.getresponse().status
        finally:
            connection.close()

    def _may_ask(self, address: str) -> bool:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._robots_of(origin)
        return self._robots[origin].can_fetch(AGENT, address)

    def _robots_of(self, origin: str) -> RobotFileParser:
        robots = RobotFileParser()
        try:
            answer = self._follow("GET", f"{origin}/robots.txt")
        except (OSError, http.client.HTTPException):
            answer = Answer(404, b"")
        # What cannot be read forbids nothing, as the standard has it; a host that asks to be left alone is.
        lines = answer.body.decode("utf-8", "replace").splitlines() if answer.status == http.client.OK else []
        robots.parse(lines)
        return robots

    def _follow(self, method: str, address: str) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            answer, location = self._ask(method, urlsplit(address))
            if answer.status not in _REDIRECTS or not location:
                return answer
            address = urljoin(address, location)
        raise http.client.HTTPException("too many redirects")

    def _ask(self, method: str, parts: SplitResult) -> tuple[Answer, str | None]:
        connection = self._connect(parts)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": AGENT, "Connection": "close"}
            connection.request(method, _as_sent(path), headers=headers)
            response = connection.getresponse()
            body = b"" if method == "HEAD" else response.read(MAX_BYTES)
            return Answer(response.status, body), response.getheader("Location")
        finally:
            connection.close()

    def _connect(self, parts: SplitResult) -> http.client.HTTPConnection:
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            raise NotAllowed(parts.netloc) from None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise NotAllowed(parts.netloc)
        is_secure = parts.scheme == "https"
        port = port or (443 if is_secure else 80)
        try:
            name = host.encode("idna").decode() if not host.isascii() else host
        except UnicodeError:
            raise NotAllowed(parts.netloc) from None
        addresses = self._resolve(name, port)
        if not addresses or not all(self._is_allowed(each) for each in addresses):
            raise NotAllowed(parts.netloc)
        # To the address that was judged: asked for again, the name could lead elsewhere.
        opened = socket.create_connection((addresses[0], port), timeout=TIMEOUT_SECONDS)
        if is_secure:
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=name)
        connection = http.client.HTTPConnection(name, port, timeout=TIMEOUT_SECONDS)
        connection.sock = opened
        return connection


def text_hash(body: bytes) -> str:
    """Return what stands for the words of a page, so that other scripts or tags do not count as a change."""
    text = body.decode("utf-8", "replace")
    words = unescape(_TAGS.sub(" ", _NOT_TEXT.sub(" ", text)))
    return sha256(_BLANKS.sub(" ", words).strip().encode()).hexdigest()


def _as_sent(path: str) -> str:
    """Return a path as it goes over the wire: what is not ASCII is escaped, what is escaped stays."""
    return "".join(each if " " < each < "\x7f" else "".join(f"%{byte:02X}" for byte in each.encode()) for each in path)
