"""Refusals around service types: definitions, drafts, publishing."""

from storage.errors import AppError


class DefinitionRefused(AppError):
    """The definition cannot be kept as it is. `problems` lists the places with what is wrong."""

    code = "definition_refused"
    status = 422
    message = "This was not saved: {count} entries do not fit. They are marked below."


class DefinitionUnsound(AppError):
    """A draft with problems cannot be published. `problems` lists the places with what is wrong."""

    code = "definition_unsound"
    status = 422
    message = "This cannot be published yet: {count} problems are left."


class DraftChanged(AppError):
    """Somebody else saved the draft after the person looked at it. `revision` is the present one."""

    code = "draft_changed"
    status = 409
    message = "{name} has saved this draft in the meantime. Nothing was overwritten: compare both texts below."


class NoDraft(AppError):
    """There is no draft to save, to publish or to discard."""

    code = "no_draft"
    status = 409
    message = "There is no draft of this service here. It may have been published or discarded by somebody else."


class ServiceCodeTaken(AppError):
    """A service with this code is known at the node already."""

    code = "service_code_taken"
    status = 409
    message = "There is a service with the code {service} here already."


class NothingToPublish(AppError):
    """The draft says what the published version says."""

    code = "nothing_to_publish"
    status = 409
    message = "The draft says the same as the published version."


class NoteMissing(AppError):
    """Publishing without a word on what changed."""

    code = "note_missing"
    status = 422
    message = "Please note what changed and why, in at most {most} characters."


class NotOwnService(AppError):
    """The node only inherits the service: there is nothing of its own to give up."""

    code = "not_own_service"
    status = 409
    message = "This library has no version of its own of this service."


class StepImpossible(AppError):
    """A trial asked for a step that does not exist from its state."""

    code = "step_impossible"
    status = 409
    message = "This step does not start from the state of the trial. Please begin the trial again."
