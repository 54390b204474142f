"""What librarians are to readers and colleagues: the rules, who is offered what, what held questions do, who hears."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_server.conversations.models import State
from qa_server.desk import (
    administering,
    answering,
    asking,
    being_here,
    handing_over,
    jumping,
    offering,
    preferring,
    sweeping,
    working_day,
)
from qa_server.desk.asking import KnownReader
from qa_server.desk.handing_over import Passing
from qa_server.desk.preferring import Preferences, Sound
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import SidePresence, WorkingChanged
from qa_server.network.models import Desk, DeskMember, DeskMode
from qa_server.people.availability import Availability, Working, takes_hand_overs, takes_questions
from qa_server.people.errors import CapacityRefused
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from qa_server.people.working_models import StaffPreference
from qa_server.routing.errors import TargetNotStaffed
from qa_server.routing.hand_overs import HandOverReason, Kind
from qa_server.routing.models import Offer
from tests.fakes import Clock, Ear
from tests.village import Village, come_in, question

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
ONLINE, AWAY, INTERNAL, OFFLINE = Availability


@pytest.mark.parametrize("choice", Availability)
@pytest.mark.parametrize("is_connected", [True, False])
def test_nobody_is_more_than_was_chosen_and_without_a_connection_everybody_is_offline(
    choice: Availability, is_connected: bool
) -> None:
    assert Working(choice).at(NOON, is_connected=is_connected) == (choice if is_connected else OFFLINE)


@given(st.sampled_from(Availability), st.integers(-600, 600))
def test_only_somebody_online_counts_as_away_from_the_very_moment_on(choice: Availability, seconds: int) -> None:
    working = Working(choice, idle_at=NOON + timedelta(seconds=seconds))
    is_late = seconds <= 0
    assert working.is_idle(NOON) == (choice is ONLINE and is_late)
    assert working.at(NOON) == (AWAY if choice is ONLINE and is_late else choice)


@given(st.none() | st.integers(1, 50), st.integers(1, 50))
def test_the_own_choice_never_goes_beyond_what_the_desk_gives(chosen: int | None, limit: int) -> None:
    places = Working(max_chats=chosen).places(limit)
    assert 1 <= places <= limit
    assert places in (limit, chosen)


def test_readers_questions_go_to_who_is_online_and_hand_overs_also_to_internal() -> None:
    assert [each for each in Availability if takes_questions(each)] == [ONLINE]
    assert [each for each in Availability if takes_hand_overs(each)] == [ONLINE, INTERNAL]


@pytest.mark.parametrize("choice", [AWAY, INTERNAL, OFFLINE])
def test_a_desk_whose_only_person_takes_no_questions_is_not_staffed(
    place: Workplace, people: Village, choice: Availability
) -> None:
    place.presence.arrive(people.lin.id)
    assert being_here.library_now(place, "AAA").desk.is_staffed
    working_day.choose(place, people.lin, choice)
    now = being_here.library_now(place, "AAA").desk
    assert (now.is_staffed, now.usual_wait_minutes) == (False, None)
    working_day.choose(place, people.lin, ONLINE)
    assert being_here.library_now(place, "AAA").desk.is_staffed


def test_a_choice_is_there_on_another_screen_and_after_a_reload(place: Workplace, people: Village, ear: Ear) -> None:
    place.presence.arrive(people.lin.id)
    working_day.choose(place, people.lin, INTERNAL)
    assert working_day.working_day(place, people.lin).choice is INTERNAL
    told = [each for each in ear.heard if isinstance(each, WorkingChanged)]
    assert [(each.librarian_id, each.desk_ids, each.choice, each.availability) for each in told] == [
        (people.lin.id, [people.desk_a], "internal", "internal")
    ]
    # The same choice again is nothing to tell.
    working_day.choose(place, people.lin, INTERNAL)
    assert len([each for each in ear.heard if isinstance(each, WorkingChanged)]) == 1


def test_offers_go_only_to_who_is_online_and_has_room_by_the_own_choice(place: Workplace, people: Village) -> None:
    _choose_by_load(place, people)
    for person in (people.lin, people.chen):
        place.presence.arrive(person.id)
    working_day.choose(place, people.lin, AWAY)
    working_day.set_capacity(place, people.chen, 1)
    first, second = (_ask(place) for _ in range(2))
    assert offering.offer_waiting(place) == 1
    assert _offered(place) == {first: people.chen.id}
    working_day.choose(place, people.lin, ONLINE)
    assert offering.offer_waiting(place) == 1
    assert _offered(place) == {first: people.chen.id, second: people.lin.id}


def test_who_goes_away_is_offered_nothing_any_more_and_it_is_not_held_against_the_person(
    place: Workplace, people: Village
) -> None:
    _choose_by_load(place, people)
    place.presence.arrive(people.lin.id)
    asked = _ask(place)
    offering.offer_waiting(place)
    assert _offered(place) == {asked: people.lin.id}
    working_day.choose(place, people.lin, INTERNAL)
    place.presence.arrive(people.chen.id)
    offering.offer_waiting(place)
    assert _offered(place) == {asked: people.chen.id}
    with place.database.read() as session:
        outcomes = {each.librarian_id: each.outcome for each in session.query(Offer)}
    assert outcomes == {people.lin.id: "withdrawn", people.chen.id: None}


@pytest.mark.parametrize(("choice", "may"), [(ONLINE, True), (INTERNAL, True), (AWAY, False), (OFFLINE, False)])
def test_colleagues_hand_over_to_who_is_online_or_internal(
    place: Workplace, people: Village, held: UUID, choice: Availability, may: bool
) -> None:
    for person in (people.lin, people.chen):
        place.presence.arrive(person.id)
    working_day.choose(place, people.chen, choice)
    named = {each.id for desk in handing_over.targets(place, people.lin, held) for each in desk.people}
    assert (people.chen.id in named) is may
    passing = Passing(Kind.PERSON, HandOverReason.SUBJECT, people.desk_a, people.chen.id)
    if may:
        handing_over.hand_over(place, people.lin, held, passing)
    else:
        with pytest.raises(TargetNotStaffed):
            handing_over.hand_over(place, people.lin, held, passing)


def test_idle_minutes_of_the_nearest_node_make_somebody_away_until_something_is_done(
    place: Workplace, people: Village, clock: Clock, ear: Ear
) -> None:
    place.presence.arrive(people.lin.id)
    administering.set_setting(place, _administrator(place, people), "AAA", "away_after_minutes", 5, is_locked=False)
    assert working_day.note_activity(place, people.lin).away_after_minutes == 5
    clock.forward(minutes=4, seconds=59)
    assert working_day.mark_idle(place) == 0
    assert being_here.library_now(place, "AAA").desk.is_staffed
    clock.forward(seconds=1)
    # Routing goes by the clock itself; the timer only tells, once.
    assert not being_here.library_now(place, "AAA").desk.is_staffed
    assert [working_day.mark_idle(place) for _ in range(2)] == [1, 0]
    assert _told(ear)[-1] == ("online", "away")
    working_day.note_activity(place, people.lin)
    assert _told(ear)[-1] == ("online", "online")
    assert being_here.library_now(place, "AAA").desk.is_staffed


def test_with_zero_minutes_nobody_becomes_away_by_the_clock(place: Workplace, people: Village, clock: Clock) -> None:
    place.presence.arrive(people.lin.id)
    administering.set_setting(place, _administrator(place, people), "AAA", "away_after_minutes", 0, is_locked=False)
    working_day.note_activity(place, people.lin)
    clock.forward(hours=9)
    assert working_day.mark_idle(place) == 0
    assert being_here.library_now(place, "AAA").desk.is_staffed


@pytest.mark.parametrize(("choice", "keeps"), [(AWAY, True), (INTERNAL, True), (OFFLINE, False)])
def test_held_questions_stay_while_away_and_go_back_to_the_queue_when_offline(
    place: Workplace, people: Village, held: UUID, clock: Clock, choice: Availability, keeps: bool
) -> None:
    place.presence.arrive(people.lin.id)
    assert working_day.choose(place, people.lin, choice).held == 1
    # Half the lease at a time, as the background does it far more often.
    for _ in range(3):
        clock.forward(seconds=place.settings.absence_seconds / 2)
        sweeping.keep_leases(place)
        sweeping.give_back_run_out(place)
    state = answering.desk_thread(place, people.chen, held, 0).conversation.state
    assert state == (State.ACTIVE if keeps else State.WAITING)


def test_readers_of_held_questions_are_told_when_their_librarian_goes_offline_and_comes_back(
    place: Workplace, people: Village, held: UUID, ear: Ear
) -> None:
    place.presence.arrive(people.lin.id)
    for choice in (OFFLINE, AWAY, ONLINE):
        working_day.choose(place, people.lin, choice)
    told = [each.is_here for each in ear.heard if isinstance(each, SidePresence) and each.side == "librarian"]
    assert told == [False, True, True]


def test_the_own_capacity_is_bounded_by_what_the_administrator_gives(place: Workplace, people: Village) -> None:
    assert working_day.working_day(place, people.lin).limit == 3
    with pytest.raises(CapacityRefused) as refusal:
        working_day.set_capacity(place, people.lin, 4)
    assert refusal.value.details == {"limit": 3}
    assert working_day.set_capacity(place, people.lin, 2).max_chats == 2
    # The administrator lowers the limit below it: the lower one holds.
    with place.database.write() as session:
        session.query(DeskMember).filter_by(librarian_id=people.lin.id).update({"max_chats": 1})
    found = {each.id: each for each in working_day.colleagues_now(place, people.chen)}
    assert found[people.lin.id].max_chats == 1
    assert working_day.set_capacity(place, people.lin, None).max_chats is None


def test_colleagues_of_the_own_desks_are_listed_with_load_and_others_are_not(
    place: Workplace, people: Village, held: UUID
) -> None:
    for person in (people.lin, people.chen, people.grace):
        place.presence.arrive(person.id)
    working_day.choose(place, people.chen, INTERNAL)
    found = working_day.colleagues_now(place, people.zhou)
    assert [(each.name_en, each.availability, each.load) for each in found] == [
        ("Lin", ONLINE, 1),
        ("Chen", INTERNAL, 0),
    ]
    assert people.grace.id not in {each.id for each in found}
    place.presence.leave(people.lin.id)
    assert working_day.colleagues_now(place, people.zhou)[-1].availability is OFFLINE


def test_preferences_follow_the_person_and_a_choice_that_is_gone_falls_back_alone(
    place: Workplace, people: Village
) -> None:
    assert preferring.preferences(place, people.lin) == Preferences()
    wanted = Preferences(question_sound=Sound.BELL, volume=10, repeat_seconds=20, letter_keys=False)
    preferring.prefer(place, people.lin, wanted)
    assert preferring.preferences(place, people.lin) == wanted
    assert preferring.preferences(place, people.chen) == Preferences()
    with place.database.write() as session:
        row = session.get_one(StaffPreference, people.lin.id)
        row.choices = {**row.choices, "question_sound": "foghorn", "unknown": 1}
    assert preferring.preferences(place, people.lin) == wanted.model_copy(update={"question_sound": Sound.CHIME})


def test_a_conversation_is_found_by_number_and_while_open_by_words_only_at_the_own_desks(
    place: Workplace, people: Village, clock: Clock
) -> None:
    mine = _ask(place, "怎么下载 100% 的学位论文？")
    theirs = asking.ask(place, come_in(place, "BBB")[0], question("学位论文在哪？"))[0].conversation
    clock.forward(seconds=1)
    other = _ask(place, "几点关门？")
    assert [each.id for each in jumping.find(place, people.lin, "论文 下载")] == [mine]
    assert [each.id for each in jumping.find(place, people.grace, "论文")] == [theirs.id]
    assert [each.id for each in jumping.find(place, people.lin, "100%")] == [mine]
    assert jumping.find(place, people.lin, "_0%") == []
    number = answering.desk_thread(place, people.lin, mine, 0).conversation.number
    assert [each.id for each in jumping.find(place, people.lin, number.lower())] == [mine]
    assert jumping.find(place, people.grace, number) == []
    assert [each.id for each in jumping.find(place, people.lin, number.partition("-")[0])] == [other, mine]
    for nothing in ("", "  ", "\0"):
        assert jumping.find(place, people.lin, nothing) == []


def test_claiming_the_next_takes_what_comes_first_until_nobody_waits(
    place: Workplace, people: Village, clock: Clock
) -> None:
    expected = []
    for _ in range(2):
        expected.append(_ask(place))
        clock.forward(seconds=1)
    taken = [jumping.claim_next(place, people.lin) for _ in range(3)]
    assert [each.id if each else None for each in taken] == [*expected, None]
    assert all(each.holder_id == people.lin.id for each in taken if each)


def test_every_availability_is_told_apart_by_what_it_takes() -> None:
    taken = [(takes_questions(each), takes_hand_overs(each)) for each in Availability]
    assert all(hands or not questions for questions, hands in taken), list(product(Availability, taken))


def _ask(place: Workplace, text: str = "怎么续借？") -> UUID:
    reader: KnownReader = come_in(place)[0]
    return asking.ask(place, reader, question(text))[0].conversation.id


def _choose_by_load(place: Workplace, people: Village) -> None:
    with place.database.write() as session:
        session.get_one(Desk, people.desk_a).mode = DeskMode.LEAST_LOADED


def _offered(place: Workplace) -> dict[UUID, UUID]:
    with place.database.read() as session:
        standing = session.query(Offer).filter(Offer.outcome.is_(None))
        return {each.conversation_id: each.librarian_id for each in standing}


def _told(ear: Ear) -> list[tuple[str, str]]:
    return [(each.choice, each.availability) for each in ear.heard if isinstance(each, WorkingChanged)]


def _administrator(place: Workplace, people: Village) -> StaffMember:
    with place.database.write() as session:
        session.add(
            RoleGrant(librarian_id=people.zhou.id, library_id=people.library_a, role=Role.LIBRARY_ADMINISTRATOR)
        )
    with place.database.read() as session:
        found = staff_member(session, people.zhou.id, csrf_token="csrf")
    assert found is not None
    return found
