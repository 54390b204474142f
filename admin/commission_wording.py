"""The closed lists of the pages about commissions, in words. English is the key of its translation."""

from collections.abc import Mapping

from qa_server.commissions.models import FilePurpose, PaymentState
from qa_server.commissions.papers.models import PaperKind
from qa_server.desk.commissions.finding.shelves import Shelf

SHELVES: Mapping[Shelf, str] = {
    "waiting": "To be taken up",
    "mine": "Mine",
    "running": "Under way",
    "review": "Review and signing",
    "payment": "Payment",
    "overdue": "Overdue",
    "ended": "Closed and cancelled",
}

# What an empty shelf says.
EMPTY: Mapping[Shelf, str] = {
    "waiting": "Nothing waits. New commissions appear here as soon as readers submit them.",
    "mine": "Nothing is in your hands. Take one from those that wait.",
    "running": "Nothing is under way.",
    "review": "No report of a colleague waits for you.",
    "payment": "No payment is open.",
    "overdue": "Nothing is overdue.",
    "ended": "Nothing has ended yet.",
}

# Last part of the address and what the tab says, in the order of the work.
TABS: Mapping[str, str] = {
    "": "Form",
    "/talk": "Messages and files",
    "/log": "Work log",
    "/quote": "Quote",
    "/report": "Report",
    "/record": "Course",
}

PAYMENT_STATES: Mapping[str, str] = {
    PaymentState.NONE: "nothing to pay",
    PaymentState.DUE: "payment due",
    PaymentState.PROOF_SENT: "proof sent",
    PaymentState.PAID: "paid",
    PaymentState.REFUNDED: "refunded",
}

PAYMENT_ORDERS: Mapping[str, str] = {
    "before": "paid before the work",
    "after": "paid after the work",
    "free": "free of charge",
    "agent": "settled through the agent library",
}

PURPOSES: Mapping[str, str] = {
    FilePurpose.MATERIAL: "Material",
    FilePurpose.MESSAGE: "With a message",
    FilePurpose.PAYMENT_PROOF: "Proof of payment",
    FilePurpose.WORK: "Work (staff only)",
    FilePurpose.DRAFT: "Draft result",
    FilePurpose.REPORT: "Report",
    FilePurpose.RESULT: "Result",
}

# What librarians may send, in the order of the choice.
STAFF_PURPOSES = (FilePurpose.MESSAGE, FilePurpose.DRAFT, FilePurpose.RESULT, FilePurpose.WORK)

QUOTE_STATES: Mapping[str, str] = {
    "standing": "stands",
    "accepted": "accepted",
    "declined": "declined",
    "expired": "expired",
    "replaced": "replaced",
}

REPORT_STATES: Mapping[str, str] = {
    "draft": "being written",
    "in_review": "in review",
    "returned": "returned to the searcher",
    "passed": "passed in review",
    "signed": "signed",
    "issued": "issued",
    "replaced": "replaced",
}

PAPER_KINDS: Mapping[str, str] = {
    PaperKind.ARTICLE: "Article",
    PaperKind.CONFERENCE: "Conference paper",
    PaperKind.BOOK: "Book",
    PaperKind.CHAPTER: "Chapter",
    PaperKind.THESIS: "Thesis",
    PaperKind.PATENT: "Patent",
    PaperKind.OTHER: "Other",
}

INVOICES: Mapping[str, str] = {"none": "no invoice", "person": "for a person", "organisation": "for an organisation"}

# What an entry of the record tells, by kind and key; transitions have labels of their own.
ENTRIES: Mapping[str, str] = {
    "form.begun": "Began the form",
    "form.staff_form": "Filled in the library's part",
    "message.": "Message",
    "note.": "Note for colleagues",
    "note.article_drafted": "Drafted an article",
    "file.material": "Sent a file",
    "file.message": "Sent a file",
    "file.payment_proof": "Sent a proof of payment",
    "file.work": "Kept a file of the work",
    "file.draft": "Added a draft result",
    "file.result": "Added a result",
    "file.report": "Added a report",
    "file.removed": "Took a file back",
    "file.fetched": "Fetched a file",
    "log.logged": "Added to the work log",
    "log.corrected": "Corrected the work log",
    "log.struck": "Struck from the work log",
    "assignment.assigned": "Gave the work to a colleague",
    "report.drafted": "Began the report out of form and work log",
    "report.continued": "Began a new version of the report",
    "report.brought_in": "Brought form and work log into the report anew",
    "report.taken_up": "Took parts of an earlier version of the report up again",
    "report.remarked": "Remarked on the report",
    "report.issued": "Issued the report",
    "payment.received": "Wrote a payment down",
    "payment.confirmed": "Confirmed a payment",
    "payment.rejected": "Rejected a proof of payment",
    "payment.refunded": "Money went back",
    "payment.waived": "Let the reader off",
    "payment.charged": "Added a fee",
    "payment.invoiced": "Noted the invoice",
    "payment.failed": "The payment service could not collect the money",
    "payment.differs": "The payment service told of a sum that does not match",
}

# What a page says after a change, by the word in its address.
DONE: Mapping[str, str] = {
    "step": "Done.",
    "said": "Sent to the reader.",
    "noted": "Noted for colleagues.",
    "assigned": "The work has a new searcher.",
    "logged": "Added to the work log.",
    "corrected": "Corrected; the earlier wording is kept.",
    "struck": "Struck from the log; the record keeps it.",
    "kept": "Kept for the next search.",
    "dropped": "The strategy was removed.",
    "filled": "Saved.",
    "begun": "The report is begun, with what form and work log hold.",
    "brought_in": "The chosen parts say what form and work log say now.",
    "taken_up": "The chosen parts say what they said before.",
    "unchanged": "No part was chosen: the report is as it was.",
    "remarked": "Your remark is kept.",
    "settled": "The remark is seen to.",
    "issued": "The report is issued.",
}
