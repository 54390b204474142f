"""`wenjin reindex`: shows how far it is, can be stopped, and goes on where it stopped."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.database import Database
from tests.knowledge.factories import publish
from tests.operation.running import ROOT, START_SECONDS, STOP_SECONDS, Done, _environment, wenjin
from tests.village import build

ARTICLES = 5
# The real program with an encoder that takes a step each time a line comes in: as slow as a large model, and no slower.
PROGRAM = """
import signal, sys
from knowledge import reindexing
from qa_server import cli
from qa_server.commands import search
from tests.knowledge.fakes import TokenEncoder

class Gated(TokenEncoder):
    def encode_passages(self, texts):
        sys.stdin.readline()
        return super().encode_passages(texts)

# Whoever starts the tests in the background has them ignore this one, and their children too.
signal.signal(signal.SIGINT, signal.default_int_handler)
encoder = Gated()
search.load_encoder = lambda *_, **__: encoder
reindexing.ARTICLES_PER_STEP = 1
try:
    cli.main()
finally:
    print(f"encoded: {len(encoder.encoded)}", flush=True)
"""


@pytest.fixture
def filled(sqlite_url: str) -> str:
    """A database with some articles of two passages each, beside those of the village."""
    database = Database(sqlite_url)
    owner = build(database).library_a
    with database.write() as session:
        for _ in range(ARTICLES - 2):
            publish(session, owner, alternates=())
    database.dispose()
    return sqlite_url


def start(url: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start the program in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments, "--database", url],
        cwd=ROOT,
        env=_environment({"WENJIN_ENCODER": "shipped"}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]", typed: str) -> Done:
    """Let it run to its end."""
    output, error = process.communicate(typed, START_SECONDS)
    return Done(process.returncode, output, error)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_how_far_it_came_and_the_next_goes_on_from_there(
    filled: str, number: signal.Signals
) -> None:
    process = start(filled, "reindex")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n\n")
    process.stdin.flush()
    lines = [process.stdout.readline(), process.stdout.readline()]
    assert lines == [f"1 of {ARTICLES} articles encoded.\n", f"2 of {ARTICLES} articles encoded.\n"]
    process.send_signal(number)
    # The third step waits for a line that never comes; without the signal this would not end.
    process.wait(STOP_SECONDS)
    stopped = finish(process, "")
    assert stopped.code == 130
    assert f"Stopped after 2 of {ARTICLES} articles." in stopped.error
    assert "Traceback" not in stopped.error
    again = finish(start(filled, "reindex"), "\n" * ARTICLES)
    assert again.code == 0, again.error
    assert "6 passages were encoded" in again.output
    assert "encoded: 6\n" in again.output
    assert f"{ARTICLES} articles are in the index, 10 passages with a vector; search works as: hybrid." in again.output


def test_doctor_reports_what_has_no_vector_and_what_nobody_needs_and_mends_both(filled: str) -> None:
    shipped = {"WENJIN_ENCODER": "shipped"}
    found = wenjin("doctor", "--database", filled, **shipped)
    assert (found.code, "Passages have no vector yet." in found.output) == (1, True)
    assert wenjin("doctor", "--fix", "--database", filled, **shipped).code == 0
    assert wenjin("doctor", "--database", filled, **shipped).code == 0
    database = Database(filled)
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE articles SET state = 'retired' WHERE key = 'rooms.quiet'")
    database.dispose()
    found = wenjin("doctor", "--database", filled, **shipped)
    assert (found.code, "Vectors are kept that nobody needs." in found.output) == (1, True)
    mended = wenjin("reindex", "--database", filled, **shipped)
    assert "0 passages were encoded; 2 vectors that nobody needs are gone." in mended.output
    assert wenjin("doctor", "--database", filled, **shipped).code == 0


def test_reindex_afresh_encodes_everything_again(filled: str) -> None:
    shipped = {"WENJIN_ENCODER": "shipped"}
    assert "10 passages were encoded" in wenjin("reindex", "--database", filled, **shipped).output
    assert "0 passages were encoded" in wenjin("reindex", "--database", filled, **shipped).output
    assert "10 passages were encoded" in wenjin("reindex", "--afresh", "--database", filled, **shipped).output


def test_an_encoder_that_cannot_be_used_is_told_and_nothing_is_forgotten(filled: str, tmp_path: Path) -> None:
    wenjin("reindex", "--database", filled, WENJIN_ENCODER="shipped")
    refused = wenjin("reindex", "--afresh", "--database", filled, WENJIN_ENCODER=str(tmp_path / "nowhere"))
    assert refused.code == 3
    assert "The encoder cannot be used" in refused.error
    assert "0 passages were encoded" in wenjin("reindex", "--database", filled, WENJIN_ENCODER="shipped").output
