"""Whether readers say of an answer less often than before that it helped, beyond what chance would do. Pure."""

import math
from dataclasses import dataclass

# 95 of 100 samples of an unchanged rate lie inside the bounds; a drop has to leave them on both sides.
_DEVIATIONS = 1.96
# Fewer verdicts than this say nothing, whatever they are.
LEAST_BEFORE = 20
LEAST_LATELY = 10
# A smaller drop is not worth somebody's time, however sure it is.
LEAST_DROP = 0.10


@dataclass(frozen=True)
class Share:
    """How many of how many said that an answer helped."""

    helpful: int
    total: int

    @property
    def rate(self) -> float:
        return self.helpful / self.total if self.total else 0.0


def bounds(share: Share) -> tuple[float, float]:
    """Return Wilson's lower and upper bound (0..1) of the rate behind a share; of nothing, 0 and 1."""
    if not share.total:
        return 0.0, 1.0
    spread = _DEVIATIONS**2 / share.total
    middle = (share.rate + spread / 2) / (1 + spread)
    width = _DEVIATIONS * math.sqrt(share.rate * (1 - share.rate) / share.total + spread / (4 * share.total))
    width /= 1 + spread
    return max(0.0, middle - width), min(1.0, middle + width)


def has_fallen(before: Share, lately: Share) -> bool:
    """Say whether the rate fell: enough verdicts on both sides, a drop worth a look, and bounds that do not meet."""
    if before.total < LEAST_BEFORE or lately.total < LEAST_LATELY:
        return False
    if before.rate - lately.rate < LEAST_DROP:
        return False
    return bounds(lately)[1] < bounds(before)[0]
