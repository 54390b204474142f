"""English of what people are told about commissions; the keys of translations."""

from collections.abc import Collection

from qa_server.commissions.definition import Need, ServiceDefinition
from qa_server.i18n import Language, translate

# What is missing before a step.
NEEDS = {
    Need.COMPLETE_FORM: "a complete form",
    Need.STANDING_QUOTE: "a quote that is still valid",
    Need.PAYS_BEFORE: "payment before the work",
    Need.PAYS_NOT_BEFORE: "payment that is not due before the work",
    Need.PAID_IF_BEFORE: "the payment",
    Need.PAID_IF_AFTER: "the payment",
    Need.IS_FREE: "a service free of charge",
    Need.WORK_LOGGED: "an entry in the work log",
    Need.DRAFT_READY: "a draft result",
    Need.REPORT_READY: "a report",
    Need.REPORT_PASSED: "a report that was passed in review",
    Need.RESULT_READY: "the result as a file or report",
    Need.WITHIN_OBJECTION: "an objection within its period",
}


def return_reason(definition: ServiceDefinition, lacking: Collection[str], reason: str, language: Language) -> str:
    """Return why a form is sent back: the fields to complete by their names, then what the librarian wrote."""
    named = [each.label.in_(language) for each in definition.fields if each.key in lacking]
    if not named:
        return reason
    listed = ("、" if language == "zh" else ", ").join(named)
    return f"{translate('Please complete: {fields}', language, fields=listed)}\n{reason}".strip()
