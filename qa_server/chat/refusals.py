"""Turn a refusal or a fault into an error frame in the person's language."""

import structlog

from qa_server.api.errors import error_body
from qa_server.chat.protocol import ErrorFrame
from qa_server.i18n import Language
from storage.errors import AppError

_log = structlog.get_logger(__name__)


class InternalFault(AppError):
    """Something broke on our side; the log has the reason."""

    code = "internal_error"
    status = 500
    message = "Something went wrong on our side. Please try again in a moment."


def refusal_frame(
    error: BaseException, language: Language, *, ref: str | None = None, is_final: bool = False
) -> ErrorFrame:
    """Return the frame that tells of an error; a fault is logged and told without its details."""
    if not isinstance(error, AppError):
        _log.error("frame failed", exc_info=error)
        error = InternalFault()
    return ErrorFrame(**error_body(error, language), ref=ref, is_final=is_final)
