"""A whole run's few failures are tried once more alone; what fails again fails the run."""

import subprocess
import sys
from pathlib import Path

import pytest

SECOND_TRY = Path(__file__).parents[2] / "script" / "second_try.py"
# Fails when it is called for the first time, as a test does that lost a race.
UNLUCKY = """
from pathlib import Path

def test_unlucky():
    been = Path("been")
    is_second = been.exists()
    been.touch()
    assert is_second
"""
SOUND = "def test_sound(): pass\n"
BROKEN = "def test_broken(): assert False\n"
MANY = "".join(f"def test_broken_{number}(): assert False\n" for number in range(4))


@pytest.mark.parametrize(
    ("tests", "status", "told"),
    [
        (SOUND + UNLUCKY, 0, "Passed only at the second try; look for what they race with:\n  test_it.test_unlucky"),
        (SOUND + BROKEN, 1, "1 failed; once more, alone:"),
        (UNLUCKY + BROKEN, 1, "2 failed; once more, alone:"),
        (UNLUCKY + MANY, 1, ""),
    ],
)
def test_only_what_fails_again_fails_the_run(tmp_path: Path, tests: str, status: int, told: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "test_it.py").write_text(tests, "utf-8")
    report = tmp_path / "report.xml"
    first = called(tmp_path, "-m", "pytest", f"--junit-xml={report}")
    assert first.returncode == 1, first.stdout
    second = called(tmp_path, str(SECOND_TRY), str(report))
    assert second.returncode == status, second.stdout
    assert told in second.stdout
    assert "sound" not in second.stdout


def called(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python there and return what it said."""
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
