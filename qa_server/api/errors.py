"""The one error shape of the service: `{"error": {"code", "message", "details"}}`, message in the asker's language.

What was sent is never repeated in an answer: a form may hold somebody's words or password.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException

from qa_server.i18n import Language, in_traditional, is_traditional, negotiate, translate
from storage.errors import AppError, Forbidden

_log = structlog.get_logger(__name__)

# Seconds after which a client should try again when the service itself is busy.
_BUSY_RETRY_SECONDS = 1
# A part of a field's path that we named ourselves; anything else was named by the sender and is not repeated.
_OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class BodyMalformed(AppError):
    """The body is not JSON, or not UTF-8."""

    code = "body_malformed"
    status = 400
    message = "The request cannot be read. It has to be JSON in UTF-8."


class BodyTooLarge(AppError):
    """The body has more bytes than the service takes."""

    code = "body_too_large"
    status = 413
    message = "The request is too large; at most {limit} bytes are taken."


class ValidationFailed(AppError):
    """Fields of the request are missing or have the wrong form."""

    code = "validation_failed"
    status = 422
    message = "Some fields are missing or not in the right form."


class PageUnknown(AppError):
    """No route has this address."""

    code = "not_found"
    status = 404
    message = "There is nothing at this address."


class MethodNotAllowed(AppError):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405
    message = "This address does not take this kind of request."


class SignInNeeded(AppError):
    """Nobody is signed in."""

    code = "unauthenticated"
    status = 401
    message = "Please sign in first."


class InternalError(AppError):
    """A fault nobody expected; the log has it under the request id."""

    code = "internal_error"
    status = 500
    message = "Something went wrong on our side. Please try again; if it stays, tell us the number {request_id}."


class Relayed(HTTPException):
    """A refusal in the one form that body parsers pass on unchanged, whatever they were doing."""

    def __init__(self, refusal: AppError) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal


class ErrorContent(BaseModel):
    """What a client may rely on: `code` is stable, `message` is for a person, `details` depend on the code."""

    code: str = Field(examples=["not_found"])
    message: str
    details: dict[str, Any]


class ErrorAnswer(BaseModel):
    """The body of every refusal."""

    error: ErrorContent


# Every operation may answer so.
_ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorAnswer, "description": "Refused; the code says why."},
    "5XX": {"model": ErrorAnswer, "description": "A fault, or a service that is busy."},
}

# Sentence per kind of problem of a field; its limits fill the placeholders.
_FIELD_SENTENCES = {
    "missing": "This is missing.",
    "string_too_short": "This is too short; it takes at least {min_length} characters.",
    "string_too_long": "This is too long; at most {max_length} characters fit.",
    "too_short": "This has too few entries; it takes at least {min_length}.",
    "too_long": "This has too many entries; at most {max_length} fit.",
    "greater_than": "This has to be more than {gt}.",
    "greater_than_equal": "This has to be at least {ge}.",
    "less_than": "This has to be less than {lt}.",
    "less_than_equal": "This may be at most {le}.",
    "literal_error": "This has to be one of: {expected}.",
    "enum": "This has to be one of: {expected}.",
    "extra_forbidden": "This field is not known here.",
    "string_pattern_mismatch": "This is not in the right form.",
}
_FIELD_SENTENCE = "This is not of the right kind."

_BY_STATUS: Mapping[int, type[AppError]] = {
    400: BodyMalformed,
    401: SignInNeeded,
    403: Forbidden,
    404: PageUnknown,
    405: MethodNotAllowed,
}


def install(app: FastAPI) -> None:
    """Answer every refusal of `app` in the one shape, and say so in its OpenAPI. Call it before routes are added."""
    app.router.responses.update(_ERROR_RESPONSES)
    app.exception_handler(AppError)(_answer_app_error)
    app.exception_handler(RequestValidationError)(_answer_validation_error)
    app.exception_handler(HTTPException)(_answer_http_exception)


def error_body(error: AppError, language: Language) -> dict[str, Any]:
    """Return `code`, `message` in `language` and `details` of an error, ready for JSON; HTTP and socket share it."""
    return {
        "code": error.code,
        "message": translate(error.message, language, **error.details),
        "details": to_jsonable_python(error.details, fallback=str),
    }


def error_response(error: AppError, accept_language: str | None, *, status: int | None = None) -> JSONResponse:
    """Return the answer that carries `error` in the language of the header."""
    language = negotiate(accept_language)
    status = status or error.status
    body = error_body(error, language)
    is_converted = language == "zh" and is_traditional(accept_language)
    if is_converted:
        body["message"] = in_traditional(body["message"])
    return JSONResponse(
        {"error": body},
        status_code=status,
        headers={
            "Content-Language": "zh-TW" if is_converted else language,
            "Vary": "Accept-Language",
            **_retry_header(error, status),
        },
    )


def field_problems(errors: Iterable[Mapping[str, Any]], language: Language) -> list[dict[str, str]]:
    """Return name, kind of problem and sentence for each wrong field, without what was sent."""
    return [
        {
            "field": ".".join(_own_name(part) for part in error["loc"]),
            "problem": error["type"],
            "message": _field_sentence(error, language),
        }
        for error in errors
    ]


async def _answer_app_error(request: Request, error: AppError) -> JSONResponse:
    if error.status >= 500:
        _log.warning("refused", code=error.code, exc_info=error)
    return error_response(error, _accept_language(request))


async def _answer_validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
    errors = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        return error_response(BodyMalformed(), _accept_language(request))
    accept_language = _accept_language(request)
    refusal = ValidationFailed(fields=field_problems(errors, negotiate(accept_language)))
    return error_response(refusal, accept_language)


async def _answer_http_exception(request: Request, error: HTTPException) -> JSONResponse:
    refusal = error.refusal if isinstance(error, Relayed) else _BY_STATUS.get(error.status_code, AppError)()
    response = error_response(refusal, _accept_language(request), status=error.status_code)
    response.headers.update(error.headers or {})
    return response


def _accept_language(request: Request) -> str | None:
    return request.headers.get("accept-language")


def _retry_header(error: AppError, status: int) -> dict[str, str]:
    seconds = error.details.get("retry_after_seconds", _BUSY_RETRY_SECONDS if status == 503 else None)
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _own_name(part: object) -> str:
    return str(part) if isinstance(part, int) or _OWN_NAME.fullmatch(str(part)) else "?"


def _field_sentence(error: Mapping[str, Any], language: Language) -> str:
    sentence = _FIELD_SENTENCES.get(error["type"], _FIELD_SENTENCE)
    return translate(sentence, language, **error.get("ctx", {}))
