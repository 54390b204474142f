"""The tables of the shipped services: every state reached and left, every step somebody's right, nobody stuck."""

import json
import random
from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_server.commissions import shipped as shipped_module
from qa_server.commissions.definition import Actor, Need, Operation, ServiceDefinition, Transition
from qa_server.commissions.definition_checks import ending, problems, reachable
from qa_server.commissions.definition_reading import as_stored, digest_of, read_definition
from qa_server.commissions.machine import Way, way_by_key, way_of, ways
from qa_server.commissions.shipped import CODES, shipped, shipped_digests

# What a reader may ever do. Everything else is for librarians, cashiers and timers.
OF_READERS = {
    Operation.SUBMIT,
    Operation.ACCEPT_QUOTE,
    Operation.DECLINE_QUOTE,
    Operation.RESUME,
    Operation.APPROVE_DRAFT,
    Operation.CORRECT_DRAFT,
    Operation.ACCEPT_RESULT,
    Operation.OBJECT,
    Operation.CANCEL,
    Operation.ACCEPT_CONDITION,
    Operation.DECLINE_CONDITION,
}
FILING = {Operation.ARCHIVE, Operation.REFUND}
# Needs that exclude one another.
OPPOSITES = (Need.PAYS_BEFORE, Need.PAYS_NOT_BEFORE)
STEPS = 60

types = pytest.mark.parametrize("definition", shipped().values(), ids=list(CODES))
any_type = st.sampled_from(list(shipped().values()))


def sensible(met: dict[Need, bool]) -> bool:
    """Say whether such a thing can be: one pays before the work or not, never both and never neither."""
    return met[OPPOSITES[0]] != met[OPPOSITES[1]]


def all_needs_of(transitions: Collection[Transition]) -> Iterator[dict[Need, bool]]:
    """Yield every sensible combination of what the needs of these transitions can be."""
    asked = sorted({need for each in transitions for need in each.needs} | set(OPPOSITES))
    for values in product((True, False), repeat=len(asked)):
        met = dict(zip(asked, values, strict=True))
        if sensible(met):
            yield met


def leaving(definition: ServiceDefinition, state: str) -> list[Transition]:
    return [each for each in definition.transitions if state in each.from_]


@types
def test_a_shipped_definition_is_sound(definition: ServiceDefinition) -> None:
    assert problems(definition) == []
    states = {state.key for state in definition.states}
    assert reachable(definition) == states
    assert ending(definition) == states


@types
def test_what_is_stored_reads_back_as_it_was(definition: ServiceDefinition) -> None:
    again = read_definition(as_stored(definition))

    assert again.definition is not None
    assert again.definition == definition
    assert again.problems == []
    assert as_stored(again.definition) == as_stored(definition)
    assert digest_of(definition) == digest_of(again.definition) == shipped_digests()[definition.code]


def test_the_files_of_the_package_are_the_shipped_services() -> None:
    folder = Path(shipped_module.__file__).parent / "types"

    assert {path.stem for path in folder.glob("*.json")} == set(CODES) == set(shipped())
    assert len(set(shipped_digests().values())) == len(CODES)


@types
def test_nobody_is_ever_stuck_whatever_is_missing(definition: ServiceDefinition) -> None:
    everybody = set(Actor)
    for state in definition.states:
        if state.is_end:
            continue
        for met in all_needs_of(leaving(definition, state.key)):
            open_ways = [way for way in ways(definition, state.key, everybody, met) if way.is_open]
            by_people = [way for way in open_ways if set(way.transition.by) - {Actor.SYSTEM}]
            assert by_people, (state.key, met)


@types
def test_the_side_that_acts_in_a_state_can_act(definition: ServiceDefinition) -> None:
    for state in definition.states:
        able = {actor for each in leaving(definition, state.key) for actor in each.by}
        if state.acts == "reader":
            assert Actor.READER in able or Actor.CASHIER in able, state.key
        if state.acts == "library":
            assert able - {Actor.READER, Actor.SYSTEM}, state.key


