"""Puts the protocol's frames into an AsyncAPI 3 document. Pure: schemas and examples are given."""

from collections.abc import Sequence
from typing import Any

from qa_server.chat.protocol import MAX_FRAME_BYTES, PROTOCOL_VERSION

# The type of a frame, the name of its schema, examples.
Frame = tuple[str, str, Sequence[dict[str, Any]]]

_CHANNEL = "#/channels/chat"


def asyncapi(*, schemas: dict[str, Any], client: Sequence[Frame], server: Sequence[Frame]) -> dict[str, Any]:
    """Return the document: one channel, what the service receives (`client`) and what it sends (`server`)."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Wenjin 问津: the chat",
            "version": str(PROTOCOL_VERSION),
            "description": f"JSON text frames, at most {MAX_FRAME_BYTES} bytes from a client. docs/protocol.md tells "
            "how a connection lives.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "service": {
                "host": "{host}",
                "protocol": "wss",
                "variables": {"host": {"description": "Where the service is installed.", "default": "localhost:8400"}},
            }
        },
        "channels": {
            "chat": {
                "address": "/ws/v1",
                "description": "A reader's or a librarian's connection. The first frame is hello.",
                "messages": {each[1]: {"$ref": f"#/components/messages/{each[1]}"} for each in (*client, *server)},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            "receiveFrame": _operation("receive", "What a client may send.", client),
            "sendFrame": _operation("send", "What the service sends.", server),
        },
        "components": {
            "messages": {name: _message(kind, name, examples) for kind, name, examples in (*client, *server)},
            "schemas": schemas,
        },
    }


def _operation(action: str, summary: str, frames: Sequence[Frame]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": _CHANNEL},
        "summary": summary,
        "messages": [{"$ref": f"{_CHANNEL}/messages/{name}"} for _, name, _ in frames],
    }


def _message(kind: str, name: str, examples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": kind,
        "title": name,
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "examples": [{"payload": example} for example in examples],
    }
