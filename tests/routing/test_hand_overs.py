"""Hand-overs: offered, accepted, declined, expired, asked back; the sender holds the question until it is taken."""

from uuid import UUID

import pytest

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, explaining, handing_over, sweeping, talking, widening
from qa_server.desk.handing_over import Passing
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import HandOverClosed, HandOverOpen, NotHolder, TargetNotStaffed
from qa_server.routing.hand_overs import HandOverReason, Kind
from storage.errors import NotFound
from tests.fakes import Clock
from tests.routing.conftest import Region
from tests.village import come_in, new_client_id, question

UP = Passing(Kind.UP, HandOverReason.SUBJECT, note="古籍问题，请省中心解答")


@pytest.fixture
def held(place: Workplace, region: Region) -> UUID:
    """A question of library A that LIN holds; WANG and GRACE are there."""
    for person in (region.village.lin, region.wang, region.village.grace):
        place.presence.arrive(person.id)
    reader, _ = come_in(place)
    asked = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, region.village.lin, asked)
    return asked


def holder(place: Workplace, person: StaffMember, conversation: UUID) -> UUID | None:
    """Return who holds a conversation."""
    return answering.desk_thread(place, person, conversation, 0).conversation.holder_id


def test_a_question_handed_up_is_the_senders_until_it_is_accepted(place: Workplace, region: Region, held: UUID) -> None:
    lin = region.village.lin
    offered = handing_over.hand_over(place, lin, held, UP)
    assert (offered.state, offered.to_desk_id, offered.note) == ("offered", region.centre, UP.note)
    assert holder(place, lin, held) == lin.id
    assert [each.id for each in handing_over.standing(place, region.wang)] == [offered.id]
    handing_over.accept(place, region.wang, offered.id)
    assert holder(place, lin, held) == region.wang.id
    with pytest.raises(NotHolder):
        answering.close(place, lin, held, resolution=Resolution.ANSWERED, read_level=None)
    talking.say_as_librarian(place, region.wang, held, client_id=new_client_id(), body="您好")
    answering.close(place, region.wang, held, resolution=Resolution.ANSWERED, read_level=None)


def test_only_those_who_are_there_can_be_chosen(place: Workplace, region: Region, held: UUID) -> None:
    lin = region.village.lin
    offered = {each.desk_id for each in handing_over.targets(place, lin, held)}
    assert region.centre in offered
    place.presence.leave(region.wang.id)
    assert region.centre not in {each.desk_id for each in handing_over.targets(place, lin, held)}
    with pytest.raises(TargetNotStaffed):
        handing_over.hand_over(place, lin, held, UP)
    assert holder(place, lin, held) == lin.id


def test_a_declined_question_stays_and_the_other_desk_loses_sight_of_it(
    place: Workplace, region: Region, held: UUID
) -> None:
    offered = handing_over.hand_over(place, region.village.lin, held, UP)
    assert answering.desk_thread(place, region.wang, held, 0).messages
    handing_over.decline(place, region.wang, offered.id, note="不在本专业")
    assert holder(place, region.village.lin, held) == region.village.lin.id
    with pytest.raises(NotFound):
        answering.desk_thread(place, region.wang, held, 0)
    with pytest.raises(HandOverClosed):
        handing_over.accept(place, region.wang, offered.id)


def test_an_offer_nobody_answers_expires_and_the_sender_goes_on(
    place: Workplace, region: Region, held: UUID, clock: Clock
) -> None:
    offered = handing_over.hand_over(place, region.village.lin, held, UP)
    with pytest.raises(HandOverOpen):
        handing_over.hand_over(place, region.village.lin, held, UP)
    clock.forward(seconds=120)
    assert handing_over.expire_due(place) == 1
    assert handing_over.expire_due(place) == 0
    assert holder(place, region.village.lin, held) == region.village.lin.id
    with pytest.raises(HandOverClosed):
        handing_over.accept(place, region.wang, offered.id)


