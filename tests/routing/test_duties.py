"""What is left to do after a conversation has an owner and a time, climbs when it is late, and ends with an answer."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, owing, rehoming, sweeping, talking, timing, widening
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskMember, DeskState
from qa_server.people.models import Librarian
from storage.errors import NotFound
from tests.fakes import Clock
from tests.routing.conftest import Region
from tests.village import come_in, new_client_id, question


@pytest.fixture
def asked(place: Workplace, region: Region) -> tuple[KnownReader, UUID]:
    """A question of library A that WANG of the centre holds, because nobody was at home."""
    place.presence.arrive(region.wang.id)
    reader, _ = come_in(place)
    found = asking.ask(place, reader, question())[0].conversation.id
    place.clock.forward(seconds=10)  # type: ignore[attr-defined]
    widening.widen_due(place)
    answering.claim(place, region.wang, found)
    return reader, found


def test_a_follow_up_by_the_home_library_is_its_duty_and_the_reader_is_told_honestly(
    place: Workplace, region: Region, asked: tuple[KnownReader, UUID], clock: Clock
) -> None:
    reader, conversation = asked
    answering.close(place, region.wang, conversation, resolution=Resolution.FOLLOW_UP_HOME, read_level=3, hours=8)
    told = asking.thread(place, reader, conversation, 0).conversation
    assert told.state == "closed"
    assert told.follow_up is not None
    assert (told.follow_up.library_en, told.follow_up.is_overdue) == ("AAA Library", False)
    (duty,) = owing.my_duties(place, region.village.lin)
    assert (duty.kind, duty.library, duty.desk_id) == ("follow_up_home", "AAA", region.village.desk_a)
    assert owing.my_duties(place, region.wang) == []


def test_the_home_library_takes_it_up_answers_and_nothing_is_owed_any_more(
    place: Workplace, region: Region, asked: tuple[KnownReader, UUID]
) -> None:
    reader, conversation = asked
    answering.close(place, region.wang, conversation, resolution=Resolution.REFERRED_HOME, read_level=None)
    (duty,) = owing.my_duties(place, region.village.lin)
    with pytest.raises(NotFound):
        owing.take_up_duty(place, region.wang, duty.id)
    assert owing.take_up_duty(place, region.village.lin, duty.id) == conversation
    answering.claim(place, region.village.lin, conversation)
    talking.say_as_librarian(place, region.village.lin, conversation, client_id=new_client_id(), body="查到了")
    answering.close(place, region.village.lin, conversation, resolution=Resolution.ANSWERED, read_level=2)
    assert owing.my_duties(place, region.village.lin) == []
    assert asking.thread(place, reader, conversation, 0).conversation.follow_up is None


def test_a_follow_up_by_me_stays_with_the_person_who_said_so(
    place: Workplace, region: Region, asked: tuple[KnownReader, UUID]
) -> None:
    _, conversation = asked
    answering.close(place, region.wang, conversation, resolution=Resolution.FOLLOW_UP_ME, read_level=None)
    (duty,) = owing.my_duties(place, region.wang)
    assert (duty.librarian_id, duty.desk_id) == (region.wang.id, region.centre)
    owing.take_up_duty(place, region.wang, duty.id)
    assert answering.claim(place, region.wang, conversation).holder_id == region.wang.id


def test_an_overdue_duty_climbs_to_the_next_desk_up_once(
    place: Workplace, region: Region, asked: tuple[KnownReader, UUID], clock: Clock
) -> None:
    reader, conversation = asked
    answering.close(place, region.wang, conversation, resolution=Resolution.NEEDS_FOLLOW_UP, read_level=None, hours=8)
    clock.forward(hours=8)
    assert owing.climb_overdue(place) == 1
    assert owing.climb_overdue(place) == 0
    assert owing.my_duties(place, region.village.lin) == []
    (duty,) = owing.my_duties(place, region.wang)
    assert (duty.climbed, duty.is_overdue) == (1, True)
    told = asking.thread(place, reader, conversation, 0).conversation.follow_up
    assert told is not None
    assert told.is_overdue


@pytest.mark.parametrize("resolution", [Resolution.ANSWERED, Resolution.LOST, Resolution.PRACTICE])
def test_codes_that_leave_nothing_make_no_duty(
    place: Workplace, region: Region, asked: tuple[KnownReader, UUID], resolution: Resolution
) -> None:
    answering.close(place, region.wang, asked[1], resolution=resolution, read_level=None)
    assert owing.my_duties(place, region.village.lin) == owing.my_duties(place, region.wang) == []


def test_a_promise_to_a_reader_is_a_duty_that_ends_with_the_answer(
    place: Workplace, region: Region, clock: Clock
) -> None:
    reader, _ = come_in(place)
    conversation = asking.ask(place, reader, question())[0].conversation.id
    clock.forward(seconds=10)
    widening.widen_due(place)
    (duty,) = owing.my_duties(place, region.village.lin)
    assert duty.kind == "promised"
    answering.claim(place, region.village.lin, conversation)
    answering.close(place, region.village.lin, conversation, resolution=Resolution.ANSWERED, read_level=None)
    assert owing.my_duties(place, region.village.lin) == []


def test_a_person_removed_in_the_middle_of_five_chats_leaves_none_behind(
    place: Workplace, region: Region, clock: Clock
) -> None:
    lin = region.village.lin
    place.presence.arrive(lin.id)
    held = []
    for _ in range(5):
        reader, _ = come_in(place)
        held.append(asking.ask(place, reader, question())[0].conversation.id)
        answering.claim(place, lin, held[-1])
    with place.database.write() as session:
        session.get_one(Librarian, lin.id).is_active = False
    assert sweeping.give_back_run_out(place) == 5
    for conversation in held:
        assert answering.claim(place, region.village.chen, conversation).holder_id == region.village.chen.id


def test_who_is_taken_off_a_desk_loses_what_was_held_there(place: Workplace, region: Region, clock: Clock) -> None:
    lin = region.village.lin
    reader, _ = come_in(place)
    conversation = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, lin, conversation)
    assert sweeping.give_back_run_out(place) == 0
    with place.database.write() as session:
        session.query(DeskMember).filter_by(librarian_id=lin.id).delete()
    assert sweeping.give_back_run_out(place) == 1
    assert answering.claim(place, region.village.chen, conversation).holder_id == region.village.chen.id


def test_open_questions_of_a_closed_desk_go_to_the_next_desk_up(place: Workplace, region: Region, clock: Clock) -> None:
    reader, _ = come_in(place)
    conversation = asking.ask(place, reader, question())[0].conversation.id
    assert rehoming.rehome_lost(place) == 0
    with place.database.write() as session:
        session.get_one(Desk, region.village.desk_a).state = DeskState.CLOSED
    assert rehoming.rehome_lost(place) == 1
    assert answering.claim(place, region.wang, conversation).desk_id == region.centre
    assert timing.fire_all(place) == 0


def test_the_promise_counts_working_days_of_the_library(place: Workplace, region: Region, clock: Clock) -> None:
    clock.now = datetime(2026, 9, 4, 9, 0, tzinfo=UTC)
    reader, _ = come_in(place)
    conversation = asking.ask(place, reader, question())[0].conversation.id
    clock.forward(seconds=10)
    widening.widen_due(place)
    promised = asking.thread(place, reader, conversation, 0).conversation.promised_at
    # No hours anywhere: open every day, so that 24 hours are a day.
    assert promised == datetime(2026, 9, 5, 9, 0, 10, tzinfo=UTC)
