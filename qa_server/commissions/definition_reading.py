"""Definitions in and out of JSON. What cannot be read is told as problems, in words for the person who wrote it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_checks import Problem, problems

# The largest shipped one has 40,000 characters; with every list at its limit one has some 400,000.
MAX_DEFINITION_CHARACTERS = 500_000
MAX_PROBLEMS = 100
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "extra_forbidden": "This is not known here.",
        "missing": "This is missing.",
        "string_pattern_mismatch": "A key begins with a letter and has small letters, digits and _, 40 at most.",
        "string_too_short": "This is empty or too short.",
        "string_too_long": "This is too long.",
        "too_long": "These are too many.",
        "too_short": "These are too few.",
        "enum": "This is not one of the possible values.",
        "literal_error": "This is not one of the possible values.",
        "greater_than_equal": "This number is too small.",
        "greater_than": "This number is too small.",
        "less_than_equal": "This number is too large.",
        "decimal_max_places": "Two places after the point at most.",
        "decimal_max_digits": "This number is too large.",
        "decimal_whole_digits": "This number is too large.",
        "decimal_parsing": "This is not a number.",
        "decimal_type": "This is not a number.",
        "int_parsing": "This is not a whole number.",
        "int_type": "This is not a whole number.",
        "int_from_float": "This is not a whole number.",
    }
)
_OTHERWISE = "This value does not fit here."


@dataclass(frozen=True)
class ReadDefinition:
    """A definition, None where it cannot be read at all, and everything that keeps it from being published."""

    definition: ServiceDefinition | None
    problems: list[Problem]


def read_definition(data: object) -> ReadDefinition:
    """Return the definition of JSON data, or of its text, with its problems. Never raises.

    The place of a problem of reading is the path in the data, such as `fields.3.label.zh`.
    """
    try:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        if len(text) > MAX_DEFINITION_CHARACTERS:
            return ReadDefinition(None, [Problem("", "The definition is too large.", {})])
        definition = ServiceDefinition.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return ReadDefinition(None, [_told(each["loc"], each["type"]) for each in found[:MAX_PROBLEMS]])
    except (TypeError, ValueError, RecursionError):
        return ReadDefinition(None, [Problem("", "This cannot be read.", {})])
    return ReadDefinition(definition, problems(definition)[:MAX_PROBLEMS])


def as_stored(definition: ServiceDefinition) -> dict[str, Any]:
    """Return a definition as it is stored: with everything that is as always, since that may change one day."""
    stored: dict[str, Any] = definition.model_dump(mode="json", by_alias=True)
    return stored


def digest_of(definition: ServiceDefinition) -> str:
    """Return 64 hexadecimal digits that two definitions share only where they say the same."""
    text = json.dumps(as_stored(definition), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _told(place: tuple[int | str, ...], kind: str) -> Problem:
    where = ".".join(str(step) for step in place)
    # JSON that is broken, or too deep to be a definition.
    if kind in ("json_invalid", "json_type"):
        return Problem("", "This cannot be read.", {})
    return Problem(where, _SENTENCES.get(kind, _OTHERWISE), {})
