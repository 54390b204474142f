"""The description of the protocol is the one the code gives, and it leads where it says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_server.chat import describe, field_words
from qa_server.chat.field_words import Piece, kind_of
from qa_server.chat.refusable import refusals


@pytest.mark.parametrize(
    ("path", "write"),
    [(describe.PAGE, describe.page), (describe.MACHINE_PAGE, describe.machine_page)],
    ids=["protocol.md", "asyncapi.json"],
)
def test_the_description_is_up_to_date(path: Path, write: Callable[[], str]) -> None:
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    assert written == write(), f"{path.name} is stale; write it again: {describe.COMMAND}"


def test_each_link_of_the_page_leads_to_a_heading() -> None:
    page = describe.page()
    headings = {re.sub(r"[^\w-]", "", line[4:].lower().replace(" ", "-")) for line in _lines(page, "### ")}
    links = set(re.findall(r"\]\(#([^)]+)\)", page))
    assert len(links) > 20
    assert links <= headings


def test_each_refusal_is_told_once_with_meaning_and_sentence() -> None:
    told = refusals()
    codes = [refusal.code for refusal in told]
    assert codes == sorted(set(codes))
    assert {"frame_malformed", "not_found", "message_too_long", "too_many_requests", "internal_error"} <= set(codes)
    assert "sign_in_refused" not in codes
    assert all(refusal.meaning and refusal.sentence for refusal in told)
    assert next(each.details for each in told if each.code == "message_too_long") == ("characters", "limit")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "uuid"}, "UUID"),
        ({"type": "string", "minLength": 8, "maxLength": 64}, "text, 8 to 64 characters"),
        ({"type": "string", "minLength": 1}, "text, at least 1 characters"),
        ({"type": "string", "pattern": "^a$"}, "text, like `^a$`"),
        ({"type": "integer", "minimum": 0, "maximum": 9}, "whole number from 0 to 9"),
        ({"type": "number", "exclusiveMinimum": 0}, "number above 0"),
        ({"type": "boolean"}, "true or false"),
        ({"enum": ["zh", "en"], "type": "string"}, '"zh" or "en"'),
        ({"const": "ping"}, '"ping"'),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "whole number or null"),
        ({"type": "array", "items": {"$ref": "#/x/Hit"}, "maxItems": 5}, "list of Hit, at most 5 entries"),
        ({"allOf": [{"$ref": "#/x/Hit"}]}, "Hit"),
        ({"type": "object"}, "object"),
        (
            {"type": "object", "propertyNames": {"format": "uuid"}, "additionalProperties": {"type": "integer"}},
            "object from UUID to whole number",
        ),
        ({}, "any value"),
    ],
)
def test_a_schema_is_told_in_words(schema: dict[str, object], words: str) -> None:
    assert kind_of(schema) == words


def test_a_field_tells_its_default_and_the_shapes_it_mentions() -> None:
    schema = {
        "required": ["hits"],
        "properties": {
            "hits": {"type": "array", "items": {"$ref": "#/x/Hit"}, "description": "Best first."},
            "limit": {"type": "integer", "default": 5},
        },
    }
    hits, limit = field_words.fields_of(schema)
    assert (hits.is_required, hits.meaning) == (True, "Best first.")
    assert hits.pieces == [Piece("list of "), Piece("Hit", "Hit")]
    assert (limit.is_required, limit.pieces, limit.meaning) == (False, [Piece("whole number")], "Default: 5.")


def _lines(page: str, start: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith(start)]