def test_in_a_warm_hand_over_both_write_until_it_is_accepted(place: Workplace, region: Region, held: UUID) -> None:
    lin, wang = region.village.lin, region.wang
    passing = Passing(Kind.PERSON, HandOverReason.SUBJECT, region.centre, wang.id, is_warm=True)
    with pytest.raises(NotFound):
        talking.say_as_librarian(place, wang, held, client_id=new_client_id(), body="还不能说")
    offered = handing_over.hand_over(place, lin, held, passing)
    talking.say_as_librarian(place, lin, held, client_id=new_client_id(), body="王老师来帮您")
    talking.say_as_librarian(place, wang, held, client_id=new_client_id(), body="您好，我是王老师")
    assert holder(place, lin, held) == lin.id
    handing_over.accept(place, wang, offered.id)
    with pytest.raises(NotHolder):
        talking.say_as_librarian(place, lin, held, client_id=new_client_id(), body="还能说吗")


def test_a_helper_is_asked_to_give_a_question_back_and_agrees(
    place: Workplace, region: Region, held: UUID, clock: Clock
) -> None:
    lin, chen, wang = region.village.lin, region.village.chen, region.wang
    handing_over.accept(place, wang, handing_over.hand_over(place, lin, held, UP).id)
    asked = handing_over.ask_back(place, chen, held, note="读者就在我们馆")
    assert [each.id for each in handing_over.standing(place, wang)] == [asked.id]
    with pytest.raises(NotFound):
        handing_over.accept(place, chen, asked.id)
    handing_over.accept(place, wang, asked.id)
    assert holder(place, chen, held) == chen.id
    with pytest.raises(NotFound):
        answering.desk_thread(place, wang, held, 0)


def test_a_sender_who_leaves_takes_the_offer_along_and_the_question_waits_again(
    place: Workplace, region: Region, held: UUID, clock: Clock
) -> None:
    offered = handing_over.hand_over(place, region.village.lin, held, UP)
    place.presence.leave(region.village.lin.id)
    clock.forward(seconds=61)
    sweeping.give_back_run_out(place)
    with pytest.raises(HandOverClosed):
        handing_over.accept(place, region.wang, offered.id)
    assert holder(place, region.village.chen, held) is None
    answering.claim(place, region.village.chen, held)


def test_every_decision_is_kept_with_its_reasons(place: Workplace, region: Region, held: UUID, clock: Clock) -> None:
    handing_over.accept(place, region.wang, handing_over.hand_over(place, region.village.lin, held, UP).id)
    way = explaining.way_of(place, region.wang, held)
    assert [each.action for each in way.decisions] == ["asked", "claimed", "claimed", "handed_over"]
    assert [each.state for each in way.hand_overs] == ["accepted"]
    claimed = way.decisions[1]
    assert {"code": "home_library", "points": 1000} in claimed.reasons["reasons"]
    assert [step.relation for step in way.steps] == ["home", "up"]
    with pytest.raises(NotFound):
        explaining.way_of(place, region.village.grace, held)


def test_giving_back_shows_it_again_to_those_it_had_reached(
    place: Workplace, region: Region, held: UUID, clock: Clock
) -> None:
    answering.give_back(place, region.village.lin, held)
    clock.forward(seconds=10)
    assert widening.widen_due(place) == 1
    answering.claim(place, region.wang, held)
    assert holder(place, region.village.lin, held) == region.wang.id


def test_a_question_that_goes_back_to_its_sender_marks_the_first_hand_over_as_returned(
    place: Workplace, region: Region, held: UUID
) -> None:
    lin, wang = region.village.lin, region.wang
    handing_over.accept(place, wang, handing_over.hand_over(place, lin, held, UP).id)
    home = Passing(Kind.HOME, HandOverReason.LOCAL_KNOWLEDGE, librarian_id=lin.id)
    back = handing_over.hand_over(place, wang, held, home)
    assert [each.state for each in explaining.way_of(place, lin, held).hand_overs] == ["accepted", "offered"]
    handing_over.accept(place, lin, back.id)
    assert [each.state for each in explaining.way_of(place, lin, held).hand_overs] == ["returned", "accepted"]


def test_a_question_that_goes_on_to_a_third_is_not_returned(place: Workplace, region: Region, held: UUID) -> None:
    chen = region.village.chen
    place.presence.arrive(chen.id)
    handing_over.accept(place, region.wang, handing_over.hand_over(place, region.village.lin, held, UP).id)
    home = Passing(Kind.HOME, HandOverReason.LOCAL_KNOWLEDGE, librarian_id=chen.id)
    handing_over.accept(place, chen, handing_over.hand_over(place, region.wang, held, home).id)
    assert [each.state for each in explaining.way_of(place, chen, held).hand_overs] == ["accepted", "accepted"]
