"""States, outcomes and fields of an import, in words. English is the key of its translation."""

from collections.abc import Mapping

from knowledge.imports.models import ImportState, Outcome

STATES: Mapping[str, str] = {
    ImportState.READING: "Being read",
    ImportState.READ: "Waits for its columns",
    ImportState.CHECKING: "Being checked",
    ImportState.CHECKED: "Checked",
    ImportState.RUNNING: "Being drafted",
    ImportState.DONE: "Drafted",
    ImportState.UNDOING: "Being taken back",
    ImportState.UNDONE: "Taken back",
    ImportState.CANCELLED: "Given up",
}

OUTCOMES: Mapping[str, str] = {
    Outcome.NEW: "New",
    Outcome.DUPLICATE: "Duplicate",
    Outcome.NEAR: "Nearly the same",
    Outcome.INVALID: "Refused",
    Outcome.DRAFTED: "Drafted",
    Outcome.SKIPPED: "Left out",
    Outcome.UNDONE: "Taken back",
    Outcome.KEPT: "Kept",
}

FIELDS: Mapping[str, str] = {
    "question": "Question",
    "answer": "Answer",
    "alternates": "Other ways to ask",
    "key": "Topic key",
    "language": "Language",
    "service_topic": "Topic",
    "question_type": "Question type",
    "clc_class": "CLC class",
    "sources": "Sources",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
    "visibility": "Who may see it",
}

STRUCTURES: Mapping[str, str] = {
    "schema.org": "Data for machines (schema.org)",
    "dl": "Definition lists",
    "details": "Folded sections",
    "table": "Tables",
    "headings": "Headings with text",
}

# Why a row was left out, or an article kept; what is wrong with a field is said elsewhere.
ROW_REASONS: Mapping[str, str] = {
    sentence: sentence
    for sentence in (
        "It belongs to another structure of the page.",
        "The article was not there any more.",
        "Somebody has changed or published it.",
        "Somebody has worked with it.",
        "There is an article with this key in this language.",
        "The row is too long.",
        "The line is not JSON.",
        "The line is not a JSON object.",
    )
}

DONE: Mapping[str, str] = {
    "cancelled": "Given up. Nothing was drafted.",
    "asked": "It is being worked on. You may leave this page.",
}
