"""The golden frames: one file per type, read by Python here and by the browser modules in Node."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.testclient import TestClient

from qa_server.chat.describe import CLIENT_CLASSES, SERVER_CLASSES
from qa_server.chat.protocol import CLIENT_FRAMES, SERVER_FRAMES
from qa_server.desk import asking
from tests.qa_server.sockets import hello, next_frame, say
from tests.village import Village, come_in, new_client_id, question

FRAMES = Path(__file__).parent / "frames"
ASYNCAPI = Path(__file__).parent.parent.parent / "docs" / "asyncapi.json"
REFUSED: list[dict[str, str]] = json.loads((FRAMES / "refused.json").read_text(encoding="utf-8"))
# Where each side's frames are, their classes, and what parses them.
SIDES: dict[str, tuple[tuple[type[BaseModel], ...], TypeAdapter[Any]]] = {
    "client": (CLIENT_CLASSES, CLIENT_FRAMES),
    "server": (SERVER_CLASSES, SERVER_FRAMES),
}
FILES = [pytest.param(path, id=f"{side}-{path.stem}") for side in SIDES for path in sorted((FRAMES / side).iterdir())]


def golden(path: Path) -> list[dict[str, Any]]:
    """Return the frames of a file."""
    frames: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return frames


def parser(path: Path) -> TypeAdapter[Any]:
    """Return what parses the frames of a file."""
    return SIDES[path.parent.name][1]


@pytest.mark.parametrize("side", SIDES)
def test_each_type_of_frame_has_its_golden_file(side: str) -> None:
    types = {each.model_json_schema()["properties"]["type"]["const"] for each in SIDES[side][0]}
    assert {path.stem for path in (FRAMES / side).iterdir()} == types, f"write tests/contract/frames/{side}/TYPE.json"


@pytest.mark.parametrize("path", FILES)
def test_golden_frames_come_back_from_parsing_as_they_were(path: Path) -> None:
    assert golden(path)
    for frame in golden(path):
        parsed = parser(path).validate_json(json.dumps(frame))
        assert frame["type"] == path.stem
        assert json.loads(parser(path).dump_json(parsed)) == frame


@pytest.mark.parametrize("path", FILES)
def test_each_field_of_a_golden_frame_is_checked(path: Path) -> None:
    # A wrong kind in any field is refused, so that a client notices a mistake at the first frame.
    for frame in golden(path):
        for name in frame:
            with pytest.raises(ValidationError):
                parser(path).validate_json(json.dumps({**frame, name: [["wrong"]]}))
        with pytest.raises(ValidationError):
            parser(path).validate_json(json.dumps({**frame, "unknown": 1}))


@pytest.mark.parametrize("frame", REFUSED, ids=lambda frame: frame["why"])
def test_a_malformed_frame_is_refused(frame: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CLIENT_FRAMES.validate_json(frame["text"])


def test_a_running_service_answers_each_malformed_frame_and_stays_usable(
    client: TestClient, app: FastAPI, townsfolk: Village
) -> None:
    reader, token = come_in(app.state.place)
    conversation = asking.ask(app.state.place, reader, question())[0].conversation.id
    with client.websocket_connect("/ws/v1") as socket:
        hello(socket, token)
        for frame in REFUSED:
            socket.send_text(frame["text"])
            error = next_frame(socket, "error")
            assert (error["code"], error["is_final"]) == ("frame_malformed", False), frame["why"]
            assert SERVER_FRAMES.validate_json(json.dumps(error))
        assert say(socket, conversation, "还在", new_client_id())["seq"] == 2


@pytest.mark.parametrize("path", FILES)
def test_the_asyncapi_file_takes_each_golden_frame(path: Path) -> None:
    for frame in golden(path):
        assert [name for name in names(path.parent.name) if is_valid(name, frame)] == [_class_of(path)]


@pytest.mark.parametrize("frame", REFUSED, ids=lambda frame: frame["why"])
def test_the_asyncapi_file_takes_no_malformed_frame(frame: dict[str, str]) -> None:
    try:
        value = json.loads(frame["text"])
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        # No JSON, or half a character: no schema gets to see it.
        return
    assert [name for name in names("client") if is_valid(name, value)] == []


def names(side: str) -> list[str]:
    """Return the names of the schemas of a side's frames in the AsyncAPI file."""
    operation = {"client": "receiveFrame", "server": "sendFrame"}[side]
    messages = json.loads(ASYNCAPI.read_text(encoding="utf-8"))["operations"][operation]["messages"]
    return [message["$ref"].rpartition("/")[2] for message in messages]


def is_valid(name: str, value: object) -> bool:
    """Say whether a schema of the AsyncAPI file takes a value."""
    components = json.loads(ASYNCAPI.read_text(encoding="utf-8"))["components"]
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    return jsonschema_rs.is_valid(schema, value, validate_formats=True)


def _class_of(path: Path) -> str:
    return type(parser(path).validate_json(json.dumps(golden(path)[0]))).__name__
