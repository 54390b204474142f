"""Fetch an answer from a provider somebody typed in: only public addresses, bounded in time and size, no credentials.

A name is resolved once and the connection goes to exactly the address that was checked, so that a name which changes
its mind meanwhile leads nowhere. Redirects are checked the same way.
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from qa_server.harvesting.errors import AddressRefused, AnswerTooLarge, ProviderBusy, ProviderUnreachable
from qa_server.harvesting.models import MAX_ADDRESS_CHARACTERS

MAX_REDIRECTS = 3
# What a provider may ask for when it is busy, in seconds; more is left to the next run.
LONGEST_WAIT_SECONDS = 120
_USUAL_WAIT_SECONDS = 30
_CHUNK_BYTES = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
_PORTS = {"http": 80, "https": 443}
# Addresses that carry others inside, which may be private ones: NAT64, 6to4, Teredo.
_CARRIERS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


@dataclass(frozen=True)
class Limits:
    """How long and how much, whether private addresses may be fetched from, and who we say we are."""

    timeout_seconds: float
    max_bytes: int
    allows_private: bool
    agent: str


def check_address(address: str) -> str:
    """Return the base address of a provider without a query. Raises AddressRefused."""
    text = address.strip()
    try:
        parts = urlsplit(text)
        is_port_good = parts.port is None or parts.port > 0
    except ValueError:
        raise AddressRefused(reason="it is not an address.") from None
    if parts.scheme not in _PORTS or not parts.hostname or not is_port_good or not text.isascii():
        raise AddressRefused(reason="write it as https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(reason="it carries a password.")
    if parts.query or parts.fragment:
        raise AddressRefused(reason="leave out what follows the question mark.")
    if len(text) > MAX_ADDRESS_CHARACTERS or any(each <= " " or each == "\x7f" for each in text):
        raise AddressRefused(reason="it is too long or holds blanks.")
    return text


def fetch(address: str, arguments: Mapping[str, str], limits: Limits) -> bytes:
    """Return what a provider answers. Blocks; not to be called inside a transaction.

    Raises AddressRefused, ProviderUnreachable, ProviderBusy, AnswerTooLarge.
    """
    where = f"{address}?{urlencode(arguments)}"
    for _ in range(MAX_REDIRECTS + 1):
        target = _get(where, limits)
        if isinstance(target, bytes):
            return target
        where = urljoin(where, target)
        # A redirect that drops the question would be asked nothing.
        if not parse_qsl(urlsplit(where).query):
            where = f"{where.partition('?')[0]}?{urlencode(arguments)}"
    raise ProviderUnreachable(reason="it leads from one address to the next without end.")


def reachable(host: str, port: int, *, allows_private: bool) -> str:
    """Return the address to connect to. Raises AddressRefused unless every address of the name is a public one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ProviderUnreachable(reason="there is no host of this name.") from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses:
        raise ProviderUnreachable(reason="there is no host of this name.")
    if not allows_private and not all(is_public(each) for each in addresses):
        raise AddressRefused(reason="it lies in a private network.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Say whether an address lies in the open internet, also one that is wrapped in another."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        if any(parsed in carrier for carrier in _CARRIERS):
            return False
        if parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


class _Connection(HTTPConnection):
    """A connection to one checked address under the name that was asked for."""

    def __init__(self, host: str, port: int, *, address: str, is_secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._is_secure = is_secure

    def connect(self) -> None:
        opened = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_secure:
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=self.host)
        self.sock = opened

    def cut(self) -> None:
        """End the connection from another thread: what waits for it gets an error."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _get(where: str, limits: Limits) -> bytes | str:
    """Return the content, or where it is instead."""
    parts = urlsplit(where)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise AddressRefused(reason="it leads to an address that is not taken.")
    port = parts.port or _PORTS[parts.scheme]
    address = reachable(parts.hostname, port, allows_private=limits.allows_private)
    is_secure = parts.scheme == "https"
    connection = _Connection(parts.hostname, port, address=address, is_secure=is_secure, timeout=limits.timeout_seconds)
    # A provider that sends a byte now and then keeps every single wait short; the whole has an end too.
    deadline = Timer(limits.timeout_seconds, connection.cut)
    deadline.daemon = True
    deadline.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"User-Agent": limits.agent, "Accept": "text/xml, application/xml", "Accept-Encoding": "identity"}
        connection.request("GET", path, headers=headers)
        return _read(connection.getresponse(), limits)
    except (OSError, HTTPException, ValueError) as error:
        reason = "it took too long." if isinstance(error, TimeoutError) else "the connection failed."
        raise ProviderUnreachable(reason=reason) from error
    finally:
        deadline.cancel()
        connection.close()


def _read(response: HTTPResponse, limits: Limits) -> bytes | str:
    if response.status in _REDIRECTS and response.headers.get("Location"):
        return str(response.headers["Location"])
    if response.status in _BUSY:
        raise ProviderBusy(retry_after_seconds=_wait(response.headers.get("Retry-After", "")))
    if response.status != 200:
        raise ProviderUnreachable(reason=f"HTTP {response.status}")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise ProviderUnreachable(reason="it sent compressed data that nobody asked for.")
    content = bytearray()
    while chunk := response.read(_CHUNK_BYTES):
        content += chunk
        if len(content) > limits.max_bytes:
            raise AnswerTooLarge(limit=limits.max_bytes)
    if response.length:
        raise ProviderUnreachable(reason="the connection broke off in the middle.")
    return bytes(content)


def _wait(text: str) -> int:
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else _USUAL_WAIT_SECONDS
    return max(1, seconds)
