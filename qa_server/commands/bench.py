"""`wenjin bench`: measurements that lie beside the packages in the source tree, each a program of its own."""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from qa_server.commands.refusals import UsageRefused

MEASUREMENTS = ("chat", "search", "routing", "vectors", "ledger")
_ROOT = Path(__file__).parent.parent.parent


def measure(measurement: str, arguments: Sequence[str]) -> None:
    """Run a measurement with its own options. Raises UsageRefused for an unknown one and without a source tree."""
    if measurement not in MEASUREMENTS:
        raise UsageRefused(reason="What can be measured: chat, search, routing, vectors, ledger.")
    if not (_ROOT / "bench" / f"{measurement}.py").is_file():
        raise UsageRefused(reason="Measurements are not part of an installed package. Run this in the source tree.")
    sys.path.insert(0, str(_ROOT))
    sys.argv = [f"wenjin bench {measurement}", *arguments]
    runpy.run_module(f"bench.{measurement}", run_name="__main__")
