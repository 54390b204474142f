"""Refusals around claims."""

from storage.errors import AppError


class AlreadyClaimed(AppError):
    """Somebody else holds the question; `by` is the name to show."""

    code = "already_claimed"
    status = 409
    message = "{by} already has this question."


class NotHolder(AppError):
    """Only the librarian who holds the question may do this."""

    code = "not_holder"
    status = 409
    message = "You do not hold this question. Claim it first."
