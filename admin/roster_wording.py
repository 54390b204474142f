"""The closed lists of rosters and shifts in words. English is the key of its translation."""

from collections.abc import Mapping

# How well an hour is staffed.
COVERS: Mapping[str, str] = {
    "covered": "enough on duty",
    "short": "fewer than wanted",
    "alone": "one person alone",
    "uncovered": "nobody on duty",
}

REQUEST_KINDS: Mapping[str, str] = {
    "swap": "asks a colleague to take the shift",
    "hand_back": "hands the shift back",
}
