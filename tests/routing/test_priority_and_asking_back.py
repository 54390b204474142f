"""What a supervisor puts first comes first, with the reason kept; and questions that were handed on are asked back."""

from uuid import UUID

import pytest

from qa_server.desk import answering, asking, explaining, handing_over, supervising
from qa_server.desk.handing_over import Passing
from qa_server.desk.supervising import PriorityRefused
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import HandOverClosed, NotHolder
from qa_server.routing.hand_overs import OFFERED_SECONDS, HandOverReason, Kind
from storage.errors import NotFound
from tests.fakes import Clock
from tests.routing.conftest import Region
from tests.village import come_in, question

UP = Passing(Kind.UP, HandOverReason.SUBJECT)


@pytest.fixture
def held(place: Workplace, region: Region) -> UUID:
    """A question of library A that LIN holds; WANG of the centre is there."""
    for person in (region.village.lin, region.wang):
        place.presence.arrive(person.id)
    asked = asking.ask(place, come_in(place)[0], question())[0].conversation.id
    answering.claim(place, region.village.lin, asked)
    return asked


def dispatcher(place: Workplace, region: Region) -> StaffMember:
    """Return ZHOU as a dispatcher of library A."""
    with place.database.write() as session:
        zhou, library = region.village.zhou.id, region.village.library_a
        session.add(RoleGrant(librarian_id=zhou, library_id=library, role=Role.DISPATCHER))
    with place.database.read() as session:
        person = staff_member(session, zhou, csrf_token="csrf")
    assert person is not None
    return person


def test_what_is_put_first_stands_first_for_everybody_with_the_reason(place: Workplace, region: Region) -> None:
    village = region.village
    asked = [asking.ask(place, come_in(place)[0], question())[0].conversation.id for _ in range(3)]
    boss = dispatcher(place, region)
    changed = supervising.set_priority(place, boss, asked[2], 9, reason="  今天截止 ")
    assert (changed.priority, changed.position) == (9, 1)
    listed = [each.id for each in answering.desk_listing(place, village.lin, village.desk_a).items]
    assert listed == [asked[2], asked[0], asked[1]]
    entry = explaining.way_of(place, village.lin, asked[2]).supervision[-1]
    assert (entry.action, entry.priority, entry.reason) == ("prioritised", 9, "今天截止")


def test_without_a_reason_a_right_or_a_wait_nothing_is_put_first(place: Workplace, region: Region, held: UUID) -> None:
    boss = dispatcher(place, region)
    waiting = asking.ask(place, come_in(place)[0], question())[0].conversation.id
    with pytest.raises(PriorityRefused):
        supervising.set_priority(place, boss, waiting, 9, reason="   ")
    with pytest.raises(PriorityRefused):
        supervising.set_priority(place, boss, held, 9, reason="急")
    with pytest.raises(NotFound):
        supervising.set_priority(place, region.village.lin, waiting, 9, reason="急")
    assert answering.desk_thread(place, boss, waiting, 0).conversation.priority == 0
    assert explaining.way_of(place, boss, waiting).supervision == []


def test_whoever_gave_a_question_away_asks_for_it_back_from_another_library(
    place: Workplace, region: Region, held: UUID
) -> None:
    lin, wang = region.village.lin, region.wang
    handing_over.accept(place, wang, handing_over.hand_over(place, lin, held, UP).id)
    home = Passing(Kind.HOME, HandOverReason.LOCAL_KNOWLEDGE)
    handing_over.accept(place, lin, handing_over.hand_over(place, wang, held, home).id)
    # WANG does not see it any more, and gave it away.
    with pytest.raises(NotFound):
        answering.desk_thread(place, wang, held, 0)
    asked = handing_over.ask_back(place, wang, held, note="读者又打来了")
    assert (asked.kind, asked.to_desk_id) == ("asked_back", region.centre)
    handing_over.accept(place, lin, asked.id)
    assert answering.desk_thread(place, wang, held, 0).conversation.holder_id == wang.id


def test_who_never_had_it_and_does_not_serve_there_finds_nothing(place: Workplace, region: Region, held: UUID) -> None:
    with pytest.raises(NotFound):
        handing_over.ask_back(place, region.wang, held, note="")
    with pytest.raises(NotHolder):
        handing_over.ask_back(place, region.village.lin, held, note="")


def test_asking_back_is_declined_or_runs_out_and_the_holder_goes_on(
    place: Workplace, region: Region, held: UUID, clock: Clock
) -> None:
    lin, wang = region.village.lin, region.wang
    handing_over.accept(place, wang, handing_over.hand_over(place, lin, held, UP).id)
    asked = handing_over.ask_back(place, lin, held, note="")
    declined = handing_over.decline(place, wang, asked.id, note="快好了")
    assert (declined.state, declined.answer_note) == ("declined", "快好了")
    again = handing_over.ask_back(place, lin, held, note="")
    clock.forward(seconds=OFFERED_SECONDS + 1)
    handing_over.expire_due(place)
    with pytest.raises(HandOverClosed):
        handing_over.accept(place, wang, again.id)
    assert answering.desk_thread(place, lin, held, 0).conversation.holder_id == wang.id
