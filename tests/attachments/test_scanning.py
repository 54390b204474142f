"""The virus scanner: clean passes, infected is refused, no verdict is no permission."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_server.attachments.errors import AttachmentInfected, ScannerUnavailable
from qa_server.attachments.scanning import Clamd, scanner_at
from tests.attachments import samples
from tests.attachments.clamd import real_clamd, speaking_clamd


@pytest.fixture(params=["protocol", "clamd"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A scanner: a small server that speaks the protocol, and the real one where it is installed."""
    with speaking_clamd() if request.param == "protocol" else real_clamd(tmp_path) as at:
        yield at


def written(folder: Path, content: bytes) -> Path:
    path = folder / "incoming"
    path.write_bytes(content)
    return path


def test_a_clean_file_passes_and_an_infected_one_does_not(address: str, tmp_path: Path) -> None:
    scanner = Clamd(address)
    scanner.scan(written(tmp_path, b"clean"))
    with pytest.raises(AttachmentInfected):
        scanner.scan(written(tmp_path, samples.EICAR))
    with pytest.raises(AttachmentInfected):
        scanner.scan(written(tmp_path, b"x" * 200_000 + samples.EICAR))


@pytest.mark.parametrize("reply", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b"\xff\0"])
def test_an_answer_that_is_no_verdict_is_no_permission(tmp_path: Path, reply: bytes) -> None:
    with speaking_clamd(lambda _: reply) as address, pytest.raises(ScannerUnavailable):
        Clamd(address).scan(written(tmp_path, b"clean"))


def test_a_scanner_that_is_away_is_no_permission(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for address in (f"127.0.0.1:{port}", str(tmp_path / "nowhere.sock")):
        with pytest.raises(ScannerUnavailable):
            Clamd(address).scan(written(tmp_path, b"clean"))


def test_a_scanner_that_hangs_is_left_after_its_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ScannerUnavailable):
            Clamd(address, timeout_seconds=0.1).scan(written(tmp_path, b"clean"))


def test_a_file_longer_than_the_real_clamd_takes_is_no_permission(tmp_path: Path) -> None:
    with real_clamd(tmp_path) as address, pytest.raises(ScannerUnavailable):
        Clamd(address).scan(written(tmp_path, b"x" * 3_000_000))


def test_without_an_address_there_is_no_scanner() -> None:
    assert scanner_at("") is None
