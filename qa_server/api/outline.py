"""Lays out an OpenAPI document for a page: operations by topic, shapes by name, types in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_server.chat.field_words import FieldWords, Piece, fields_of, kind_of, pieces_of

Document = Mapping[str, Any]

_SIGN_IN = {
    "HTTPBearer": "A reader, by the token.",
    "Screen": "A linked wall screen, by its token.",
    "APIKeyCookie": "Staff, by the session's cookie; a change also by its X-CSRF-Token.",
}
_ANYBODY = "Anybody."


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation; `place` is path, query or header."""

    place: str
    field: FieldWords


@dataclass(frozen=True)
class Content:
    """What a body or an answer holds: its media type and its type in words."""

    media_type: str
    kind: list[Piece]


@dataclass(frozen=True)
class Answer:
    """One answer of an operation."""

    status: str
    meaning: str
    contents: list[Content]


@dataclass(frozen=True)
class Operation:
    """One call."""

    method: str
    path: str
    meaning: str
    caller: str
    parameters: list[Parameter]
    body: list[Content]
    answers: list[Answer]
    anchor: str


@dataclass(frozen=True)
class Shape:
    """One named schema; `kind` is set for what is no object."""

    name: str
    meaning: str
    kind: str
    fields: list[FieldWords]


@dataclass(frozen=True)
class Topic:
    """Operations that belong together."""

    name: str
    operations: list[Operation]


def topics(document: Document) -> list[Topic]:
    """Return the operations by their first tag, both in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(method.upper(), path, operation))
    return [Topic(name, operations) for name, operations in found.items()]


def shapes(document: Document) -> list[Shape]:
    """Return the named schemas by name."""
    return [
        Shape(
            name=name,
            meaning=schema.get("description", ""),
            kind="" if "properties" in schema else kind_of(schema),
            fields=fields_of(schema),
        )
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    ways = [name for way in operation.get("security", ()) for name in way]
    return Operation(
        method=method,
        path=path,
        meaning=operation.get("description", ""),
        caller=" ".join(_SIGN_IN[way] for way in ways) or _ANYBODY,
        parameters=[_parameter(each) for each in operation.get("parameters", ())],
        body=_contents(operation.get("requestBody", {})),
        answers=[_answer(status, each) for status, each in sorted(operation["responses"].items())],
        anchor=operation["operationId"],
    )


def _parameter(parameter: Mapping[str, Any]) -> Parameter:
    schema = {**parameter["schema"], "description": parameter.get("description", "")}
    wrapped = {"properties": {parameter["name"]: schema}, "required": [parameter["name"]]}
    if not parameter.get("required"):
        wrapped["required"] = []
    return Parameter(parameter["in"], fields_of(wrapped)[0])


def _answer(status: str, answer: Mapping[str, Any]) -> Answer:
    return Answer(status, answer.get("description", ""), _contents(answer))


def _contents(holder: Mapping[str, Any]) -> list[Content]:
    return [
        Content(media_type, pieces_of(content["schema"]) if content.get("schema") else [])
        for media_type, content in holder.get("content", {}).items()
    ]
