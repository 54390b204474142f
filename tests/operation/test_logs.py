"""Logs: one line per event, numbers and routes, and never what somebody wrote."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import BaseModel, ValidationError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from qa_server import logs
from qa_server.settings import Settings

WORDS = "my-own-words"


class Form(BaseModel):
    """Something to get wrong."""

    number: int


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Take the handler away again: its stream belongs to one test."""
    root = logging.getLogger()
    level = root.level
    yield
    for handler in [each for each in root.handlers if type(each).__module__ == logs.__name__]:
        root.removeHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """JSON logs of every level on standard error."""
    logs.configure(Settings(log_format="json", log_level="DEBUG"))
    return capsys


def _lines(written: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.readouterr().err.splitlines()]


def test_both_kinds_of_loggers_write_the_same_kind_of_line(written: pytest.CaptureFixture[str]) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("qa_server.one").info("claimed", conversation_id="c-1")
        logging.getLogger("storage.two").warning("slow by %s", 5)
    first, second = _lines(written)
    assert (first["event"], first["level"], first["request_id"]) == ("claimed", "info", "r-1")
    assert first["conversation_id"] == "c-1"
    assert (second["event"], second["level"], second["request_id"]) == ("slow by 5", "warning", "r-1")
    assert str(first["timestamp"]).endswith("Z")


@pytest.mark.parametrize("key", ["body", "question", "text", "password", "token", "query", "comment"])
def test_words_under_a_telling_key_are_left_out(key: str, written: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("qa_server.one").info("posted", **{key: WORDS})
    assert _lines(written)[0][key] == "(left out)"


def test_a_fault_of_the_database_is_written_without_the_values_of_the_row(
    written: pytest.CaptureFixture[str],
) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE messages (body TEXT UNIQUE)"))
        connection.execute(text("INSERT INTO messages VALUES (:body)"), {"body": WORDS})
        try:
            connection.execute(text("INSERT INTO messages VALUES (:body)"), {"body": WORDS})
        except IntegrityError:
            logging.getLogger("storage").exception("could not save")
    engine.dispose()
    (line,) = _lines(written)
    assert "IntegrityError: UNIQUE constraint failed: messages.body" in str(line["exception"])
    assert "INSERT INTO messages" in str(line["exception"])
    assert WORDS not in json.dumps(line)


def test_a_fault_of_validation_is_written_without_its_input(written: pytest.CaptureFixture[str]) -> None:
    try:
        Form.model_validate({"number": WORDS})
    except ValidationError:
        structlog.get_logger("qa_server").exception("unexpected")
    (line,) = _lines(written)
    assert "number: int_parsing" in str(line["exception"])
    assert WORDS not in json.dumps(line)


def test_the_cause_of_a_fault_is_written_with_it(written: pytest.CaptureFixture[str]) -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise RuntimeError("second") from error
    except RuntimeError:
        structlog.get_logger("qa_server").exception("unexpected")
    exception = str(_lines(written)[0]["exception"])
    assert exception.index("RuntimeError: second") < exception.index("KeyError: 'first'")


@pytest.mark.parametrize("name", ["sqlalchemy.engine", "websockets.server", "uvicorn.error", "multipart"])
def test_libraries_do_not_write_what_passes_through_them(name: str, written: pytest.CaptureFixture[str]) -> None:
    logging.getLogger(name).info("frame or statement: %s", WORDS)
    logging.getLogger(name).debug("frame or statement: %s", WORDS)
    assert _lines(written) == []


def test_the_console_format_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="console"))
    structlog.get_logger("qa_server").info("claimed", by="somebody")
    line = capsys.readouterr().err
    assert "claimed" in line
    assert "by=somebody" in line


def test_configuring_twice_writes_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        logs.configure(Settings(log_format="json"))
    structlog.get_logger("qa_server").info("claimed")
    assert len(capsys.readouterr().err.splitlines()) == 1
