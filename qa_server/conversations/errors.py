"""Refusals around conversations."""

from storage.errors import AppError


class ConversationEnded(AppError):
    """The conversation is over; nothing more can be said in it."""

    code = "conversation_ended"
    status = 409
    message = "This conversation has ended. Please ask a new question."


class ConversationNotEnded(AppError):
    """A rating came before the end."""

    code = "conversation_not_ended"
    status = 409
    message = "This conversation is still open. It can be rated when it has ended."


class MessageEmpty(AppError):
    """Nothing but blanks was sent."""

    code = "message_empty"
    status = 422
    message = "Please write something first."


class MessageTooLong(AppError):
    """The text is longer than the service takes."""

    code = "message_too_long"
    status = 422
    message = "This text has {characters} characters; at most {limit} fit. Please shorten it or send it in parts."


class TooLateToChange(AppError):
    """The message is older than the limit for editing and deleting."""

    code = "too_late_to_change"
    status = 409
    message = "A message can be changed for {minutes} minutes after it was sent. Please send a new one."


class FieldMissing(AppError):
    """The library asks for a field before a question, or for an answer after one, and it is empty."""

    code = "field_missing"
    status = 422
    message = "Please fill in: {label}."


class FieldInvalid(AppError):
    """A field holds something else than was asked for."""

    code = "field_invalid"
    status = 422
    message = "Please look at this field again: {label}."
