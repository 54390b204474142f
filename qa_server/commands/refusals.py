"""What a command refuses to do because of how it was called."""

from storage.errors import AppError


class UsageRefused(AppError):
    """The options do not fit together, `reason` says how."""

    code = "usage_refused"
    status = 422
    message = "{reason}"
