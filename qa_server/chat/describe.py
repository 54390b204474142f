"""Writes `docs/protocol.md` and `docs/asyncapi.json` from the protocol: `python -m qa_server.chat.describe`.

For a checkout of the project: the examples are the golden frames that every client is tested with.
"""

import inspect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField

from qa_server.chat import connection, outlet, protocol, socket
from qa_server.chat.asyncapi import asyncapi
from qa_server.chat.connection import SEND_QUEUE_FRAMES
from qa_server.chat.field_words import FieldWords, fields_of
from qa_server.chat.refusable import refusals
from qa_server.conversations.models import ENDED, Resolution, State

COMMAND = "python -m qa_server.chat.describe"
ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "protocol.md"
MACHINE_PAGE = ROOT / "docs" / "asyncapi.json"
GOLDEN_FRAMES = ROOT / "tests" / "contract" / "frames"

FrameClass = type[BaseModel]
CLIENT_CLASSES: tuple[FrameClass, ...] = get_args(get_args(protocol.ClientFrame)[0])
SERVER_CLASSES: tuple[FrameClass, ...] = get_args(get_args(protocol.ServerFrame)[0])


@dataclass(frozen=True)
class Shape:
    """A frame or a part of one, in words; `examples` are JSON."""

    name: str
    type: str
    meaning: str
    fields: list[FieldWords]
    examples: list[str]


@dataclass(frozen=True)
class Side:
    """The frames that one side sends."""

    title: str
    frames: list[Shape]


class _AsWritten(GenerateJsonSchema):
    """Every field is present in what is written, also one that has a default."""

    def field_is_required(self, field: ModelField | DataclassField | TypedDictField, total: bool) -> bool:
        return True


def main() -> None:
    """Write both files."""
    PAGE.write_text(page(), encoding="utf-8")
    MACHINE_PAGE.write_text(machine_page(), encoding="utf-8")


def page() -> str:
    """Return the page for people."""
    schemas = _schemas()
    sides = [
        Side("Frames of the client", [_frame(each, schemas, "client") for each in CLIENT_CLASSES]),
        Side("Frames of the server", [_frame(each, schemas, "server") for each in SERVER_CLASSES]),
    ]
    frame_names = {each.__name__ for each in (*CLIENT_CLASSES, *SERVER_CLASSES)}
    shapes = [
        Shape(name, "", _on_one_line(schema.get("description", "")), fields_of(schema), [])
        for name, schema in sorted(schemas.items())
        if name not in frame_names
    ]
    return (
        _environment()
        .get_template("protocol.md.jinja")
        .render(
            command=COMMAND,
            version=protocol.PROTOCOL_VERSION,
            max_frame_bytes=protocol.MAX_FRAME_BYTES,
            messages_per_frame=protocol.MESSAGES_PER_FRAME,
            hello_seconds=socket.HELLO_SECONDS,
            send_queue_frames=SEND_QUEUE_FRAMES,
            close=_close_codes(),
            refusals=refusals(),
            states=list(State),
            ended=[state for state in State if state in ENDED],
            resolutions=list(Resolution),
            sides=sides,
            shapes=shapes,
        )
    )


def machine_page() -> str:
    """Return the AsyncAPI file."""
    document = asyncapi(
        schemas=_schemas(),
        client=[(_type_of(each), each.__name__, golden("client", _type_of(each))) for each in CLIENT_CLASSES],
        server=[(_type_of(each), each.__name__, golden("server", _type_of(each))) for each in SERVER_CLASSES],
    )
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def golden(side: str, frame_type: str) -> list[dict[str, Any]]:
    """Return the golden frames of a type sent by `client` or `server`."""
    path = GOLDEN_FRAMES / side / f"{frame_type}.json"
    frames: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return frames


def _schemas() -> dict[str, Any]:
    # What comes in is described as it is checked, what goes out as it is written.
    _, incoming = models_json_schema(
        [(each, "validation") for each in CLIENT_CLASSES], ref_template="#/components/schemas/{model}"
    )
    _, outgoing = models_json_schema(
        [(each, "serialization") for each in SERVER_CLASSES],
        ref_template="#/components/schemas/{model}",
        schema_generator=_AsWritten,
    )
    return {**incoming["$defs"], **outgoing["$defs"]}


def _frame(frame: FrameClass, schemas: dict[str, Any], side: str) -> Shape:
    examples = [json.dumps(each, ensure_ascii=False, indent=2) for each in golden(side, _type_of(frame))]
    fields = [field for field in fields_of(schemas[frame.__name__]) if field.name != "type"]
    return Shape(frame.__name__, _type_of(frame), _on_one_line(inspect.getdoc(frame) or ""), fields, examples[:1])


def _type_of(frame: FrameClass) -> str:
    name: str = get_args(frame.model_fields["type"].annotation)[0]
    return name


def _close_codes() -> dict[str, int]:
    return {
        "bad_hello": socket.CLOSE_BAD_HELLO,
        "unauthenticated": connection.CLOSE_UNAUTHENTICATED,
        "silent": outlet.CLOSE_SILENT,
        "too_slow": outlet.CLOSE_TOO_SLOW,
        "version": socket.CLOSE_VERSION,
        "too_many": socket.CLOSE_TOO_MANY,
    }


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["kind"] = _linked_kind
    environment.filters["cell"] = _cell
    environment.filters["code"] = lambda text: f"`{text}`"
    return environment


def _linked_kind(field: FieldWords) -> str:
    return "".join(
        f"[{piece.text}](#{piece.shape.lower()})" if piece.shape else _escaped(piece.text) for piece in field.pieces
    )


def _cell(text: str) -> str:
    return _escaped(_on_one_line(text))


def _escaped(text: str) -> str:
    # A bar would end the cell of the table.
    return text.replace("|", "\\|")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
