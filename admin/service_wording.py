"""The closed lists of the pages about services, in words. English is the key of its translation."""

from collections.abc import Mapping

from qa_server.commissions.definition import Actor, FieldKind, Need, Operation, PaymentOrder

# Parts of a service, in the order of the work; the last part of the address and what the tab says.
PARTS: Mapping[str, str] = {
    "basics": "Basics",
    "sections": "Sections",
    "fields": "Fields",
    "prices": "Prices",
    "times": "Times",
    "states": "States",
    "transitions": "Steps",
}

FIELD_KINDS: Mapping[str, str] = {
    FieldKind.TEXT: "one line",
    FieldKind.PARAGRAPH: "several lines",
    FieldKind.INTEGER: "a whole number",
    FieldKind.DATE: "a date",
    FieldKind.YEARS: "from year to year",
    FieldKind.CHOICE: "one of several",
    FieldKind.CHOICES: "some of several",
    FieldKind.BOOLEAN: "yes or no",
    FieldKind.EMAIL: "an e-mail address",
    FieldKind.PHONE: "a telephone number",
    FieldKind.SUBJECT: "a CLC main class",
    FieldKind.TERMS: "a list of words",
    FieldKind.PAPERS: "a list of papers",
    FieldKind.FILES: "files",
}

FIELD_SIDES: Mapping[str, str] = {"reader": "the reader", "staff": "librarians"}
FORMATS: Mapping[str, str] = {"doi": "DOI", "issn": "ISSN", "isbn": "ISBN"}

ACTORS: Mapping[str, str] = {
    Actor.READER: "Reader",
    Actor.CONTACT: "Contact library",
    Actor.SERVICE: "Service library",
    Actor.SEARCHER: "Searcher",
    Actor.REVIEWER: "Reviewer",
    Actor.SIGNER: "Stamp holder",
    Actor.CASHIER: "Cashier",
    Actor.SYSTEM: "Timer",
}

OPERATIONS: Mapping[str, str] = {
    Operation.SUBMIT: "submits the form",
    Operation.RETURN: "returns the form",
    Operation.ACCEPT: "accepts the commission",
    Operation.REFUSE: "declines the commission",
    Operation.TRANSFER: "transfers to another library",
    Operation.TAKE_OVER: "takes over",
    Operation.SEND_BACK: "sends back to the contact library",
    Operation.QUOTE: "makes a quote",
    Operation.ACCEPT_QUOTE: "accepts the quote",
    Operation.DECLINE_QUOTE: "declines the quote",
    Operation.QUOTE_EXPIRES: "the quote ends",
    Operation.CHANGE_ORDER: "changes the order and quotes anew",
    Operation.PAY: "confirms the payment",
    Operation.BEGIN: "begins the work",
    Operation.PAUSE: "pauses the work",
    Operation.RESUME: "goes on with the work",
    Operation.SEND_DRAFT: "sends the draft",
    Operation.APPROVE_DRAFT: "confirms the draft",
    Operation.CORRECT_DRAFT: "asks for corrections",
    Operation.ASK_REVIEW: "hands in for review",
    Operation.PASS_REVIEW: "passes the review",
    Operation.FAIL_REVIEW: "returns from review",
    Operation.SIGN: "signs and seals",
    Operation.DELIVER: "delivers the result",
    Operation.ACCEPT_RESULT: "accepts the result",
    Operation.OBJECT: "raises an objection",
    Operation.REJECT_OBJECTION: "answers the objection",
    Operation.REWORK: "goes back to the work",
    Operation.CLOSE: "closes",
    Operation.CANCEL: "cancels",
    Operation.REFUND: "gives the payment back",
    Operation.ARCHIVE: "archives",
    Operation.DISPATCH: "looks for suppliers",
    Operation.OFFER: "asks the next supplier",
    Operation.SUPPLIER_ACCEPTS: "the supplier agrees",
    Operation.SUPPLIER_CONDITION: "the supplier sets a condition",
    Operation.ACCEPT_CONDITION: "accepts the condition",
    Operation.DECLINE_CONDITION: "declines the condition",
    Operation.SUPPLIER_FAILS: "the supplier cannot",
    Operation.NO_SUPPLIER: "no supplier is left",
    Operation.SETTLE: "settles the account",
}

NEEDS: Mapping[str, str] = {
    Need.COMPLETE_FORM: "the form is complete",
    Need.STANDING_QUOTE: "a quote stands",
    Need.PAYS_BEFORE: "the reader pays before the work",
    Need.PAYS_NOT_BEFORE: "nothing is to be paid before the work",
    Need.PAID_IF_BEFORE: "paid, where it is paid before",
    Need.PAID_IF_AFTER: "paid, where it is paid after",
    Need.IS_FREE: "it costs nothing",
    Need.WORK_LOGGED: "the work log has an entry",
    Need.DRAFT_READY: "a draft is there",
    Need.REPORT_READY: "the report is there",
    Need.REPORT_PASSED: "the report passed its review, or needs none",
    Need.RESULT_READY: "the result is there",
    Need.WITHIN_OBJECTION: "the period for objections runs",
}

