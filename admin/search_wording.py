"""The closed lists of the search and of the record, in words. English is the key of its translation."""

from collections.abc import Mapping

SORTS: Mapping[str, str] = {"newest": "Newest first", "oldest": "Oldest first"}

STATE_GROUPS: Mapping[str, str] = {"open": "all that are open", "ended": "all that have ended"}

CHANNELS: Mapping[str, str] = {"chat": "Chat", "form": "Form", "email": "E-mail"}

RATINGS: Mapping[str, str] = {
    "low": "1 or 2 stars",
    "rated": "any rating",
    "5": "5 stars",
    "4": "4 stars",
    "3": "3 stars",
    "2": "2 stars",
    "1": "1 star",
}

HANDED: Mapping[str, str] = {"yes": "was handed over", "no": "was not handed over"}

# Of commissions, beside the states that services define.
COMMISSION_GROUPS: Mapping[str, str] = {
    "is-open": "all that are open",
    "to-take-up": "To be taken up",
    "is-overdue": "Overdue",
    "is-ended": "all that have ended",
}

DATED: Mapping[str, str] = {"submitted": "Submitted", "due": "Deadline", "ended": "Ended"}

# Filters that name something, for the line that says it is gone.
FILTERS: Mapping[str, str] = {
    "desk": "Desk",
    "library": "Home library",
    "librarian": "Librarian",
    "owner": "Belongs to",
    "node": "Library or node",
    "holder": "Holder",
}

# The parts of a node's record.
RECORD_KINDS: Mapping[str, str] = {
    "changes": "Changes made",
    "reads": "Reading",
    "exports": "Exports",
    "sign_ins": "Signing in",
    "supervision": "Supervision",
}

# What is written down of what changes nothing: subjects and actions.
RECORD_SUBJECTS: Mapping[str, str] = {
    "conversation": "Conversation",
    "commission": "Commission",
    "export": "Export",
    "absence": "Absence",
    "card_report": "Report about the library card",
    "display": "Wall screen",
}

RECORD_ACTIONS: Mapping[str, str] = {
    "signed_in": "signed in",
    "sign_in_refused": "sign-in refused",
    "signed_out": "signed out",
    "read_conversation": "read afterwards",
    "saw_reader": "saw who the reader is",
    "export_started": "started",
    "exported": "finished",
    "watched": "watched",
    "whispered": "whispered in",
    "took_over": "taken over",
    "prioritised": "given another priority",
    "resolved": "resolved",
    "password_set": "given a password",
    "roles": "given other roles",
}
