"""How the life of an article is named on its pages: who may find it, why it is looked at again, what happened to it."""

from collections.abc import Mapping

from knowledge.life_models import ReasonKind
from knowledge.models import Visibility

VISIBILITIES: Mapping[str, str] = {
    Visibility.PUBLIC: "Everybody",
    Visibility.SIGNED_IN: "Readers who are signed in",
    Visibility.STAFF: "Staff only",
}

REASONS: Mapping[str, str] = {
    ReasonKind.ENDS_SOON: "Its validity ends soon",
    ReasonKind.ENDED: "Its validity has ended",
    ReasonKind.HELPS_LESS: "It helps readers less than before",
    ReasonKind.DEAD_LINK: "A link no longer answers",
    ReasonKind.SOURCE_CHANGED: "A source has changed",
    ReasonKind.LAYER_CHANGED: "The answer it stands in for has changed",
    ReasonKind.NOT_FOUND: "A test question does not find it",
    ReasonKind.ASKED: "Somebody asked for a look",
}

HAPPENINGS: Mapping[str, str] = {
    "drafted": "Drafted",
    "overrides": "Drafted as an own answer",
    "submitted": "Submitted for review",
    "assigned": "A reviewer was named",
    "sent_back": "Sent back",
    "planned": "Approved, to be published later",
    "called_off": "The planned publication was called off",
    "published": "Published",
    "knowingly": "Approved knowingly although test questions of other articles fail",
    "unpublished": "Taken away from readers",
    "retired": "Retired",
    "merged": "Merged into another",
    "restored": "Restored",
    "began": "Its validity began",
    "ended": "Its validity ended",
    "confirmed": "Confirmed as still right",
    "questioned": "A look was asked for",
    "dismissed": "A reason was set aside",
    "layer_kept": "Compared with the answer it stands in for, and kept",
    "layer_taken": "The answer it stands in for was taken over",
}

LAYER_LEVELS: Mapping[str, str] = {
    "nation": "National centre",
    "region": "Regional centre",
    "province": "Provincial centre",
    "library": "Member library",
    "alliance": "Alliance",
}

AGES: Mapping[str, str] = {
    "90": "not changed for 90 days",
    "365": "not changed for a year",
    "730": "not changed for two years",
}

# The parts of the knowledge base, by address.
PARTS: Mapping[str, str] = {
    "/console/articles": "All articles",
    "/console/articles/reviews": "Waiting for review",
    "/console/articles/due": "To look at again",
    "/console/articles/test-questions": "Failing test questions",
}

CAUSES: Mapping[str, str] = {
    "night": "By night",
    "publication": "After a publication",
    "hand": "By hand",
}

# What to say after each step of an article's life.
DONE: Mapping[str, str] = {
    "unpublished": "Taken away from readers. It is a draft again.",
    "planned": "Approved. It is published by itself at that time.",
    "called_off": "Called off. It waits for a review again.",
    "confirmed": "Confirmed. Readers go on seeing it.",
    "questioned": "Noted. It stands in the list of what to look at again.",
    "dismissed": "Set aside.",
    "assigned": "The reviewer was named.",
    "commented": "Said.",
    "resolved": "Closed.",
    "overrides": "Drafted from the answer it stands in for. Change what is different here, then submit it.",
    "layer_kept": "Noted that this answer stays as it is.",
    "layer_taken": "Taken over as a draft. Read it through, then submit it.",
    "trial_added": "Added. It is asked every night and with every publication.",
    "trial_removed": "Taken out.",
    "tried": "Asked. The results stand below.",
    "given_up": "Your unsaved text was given up.",
    "restored_text": "The old text is a new draft now. Submit it for review.",
}
