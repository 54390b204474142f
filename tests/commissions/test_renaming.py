"""A part of a service gets another code, and everything in the service that refers to it follows."""

from typing import Any, cast

import pytest

from qa_server.commissions import renaming
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.definition_checks import problems
from qa_server.commissions.definition_reading import as_stored
from qa_server.commissions.renaming import Group
from qa_server.commissions.shipped import shipped

CODES = sorted(shipped())
LISTS: dict[str, tuple[str, ...]] = {
    "sections": ("sections",),
    "fields": ("fields",),
    "lines": ("prices", "lines"),
    "waivers": ("prices", "waivers"),
    "speeds": ("clock", "speeds"),
    "states": ("states",),
    "transitions": ("transitions",),
}


def keys_of(stored: dict[str, Any], group: str) -> list[str]:
    found: Any = stored
    for step in LISTS[group]:
        found = found[step]
    return [each["key"] for each in found]


def texts(data: Any) -> set[str]:
    """Return every word of a definition that may refer to a part: keys of mappings, and values."""
    if isinstance(data, dict):
        return {text for key, each in data.items() for text in {key} | texts(each)}
    if isinstance(data, list):
        return {text for each in data for text in texts(each)}
    return {data} if isinstance(data, str) else set()


def sound(stored: dict[str, Any]) -> bool:
    return problems(ServiceDefinition.model_validate(stored)) == []


@pytest.mark.parametrize("group", LISTS)
@pytest.mark.parametrize("code", CODES)
def test_every_part_of_every_shipped_service_is_renamed_whole_or_keeps_its_code_with_a_reason(
    code: str, group: str
) -> None:
    definition = shipped()[code]
    stored = as_stored(definition)
    kind = cast(Group, group)
    for key in keys_of(stored, group):
        refusal = renaming.refusal(definition, stored, kind, key, "brand_new")
        if refusal is not None:
            assert "keeps its code" in refusal.sentence, key
            continue
        changed = renaming.renamed(stored, kind, key, "brand_new")

        assert "brand_new" in keys_of(changed, group)
        assert sound(changed), key
        assert renaming.renamed(changed, kind, "brand_new", key) == stored, key
    assert as_stored(definition) == stored


@pytest.mark.parametrize("code", CODES)
def test_every_choice_is_renamed_with_the_conditions_and_speeds_that_name_it(code: str) -> None:
    definition = shipped()[code]
    stored = as_stored(definition)
    for field in definition.fields:
        for choice in field.choices:
            if renaming.choice_refusal(definition, stored, field.key, choice.key, "brand_new") is not None:
                continue
            changed = renaming.renamed_choice(stored, field.key, choice.key, "brand_new")
            assert sound(changed), (field.key, choice.key)
            assert renaming.renamed_choice(changed, field.key, "brand_new", choice.key) == stored


def test_nothing_of_the_old_code_is_left_wherever_it_was_named() -> None:
    definition = shipped()["document_delivery"]
    stored = as_stored(definition)

    fields = renaming.renamed(stored, "fields", "kind", "sort")
    assert {each["when"]["field"] for each in fields["fields"] if each["when"]} == {"sort"}
    assert "sort" in fields["delivery"]["shown_to_suppliers"]
    assert "kind" not in fields["delivery"]["shown_to_suppliers"]

    citation = as_stored(shipped()["citation_search"])
    citation["prices"]["lines"].append(
        {"key": "extra", "label": {"zh": "加", "en": "More"}, "percent": "5", "of": ["report"], "amount": "0"}
    )
    citation["prices"]["cancellation"] = {"accepted": "20", "quoted": "10"}
    assert sound(citation)
    by_state = renaming.renamed(citation, "states", "accepted", "taken_on")
    assert by_state["prices"]["cancellation"] == {"taken_on": "20", "quoted": "10"}
    assert "accepted" not in texts([by_state["transitions"], by_state["states"], by_state["prices"]])
    by_line = renaming.renamed(citation, "lines", "report", "certificate")
    assert [each["of"] for each in by_line["prices"]["lines"] if each.get("of")] == [["certificate"]]
    by_step = renaming.renamed(citation, "transitions", "begin", "start_work")
    assert "start_work" in by_step["clock"]["starts_on"]
    assert "begin" not in by_step["clock"]["starts_on"]
    by_field = renaming.renamed(citation, "fields", "affiliation", "who")
    assert {each["field"] for waiver in by_field["prices"]["waivers"] for each in waiver["when"]} == {"who"}
    by_speed = renaming.renamed(citation, "speeds", "normal", "slow")
    (speed,) = [each for each in by_speed["fields"] if each["key"] == "speed"]
    assert [each["key"] for each in speed["choices"]] == ["slow", "rush"]


def test_a_counted_field_takes_its_price_line_along() -> None:
    stored = as_stored(shipped()["novelty_search"])
    line = next(each for each in stored["prices"]["lines"] if (each["each"] or "").endswith("_count"))
    field = line["each"].removesuffix("_count")

    changed = renaming.renamed(stored, "fields", field, "claims")

    assert "claims_count" in {each["each"] for each in changed["prices"]["lines"]}
    assert sound(changed)


@pytest.mark.parametrize(
    ("code", "group", "old", "new", "sentence"),
    [
        ("citation_search", "fields", "affiliation", "Kind", "A key begins with a letter"),
        ("citation_search", "fields", "affiliation", "", "A key begins with a letter"),
        ("citation_search", "fields", "affiliation", "x" * 41, "A key begins with a letter"),
        ("citation_search", "fields", "affiliation", "title", "{key} is there twice."),
        ("citation_search", "lines", "rush", "first_free", "{key} is there twice."),
        ("citation_search", "waivers", "first_free", "rush", "{key} is there twice."),
        ("document_delivery", "fields", "issue", "number_of_issue", "limits of copying"),
        ("document_delivery", "states", "unfilled", "not_found", "shelves and limits"),
        ("document_delivery", "speeds", "rush", "fast", "limits of copying"),
        ("citation_search", "fields", "author_zh", "writer", "who the reader is"),
        ("citation_search", "fields", "papers", "works", "a report is begun from it"),
        ("citation_search", "states", "in_review", "checking", "shelves and limits"),
    ],
)
def test_a_code_that_cannot_be_is_refused_with_the_reason(
    code: str, group: str, old: str, new: str, sentence: str
) -> None:
    definition = shipped()[code]

    refusal = renaming.refusal(definition, as_stored(definition), cast(Group, group), old, new)

    assert refusal is not None
    assert sentence in refusal.sentence
