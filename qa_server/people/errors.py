"""Refusals around identity."""

from storage.errors import AppError


class Unauthenticated(AppError):
    """No valid token or session came with the request."""

    code = "unauthenticated"
    status = 401
    message = "Please sign in again."


class ReaderUnknown(AppError):
    """The reader's token is unknown or has been forgotten."""

    code = "unauthenticated"
    status = 401
    message = "This page no longer knows you. Please ask your question again."


class SignInRefused(AppError):
    """Login or password is wrong; which one is not told."""

    code = "sign_in_refused"
    status = 401
    message = "The user name or the password is not right."


class SignInPaused(AppError):
    """Too many wrong tries for this login from this network."""

    code = "sign_in_paused"
    status = 429
    message = "Too many tries. Please wait {retry_after_seconds} seconds and try again."


class CsrfRefused(AppError):
    """A change came without the page's own token."""

    code = "csrf_refused"
    status = 403
    message = "This page is out of date. Please reload it and try again."


class CapacityRefused(AppError):
    """Somebody wants more conversations at once than a desk gives."""

    code = "capacity_refused"
    status = 422
    message = "Choose from 1 to {limit} conversations at once; your library administrator sets the limit."


class IdentityRefused(AppError):
    """A library's page said who its reader is, and the statement cannot be believed."""

    code = "identity_refused"
    status = 422
    message = "The page could not say who you are: {reason}"
