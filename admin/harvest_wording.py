"""What the pages about harvests call things. English is the key of its translation."""

from collections.abc import Mapping

from qa_server.harvesting.models import RecordState, RunState

RUN_STATES: Mapping[str, str] = {
    RunState.RUNNING: "Under way",
    RunState.FINISHED: "Done",
    RunState.BROKEN: "Broke off",
}

RECORD_STATES: Mapping[str, str] = {
    RecordState.DRAFTED: "Drafts made",
    RecordState.DUPLICATE: "There already",
    RecordState.CHANGED: "Changed at the source",
    RecordState.DELETED: "Deleted at the source",
    RecordState.REFUSED: "Not usable",
}

INTERVALS: Mapping[str, str] = {"0": "By hand only", "24": "Every day", "168": "Every week"}

# Why a record gives no draft, as `qa_server.harvesting.mapping` says it.
REASONS: Mapping[str, str] = {
    "no_title": "The record has no title.",
    "no_description": "The record has no description.",
}

DONE: Mapping[str, str] = {
    "source_added": "The source was added. It is harvested when you start it, or by its schedule.",
    "source_saved": "Saved.",
    "source_removed": "The source was removed. Its drafts stay.",
    "run_asked": "The harvest begins within some seconds. This page shows how it goes when you load it again.",
}
