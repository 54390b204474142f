"""Refusals around reviews, the talk among colleagues, and practice."""

from storage.errors import AppError


class ReviewNeeded(AppError):
    """A trainee wants to send something that no mentor could read before the reader does."""

    code = "review_needed"
    status = 409
    message = "While your answers are reviewed, only plain messages can be sent. Ask a colleague for the rest."


class ReviewClosed(AppError):
    """The answer was sent, given back or taken back before, or its writer no longer has the question."""

    code = "review_closed"
    status = 409
    message = "This answer no longer waits for a review."


class ReviewPending(AppError):
    """A question cannot be closed while an answer to it waits for review."""

    code = "review_pending"
    status = 409
    message = "An answer of yours waits for review. Wait for it, or take it back first."


class MentionRefused(AppError):
    """Somebody was named who may not read what the name stands in."""

    code = "mention_refused"
    status = 422
    message = "Only colleagues who may read this can be mentioned."


class TooManyMentions(AppError):
    """More people were named than a message may name."""

    code = "too_many_mentions"
    status = 422
    message = "At most {limit} colleagues can be mentioned at once."


class PracticeEnded(AppError):
    """The practice is over."""

    code = "practice_ended"
    status = 409
    message = "This practice is over. Start a new one."


class PracticeOpen(AppError):
    """The model answer and feedback come after the end."""

    code = "practice_open"
    status = 409
    message = "This practice is still going on. End it first."


class PlayerRefused(AppError):
    """Whoever plays the reader has to be a colleague of the same desk."""

    code = "player_refused"
    status = 422
    message = "Choose a colleague of the same desk to play the reader."
