"""Expected refusals of the knowledge base."""

from storage.errors import AppError


class ArticleContentInvalid(AppError):
    """A field of an article breaks a limit; `field` names it, `reason` says how."""

    code = "article_content_invalid"
    status = 422
    message = "The article cannot be saved: {field} {reason}."


class ArticleChanged(AppError):
    """Somebody else saved a newer revision first."""

    code = "article_changed"
    status = 409
    message = "Somebody else has changed this article meanwhile. Load it again and repeat your change."


class TopicTaken(AppError):
    """The owner already has an article in use on this topic in this language."""

    code = "topic_taken"
    status = 409
    message = 'This library already has an article on "{key}" in this language. Revise that one.'


class ChangeNoteMissing(AppError):
    """A revision was saved without saying what changed."""

    code = "change_note_missing"
    status = 422
    message = "Say in a few words what you changed."


class OwnRevision(AppError):
    """An author tried to review the own revision."""

    code = "own_revision"
    status = 403
    message = "You wrote this revision; another person has to review it."


class NotInReview(AppError):
    """The article does not wait for a review."""

    code = "not_in_review"
    status = 409
    message = "This article is not waiting for a review."


class AlreadyPublished(AppError):
    """The newest revision is what readers already see."""

    code = "already_published"
    status = 409
    message = "This revision is already published."


class NotADraft(AppError):
    """Only a draft can be submitted for review."""

    code = "not_a_draft"
    status = 409
    message = "Only a draft can be submitted for review."


class ArticleRetired(AppError):
    """The article is retired or merged into another and takes no changes."""

    code = "article_retired"
    status = 409
    message = "This article is no longer in use. Restore it first."


class NotRetired(AppError):
    """Only what was retired or waits for a renewed review can be restored."""

    code = "not_retired"
    status = 409
    message = "This article is in use; there is nothing to restore."


class ReasonMissing(AppError):
    """A reviewer sent a revision back without a reason."""

    code = "reason_missing"
    status = 422
    message = "Say why you send this back, so that the author knows what to change."


class NotPublished(AppError):
    """Readers do not see this article, so it cannot be taken away from them."""

    code = "not_published"
    status = 409
    message = "Readers do not see this article."


class NotConfirmable(AppError):
    """Only what readers see as it stands can be confirmed; a draft is submitted, a retired article restored."""

    code = "not_confirmable"
    status = 409
    message = "Only an article that readers see as it stands can be confirmed."


class DateMissing(AppError):
    """An article whose date has passed was confirmed without a new one."""

    code = "date_missing"
    status = 422
    message = "Say until when the answer is valid now: its date has passed."


class CommentEmpty(AppError):
    """A comment without words."""

    code = "comment_empty"
    status = 422
    message = "Write what you want to say."


class CommentTooLong(AppError):
    """A comment of more than may be said at once."""

    code = "comment_too_long"
    status = 422
    message = "This is too long for a comment; at most {limit} characters fit."


class TrialInvalid(AppError):
    """A test question without words or with too many, or one that is there already."""

    code = "test_question_invalid"
    status = 422
    message = "This test question cannot be added: {reason}"


class TrialsFull(AppError):
    """The article has as many test questions as one may have."""

    code = "test_questions_full"
    status = 409
    message = "This article already has {limit} test questions. Take one out first."


class ReviewerUnfit(AppError):
    """Somebody was to review an article who may not, or who wrote it."""

    code = "reviewer_unfit"
    status = 409
    message = "This person cannot review the article: it takes the right to, and not to have written it."


class MomentPast(AppError):
    """A publication was planned for a moment that has passed."""

    code = "moment_past"
    status = 422
    message = "Choose a moment that lies ahead."


class MergeImpossible(AppError):
    """An article cannot be merged into itself, into one of another language, or into one that is not in use."""

    code = "merge_impossible"
    status = 409
    message = "These two articles cannot be merged: choose another article in use, in the same language."


class WordingEmpty(AppError):
    """A wording without a letter or digit was to be confirmed."""

    code = "wording_empty"
    status = 422
    message = "Write how a reader would ask this."


class WordingTooLong(AppError):
    """A wording was edited to more than an alternate may hold."""

    code = "wording_too_long"
    status = 422
    message = "This is too long for a question; at most {limit} characters fit."


class AlternatesFull(AppError):
    """The article has as many alternates as one may have."""

    code = "alternates_full"
    status = 409
    message = "This article already has {limit} other ways to ask. Take one out of it first, or reject this one."


class ProposalDecided(AppError):
    """Somebody else confirmed or rejected the wording first."""

    code = "proposal_decided"
    status = 409
    message = "Somebody has already decided on this wording."
