"""Runs the few tests that failed in a whole run once more, alone, and tells the two kinds of failure apart.

A test that fails again is broken. One that passes now depends on how busy the machine was: it is named, so that
somebody looks for the race, and does not stop the change. Reads pytest's JUnit file and its cache of the last failures.
"""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

# More than these at once are no chance.
MOST = 3


def failed(report: Path) -> list[str]:
    """Return the names of the tests that failed, each once."""
    # The file was written by the pytest run just before, so it is no stranger's XML.
    cases = ElementTree.parse(report).iter("testcase")  # noqa: S314
    names = (
        f"{case.get('classname')}.{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )
    return list(dict.fromkeys(names))


def main(report: Path) -> int:
    """Try again; return pytest's exit status."""
    names = failed(report)
    if not 0 < len(names) <= MOST:
        return 1
    print(f"{len(names)} failed; once more, alone:", flush=True)  # noqa: T201
    again = [sys.executable, "-m", "pytest", "--last-failed", "--last-failed-no-failures", "none"]
    status = subprocess.run(again, check=False).returncode  # noqa: S603
    if status == 0:
        print("Passed only at the second try; look for what they race with:", *names, sep="\n  ")  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
