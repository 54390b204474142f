"""Refusals of the socket."""

from storage.errors import AppError


class FrameMalformed(AppError):
    """The frame is not JSON, of an unknown type, or has wrong fields."""

    code = "frame_malformed"
    status = 422
    message = "This page sent something the service does not understand. Please reload it."


class FrameTooLarge(AppError):
    """The frame is larger than any message can be."""

    code = "frame_too_large"
    status = 413
    message = "This is too long to send at once; at most {limit} bytes fit."


class HelloExpected(AppError):
    """The first frame was no hello, or none came in time."""

    code = "hello_expected"
    status = 400
    message = "The connection did not introduce itself. Please reload the page."


class VersionRefused(AppError):
    """The client speaks a version of the protocol that the server does not."""

    code = "version_refused"
    status = 426
    message = "This page is of an older release (the service speaks version {version}). Please reload it."


class OriginRefused(AppError):
    """A page of another site tried to speak for a signed-in librarian."""

    code = "origin_refused"
    status = 403
    message = "This page may not speak for a signed-in librarian."


class NotFollowing(AppError):
    """The frame is about a conversation the connection does not follow."""

    code = "not_following"
    status = 409
    message = "This conversation is not open here. Please open it again."