@types
def test_no_step_is_without_a_right_and_readers_do_only_what_is_theirs(definition: ServiceDefinition) -> None:
    for each in definition.transitions:
        assert each.by
        if Actor.READER in each.by:
            assert each.does in OF_READERS, each.key
    offered = {
        way.transition.does
        for state in definition.states
        for way in ways(definition, state.key, {Actor.READER}, dict.fromkeys(Need, True))
    }
    assert offered <= OF_READERS
    assert offered >= {Operation.SUBMIT, Operation.CANCEL, Operation.ACCEPT_RESULT, Operation.OBJECT}


@types
def test_one_operation_leads_to_one_place_whatever_is_so(definition: ServiceDefinition) -> None:
    for state in definition.states:
        for actor in Actor:
            for met in all_needs_of(leaving(definition, state.key)):
                found = [way.transition.does for way in ways(definition, state.key, {actor}, met)]
                named = [does for does in found if does is not None]
                assert len(named) == len(set(named)), (state.key, actor)


@types
def test_two_ways_of_one_operation_are_told_apart_by_what_is_so(definition: ServiceDefinition) -> None:
    """Each of several ways of one operation is taken by somebody in some case: none stands there for nothing."""
    for state in definition.states:
        for each in leaving(definition, state.key):
            taken = any(
                way.is_open and way.transition is each
                for met in all_needs_of(leaving(definition, state.key))
                for actor in each.by
                for way in ways(definition, state.key, {actor}, met)
            )
            assert taken, (state.key, each.key)


@types
def test_whoever_has_to_act_next_is_told(definition: ServiceDefinition) -> None:
    for each in definition.transitions:
        acts = definition.state(each.to).acts
        # Whoever makes the step knows it.
        if acts == "reader" and set(each.by) != {Actor.READER} and each.does is not Operation.QUOTE_EXPIRES:
            assert "reader" in each.tells, each.key
        if acts == "library" and Actor.READER in each.by:
            assert "staff" in each.tells, each.key


@types
def test_what_is_refused_returned_or_objected_to_needs_a_reason(definition: ServiceDefinition) -> None:
    explained = {
        Operation.REFUSE,
        Operation.RETURN,
        Operation.PAUSE,
        Operation.OBJECT,
        Operation.REJECT_OBJECTION,
        Operation.CORRECT_DRAFT,
        Operation.FAIL_REVIEW,
        Operation.CHANGE_ORDER,
        Operation.TRANSFER,
        Operation.REFUND,
        Operation.SUPPLIER_FAILS,
    }
    found = {each.does for each in definition.transitions} & explained
    assert found
    for each in definition.transitions:
        if each.does in explained or (each.does is Operation.CANCEL and Actor.READER not in each.by):
            assert each.reason == "required", each.key


@types
def test_nothing_leaves_an_end_but_filing(definition: ServiceDefinition) -> None:
    ends = {state.key for state in definition.states if state.is_end}
    assert {"closed", "cancelled", "refused", "archived"} <= ends
    for each in definition.transitions:
        if set(each.from_) & ends:
            assert each.does in FILING
            assert each.to in ends


@types
def test_the_form_is_open_to_readers_only_before_the_library_has_it(definition: ServiceDefinition) -> None:
    assert {state.key for state in definition.states if state.is_form_open} == {"draft", "returned"}


@types
def test_a_report_is_signed_only_after_somebody_passed_it(definition: ServiceDefinition) -> None:
    signing = [each for each in definition.transitions if each.does is Operation.SIGN]
    assert bool(signing) == (definition.report is not None and definition.report.needs_seal)
    for each in signing:
        assert Need.REPORT_PASSED in each.needs
        assert each.by == (Actor.SIGNER,)
        assert set(each.from_) == {"reviewed"}
    for each in definition.transitions:
        if each.to in ("reviewed", "ready", "signed") and each.does is Operation.PASS_REVIEW:
            assert each.by == (Actor.REVIEWER,)


