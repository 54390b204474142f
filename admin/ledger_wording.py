"""The closed lists of the ledger in words. English is the key of its translation."""

from collections.abc import Mapping

from knowledge.ledger.models import ClosingKind, EntryState
from knowledge.ledger.queries import Order

ENTRY_STATES: Mapping[str, str] = {
    EntryState.OPEN: "Unanswered",
    EntryState.IN_WORK: "In work",
    EntryState.CLOSED: "Closed",
}

ORDERS: Mapping[str, str] = {
    Order.COUNT: "Most open questions",
    Order.GROWTH: "Fastest growing",
    Order.NEWEST: "Asked last",
}

OWNERS: Mapping[str, str] = {"mine": "Mine", "nobody": "Nobody yet"}

CLOSINGS: Mapping[str, str] = {
    ClosingKind.ANSWERED: "Answered by an article",
    ClosingKind.WONT_ANSWER: "Will not be answered",
}

UNDONE: Mapping[str, str] = {
    "taken_back": "taken back",
    "article_gone": "the article is no longer shown",
}
