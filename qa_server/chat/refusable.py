"""Which refusals the socket can send, collected from the code that raises them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from string import Formatter

from qa_server.api.errors import InternalError
from qa_server.conversations.errors import ConversationNotEnded
from qa_server.conversations.sealing import KeyFileUnusable, OriginalLost
from qa_server.people.errors import CapacityRefused, CsrfRefused, SignInPaused, SignInRefused
from qa_server.routing.errors import AlreadyClaimed
from storage.database import DatabaseBusy
from storage.errors import AppError, NotFound

# Where the use cases behind the frames raise from. The caller has imported `qa_server.chat.socket`, and so all of it.
_MODULES = (
    "qa_server.chat.",
    "qa_server.conversations.",
    "qa_server.people.",
    "qa_server.routing.",
    "qa_server.desk.answering",
    "qa_server.desk.correcting",
    "qa_server.live.rates",
)
_FROM_BELOW = (NotFound, DatabaseBusy, InternalError)
# Claiming, rating, signing in and drafting articles go over HTTP only.
_OVER_HTTP_ONLY = frozenset(
    {
        AlreadyClaimed,
        CapacityRefused,
        ConversationNotEnded,
        CsrfRefused,
        KeyFileUnusable,
        OriginalLost,
        SignInPaused,
        SignInRefused,
    }
)


@dataclass(frozen=True)
class Refusal:
    """One error code: what happened, its sentence for a person, and the names in `details`."""

    code: str
    meaning: str
    sentence: str
    details: tuple[str, ...]


def refusals() -> list[Refusal]:
    """Return every refusal that may come in an error frame, by code; where two share a code, both are told."""
    found: set[type[AppError]] = {*_errors(AppError), *_FROM_BELOW}
    errors = sorted(found, key=lambda each: (each.code, each.__name__))
    return [_refusal(code, list(of_code)) for code, of_code in groupby(errors, key=lambda each: each.code)]


def _refusal(code: str, errors: list[type[AppError]]) -> Refusal:
    details = [name for error in errors for _, name, _, _ in Formatter().parse(error.message) if name]
    meaning = " ".join(_first_line(error) for error in errors)
    return Refusal(code, meaning, " / ".join(error.message for error in errors), tuple(details))


def _errors(root: type[AppError]) -> Iterator[type[AppError]]:
    for error in root.__subclasses__():
        if error.__module__.startswith(_MODULES) and error not in _OVER_HTTP_ONLY:
            yield error
        yield from _errors(error)


def _first_line(error: type[AppError]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0]
