"""Keys of services that the program itself reads: under another name what it does with them would quietly end. Pure."""

from collections.abc import Mapping

from qa_server.commissions.definition import ServiceDefinition

_LIMITS = "{key} keeps its code: limits of copying, and what libraries settle, are reckoned by it."
_REPORT = "{key} keeps its code: a report is begun from it."
_PRIVACY = "{key} keeps its code: it says who the reader is, and is masked by this name."
_CHAT = "{key} keeps its code: what a reader asked in a chat is taken over into it."
_COURSE = "{key} keeps its code: shelves and limits go by it."

_OF_DELIVERY = ("journal", "issn", "year", "volume", "issue", "book_pages", "wanted_pages", "page_count", "speed")
_OF_REPORT = (
    "purpose", "purpose_other", "papers", "wanted", "known_papers", "databases", "keywords_zh", "keywords_en",
    "essentials", "points", "requirement", "requirement_other", "report_language",
)  # fmt: skip
_OF_READER = (
    "author_zh", "author_en", "department", "institution_zh", "institution_en", "identifiers", "post_address",
    "is_confidential",
)  # fmt: skip
_OF_CHAT = ("background", "remarks")
_REVIEWED = ("in_review", "reviewed", "passed", "signed")
_DELIVERED = (
    "draft", "submitted", "returned", "local_check", "dispatching", "offered", "conditional", "will_supply",
    "delivered", "objection", "received", "payment_due", "settled", "unfilled", "cancelled", "refused", "refunded",
)  # fmt: skip
# A field, and the choice of it.
_CHOICES: Mapping[tuple[str, str], str] = {("speed", "rush"): _LIMITS, ("report_language", "en"): _REPORT}


def reason_for_field(definition: ServiceDefinition, key: str) -> str | None:
    """Return a sentence, English with {key}, that says why a field keeps its key; None where it need not."""
    if key in _OF_READER:
        return _PRIVACY
    if definition.delivery is not None and key in _OF_DELIVERY:
        return _LIMITS
    if definition.report is not None and key in _OF_REPORT:
        return _REPORT
    return _CHAT if key in _OF_CHAT else None


def reason_for_choice(definition: ServiceDefinition, field: str, key: str) -> str | None:
    """Return why a choice of a field keeps its key."""
    return _CHOICES.get((field, key)) if reason_for_field(definition, field) else None


def reason_for_state(definition: ServiceDefinition, key: str) -> str | None:
    """Return why a state keeps its key."""
    is_read = key in _REVIEWED or (definition.delivery is not None and key in _DELIVERED)
    return _COURSE if is_read else None
