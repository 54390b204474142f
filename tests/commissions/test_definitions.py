"""Definitions that make no sense are told as problems at their place, and nothing that is sent ever breaks anything."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_server.commissions.definition_reading import MAX_DEFINITION_CHARACTERS, MAX_PROBLEMS, as_stored, read_definition
from qa_server.commissions.shipped import shipped
from qa_server.i18n import translate

Change = Callable[[dict[str, Any]], object]


def stored(code: str = "citation_search") -> dict[str, Any]:
    return as_stored(shipped()[code])


def part(definition: dict[str, Any], parts: str, key: str) -> dict[str, Any]:
    """Return one of the fields, states, transitions of a stored definition."""
    found: dict[str, Any] = next(each for each in definition[parts] if each["key"] == key)
    return found


def lone_states(definition: dict[str, Any]) -> None:
    """Add two states that lead to one another and nowhere else, reached from the first."""
    for key in ("left", "right"):
        definition["states"].append({**part(definition, "states", "submitted"), "key": key})
    step = part(definition, "transitions", "accept")
    definition["transitions"] += [
        {**step, "key": "to_left", "from": ["draft", "right"], "to": "left", "does": None},
        {**step, "key": "to_right", "from": ["left"], "to": "right", "does": None},
    ]


CHANGES: list[tuple[str, str, Change]] = [
    ("colour", "This is not known here.", lambda it: it.update(colour="red")),
    ("fields.0.colour", "This is not known here.", lambda it: it["fields"][0].update(colour="red")),
    ("title_field", "This is missing.", lambda it: it.pop("title_field")),
    ("fields.0.label.zh", "This is empty or too short.", lambda it: it["fields"][0]["label"].update(zh=" ")),
    ("fields.0.kind", "This is not one of the possible values.", lambda it: it["fields"][0].update(kind="colour")),
    ("prices.lines.0.amount", "This number is too small.", lambda it: it["prices"]["lines"][0].update(amount="-1")),
    (
        "prices.lines.0.amount",
        "Two places after the point at most.",
        lambda it: it["prices"]["lines"][0].update(amount="0.001"),
    ),
    ("prices.lines.0.amount", "This is not a number.", lambda it: it["prices"]["lines"][0].update(amount="much")),
    ("clock.speeds.0.days", "This number is too small.", lambda it: it["clock"]["speeds"][0].update(days=0)),
    ("clock.rework_days", "This number is too small.", lambda it: it["clock"].update(rework_days=0)),
    ("clock.rework_days", "This number is too large.", lambda it: it["clock"].update(rework_days=401)),
    ("clock.rework_days", "This is not a whole number.", lambda it: it["clock"].update(rework_days="soon")),
    ("fields", "{key} is there twice.", lambda it: it["fields"].append(it["fields"][0])),
    ("states", "{key} is there twice.", lambda it: it["states"].append(it["states"][0])),
    ("transitions", "{key} is there twice.", lambda it: it["transitions"].append(it["transitions"][0])),
    ("prices", "{key} is there twice.", lambda it: it["prices"]["lines"].append(it["prices"]["lines"][0])),
    (
        "purpose",
        "{key} is there twice.",
        lambda it: part(it, "fields", "purpose")["choices"].append(part(it, "fields", "purpose")["choices"][0]),
    ),
    ("author_zh", "There is no section {key}.", lambda it: part(it, "fields", "author_zh").update(section="nowhere")),
    (
        "purpose",
        "Choices belong to fields of choice, and those need some.",
        lambda it: part(it, "fields", "purpose").update(choices=[]),
    ),
    ("author_zh", "The least is more than the most.", lambda it: part(it, "fields", "author_zh").update(minimum=99)),
    (
        "purpose_other",
        "There is no fitting field {key}.",
        lambda it: part(it, "fields", "purpose_other").update(when={"field": "gone", "one_of": ["x"]}),
    ),
    (
        "purpose_other",
        "{key} is not a choice of that field.",
        lambda it: part(it, "fields", "purpose_other").update(when={"field": "purpose", "one_of": ["x"]}),
    ),
    (
        "delivery_by",
        "The conditions of these fields go round in a circle.",
        lambda it: (
            part(it, "fields", "delivery_by").update(when={"field": "speed", "one_of": ["rush"]}),
            part(it, "fields", "speed").update(when={"field": "delivery_by", "one_of": ["courier"]}),
        ),
    ),
    ("title_field", "There is no fitting field {key}.", lambda it: it.update(title_field="papers")),
    ("first_state", "There is no state {key}.", lambda it: it.update(first_state="gone")),
    ("accept", "There is no state {key}.", lambda it: part(it, "transitions", "accept").update(to="gone")),
    ("left", "From this state no end can be reached.", lone_states),
    (
        "objection",
        "Nothing leads to this state.",
        lambda it: it["transitions"].remove(part(it, "transitions", "object")),
    ),
    (
        "first_state",
        "The reader has to be able to submit from the first state.",
        lambda it: part(it, "transitions", "submit").update(by=["contact"]),
    ),
    ("closed", "The form cannot be open at an end.", lambda it: part(it, "states", "closed").update(is_form_open=True)),
    ("archive", "No way leads back from an end.", lambda it: part(it, "transitions", "archive").update(to="submitted")),
    (
        "ask_review",
        "{key} is taken wherever this could be.",
        lambda it: part(it, "transitions", "skip_review").update(needs=[]),
    ),
    ("clock", "There is no transition {key}.", lambda it: it["clock"].update(starts_on=["gone"])),
    ("clock", "A clock that pauses has to go on again.", lambda it: it["clock"].update(resumes_on=[])),
    ("clock", "The speeds and the choices of that field differ: {key}.", lambda it: it["clock"]["speeds"].pop()),
    (
        "papers",
        "There is nothing called {key} to count.",
        lambda it: part(it["prices"], "lines", "papers").update(each="pages"),
    ),
    (
        "report",
        "{key} does not stand above this line.",
        lambda it: part(it["prices"], "lines", "report").update(percent="5", of=["rush"]),
    ),
    ("first_free", "There is no line {key}.", lambda it: it["prices"]["waivers"][0].update(of=["gone"])),
    ("prices", "The least is more than the most.", lambda it: it["prices"].update(floor="10", ceiling="5")),
    ("prices", "There is no state {key}.", lambda it: it["prices"].update(cancellation={"gone": "5"})),
    ("report.number", "{serial}", lambda it: it["report"].update(number="{year}")),
    (
        "report.template",
        "There is no form of a report called {key}.",
        lambda it: it["report"].update(template="horoscope"),
    ),
    (
        "ask_review",
        "This step waits for a report, and the service has none.",
        lambda it: it.update(report=None),
    ),
]


@pytest.mark.parametrize(("where", "sentence", "change"), CHANGES, ids=[f"{each[0]}: {each[1]}" for each in CHANGES])
def test_what_makes_no_sense_is_told_at_its_place(where: str, sentence: str, change: Change) -> None:
    definition = stored()
    change(definition)

    found = read_definition(definition).problems

    assert found
    assert any(
        each.where == where and (each.sentence == sentence or sentence in each.sentence.format(**each.details))
        for each in found
    ), found
    for each in found:
        assert any("\u4e00" <= char <= "\u9fff" for char in translate(each.sentence, "zh", **each.details)), (
            each.sentence
        )


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        "",
        "{",
        "[]",
        [],
        {},
        {"code": object()},
        "[" * 100_000,
        '{"fields": ' * 50_000,
        {"code": "x" * 1000},
        float("nan"),
        "\ud800",
    ],
    ids=[
        "nothing",
        "a number",
        "no text",
        "a brace",
        "a list as text",
        "a list",
        "a mapping",
        "an object",
        "deep lists",
        "deep mappings",
        "a long code",
        "not a number",
        "half a character",
    ],
)
def test_what_cannot_be_read_at_all_is_a_problem_and_not_a_crash(data: object) -> None:
    found = read_definition(data)

    assert found.definition is None
    assert found.problems


def test_control_characters_are_taken_out_of_texts() -> None:
    definition = stored()
    definition["name"]["zh"] = "查收\x00查引\x1b\n"

    found = read_definition(definition).definition

    assert found is not None
    assert found.name.zh == "查收查引"


def test_ten_megabytes_are_refused_unread() -> None:
    definition = stored()
    definition["details"] = {"zh": "长" * 10_000_000, "en": "long"}

    assert [each.sentence for each in read_definition(definition).problems] == ["The definition is too large."]


def test_a_thousand_faults_are_told_up_to_a_bound() -> None:
    definition = stored()
    definition["fields"] = [{"key": f"UPPER{number}"} for number in range(80)]

    assert len(read_definition(definition).problems) == MAX_PROBLEMS


def test_the_shipped_definitions_are_far_below_the_bound() -> None:
    assert all(len(str(stored(code))) < MAX_DEFINITION_CHARACTERS / 5 for code in shipped())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(st.sampled_from(list(shipped())), st.data())
def test_any_value_anywhere_is_read_or_told(code: str, data: st.DataObject) -> None:
    """Replace something somewhere in a good definition by anything."""
    definition: Any = stored(code)
    place: Any = definition
    for _ in range(data.draw(st.integers(0, 4))):
        steps = list(place) if isinstance(place, dict) else list(range(len(place)))
        step = data.draw(st.sampled_from(steps))
        if not isinstance(place[step], dict | list) or not place[step]:
            break
        place = place[step]
    place[data.draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))] = data.draw(
        _JSON
    )

    found = read_definition(definition)

    assert found.definition is not None or found.problems


def test_a_definition_that_was_stored_before_rework_had_days_has_the_usual_ones() -> None:
    definition = stored()
    del definition["clock"]["rework_days"]

    read = read_definition(definition)

    assert read.problems == []
    assert read.definition is not None
    assert read.definition.clock.rework_days == 2


@pytest.mark.parametrize("code", sorted(shipped()))
def test_rework_takes_no_longer_than_what_was_ordered_first(code: str) -> None:
    clock = shipped()[code].clock

    assert 1 <= clock.rework_days <= max(speed.days for speed in clock.speeds)
