"""How states of a document delivery are called in ISO 18626, for libraries that report to systems speaking it. Pure.

Statuses and reasons are those of the 2017 edition's code lists, as open implementations of it write them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from qa_server.commissions.delivery_models import OfferState, UnfilledReason


class Status(StrEnum):
    """The status a supplying agency gives of a request."""

    REQUEST_RECEIVED = "RequestReceived"
    EXPECT_TO_SUPPLY = "ExpectToSupply"
    WILL_SUPPLY = "WillSupply"
    RETRY_POSSIBLE = "RetryPossible"
    UNFILLED = "Unfilled"
    COPY_COMPLETED = "CopyCompleted"
    CANCELLED = "Cancelled"


# Where a reader's commission stands; what the library still prepares itself is no request of the standard yet.
_OF_STATES: Mapping[str, Status] = {
    "submitted": Status.REQUEST_RECEIVED,
    "local_check": Status.REQUEST_RECEIVED,
    "dispatching": Status.REQUEST_RECEIVED,
    "offered": Status.REQUEST_RECEIVED,
    "conditional": Status.RETRY_POSSIBLE,
    "will_supply": Status.WILL_SUPPLY,
    "delivered": Status.COPY_COMPLETED,
    "objection": Status.COPY_COMPLETED,
    "received": Status.COPY_COMPLETED,
    "payment_due": Status.COPY_COMPLETED,
    "settled": Status.COPY_COMPLETED,
    "unfilled": Status.UNFILLED,
    "refused": Status.UNFILLED,
    "cancelled": Status.CANCELLED,
    "refunded": Status.CANCELLED,
}
_OF_OFFERS: Mapping[OfferState, Status] = {
    OfferState.OFFERED: Status.REQUEST_RECEIVED,
    # A condition is told as "retry possible": the requester answers with new conditions or withdraws.
    OfferState.CONDITIONAL: Status.RETRY_POSSIBLE,
    OfferState.WILL_SUPPLY: Status.WILL_SUPPLY,
    OfferState.DELIVERED: Status.COPY_COMPLETED,
    OfferState.UNFILLED: Status.UNFILLED,
    OfferState.DECLINED: Status.CANCELLED,
    OfferState.EXPIRED: Status.UNFILLED,
    OfferState.WITHDRAWN: Status.CANCELLED,
}
# What stands in the list of reasons for unfilled requests; a supplier that is silent is not available to others.
_UNFILLED: Mapping[UnfilledReason, str] = {
    UnfilledReason.NOT_HELD: "NotHeld",
    UnfilledReason.IN_USE: "NotOnShelf",
    UnfilledReason.POOR_CONDITION: "PoorCondition",
    UnfilledReason.COPYRIGHT: "PolicyProblem",
    UnfilledReason.POLICY: "PolicyProblem",
    UnfilledReason.EXPIRED: "NotAvailableForILL",
    UnfilledReason.OTHER: "NotAvailableForILL",
}
# What the standard tells as a reason to try again with other data.
_RETRY: Mapping[UnfilledReason, str] = {
    UnfilledReason.ON_ORDER: "OnOrder",
    UnfilledReason.COST: "CostExceedsMaxCost",
    UnfilledReason.NOT_FOUND_AS_CITED: "NotFoundAsCited",
}


@dataclass(frozen=True)
class Answer:
    """A supplier's answer in the words of the standard; of the two reasons at most one is set."""

    status: Status
    reason_unfilled: str | None = None
    reason_retry: str | None = None


def status_of_state(state: str) -> Status | None:
    """Return the status of a commission's state; None for states that no request of the standard is in."""
    return _OF_STATES.get(state)


def answer_of(state: OfferState, reason: UnfilledReason | None) -> Answer:
    """Return what a supplier's answer amounts to; `reason` is set for unfilled and expired offers."""
    if reason is not None and reason in _RETRY:
        return Answer(Status.RETRY_POSSIBLE, reason_retry=_RETRY[reason])
    return Answer(_OF_OFFERS[state], reason_unfilled=_UNFILLED.get(reason) if reason else None)
