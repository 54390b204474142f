"""Refusals around the network: nodes, desks, hours, settings, shifts, cards, applications."""

from storage.errors import AppError


class NodeRefused(AppError):
    """A change of the tree that would break it; `reason` says how."""

    code = "node_refused"
    status = 409
    message = "This change of the network is not possible: {reason}"


class CodeTaken(AppError):
    """Another node has this code."""

    code = "code_taken"
    status = 409
    message = "The code {library} is in use already. Choose another one."


class HoursInvalid(AppError):
    """Opening times or shifts that cannot be; `reason` says why."""

    code = "hours_invalid"
    status = 422
    message = "These times cannot be used: {reason}"


class SettingUnknown(AppError):
    """No setting has this key."""

    code = "setting_unknown"
    status = 404
    message = "There is no setting called {key}."


class SettingInvalid(AppError):
    """The value is not of the setting's kind; `reason` says what is."""

    code = "setting_invalid"
    status = 422
    message = "This value cannot be used for {key}: {reason}"


class SettingLocked(AppError):
    """A node above has locked the setting; `by` is its name."""

    code = "setting_locked"
    status = 409
    message = "{by} has locked this setting. Ask there if it has to be different here."


class DeskRefused(AppError):
    """A change of a desk or its staff that is not possible; `reason` says why."""

    code = "desk_refused"
    status = 409
    message = "This change of the desk is not possible: {reason}"


class ShiftRefused(AppError):
    """A change of the roster that is not possible; `reason` says why."""

    code = "shift_refused"
    status = 409
    message = "This change of the roster is not possible: {reason}"


class CardRefused(AppError):
    """A change of the library card that is not possible; `reason` says why."""

    code = "card_refused"
    status = 409
    message = "This is not possible with the library card: {reason}"


class ApplicationRefused(AppError):
    """An application that cannot be taken further; `reason` says why."""

    code = "application_refused"
    status = 409
    message = "This application cannot be taken further: {reason}"


class PersonRefused(AppError):
    """A change of a librarian's account that is not possible; `reason` says why."""

    code = "person_refused"
    status = 409
    message = "This change of the account is not possible: {reason}"
