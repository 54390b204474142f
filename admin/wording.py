"""The closed lists a page shows, in words: states, codes, levels, topics. English is the key of its translation.

Scripts get the same lists translated, so that a word is written once.
"""

from collections.abc import Mapping

from knowledge.models import ArticleState
from qa_server.conversations.models import Resolution, State
from qa_server.desk import facet_words, transcribing
from qa_server.i18n import Language, translate
from qa_server.people.models import Role

STATES: Mapping[str, str] = {
    State.WAITING: "Waiting",
    State.ACTIVE: "In hand",
    State.AWAITING_READER: "Waiting for the reader",
    State.IN_REVIEW: "In review",
    State.ANSWERED: "Answered",
    State.CLOSED: "Closed",
    State.WITHDRAWN: "Withdrawn",
    State.REJECTED: "Not accepted",
    State.LOST: "Broken off",
}

RESOLUTIONS: Mapping[str, str] = {
    Resolution.ANSWERED: "Answered",
    Resolution.REFERRED_HOME: "Referred to the home library",
    Resolution.REFERRED_EXPERT: "Referred to a subject expert",
    Resolution.FOLLOW_UP_HOME: "Follow-up by the home library",
    Resolution.FOLLOW_UP_ME: "Follow-up by me",
    Resolution.NEEDS_FOLLOW_UP: "Needs follow-up",
    Resolution.READER_LEFT: "The reader left",
    Resolution.LOST: "Broken off",
    Resolution.OUT_OF_SCOPE: "Out of scope",
    Resolution.PRACTICE: "Practice",
}

RESOLUTION_NOTES: Mapping[str, str] = {
    Resolution.ANSWERED: "The reader has what was needed.",
    Resolution.REFERRED_HOME: "Only the home library can settle it.",
    Resolution.REFERRED_EXPERT: "Somebody with the subject takes over.",
    Resolution.FOLLOW_UP_HOME: "The home library owes the reader an answer by a time.",
    Resolution.FOLLOW_UP_ME: "You owe the reader an answer by a time.",
    Resolution.NEEDS_FOLLOW_UP: "Something is still owed to the reader.",
    Resolution.READER_LEFT: "No reply came any more.",
    Resolution.LOST: "The connection broke off before the end.",
    Resolution.OUT_OF_SCOPE: "Not a matter for a library.",
    Resolution.PRACTICE: "An exercise; it counts nowhere.",
}

# The READ scale: how much effort, knowledge and skill the answer took, from 1 to 6.
READ_LEVELS: Mapping[int, str] = {
    1: "No search: hours, directions, a form",
    2: "Known at once: a rule, a catalogue look-up",
    3: "Some search in one or two sources",
    4: "Several sources and search strategy",
    5: "Consultation with subject knowledge",
    6: "Research over hours or days",
}

EVENTS: Mapping[str, str] = {
    "opened": "The question came in",
    **transcribing.EVENTS,
    "rated": "The reader gave a rating",
    "tracked": "Nobody was there: the reader was promised an answer",
    "joined": "{name} was asked to join",
    "handed_over": "{name} took the question over",
    "taken_over": "{name} took the question over as supervisor",
    "reopened": "{name} opened the question again",
}

LEVELS: Mapping[str, str] = {
    "nation": "National centre",
    "region": "Regional centre",
    "province": "Provincial centre",
    "library": "Member library",
}

ROLES: Mapping[str, str] = {
    Role.LIBRARIAN: "Librarian",
    Role.DISPATCHER: "Dispatcher",
    Role.EDITOR: "Reviewer of articles",
    Role.CURATOR: "Curator",
    Role.LIBRARY_ADMINISTRATOR: "Library administrator",
    Role.CENTRE_ADMINISTRATOR: "Centre administrator",
    Role.NETWORK_ADMINISTRATOR: "Network administrator",
}

ARTICLE_STATES: Mapping[str, str] = {
    ArticleState.DRAFT: "Draft",
    ArticleState.IN_REVIEW: "In review",
    ArticleState.PUBLISHED: "Published",
    ArticleState.NEEDS_REVIEW: "To be renewed",
    ArticleState.RETIRED: "Retired",
    ArticleState.MERGED: "Merged",
}

# The words that readers see of the same facets.
TOPICS = facet_words.TOPICS
QUESTION_TYPES = facet_words.QUESTION_TYPES
CLC_CLASSES = facet_words.CLC_CLASSES

LANGUAGES: Mapping[str, str] = {"zh": "Chinese", "en": "English"}


def event_sentence(event: str | None, details: Mapping[str, object], name: str | None) -> tuple[str, dict[str, str]]:
    """Return the sentence of an event and what fills it; the event's own name where none is known."""
    return transcribing.sentence_of(event, details, EVENTS) or str(event), {"name": name or "?"}


def translated(words: Mapping[str, str] | Mapping[int, str], language: Language) -> dict[str, str]:
    """Return one of the lists in this language, keys as text, placeholders left for the script that fills them."""
    kept = {name: f"{{{name}}}" for name in ("name", "desk", "step", "priority")}
    return {str(key): translate(text, language, **kept) for key, text in words.items()}
