"""The simulator and the live router give the same question the same way, whoever happens to be there."""

from random import Random

import pytest
from sqlalchemy import select

from qa_server.conversations.models import Conversation
from qa_server.desk import asking, widening
from qa_server.desk.workplace import Workplace
from qa_server.network.node_settings import set_value
from qa_server.people.rights import StaffMember
from qa_server.routing import passage
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.journey import travel_from
from qa_server.routing.models import Route
from qa_server.routing.rule_setting import CASCADE
from tests.fakes import Clock
from tests.routing.conftest import Region
from tests.village import come_in, question

TEXTS = {QuestionKind.GENERAL: "怎样检索古籍数据库？", QuestionKind.LOCAL: "图书馆几点关门？"}
RULES: list[dict[str, object]] = [
    {},
    {"steps": [{"desk": "home"}, {"desk": "alliance", "wait_seconds": 20}, {"desk": "up"}]},
    {"steps": [{"desk": "home"}, {"desk": "up", "kinds": ["general"]}, {"desk": "alliance"}], "head_start_seconds": 5},
    {"steps": [{"desk": "home"}, {"desk": "BBB", "minimum_free": 4}, {"desk": "PRV"}], "absence_seconds": 0},
]


@pytest.mark.parametrize("number", range(8))
def test_simulator_and_live_router_agree(place: Workplace, region: Region, clock: Clock, number: int) -> None:
    random = Random(number)
    with place.database.write() as session:
        rule = RULES[number % len(RULES)]
        library = region.village.library_a
        set_value(session, library, CASCADE.key, rule, is_locked=False, by=None, now=clock.now)
    people: list[StaffMember] = [region.village.lin, region.village.grace, region.wang]
    for person in people:
        if random.random() < 0.5:
            place.presence.arrive(person.id)
    for kind, text in TEXTS.items():
        clock.forward(days=1)
        with place.database.read() as session:
            foreseen = travel_from(
                session, region.village.library_a, at=clock.now, kind=kind, is_here=place.presence.is_present
            )
        lived = live(place, clock, text)
        assert [(leg.at, leg.desk_id) for leg in foreseen.legs] == lived
        assert (foreseen.ends == "tracked") == (lived[-1][1] is None and was_promised(place))


def live(place: Workplace, clock: Clock, text: str) -> list[tuple[object, object]]:
    """Ask, let every timer fire, and return when which desk was reached, None at the end."""
    reader, _ = come_in(place)
    asked = asking.ask(place, reader, question(text))[0].conversation.id
    for _ in range(10):
        with place.database.read() as session:
            route = session.get_one(Route, asked)
            decided = passage.decisions(session, asked)
            due, is_over = route.due_at, route.next_step == 0
        if is_over:
            break
        assert due is not None
        clock.now = due
        widening.widen_due(place)
    way = [(each.decided_at, each.desk_id) for each in decided if each.action in {"asked", "reached"}]
    return [*way, (clock.now, None)]


def was_promised(place: Workplace) -> bool:
    """Say whether the newest question was promised an answer."""
    with place.database.read() as session:
        newest = session.scalars(select(Conversation).order_by(Conversation.id.desc()).limit(1)).one()
        return newest.promised_at is not None
