"""The root of every expected refusal: a stable code, an HTTP status, a sentence for a person.

Packages raise subclasses next to their use; the edges (HTTP, socket, command line) turn them into one error shape.
Faults that nobody expected are not AppErrors and stay 500.
"""

from typing import ClassVar


class AppError(Exception):
    """An expected refusal.

    `code` is stable and machine-readable; `message` is an English sentence with {placeholders} filled from `details`
    and is the key of its translation; `status` is the HTTP status used at the web edge.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    message: ClassVar[str] = "This is not possible."

    def __init__(self, **details: object) -> None:
        super().__init__(self.message.format(**details))
        self.details: dict[str, object] = details


class NotFound(AppError):
    """What was asked for is not there, or is not the asker's: both look alike."""

    code = "not_found"
    status = 404
    message = "This was not found. It may have been removed, or it belongs to somebody else."


class Forbidden(AppError):
    """The asker is known and lacks the right."""

    code = "forbidden"
    status = 403
    message = "You do not have the right to do this here."


class DatabaseUnusable(AppError):
    """The database file or server cannot be used; `reason` says what was found, `remedy` what to do."""

    code = "database_unusable"
    status = 503
    message = "The database cannot be used: {reason} {remedy}"
