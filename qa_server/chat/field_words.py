"""Says in words what a JSON schema takes: the type, the bounds and the meaning of each field. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

_FORMATS = {"uuid": "UUID", "date-time": "time (RFC 3339)", "binary": "file"}


@dataclass(frozen=True)
class Piece:
    """A part of a type in words; `shape` is the name of the schema it stands for, or None."""

    text: str
    shape: str | None = None


@dataclass(frozen=True)
class FieldWords:
    """One field of an object; `pieces` are its type."""

    name: str
    pieces: list[Piece]
    is_required: bool
    meaning: str


def fields_of(schema: Schema) -> list[FieldWords]:
    """Return the fields of an object in their order; none for what is no object."""
    required = set(schema.get("required", ()))
    return [
        FieldWords(
            name=name,
            pieces=pieces_of(field),
            is_required=name in required,
            meaning=_meaning(field),
        )
        for name, field in schema.get("properties", {}).items()
    ]


def kind_of(schema: Schema) -> str:
    """Return type and bounds in a few words: `text, 8 to 64 characters`, `whole number from 0`, `list of Hit`."""
    if "$ref" in schema:
        return _shape_name(schema["$ref"])
    if "const" in schema:
        return _quoted(schema["const"])
    if "enum" in schema:
        return " or ".join(_quoted(value) for value in schema["enum"])
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        return " or ".join(dict.fromkeys(kind_of(each) for each in alternatives))
    if "allOf" in schema:
        return " and ".join(kind_of(each) for each in schema["allOf"])
    return _plain_kind(schema)


def pieces_of(schema: Schema) -> list[Piece]:
    """Return the same cut into pieces, so that each mentioned schema can become a link."""
    names = set(_shapes_in(schema))
    if not names:
        return [Piece(kind_of(schema))]
    parts = re.split(rf"\b({'|'.join(sorted(names, key=len, reverse=True))})\b", kind_of(schema))
    return [Piece(part, part if part in names else None) for part in parts if part]


def _shapes_in(schema: Schema) -> Iterator[str]:
    if "$ref" in schema:
        yield _shape_name(schema["$ref"])
    for key in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(key, ()):
            yield from _shapes_in(each)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from _shapes_in(schema[key])


def _plain_kind(schema: Schema) -> str:
    # Names of properties are texts without saying so.
    match schema.get("type", "string" if "format" in schema else None):
        case "string":
            return _text_kind(schema)
        case "integer":
            return "whole number" + _range(schema)
        case "number":
            return "number" + _range(schema)
        case "boolean":
            return "true or false"
        case "array":
            return "list of " + kind_of(schema.get("items", {})) + _count(schema, "Items", "entries")
        case "object":
            return _object_kind(schema)
        case "null":
            return "null"
    return "any value"


def _text_kind(schema: Schema) -> str:
    kind = _FORMATS.get(schema.get("format", ""), "text")
    pattern = f", like `{schema['pattern']}`" if "pattern" in schema else ""
    return kind + _count(schema, "Length", "characters") + pattern


def _object_kind(schema: Schema) -> str:
    values = schema.get("additionalProperties")
    if not isinstance(values, Mapping):
        return "object"
    keys = kind_of(schema.get("propertyNames", {"type": "string"}))
    return f"object from {keys} to {kind_of(values)}" + _count(schema, "Properties", "entries")


def _range(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    parts = [
        f" from {least}" if least is not None else "",
        f" to {most}" if most is not None else "",
        f" above {above}" if above is not None else "",
        f" below {below}" if below is not None else "",
    ]
    return "".join(parts)


def _count(schema: Schema, of: str, unit: str) -> str:
    least, most = schema.get(f"min{of}"), schema.get(f"max{of}")
    if least is None and most is None:
        return ""
    if least is None:
        return f", at most {most} {unit}"
    return f", {least} to {most} {unit}" if most is not None else f", at least {least} {unit}"


def _meaning(schema: Schema) -> str:
    described = str(schema.get("description", ""))
    default = schema.get("default")
    given = f"Default: {_quoted(default)}." if default not in (None, [], {}) and "const" not in schema else ""
    return " ".join(part for part in (described, given) if part)


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def _shape_name(reference: str) -> str:
    return reference.rpartition("/")[2]
