"""The closed lists of the library card (馆情卡) in words. English is the key of its translation."""

from collections.abc import Mapping

# Kinds of a line in the order in which somebody who answers needs them.
LINE_KINDS: Mapping[str, str] = {
    "fault": "Known faults",
    "paste": "Sentences to paste",
    "fact": "What holds here",
}

LINE_KIND_CHOICES: Mapping[str, str] = {
    "fact": "a fact",
    "fault": "a fault known now",
    "paste": "a sentence to paste",
}

# Keys that every card needs, and those most cards have; others are shown as they are written.
LINE_KEYS: Mapping[str, str] = {
    "loans.rules": "Loan rules",
    "access.off_campus": "Access from outside",
    "contacts.desk": "Contacts of the desk",
}

CARD_STATES: Mapping[str, str] = {
    "draft": "Being written",
    "submitted": "Waiting for approval",
    "approved": "Approved",
    "sent_back": "Sent back",
}
