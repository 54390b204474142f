"""The closed lists of the pages about a node of the tree, in words. English is the key of its translation."""

from collections.abc import Mapping

from qa_server.network.models import DeskKind, DeskMode, DeskState, MemberRole

# Last part of the address and what the tab says, in the order of the work with a new library.
TABS: Mapping[str, str] = {
    "": "Overview",
    "/hours": "Opening hours",
    "/desks": "Desks",
    "/people": "People",
    "/card": "Library card",
    "/replies": "Canned replies",
    "/cascade": "Cascade",
    "/services": "Services",
    "/suppliers": "Suppliers",
    "/commissions": "Payment and letters",
    "/widget": "Reader's window",
    "/settings": "Settings",
    "/changes": "Record",
}

# What a page says after a change, by the word in its address.
DONE: Mapping[str, str] = {
    "saved": "Saved.",
    "added": "Added.",
    "removed": "Removed.",
    "closed": "Closed.",
    "sent": "Sent.",
    "approved": "Approved.",
    "declined": "Declined.",
    "checked": "Noted as right today.",
    "sent_back": "Sent back.",
    "resolved": "The report is closed.",
    "withdrawn": "Taken back.",
    "taken": "The shift is yours now.",
    "released": "Released: the hours are open now.",
    "asked": "Your colleagues see the request now.",
    "inherited": "What is above holds here again.",
    "drafted": "A draft of your own is begun. Nothing changes for readers until you publish it.",
    "published": "Published. New commissions begin with this version; running ones keep theirs.",
    "discarded": "The draft was discarded.",
    "offered": "Offered to readers.",
    "switched_off": "Switched off here and below. Running commissions go on.",
}

WEEKDAYS: Mapping[int, str] = {
    0: "Monday",
    1: "Tuesday",
    2: "Wednesday",
    3: "Thursday",
    4: "Friday",
    5: "Saturday",
    6: "Sunday",
}

# What was changed and how, in the record of changes.
SUBJECTS: Mapping[str, str] = {
    "library": "Node",
    "setting": "Setting",
    "hours": "Opening hours",
    "special_day": "Special day",
    "desk": "Desk",
    "desk_member": "Desk staff",
    "roster": "Roster",
    "shift": "Shift",
    "shift_request": "Request about a shift",
    "card": "Library card",
    "card_line": "Line of the library card",
    "canned_reply": "Canned reply",
    "desk_reply": "Canned reply of a desk",
    "application": "Application",
    "alliance": "Alliance",
    "person": "Account",
    "service": "Service",
    "letter_words": "Words of a letter",
    "payment_service": "Payment service",
}

ACTIONS: Mapping[str, str] = {
    "added": "added",
    "set": "set",
    "changed": "changed",
    "moved": "moved",
    "cleared": "inherited again",
    "removed": "removed",
    "closed": "closed for good",
    "checked": "found right",
}

# What each kind of a setting is typed as.
SETTING_KINDS: Mapping[str, str] = {
    "boolean": "yes or no",
    "integer": "a whole number",
    "choice": "one of these",
    "text": "one line",
    "list": "one per line",
    "object": "as JSON",
}

DESK_KINDS: Mapping[str, str] = {
    DeskKind.GENERAL: "General desk",
    DeskKind.SUBJECT: "Subject desk",
    DeskKind.ALLIANCE: "Desk of an alliance",
    DeskKind.CENTRE: "Desk of a centre",
}

DESK_MODES: Mapping[str, str] = {
    DeskMode.OFFER_ALL: "everybody is offered, the first claims",
    DeskMode.LEAST_LOADED: "offered to the least loaded",
    DeskMode.ROUND_ROBIN: "offered in turn",
}

DESK_STATES: Mapping[str, str] = {
    DeskState.OPEN: "takes questions",
    DeskState.PAUSED: "paused for a while",
    DeskState.CLOSED: "closed for good",
}

MEMBER_ROLES: Mapping[str, str] = {
    MemberRole.MEMBER: "member",
    MemberRole.EXPERT: "expert",
    MemberRole.TRAINEE: "trainee",
}
# Whether a mentor reads the answers of trainees of a desk before readers get them.
TRAINEE_REVIEWS: Mapping[bool, str] = {
    True: "read by a mentor before they are sent",
    False: "sent at once",
}
