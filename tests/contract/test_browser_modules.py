"""The browser modules of the widget and the console speak the same frames; checked in Node with the golden files."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE_SECONDS = 100


def test_browser_modules_send_and_take_the_golden_frames() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    tests = sorted(str(path) for path in (HERE / "node").glob("*.test.js"))
    assert tests
    finished = subprocess.run(
        [node, "--test", *tests], capture_output=True, text=True, timeout=NODE_SECONDS, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
