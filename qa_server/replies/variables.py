"""What may stand in braces in a canned reply, and filling it in. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qa_server.replies.errors import ReplyVariableUnknown

# In the order in which people are shown them.
VARIABLES = (
    "reader_name",
    "library",
    "hours_today",
    "library_phone",
    "library_email",
    "library_page",
    "librarian",
    "librarian_library",
    "desk",
    "number",
    "today",
)
# Stands where nothing is known; long enough to be seen, and selected after inserting.
BLANK = "____"

# Chinese keyboards give full-width braces; braces around more than a name are text.
_BRACES = re.compile(r"[{｛]\s*([^{}｛｝\n]{1,40}?)\s*[}｝]")
# Anything that reads like a name is meant as one, in whatever language; {3} and {2,5} are text.
_NAME = re.compile(r"[^\W\d][\w -]*")


@dataclass(frozen=True)
class Filled:
    """A text with its variables filled in; `missing` are those of which nothing is known."""

    text: str
    missing: tuple[str, ...]


def normalised(text: str) -> str:
    """Return the text with every variable written as `{name}`. Raises ReplyVariableUnknown for any other name."""
    return _replaced(text, lambda name: f"{{{_known(name)}}}")


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Fill in a text that was normalised before; a variable without a value becomes a blank."""
    missing: list[str] = []

    def value_of(name: str) -> str:
        value = values.get(name, "")
        if not value and name not in missing:
            missing.append(name)
        return value or BLANK

    return Filled(_replaced(text, value_of), tuple(missing))


def _replaced(text: str, replace: Callable[[str], str]) -> str:
    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        return replace(name) if _NAME.fullmatch(name) else found.group()

    return _BRACES.sub(put, text)


def _known(name: str) -> str:
    lowered = re.sub(r"[ -]+", "_", name.lower())
    if lowered not in VARIABLES:
        known = ", ".join(f"{{{each}}}" for each in VARIABLES)
        raise ReplyVariableUnknown(variable=f"{{{name}}}", known=known)
    return lowered
