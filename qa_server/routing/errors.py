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


class CascadeRefused(AppError):
    """A cascade that cannot work; `where` names the step or the questions, `reason` says why."""

    code = "cascade_refused"
    status = 422
    message = "This cascade cannot work ({where}): {reason}"


class DutyRefused(AppError):
    """A duty that cannot be given like this."""

    code = "duty_refused"
    status = 422
    message = "This cannot be passed on like this. {reason}"


class TargetNotStaffed(AppError):
    """Nobody is there at the desk, or the person is away."""

    code = "target_not_staffed"
    status = 409
    message = "Nobody is there to take it right now. Choose another desk, or close with a follow-up."


class HandOverOpen(AppError):
    """A second hand-over while one is open."""

    code = "hand_over_open"
    status = 409
    message = "This question is being handed over already. Wait for the answer or take the offer back."


class HandOverClosed(AppError):
    """An answer to a hand-over that was answered or ran out."""

    code = "hand_over_closed"
    status = 409
    message = "This hand-over is no longer open."


class ServesNowhere(AppError):
    """A supervisor without a desk wants to take a question over."""

    code = "serves_nowhere"
    status = 409
    message = "You serve at no desk, so you could not answer. Ask an administrator to add you to one."
