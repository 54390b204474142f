"""A library's questions go to desks of other libraries only where both have an approved and fresh library card."""

from datetime import timedelta
from uuid import UUID

import pytest

from qa_server.desk import asking, explaining, widening
from qa_server.desk.workplace import Workplace
from qa_server.network import cards
from qa_server.network.card_models import LibraryCard
from qa_server.network.cards import REQUIRED_KEYS, LineFields
from qa_server.network.node_settings import set_value
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.journey import Journey, travel_from
from qa_server.routing.rule_setting import CARD_REQUIRED_FOR_SHARING, CASCADE
from tests.fakes import Clock
from tests.routing.conftest import Region
from tests.village import come_in, question

ALLIANCE_FIRST = {"steps": [{"desk": "home"}, {"desk": "alliance"}, {"desk": "up"}]}


@pytest.fixture(autouse=True)
def alliance_first(place: Workplace, region: Region) -> None:
    """Library A asks its alliance, whose desk stands at library B, before the centre."""
    with place.database.write() as session:
        set_value(
            session, region.village.library_a, CASCADE.key, ALLIANCE_FIRST, is_locked=False, by=None, now=place.clock()
        )


def give_card(place: Workplace, region: Region, library: UUID) -> None:
    """Give a library a card as the centre approved it."""
    now, owner = place.clock(), region.village.lin.id
    with place.database.write() as session:
        for key in REQUIRED_KEYS:
            fields = LineFields("fact", "三十天", "Thirty days")
            cards.set_line(session, library, key, fields, owner_id=owner, by=owner, now=now)
        card = LibraryCard(library_id=library, state="approved", note="", changed_at=now, changed_by=owner)
        session.add(card)


def foreseen(place: Workplace, region: Region) -> Journey:
    """Return the way of a general question of library A, if everybody were there."""
    with place.database.read() as session:
        return travel_from(session, region.village.library_a, at=place.clock(), kind=QuestionKind.GENERAL)


def passed_over(journey: Journey) -> list[tuple[UUID, str]]:
    """Return the desks that were passed over, with the reasons."""
    return [each for leg in journey.legs for each in leg.skipped]


def test_without_cards_the_shared_desk_is_passed_over_and_the_centre_still_helps(
    place: Workplace, region: Region
) -> None:
    journey = foreseen(place, region)
    assert (region.shared, "no_card") in passed_over(journey)
    assert [leg.relation for leg in journey.legs if leg.desk_id] == ["home", "up"]


@pytest.mark.parametrize("which", ["library_a", "library_b"])
def test_one_card_of_the_two_is_not_enough(place: Workplace, region: Region, which: str) -> None:
    give_card(place, region, getattr(region.village, which))
    assert (region.shared, "no_card") in passed_over(foreseen(place, region))


def test_with_both_cards_the_shared_desk_is_reached_until_one_goes_stale(
    place: Workplace, region: Region, clock: Clock
) -> None:
    for library in (region.village.library_a, region.village.library_b):
        give_card(place, region, library)
    journey = foreseen(place, region)
    assert [leg.relation for leg in journey.legs if leg.desk_id] == ["home", "alliance", "up"]
    clock.now += timedelta(days=181)
    assert (region.shared, "no_card") in passed_over(foreseen(place, region))


def test_a_network_may_do_without_cards(place: Workplace, region: Region) -> None:
    key, nation = CARD_REQUIRED_FOR_SHARING.key, region.village.nation
    with place.database.write() as session:
        set_value(session, nation, key, False, is_locked=False, by=None, now=place.clock())
    assert [leg.relation for leg in foreseen(place, region).legs if leg.desk_id] == ["home", "alliance", "up"]


def test_the_way_of_a_question_says_why_the_shared_desk_did_not_get_it(
    place: Workplace, region: Region, clock: Clock
) -> None:
    for person in (region.wang, region.village.grace):
        place.presence.arrive(person.id)
    asked = asking.ask(place, come_in(place)[0], question())[0].conversation.id
    clock.forward(seconds=10)
    widening.widen_due(place)
    reached = next(each for each in explaining.way_of(place, region.wang, asked).decisions if each.action == "reached")
    assert reached.desk_id == region.centre
    assert reached.reasons["passed_over"] == [{"desk_id": str(region.shared), "reason": "no_card"}]
