"""Refusals around commissions."""

from storage.errors import AppError


class TransitionRefused(AppError):
    """The commission's state, or the person's right, does not allow this step."""

    code = "transition_refused"
    status = 409
    message = "This step is not possible now: the commission is “{state}”. Please look at it again."


class TransitionIncomplete(AppError):
    """Something has to be there before this step. `needs` lists the keys of what is missing."""

    code = "transition_incomplete"
    status = 409
    message = "Before this step, the following is missing: {missing}."


class CommissionChanged(AppError):
    """Somebody else changed the commission after the person looked at it. `revision` is the present one."""

    code = "commission_changed"
    status = 409
    message = "Somebody has just changed this commission. Your input is kept; please look at the new state first."


class ReasonMissing(AppError):
    """A step that has to be explained came without a reason."""

    code = "reason_missing"
    status = 422
    message = "Please give a reason; the other side will read it."


class FormIncomplete(AppError):
    """The form cannot be submitted. `problems` lists the fields with what is wrong."""

    code = "form_incomplete"
    status = 422
    message = "Some fields still need your attention ({count})."


class FormClosed(AppError):
    """The form cannot be changed in this state."""

    code = "form_closed"
    status = 409
    message = "This form was submitted and can no longer be changed. Write a message instead."


class ServiceNotOffered(AppError):
    """The library does not offer this service."""

    code = "service_not_offered"
    status = 404
    message = "This library does not offer this service."


class QuoteExpired(AppError):
    """The quote's time is over."""

    code = "quote_expired"
    status = 409
    message = "This quote was valid until {until}. Ask the library for a new one; nothing is lost."


class QuoteReplaced(AppError):
    """The reader answered a quote that is not the standing one."""

    code = "quote_replaced"
    status = 409
    message = "There is a newer quote. Please read that one."


class AlreadyTaken(AppError):
    """Another librarian took the commission first."""

    code = "already_taken"
    status = 409
    message = "{name} has already taken this commission."


class TooManyCommissions(AppError):
    """The reader has as many open drafts or commissions as one may have."""

    code = "too_many_commissions"
    status = 409
    message = "You have {limit} open commissions. Please finish or delete one first."


class FilesFull(AppError):
    """The commission has as many files as it may have."""

    code = "commission_files_full"
    status = 409
    message = "A commission holds {count} files and {megabytes} MB in all. Please remove one first."


class AmountUnreadable(AppError):
    """Something else than an amount stood in its field."""

    code = "amount_unreadable"
    status = 422
    message = "Please give the amount as a number with at most two places, such as 120.00."


class LogEntryInvalid(AppError):
    """Something in the form of a step of the work log does not fit."""

    code = "log_entry_invalid"
    status = 422
    message = "Please look at these fields again: {fields}."


class LogRowUnreadable(AppError):
    """A row of what was pasted is no step of a search."""

    code = "log_row_unreadable"
    status = 422
    message = "Row {row}, column {column}: “{cell}” does not fit there. Nothing was taken over."


class TooManyLogRows(AppError):
    """More rows than are taken over at once."""

    code = "log_rows_too_many"
    status = 422
    message = "At most {limit} rows are taken over at once."
