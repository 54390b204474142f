"""The thresholds chosen for one encoder, in a file beside its model.

A calibration belongs to an encoder by name: with another, or a retrained one, it is not used.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.results import Thresholds

CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True)
class Calibration:
    """Thresholds of one encoder, and what they gave on questions that had no part in choosing them."""

    encoder: str
    answer: float
    suggestion: float
    questions: int
    answer_precision: float | None
    coverage: float
    false_answers: float

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(answer=self.answer, suggestion=self.suggestion)


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write the file beside the model; replaces an older one at once, never half."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(calibration), indent=2, ensure_ascii=False) + "\n", "utf-8")
    draft.replace(path)


def read_calibration(path: Path, *, encoder: str) -> Calibration | None:
    """Return the calibration of that encoder, None when the file is missing, damaged or of another encoder."""
    try:
        found = Calibration(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.encoder == encoder else None
