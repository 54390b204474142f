"""Refusals around canned replies."""

from storage.errors import AppError


class ReplyInvalid(AppError):
    """A reply that cannot be kept as it is; `reason` says why."""

    code = "reply_invalid"
    status = 422
    message = "This reply cannot be kept: {reason}"


class ReplyVariableUnknown(AppError):
    """The text has something in braces that nothing is filled in for."""

    code = "reply_variable_unknown"
    status = 422
    message = "{variable} stands for nothing. Known are: {known}."


class ShortcutTaken(AppError):
    """Another reply of the same node, desk or person has the shortcut."""

    code = "shortcut_taken"
    status = 409
    message = "The shortcut {shortcut} is in use here already. Choose another one, or change that reply."


class ReplyChanged(AppError):
    """Somebody else changed the reply since it was read."""

    code = "reply_changed"
    status = 409
    message = "Somebody changed this reply in the meantime. Look at it again before you save."


class ReplyFileRefused(AppError):
    """A file of replies that cannot be read at all; `reason` says why."""

    code = "reply_file_refused"
    status = 422
    message = "This file cannot be read: {reason}"
