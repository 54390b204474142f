"""Whatever comes in through the socket is a frame or is refused as malformed; nothing else ever happens."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_server.chat.errors import FrameMalformed
from qa_server.chat.protocol import ClientFrame
from qa_server.chat.socket import _parse

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner)
)
_TYPES = st.sampled_from(
    ["hello", "follow", "unfollow", "say", "edit", "delete", "note", "seen", "typing", "watch", "ping", "pong", "ack"]
)
_FIELDS = st.fixed_dictionaries(
    {"type": _TYPES | _VALUES},
    optional={
        "version": st.integers() | _VALUES,
        "role": st.sampled_from(["reader", "librarian"]) | _VALUES,
        "token": st.text() | _VALUES,
        "conversation_id": st.uuids().map(str) | _VALUES,
        "client_id": st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True) | _VALUES,
        "body": st.text(st.characters(exclude_categories=())) | _VALUES,
        "seq": st.integers() | _VALUES,
        "after_seq": st.integers() | _VALUES,
        "desks": st.dictionaries(st.uuids().map(str), st.integers()) | _VALUES,
        "unknown": _VALUES,
    },
)


def parsed(raw: str) -> ClientFrame | None:
    """Return the frame, or None when it was refused as it should be."""
    try:
        return _parse(raw)
    except FrameMalformed:
        return None


@given(st.text(st.characters(exclude_categories=()), max_size=200))
@settings(max_examples=150)
def test_any_text_is_a_frame_or_malformed(raw: str) -> None:
    parsed(raw)


@given(_FIELDS)
@settings(max_examples=250)
def test_anything_like_a_frame_is_a_frame_or_malformed(fields: dict[str, Any]) -> None:
    frame = parsed(json.dumps(fields))
    assert frame is None or frame.type == fields["type"]


@given(_FIELDS, st.data())
@settings(max_examples=150)
def test_a_frame_cut_or_flipped_anywhere_is_a_frame_or_malformed(fields: dict[str, Any], data: st.DataObject) -> None:
    raw = json.dumps(fields, ensure_ascii=False)
    place = data.draw(st.integers(0, len(raw) - 1))
    parsed(raw[:place])
    parsed(raw[:place] + data.draw(st.characters(exclude_categories=())) + raw[place + 1 :])


@given(st.integers(1, 200_000))
@settings(max_examples=10, deadline=None)
def test_deep_nesting_is_malformed(depth: int) -> None:
    assert parsed("[" * depth) is None
    assert parsed('{"type":' * depth) is None
