"""Refusals around money."""

from storage.errors import AppError


class PaymentSettled(AppError):
    """The proof was confirmed or rejected already."""

    code = "payment_settled"
    status = 409
    message = "Somebody has already decided on this proof. Please look at the account again."


class NothingOwed(AppError):
    """Nothing has to be paid."""

    code = "nothing_owed"
    status = 409
    message = "Nothing is open for this commission."


class AmountTooLarge(AppError):
    """More than there is to give back, to let off, or than an amount may be."""

    code = "amount_too_large"
    status = 422
    message = "At most {most} {currency} is possible here."


class AmountInvalid(AppError):
    """What was given is no amount of money."""

    code = "amount_invalid"
    status = 422
    message = "Give an amount above zero with at most two places after the point, such as 40.00."


class PaymentDiffers(AppError):
    """A payment service tells of another sum than is open."""

    code = "payment_differs"
    status = 409
    message = "The payment does not match: {open} {currency} is open."


class RefundDiffers(AppError):
    """A payment service tells of more money that went back than came by it."""

    code = "refund_differs"
    status = 409
    message = "The refund does not match: {most} {currency} at most came this way and has not gone back."


class PaymentCallRefused(AppError):
    """A word of a payment service is not signed as it has to be, or there is no such service here."""

    code = "payment_call_refused"
    status = 401
    message = "This call is not signed by the payment service of this library."


class PaymentCallStale(AppError):
    """A word of a payment service is too old, or its clock is wrong."""

    code = "payment_call_stale"
    status = 401
    message = "This call is too old or comes from the future. Please check the clock."


class EventReused(AppError):
    """A payment service used an event's id for something else."""

    code = "event_reused"
    status = 409
    message = "This event was told before, with other content."


class PaymentAddressRefused(AppError):
    """The address of a payment service cannot be used."""

    code = "payment_address_refused"
    status = 422
    message = "Give a complete https:// address of at most 500 characters, without user and password."
