"""The confidence model and thresholds chosen for one encoder, in a file beside its model.

A calibration belongs to an encoder by name: with another, or a retrained one, it is not used.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.confidence import ConfidenceModel
from knowledge.results import Thresholds

CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True)
class Calibration:
    """How sure hits of one encoder are, from where they count, and what that gave on questions that had no part in it.

    `answer` and `suggestion` are confidences. `answer_precision`: share of the shown answers that were right;
    `coverage`: share of the answerable questions that got an answer; `false_answers`: share of the others that did;
    `auroc`: chance that an answerable question gets more confidence than one without an answer.
    """

    encoder: str
    answer: float
    suggestion: float
    questions: int
    answer_precision: float | None
    coverage: float
    false_answers: float
    auroc: float | None
    model: ConfidenceModel

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
        fields = json.loads(path.read_text("utf-8"))
        model = ConfidenceModel(**{name: _frozen(value) for name, value in fields.pop("model").items()})
        found = Calibration(**fields, model=model)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if found.encoder == encoder else None


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
