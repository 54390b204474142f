"""A proxy before PostgreSQL that, on order, lets a COMMIT through and cuts the connection before its answer."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from sqlalchemy.engine import make_url

_CHUNK_BYTES = 65_536
_COMMIT = b"COMMIT"


class LostAnswers:
    """Passes everything on until `lose_next` is called. `url` is the database's, through the proxy."""

    def __init__(self, database_url: str) -> None:
        target = make_url(database_url)
        self._target = (target.host or "127.0.0.1", target.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_armed = threading.Event()
        self._ends: list[socket.socket] = []
        self.times_lost = 0
        port = self._listener.getsockname()[1]
        self.url = target.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next(self) -> None:
        """Lose the answer to the next COMMIT, with its connection."""
        self._is_armed.set()

    def close(self) -> None:
        """Cut everything."""
        for end in [self._listener, *self._ends]:
            _cut(end)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._ends += [client, server]
                is_lost = threading.Event()
                threading.Thread(target=self._up, args=(client, server, is_lost), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client, is_lost), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, is_lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while sent := client.recv(_CHUNK_BYTES):
                if self._is_armed.is_set() and _COMMIT in sent:
                    self._is_armed.clear()
                    is_lost.set()
                server.sendall(sent)
        _cut(server)

    def _down(self, server: socket.socket, client: socket.socket, is_lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while answer := server.recv(_CHUNK_BYTES):
                if is_lost.is_set():
                    # The server has answered, so the commit is done.
                    self.times_lost += 1
                    break
                client.sendall(answer)
        _cut(client)
        _cut(server)


@contextlib.contextmanager
def losing_answers(database_url: str) -> Iterator[LostAnswers]:
    """Put the proxy before a database; close it at the end."""
    proxy = LostAnswers(database_url)
    try:
        yield proxy
    finally:
        proxy.close()


def _cut(end: socket.socket) -> None:
    # Closing alone does not wake the thread that reads from it.
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
