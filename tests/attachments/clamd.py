"""Scanners to talk to: a small server that speaks clamd's protocol, and the real clamd where it is installed."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.attachments.samples import EICAR

START_SECONDS = 60.0
# Where Debian puts it, which is not on every user's path; a folder of one's own may be named instead.
_PROGRAM = os.environ.get("WENJIN_TEST_CLAMD") or shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def verdict(content: bytes) -> bytes:
    """Judge like clamd: one signature is known."""
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@contextmanager
def speaking_clamd(judge: Callable[[bytes], bytes] = verdict) -> Iterator[str]:
    """Serve INSTREAM on a free port; give the address. An empty verdict hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = threading.Thread(target=_serve, args=(listener, judge), daemon=True)
    server.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        # Wakes the thread that waits for a caller.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        server.join()


@contextmanager
def real_clamd(folder: Path) -> Iterator[str]:
    """Start the installed clamd with one signature of its own; give its socket. Skips where there is none."""
    if _PROGRAM is None:
        pytest.skip("clamd is not installed")
    (folder / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    address = folder / "clamd.sock"
    settings = folder / "clamd.conf"
    settings.write_text(f"Foreground yes\nDatabaseDirectory {folder}\nLocalSocket {address}\nStreamMaxLength 1M\n")
    with subprocess.Popen([_PROGRAM, "--config-file", str(settings)], stdout=subprocess.DEVNULL) as process:
        try:
            _await(address, process)
            yield str(address)
        finally:
            process.terminate()


def _serve(listener: socket.socket, judge: Callable[[bytes], bytes]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as stream:
            command = stream.read(len(b"zINSTREAM\0"))
            content = b""
            while command == b"zINSTREAM\0" and (size := int.from_bytes(stream.read(4), "big")):
                content += stream.read(size)
            connection.sendall(judge(content))


def _await(address: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(address)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("clamd did not start")
