"""What can go wrong while fetching from a provider; each is told to the person who set the source up."""

import json

from storage.errors import AppError


class AddressRefused(AppError):
    """The address is none that may be fetched from."""

    code = "harvest_address_refused"
    status = 422
    message = "This address cannot be harvested: {reason}"


class ProviderUnreachable(AppError):
    """The provider did not answer as one does."""

    code = "provider_unreachable"
    status = 502
    message = "The provider did not answer: {reason}"


class ProviderBusy(AppError):
    """The provider asks to come back later."""

    code = "provider_busy"
    status = 503
    message = "The provider asks to be left alone for {retry_after_seconds} seconds."


class AnswerTooLarge(AppError):
    """The answer is longer than is taken."""

    code = "provider_answer_too_large"
    status = 502
    message = "The answer of the provider has more than {limit} bytes."


class AnswerUnreadable(AppError):
    """The answer is not XML of the protocol, or carries declarations that are not taken."""

    code = "provider_answer_unreadable"
    status = 502
    message = "The answer of the provider is no OAI-PMH: {reason}"


class ProviderRefused(AppError):
    """The provider answered with an error of the protocol."""

    code = "provider_refused"
    status = 502
    message = "The provider refused: {oai_code} {said}"


class SourceTaken(AppError):
    """This node harvests that set of that address already."""

    code = "harvest_source_taken"
    status = 409
    message = "This address and set are harvested for this library already."


class HarvestStopped(AppError):
    """The service stops; the run goes on at the next start."""

    code = "harvest_stopped"
    status = 503
    message = "The service was stopped during the run, which goes on by itself."


class NoDuplicate(AppError):
    """Only a record that was left out as a duplicate can be drafted by hand, and only with its text at hand."""

    code = "no_duplicate"
    status = 409
    message = "This record does not wait for a decision. Harvest the source again if its text is missing."


class HarvestRunning(AppError):
    """Another run over the source has not ended."""

    code = "harvest_running"
    status = 409
    message = "This source is being harvested right now."


class SourceRefused(AppError):
    """A field of a source does not fit."""

    code = "harvest_source_refused"
    status = 422
    message = "The source was not saved: {reason}"


_MAX_WRITTEN = 300
_KNOWN: tuple[type[AppError], ...] = (
    AddressRefused,
    ProviderUnreachable,
    ProviderBusy,
    AnswerTooLarge,
    AnswerUnreadable,
    ProviderRefused,
    HarvestStopped,
)


def written(error: AppError) -> tuple[str, str]:
    """Return the code of an error and its details, short enough to be stored."""
    details = {name: str(value)[:120] for name, value in error.details.items()}
    return error.code, json.dumps(details, ensure_ascii=False)[:_MAX_WRITTEN]


def told(code: str, details: str) -> tuple[str, dict[str, str]]:
    """Return the sentence of a stored error, to be translated, and what fills it."""
    message = next((known.message for known in _KNOWN if known.code == code), None)
    try:
        return (message, json.loads(details)) if message else ("The run broke off: {code}", {"code": code})
    except ValueError:
        return "The run broke off: {code}", {"code": code}
