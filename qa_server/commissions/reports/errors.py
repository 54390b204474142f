"""Refusals around reports: what cannot be printed, numbered or taken as a template, and what helps."""

from storage.errors import AppError


class ReportContentRefused(AppError):
    """The content lacks what every report needs, or a part of it is not understood."""

    code = "report_content_refused"
    status = 422
    message = "The report cannot be made: {field} is missing or is not understood."


class ReportTooLarge(AppError):
    """The content has more of something than one report may have."""

    code = "report_too_large"
    status = 413
    message = "The report is too large: {reason} There are {number}, at most {limit} can be printed. Make it smaller."


class ReportImageRefused(AppError):
    """A seal or signature is missing, is not what its name says, or cannot be read."""

    code = "report_image_refused"
    status = 422
    message = "The picture of the seal or signature cannot be used: {reason}"


class ReportToolMissing(AppError):
    """The package that writes this format is not installed; `remedy` says how to get it."""

    code = "report_tool_missing"
    status = 503
    message = "Reports cannot be made as {format} here; the print view works. {remedy}"


class ReportFontMissing(AppError):
    """No font on this machine shows some characters of the report; `remedy` says what to install."""

    code = "report_font_missing"
    status = 503
    message = "No font here can print: {characters} {remedy}"


class ReportNotTypeset(AppError):
    """The typesetting program refused its own template: a fault of an installation, told without its words."""

    code = "report_not_typeset"
    status = 500
    message = "The PDF could not be made. The print view and the Word file work; please tell your administrator."


class TemplateRefused(AppError):
    """The uploaded file is no Word template, or does what templates may not."""

    code = "template_refused"
    status = 422
    message = "This Word template cannot be used: {reason}"


class TemplateFieldMissing(AppError):
    """The template names fields that reports do not have, or lacks fields that every report has to show."""

    code = "template_field_missing"
    status = 422
    message = (
        "The Word template does not fit. Fields that are not known: {unknown}. Fields that have to be there: {lacking}."
    )


class NumberPatternRefused(AppError):
    """The pattern of report numbers is not understood, or would give two reports one number."""

    code = "number_pattern_refused"
    status = 422
    message = "The pattern of report numbers cannot be used: {reason}"


class NumberDoesNotFit(AppError):
    """A value is missing, or has more digits than its place in the pattern."""

    code = "number_does_not_fit"
    status = 409
    message = (
        'The report number cannot be made: "{name}" is missing or does not fit into its place. Change the pattern.'
    )