# A copy goes out first; its account is settled afterwards.
@pytest.mark.parametrize("code", [code for code in CODES if code != "document_delivery"])
def test_nothing_that_is_owed_is_delivered_before_it_is_paid(code: str) -> None:
    definition = shipped()[code]
    delivering = [each for each in definition.transitions if each.does is Operation.DELIVER]
    beginning = [each for each in definition.transitions if each.does is Operation.BEGIN]
    assert delivering
    assert beginning
    assert all({Need.PAID_IF_AFTER, Need.RESULT_READY} <= set(each.needs) for each in delivering)
    assert all({Need.PAID_IF_BEFORE, Need.IS_FREE} & set(each.needs) for each in beginning)


def test_the_order_of_payment_decides_where_an_accepted_quote_leads() -> None:
    definition = shipped()["novelty_search"]

    def leads_to(met: dict[Need, bool]) -> str | None:
        way = way_of(definition, "quoted", Operation.ACCEPT_QUOTE, actors={Actor.READER}, met=met)
        return way.transition.to if way is not None and way.is_open else None

    assert leads_to({Need.STANDING_QUOTE: True, Need.PAYS_BEFORE: True}) == "awaiting_payment"
    assert leads_to({Need.STANDING_QUOTE: True, Need.PAYS_NOT_BEFORE: True}) == "confirmed"
    assert leads_to({Need.PAYS_BEFORE: True}) is None


def test_a_report_that_needs_no_review_goes_straight_to_be_signed() -> None:
    definition = shipped()["citation_search"]
    ready = {Need.WORK_LOGGED: True, Need.REPORT_READY: True}

    def leads_to(passed: bool) -> str:
        way = way_of(
            definition,
            "in_progress",
            Operation.ASK_REVIEW,
            actors={Actor.SEARCHER},
            met={**ready, Need.REPORT_PASSED: passed},
        )
        assert way is not None
        assert way.is_open
        return way.transition.to

    assert leads_to(False) == "in_review"
    assert leads_to(True) == "reviewed"


def test_a_way_that_misses_something_is_shown_with_what_it_misses() -> None:
    definition = shipped()["citation_search"]

    way = way_by_key(definition, "signed", "deliver", actors={Actor.SEARCHER}, met={Need.RESULT_READY: True})

    assert way is not None
    assert not way.is_open
    assert way.missing == (Need.PAID_IF_AFTER,)
    assert way_by_key(definition, "signed", "deliver", actors={Actor.READER}, met={}) is None


@given(definition=any_type, seed=st.integers(0, 2**32 - 1))
def test_whatever_people_do_there_is_a_way_to_an_end(definition: ServiceDefinition, seed: int) -> None:
    chance = random.Random(seed)
    state, on_the_way = definition.first_state, ending(definition)
    for _ in range(STEPS):
        if definition.state(state).is_end:
            break
        assert state in on_the_way
        state = _step(definition, state, chance)
    assert state in {each.key for each in definition.states}


def _step(definition: ServiceDefinition, state: str, chance: random.Random) -> str:
    """Let somebody do something that is open; a single person with a single right, things being as they are."""
    met = {need: chance.random() < 0.7 for need in Need}
    met[Need.PAYS_NOT_BEFORE] = not met[Need.PAYS_BEFORE]
    able: list[Way] = [way for actor in Actor for way in ways(definition, state, {actor}, met) if way.is_open]
    assert able, state
    return chance.choice(able).transition.to


@types
def test_every_text_is_there_in_both_languages_and_says_something(definition: ServiceDefinition) -> None:
    texts = list(_words(json.loads(json.dumps(as_stored(definition)))))
    assert len(texts) > 100
    for zh, en in texts:
        assert zh.strip()
        assert en.strip()


def _words(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            yield value["zh"], value["en"]
        else:
            for each in value.values():
                yield from _words(each)
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
