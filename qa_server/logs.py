"""Structured logs: one line per event on standard error, for people (console) or machines (json).

Carries ids, names of routes and figures; never the text of a message, a question or an article. Exceptions of the
database and of validation quote the values they were given, so tracebacks are written without their texts.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import TextIO

import structlog
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import StatementError
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from qa_server.settings import Settings

_OWN_PACKAGES = ("storage", "embeddings", "knowledge", "qa_server", "admin", "widget")
# Keys under which somebody's words could arrive by mistake.
_TEXT_KEYS = frozenset({"answer", "body", "comment", "password", "q", "question", "query", "text", "token"})
_LEFT_OUT = "(left out)"
# A traceback is cut to this many innermost calls per exception.
_MAX_FRAMES = 30


def configure(settings: Settings) -> None:
    """Send every logger of the process, uvicorn's too, through one formatter. Safe to repeat."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.ExceptionRenderer(_write_exception),
        _leave_out_text,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _replace_handler(_formatter(settings.log_format, shared))
    # Below WARNING, libraries write what passes through them: statements with values, frames, addresses.
    logging.getLogger().setLevel(max(logging.WARNING, _number(settings.log_level)))
    for package in _OWN_PACKAGES:
        logging.getLogger(package).setLevel(settings.log_level)
    # The middleware writes its own line per request.
    logging.getLogger("uvicorn.access").propagate = False


class _StandardError(logging.StreamHandler[TextIO]):
    """The one handler of this module, known by its class when it has to be replaced.

    Looks for standard error at each line: whoever redirects it in between (a test, a supervisor) gets the lines.
    """

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _replace_handler(formatter: logging.Formatter) -> None:
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _StandardError)]:
        root.removeHandler(handler)
    handler = _StandardError(sys.stderr)
    handler.setFormatter(formatter)
    root.addHandler(handler)


def _formatter(log_format: str, shared: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            _drop_color_message,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_renderers(log_format, sys.stderr),
        ],
        foreign_pre_chain=shared,
    )


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level]


def _renderers(log_format: str, stream: TextIO) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=24
        )
    ]


def _leave_out_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key in _TEXT_KEYS & event.keys():
        event[key] = _LEFT_OUT
    return event


def _drop_color_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)
    return event


def _write_exception(exc_info: ExcInfo) -> str:
    return "\n".join(line for error in _chain(exc_info[1]) for line in _lines(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield `error` and what it came from, the newest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _lines(error: BaseException) -> Iterator[str]:
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_text_without_values(error)}"
    for line in traceback.format_tb(error.__traceback__, limit=-_MAX_FRAMES):
        yield line.rstrip("\n")


def _text_without_values(error: BaseException) -> str:
    if isinstance(error, StatementError):
        # PostgreSQL quotes the row from the second line on; the statement itself has placeholders only.
        return f"{str(error.orig).splitlines()[0] if error.orig else ''} in: {error.statement}"
    if isinstance(error, ValidationError):
        return ", ".join(_place_and_kind(item) for item in error.errors(include_input=False, include_context=False))
    if type(error).__module__.startswith(("fastapi.", "pydantic", "psycopg")):
        return _LEFT_OUT
    return str(error)


def _place_and_kind(item: ErrorDetails) -> str:
    return f"{'.'.join(str(part) for part in item['loc'])}: {item['type']}"
