"""What a librarian is to readers and colleagues now: the own choice, and what the clock makes of it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Availability(StrEnum):
    """What somebody takes. Internal: hand-overs and colleagues' matters, but no new question of a reader."""

    ONLINE = "online"
    AWAY = "away"
    INTERNAL = "internal"
    OFFLINE = "offline"


# Says of an availability whether what is given out may go to such a person.
Takes = Callable[[Availability], bool]


@dataclass(frozen=True, slots=True)
class Working:
    """What somebody chose. `idle_at`: away from then on unless something is done; None: nothing is known of it.

    `max_chats` is the own choice of how many conversations at once, None for what the desk gives.
    """

    choice: Availability = Availability.ONLINE
    idle_at: datetime | None = None
    max_chats: int | None = None

    def is_idle(self, now: datetime) -> bool:
        """Say whether nothing was done for so long that somebody who is online counts as away."""
        return self.choice is Availability.ONLINE and self.idle_at is not None and self.idle_at <= now

    def at(self, now: datetime, *, is_connected: bool = True) -> Availability:
        """Return what the person is to others: who is not connected is offline, whatever was chosen."""
        if not is_connected:
            return Availability.OFFLINE
        return Availability.AWAY if self.is_idle(now) else self.choice

    def places(self, limit: int) -> int:
        """Return how many conversations the person takes at a desk that gives at most `limit`."""
        return limit if self.max_chats is None else min(limit, self.max_chats)


def takes_questions(availability: Availability) -> bool:
    """Say whether readers' new questions go to such a person; only these make a desk staffed."""
    return availability is Availability.ONLINE


def takes_hand_overs(availability: Availability) -> bool:
    """Say whether colleagues may hand such a person a question."""
    return availability in (Availability.ONLINE, Availability.INTERNAL)


def takes_anything(_availability: Availability) -> bool:
    """Stand for questions about another day, for which nobody has chosen yet."""
    return True
