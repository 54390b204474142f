"""Which step leads from which state of an article to which, and what is said where one does not. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from knowledge import errors
from knowledge.models import OUT_OF_USE, ArticleState
from storage.errors import AppError

_IN_USE = tuple(state for state in ArticleState if state not in OUT_OF_USE)


class Step(StrEnum):
    """Something that is done to an article."""

    REVISE = "revise"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    QUESTION = "question"
    CONFIRM = "confirm"
    RETIRE = "retire"
    MERGE = "merge"
    RESTORE = "restore"


# Restoring leads to published instead where the newest revision is the published one and still holds. A doubt about an
# article under work changes nothing of its state: somebody looks at it already.
STEPS: Mapping[tuple[Step, ArticleState], ArticleState] = {
    **{(Step.REVISE, state): ArticleState.DRAFT for state in _IN_USE},
    (Step.SUBMIT, ArticleState.DRAFT): ArticleState.IN_REVIEW,
    (Step.SEND_BACK, ArticleState.IN_REVIEW): ArticleState.DRAFT,
    (Step.SCHEDULE, ArticleState.IN_REVIEW): ArticleState.IN_REVIEW,
    (Step.PUBLISH, ArticleState.IN_REVIEW): ArticleState.PUBLISHED,
    **{(Step.UNPUBLISH, state): ArticleState.DRAFT for state in _IN_USE},
    (Step.QUESTION, ArticleState.PUBLISHED): ArticleState.NEEDS_REVIEW,
    **{(Step.QUESTION, state): state for state in _IN_USE if state != ArticleState.PUBLISHED},
    (Step.CONFIRM, ArticleState.PUBLISHED): ArticleState.PUBLISHED,
    (Step.CONFIRM, ArticleState.NEEDS_REVIEW): ArticleState.PUBLISHED,
    **{(Step.RETIRE, state): ArticleState.RETIRED for state in _IN_USE},
    **{(Step.MERGE, state): ArticleState.MERGED for state in _IN_USE},
    **{(Step.RESTORE, state): ArticleState.DRAFT for state in OUT_OF_USE},
}

_REFUSALS: Mapping[Step, type[AppError]] = {
    Step.SUBMIT: errors.NotADraft,
    Step.SEND_BACK: errors.NotInReview,
    Step.SCHEDULE: errors.NotInReview,
    Step.PUBLISH: errors.NotInReview,
    Step.CONFIRM: errors.NotConfirmable,
    Step.RESTORE: errors.NotRetired,
}


def state_after(step: Step, state: str) -> ArticleState:
    """Return the state that a step leads to. Raises the refusal of that step where it does not go from this state."""
    before = ArticleState(state)
    after = STEPS.get((step, before))
    if after is not None:
        return after
    if step == Step.PUBLISH and before == ArticleState.PUBLISHED:
        raise errors.AlreadyPublished()
    raise _REFUSALS.get(step, errors.ArticleRetired)()


def can(step: Step, state: str) -> bool:
    """Say whether the step goes from this state."""
    return (step, ArticleState(state)) in STEPS
