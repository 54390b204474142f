"""Turn a refusal or a fault into an error frame in the person's language."""

import structlog

from qa_server.api.errors import InternalError, error_body
from qa_server.chat.connection import Tongue
from qa_server.chat.protocol import ErrorFrame
from qa_server.i18n import in_traditional, is_traditional, negotiate
from storage.errors import AppError

_log = structlog.get_logger(__name__)


def tongue_of(accept_language: str | None) -> Tongue:
    """Return the language of refusals, from an Accept-Language header."""
    language = negotiate(accept_language)
    return "zh-TW" if language == "zh" and is_traditional(accept_language) else language


def refusal_frame(
    error: BaseException, language: Tongue, *, ref: str | None = None, is_final: bool = False
) -> ErrorFrame:
    """Return the frame that tells of an error; a fault is logged and told by the number of its request."""
    if not isinstance(error, AppError):
        _log.error("frame failed", exc_info=error)
        error = InternalError(request_id=structlog.contextvars.get_contextvars().get("request_id", "-"))
    body = error_body(error, "en" if language == "en" else "zh")
    if language == "zh-TW":
        body["message"] = in_traditional(body["message"])
    return ErrorFrame(**body, ref=ref, is_final=is_final)
