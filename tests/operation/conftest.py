"""A database of the demo network, made once per run and copied for each test that changes it."""

import shutil
from pathlib import Path

import pytest

from tests.operation.running import wenjin


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, seeded SQLite file. Copy it before writing."""
    file = tmp_path_factory.mktemp("planted") / "demo.db"
    for command in ("migrate", "seed"):
        done = wenjin(command, "--database", f"sqlite:///{file}")
        assert done.code == 0, done.error
    return file


@pytest.fixture
def database_file(planted: Path, tmp_path: Path) -> Path:
    """A copy of the demo network's file."""
    return Path(shutil.copy(planted, tmp_path / "demo.db"))