ORDERS: Mapping[str, str] = {
    PaymentOrder.BEFORE: "before the work",
    PaymentOrder.AFTER: "after the work, before delivery",
    PaymentOrder.FREE: "free of charge",
    PaymentOrder.AGENT: "to the library that acts as agent",
}

# Whose parts a report has, and the word form that is filled.
TEMPLATES: Mapping[str, str] = {
    "topic_consultation": "Topic consultation",
    "citation_search": "Citation search",
    "novelty_search": "Novelty search",
    "proxy_search": "Proxy search",
    "document_delivery": "Document delivery",
}

ACTS: Mapping[str, str] = {"reader": "the reader", "library": "the library", "nobody": "nobody"}
REASONS: Mapping[str, str] = {
    "none": "no reason",
    "optional": "a reason may be given",
    "required": "a reason is needed",
}
TELLS: Mapping[str, str] = {"reader": "the reader", "staff": "the librarians"}

# What a step does to the clock.
EFFECTS: Mapping[str, str] = {
    "": "nothing",
    "starts_on": "starts it",
    "pauses_on": "pauses it",
    "resumes_on": "lets it go on",
    "stops_on": "stops it",
}
EVENTS: Mapping[str, str] = {"payment_proof": "The reader sends a payment proof"}

# What an entry of a form is called.
ENTRIES: Mapping[str, str] = {
    "name": "Name",
    "label": "Name",
    "summary": "In one sentence",
    "details": "What readers should know",
    "help": "Help",
    "example": "Example",
    "section": "Section",
    "kind": "Kind of entry",
    "by": "Filled in by",
    "required": "Required",
    "when": "Shown only if",
    "choices": "Choices",
    "minimum": "At least",
    "maximum": "At most",
    "longest": "Characters of each entry at most",
    "format": "Checked as",
    "title_field": "The field that is the title",
    "subject_field": "The field that is the subject",
    "objection_days": "Days to object after delivery",
    "retention_years": "Years kept after closing",
    "report.number": "Number of the report",
    "report.title": "Title of the report",
    "report.template": "Parts of the report as for",
    "report.needs_review": "A second person reviews the report",
    "report.needs_seal": "The report is signed and sealed",
    "delivery.articles_per_issue": "Articles from one issue at most",
    "delivery.book_percent": "Percent of a book at most",
    "delivery.monthly_quota": "Requests of a reader and month at most",
    "delivery.offer_hours": "Working hours a supplier has to answer",
    "delivery.link_days": "Days a link works",
    "delivery.downloads": "Downloads of a link at most",
    "order": "When it is paid",
    "currency": "Currency",
    "floor": "Minimum charge",
    "ceiling": "Ceiling",
    "valid_days": "Days a quote is valid",
    "source": "Where the price list is published",
    "unit": "Unit",
    "amount": "Price",
    "each": "Counted by",
    "included": "Included",
    "at_most": "Counted at most",
    "percent": "Or percent of the lines above",
    "of": "Only of these lines",
    "yearly": "Times a year and reader",
    "days": "Working days",
    "speed_field": "The field that orders the speed",
    "intake_hours": "Working hours until it goes on to the next desk",
    "remind_hours": "Working hours before the deadline for a reminder",
    "rework_days": "Working days at least for rework after an objection",
    "told": "What the reader reads",
    "acts": "Who has to act",
    "is_form_open": "The reader may change the form",
    "is_end": "An end",
    "from": "Starts from",
    "to": "Leads to",
    "does": "What it does",
    "needs": "Possible only if",
    "reason": "Reason",
    "tells": "Who gets word",
}

# What stands beside an entry as a hint.
HINTS: Mapping[str, str] = {
    "choices": "one a line: code | Chinese | English",
    "when": "one a line: field = value, value",
    "percent": "instead of a price",
    "minimum": "characters, entries, days from today, or the number itself",
    "yearly": "empty: without a limit",
    "number": "in braces: year, month, serial, province, agency, library, service",
}

# What stands beside the code of a part: what else follows from another one.
CODE_HINTS: Mapping[str, str] = {
    "": "everything in this service that refers to it follows",
    "waivers": "what was used of it this year is counted under its code",
    "speeds": "the choice of the field follows",
}

# Parts of a definition in the list of differences.
DIFFERENCES: Mapping[str, str] = {
    "code": "Code",
    "clock": "Times",
    "delivery": "Delivery",
    "report": "Report",
    "lines": "Price lines",
    "waivers": "Waivers",
    "speeds": "Speeds",
    "cancellation": "Cancellation",
    "first_state": "First state",
    "zh": "Chinese",
    "en": "English",
    "starts_on": "starts it",
    "pauses_on": "pauses it",
    "resumes_on": "lets it go on",
    "stops_on": "stops it",
}
