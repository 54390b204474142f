"""The closed lists of document delivery, in words. English is the key of its translation."""

from collections.abc import Mapping

from qa_server.commissions.copyright import Limit
from qa_server.commissions.delivery_models import OfferState, UnfilledReason
from qa_server.desk.commissions.supply.settlements import BALANCE_HEADS, KINDS, LINE_HEADS

# What a supplier opens of a request: what is asked for, and how it went since it was asked.
SUPPLIER_TABS: Mapping[str, str] = {"": "Form", "/record": "Course"}

OFFER_STATES: Mapping[str, str] = {
    OfferState.OFFERED: "asked",
    OfferState.CONDITIONAL: "on a condition",
    OfferState.WILL_SUPPLY: "will supply",
    OfferState.DELIVERED: "delivered",
    OfferState.UNFILLED: "cannot supply",
    OfferState.DECLINED: "condition not accepted",
    OfferState.EXPIRED: "did not answer in time",
    OfferState.WITHDRAWN: "taken back",
}

REASONS: Mapping[str, str] = {
    UnfilledReason.NOT_HELD: "not held",
    UnfilledReason.IN_USE: "in use or on loan",
    UnfilledReason.ON_ORDER: "on order, not there yet",
    UnfilledReason.POOR_CONDITION: "too fragile to copy",
    UnfilledReason.COPYRIGHT: "copyright does not allow it",
    UnfilledReason.POLICY: "rules of the library",
    UnfilledReason.COST: "costs more than allowed",
    UnfilledReason.NOT_FOUND_AS_CITED: "not found as cited",
    UnfilledReason.EXPIRED: "no answer in time",
    UnfilledReason.OTHER: "another reason",
}
# What a supplier may choose; silence is noted by the timer.
GIVEN_REASONS: Mapping[str, str] = {key: text for key, text in REASONS.items() if key != UnfilledReason.EXPIRED}

LIMITS: Mapping[str, str] = {
    Limit.ISSUE: "Articles of one issue: {allowed} are allowed, this would be number {wanted}.",
    Limit.BOOK: "Part of a book: {allowed} pages are allowed, {wanted} are wanted.",
    Limit.QUOTA: "Documents of this month: the reader's quota is {allowed}, this would be number {wanted}.",
}

SETTLEMENTS: Mapping[str, str] = KINDS

# Why what was typed about a supplier cannot be kept, by field; any other one says the first.
WRONG: Mapping[str, str] = {
    "": "please check what was typed.",
    "fee_page": "a fee is an amount with at most two places, such as 0.30.",
    "fee_item": "a fee is an amount with at most two places, such as 0.30.",
    "subsidy_percent": "the subsidy is a whole percentage from 0 to 100.",
    "offer_hours": "the time to answer is 1 to 400 working hours.",
    "agency": "an ISO 18626 identifier has letters, digits and : . _ / - alone.",
}

# What stands above the columns of the files.
HEADS: Mapping[str, str] = {each: each for each in (*BALANCE_HEADS, *LINE_HEADS)}
