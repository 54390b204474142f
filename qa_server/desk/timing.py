"""What is looked at every half second: everything that falls due. Each is safe to repeat and on several processes."""

from collections.abc import Callable

from qa_server.desk.commissions.letters.reminding import look_after_due
from qa_server.desk.commissions.supply.dispatching import expire_offers as expire_supply_offers
from qa_server.desk.handing_over import expire_due
from qa_server.desk.offering import expire_offers, offer_waiting
from qa_server.desk.owing import climb_overdue
from qa_server.desk.practising import speak_due
from qa_server.desk.rehoming import rehome_lost
from qa_server.desk.reviewing import look_after_reviews
from qa_server.desk.widening import widen_due
from qa_server.desk.working_day import mark_idle
from qa_server.desk.workplace import Workplace

TIMERS: tuple[Callable[[Workplace], int], ...] = (
    widen_due,
    expire_due,
    expire_offers,
    offer_waiting,
    climb_overdue,
    rehome_lost,
    mark_idle,
    look_after_reviews,
    speak_due,
    expire_supply_offers,
    look_after_due,
)


def fire_all(place: Workplace) -> int:
    """Fire every timer that is due now; return how much was moved."""
    return sum(work(place) for work in TIMERS)
