"""How a question goes on, in words: hand-overs, decisions, reasons, duties. English is the key of its translation.

The closed lists belong to `qa_server.routing`; scripts fill {name}, {desk} and {step}.
"""

from collections.abc import Mapping

from qa_server.routing.cascade import QuestionKind, SkipReason, When
from qa_server.routing.hand_overs import HandOverReason

HAND_OVER_REASONS: Mapping[str, str] = {
    HandOverReason.SUBJECT: "needs subject knowledge",
    HandOverReason.LANGUAGE: "another language",
    HandOverReason.LOCAL_KNOWLEDGE: "needs local knowledge",
    HandOverReason.ACCESS: "needs access to local systems",
    HandOverReason.END_OF_SHIFT: "end of my shift",
    HandOverReason.OVERLOAD: "too much at once",
    HandOverReason.READER_WISH: "the reader wishes it",
    HandOverReason.OTHER: "another reason",
}

HAND_OVER_STATES: Mapping[str, str] = {
    "offered": "not answered yet",
    "accepted": "accepted",
    "declined": "declined",
    "returned": "returned",
    "expired": "no answer in time",
    "withdrawn": "taken back",
}

# What a desk is to the question's library.
RELATIONS: Mapping[str, str] = {
    "home": "Home library",
    "alliance": "Alliance",
    "up": "Centres above",
    "named": "Named in the cascade",
    "own": "My desks",
    "expert": "Subject experts",
}

# Why a question stands in a list, where it is not simply the desk's own.
WHY_HERE: Mapping[str, str] = {
    "cascade": "cascade step {step}",
    "hand_over": "handed over to this desk",
    "follow_up": "follow-up owed",
    "supervision": "taken over",
    "priority": "priority {priority}",
    "supervised": "watched",
}

DECISIONS: Mapping[str, str] = {
    "asked": "Asked; first at {desk}",
    "reached": "Step {step}: shown to {desk} as well",
    "offered": "Offered to {name}",
    "claimed": "{name} took it at {desk}",
    "declined": "{name} declined the offer",
    "nobody_there": "Nobody was there: a time was promised",
    "climbed": "The duty went up to {desk}",
    "corrected": "{name} said what kind of question it is",
    "given_back": "{name} gave it back",
    "closed": "Closed",
}

SUPERVISION: Mapping[str, str] = {
    "watched": "{name} watched",
    "whispered": "{name} whispered to the holder",
    "took_over": "{name} took it over",
    "prioritised": "{name} changed its priority",
}

# What counted when a person was chosen.
POINTS: Mapping[str, str] = {
    "home_library": "home library",
    "same_alliance": "same alliance",
    "subject": "subject",
    "expert": "expert",
    "language": "language",
    "trainee": "trainee",
    "room": "free places",
    "declines": "declined today",
    "full": "no free place",
    "declined_this": "declined this one",
}

SKIPS: Mapping[str, str] = {
    SkipReason.KIND: "takes no questions of this kind",
    SkipReason.TIME: "not at this time",
    SkipReason.NOT_STAFFED: "nobody is there",
    SkipReason.FULL: "too few free places",
    SkipReason.GONE: "the desk is gone",
    SkipReason.NO_CARD: "a library card is missing or out of date",
}

QUESTION_KINDS: Mapping[str, str] = {QuestionKind.LOCAL: "local question", QuestionKind.GENERAL: "general question"}

WHENS: Mapping[str, str] = {
    When.PEAK: "busy hours",
    When.OPEN: "opening hours",
    When.OFF_HOURS: "outside opening hours",
}

DUTY_KINDS: Mapping[str, str] = {
    "follow_up_home": "Follow-up by the home library",
    "follow_up_me": "Follow-up by a librarian",
    "refer_expert": "Answer by a subject expert",
    "promised": "Answer promised when nobody was there",
}

DUTY_STATES: Mapping[str, str] = {"open": "open", "taken": "being worked on"}
