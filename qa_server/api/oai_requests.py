"""What a harvester asks for, checked as OAI-PMH 2.0 says: verbs, arguments, moments in two granularities. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# By verb: arguments that must be there, and those that may.
VERBS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), set()),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set"}),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set"}),
}
_RESUMABLE = {"ListSets", "ListIdentifiers", "ListRecords"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_SPEC = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*", re.ASCII)
_MAX_ARGUMENT = 2_000


class OaiError(Exception):
    """A refusal with one of the codes of the protocol."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Asked:
    """A request that keeps the rules: its verb and its arguments by name."""

    verb: str
    arguments: dict[str, str]

    def get(self, name: str) -> str:
        """Return an argument, empty when it was not given."""
        return self.arguments.get(name, "")


def checked(pairs: Sequence[tuple[str, str]]) -> Asked:
    """Return the request. Raises OaiError with badVerb or badArgument."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiError("badVerb", "Give exactly one verb: " + ", ".join(VERBS) + ".")
    verb = verbs[0]
    given = [(name, value) for name, value in pairs if name != "verb"]
    arguments = dict(given)
    if len(arguments) != len(given):
        raise OaiError("badArgument", "An argument was given twice.")
    if any(len(value) > _MAX_ARGUMENT or not value for value in arguments.values()):
        raise OaiError("badArgument", "An argument is empty or too long.")
    _check_names(verb, set(arguments))
    if "set" in arguments and not _SPEC.fullmatch(arguments["set"]):
        raise OaiError("badArgument", "This is no name of a set.")
    span(arguments.get("from", ""), arguments.get("until", ""))
    return Asked(verb, arguments)


def span(since: str, until: str) -> tuple[datetime | None, datetime | None]:
    """Return two moments, both included; a day as `until` means its end. Raises OaiError with badArgument."""
    first, last = _moment(since, is_end=False), _moment(until, is_end=True)
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "from and until have different granularities.")
    if first and last and first > last:
        raise OaiError("badArgument", "from is later than until.")
    return first, last


def stamp(moment: datetime) -> str:
    """Return a moment as the protocol writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_names(verb: str, names: set[str]) -> None:
    required, allowed = VERBS[verb]
    if "resumptionToken" in names and verb in _RESUMABLE:
        if names != {"resumptionToken"}:
            raise OaiError("badArgument", "resumptionToken stands alone.")
        return
    unknown = names - required - allowed
    if unknown:
        raise OaiError("badArgument", f"{verb} does not take {', '.join(sorted(unknown))[:100]}.")
    if required - names:
        raise OaiError("badArgument", f"{verb} needs {', '.join(sorted(required - names))}.")


def _moment(text: str, *, is_end: bool) -> datetime | None:
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return day + timedelta(days=1, seconds=-1) if is_end else day
        if _SECOND.fullmatch(text):
            return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        pass
    raise OaiError("badArgument", "Write a moment as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
