"""A scene in a database of its own, and a server that most tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import copied_sqlite
from tests.faults.scene import SETTINGS, Scene
from tests.operation.running import running

# Raise it for a night's run; the default keeps the whole folder below a minute.
ROUNDS = int(os.environ.get("WENJIN_FAULT_ROUNDS", "3"))


@pytest.fixture
def scene(sqlite_url: str) -> Iterator[Scene]:
    """People and conversations in a fresh database."""
    made = Scene(sqlite_url)
    yield made
    made.close()


@pytest.fixture(scope="package")
def shared_scene(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A database for the tests that leave the server alive."""
    with copied_sqlite(sqlite_template, tmp_path_factory.mktemp("faults")) as url:
        made = Scene(url)
        yield made
        made.close()


@pytest.fixture(scope="package")
def address(shared_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on the shared scene."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running("serve", "--port", "0", "--database", shared_scene.url, log=log, **SETTINGS) as server:
        yield server.address
        server.stop()
