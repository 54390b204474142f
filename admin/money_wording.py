"""The closed lists of the pages about the money, letters and figures of commissions, in words."""

from collections.abc import Mapping

from qa_server.commissions.money_models import CallState, LedgerState, PaymentMethod
from qa_server.desk.commissions.finding import statistics
from qa_server.desk.commissions.money import ledgers
from qa_server.desk.commissions.money.payment_hook import CANCELLED, DUE

KINDS: Mapping[str, str] = ledgers.KINDS
METHODS: Mapping[str, str] = ledgers.METHODS
# What a cashier may choose.
BY_HAND = (PaymentMethod.TRANSFER, PaymentMethod.CASH, PaymentMethod.CAMPUS_CARD)

LINE_STATES: Mapping[str, str] = {
    LedgerState.PROOF_SENT: "waits for confirmation",
    LedgerState.CONFIRMED: "confirmed",
    LedgerState.REJECTED: "rejected",
    LedgerState.REFUNDED: "given back",
}

# What a page says after a change, by the word in its address.
DONE: Mapping[str, str] = {
    "confirm": "The payment is confirmed.",
    "reject": "The proof was rejected; the reader is asked for another.",
    "payments": "The payment is written down.",
    "refunds": "The refund is written down.",
    "waivers": "The sum is let off.",
    "fees": "The fee is added.",
    "invoice": "The number of the invoice is noted.",
    "saved": "Saved.",
    "inherited": "What is above holds here again.",
}

INVOICE_KINDS: Mapping[str, str] = {
    "none": "No invoice wanted",
    "person": "For a person",
    "organisation": "For an organisation",
}
INVOICE_FIELDS: Mapping[str, str] = {
    "title": "Title of the invoice",
    "tax_number": "Tax number",
    "email": "E-mail",
    "note": "Remarks",
}

CALL_KINDS: Mapping[str, str] = {DUE: "to be paid", CANCELLED: "no longer to be paid"}
CALL_STATES: Mapping[str, str] = {
    CallState.WAITING: "on its way",
    CallState.SENT: "taken",
    CallState.GIVEN_UP: "given up",
}

HEADS: Mapping[str, str] = statistics.HEADS
FIGURES: Mapping[str, str] = {each: each for each in statistics.FIGURES}
TOTAL_HEADS: Mapping[str, str] = {each: each for each in ledgers.TOTAL_HEADS}
ROW_HEADS: Mapping[str, str] = {each: each for each in ledgers.ROW_HEADS}
RECIPIENTS: Mapping[str, str] = {"reader": "to the reader", "staff": "to librarians"}
