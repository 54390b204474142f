"""Says in plain words which tests were left out of a run and how to get what they need; reads pytest's JUnit file."""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

_BY_ITSELF = "script/test installs it from the package index; the first lines of this run say why it could not"
# A word of the reason, and what brings the missing part.
REMEDIES = {
    "postgresql": "sudo apt install postgresql, and a server in WENJIN_TEST_POSTGRES (postgresql+psycopg://USER@HOST)",
    "redis": "sudo apt install redis-server",
    "chromium": "sudo apt install chromium",
    "clamd": "sudo apt install clamav-daemon",
    "axe": "sudo apt install nodejs npm, then npm ci",
    "node": "sudo apt install nodejs npm",
    "superuser": "call script/test as an ordinary user",
    "extra `models`": _BY_ITSELF,
    "extra `onnx`": _BY_ITSELF,
    "torch": _BY_ITSELF,
    "sentence-transformers": _BY_ITSELF,
}


def reasons(report: Path) -> Counter[str]:
    """Return how many tests were skipped for each reason; empty when the run wrote no report."""
    if not report.stat().st_size:
        return Counter()
    # The file was written by the pytest run just before, so it is no stranger's XML.
    tree = ElementTree.parse(report)  # noqa: S314
    return Counter(skipped.get("message", "") for skipped in tree.iter("skipped"))


def remedy(reason: str) -> str | None:
    """Return the command that brings what the reason misses, if one is known."""
    return next((command for word, command in REMEDIES.items() if word in reason.lower()), None)


def main(report: Path) -> None:
    """Print the summary."""
    counted = reasons(report)
    if not counted:
        print("No test was left out.")  # noqa: T201
        return
    print(f"Left out: {counted.total()} tests.")  # noqa: T201
    for reason, count in counted.most_common():
        print(f"  {count} x {reason}")  # noqa: T201
        if command := remedy(reason):
            print(f"      to run them: {command}")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
