"""Which parts a report of each service type has, in order; librarians may add others.

The parts of a novelty report follow GB/T 32003-2015; its list of attachments and its remarks come from the content.
"""

from dataclasses import dataclass

from qa_server.commissions.reports.content import Block, Prose, References, ReportContent, ServiceCode, Table
from qa_server.i18n import Language, translate


@dataclass(frozen=True)
class Part:
    """A part of a report: its key, its heading, and whether a report without it is unfinished."""

    key: str
    heading: str
    is_required: bool = True


def outline(service: ServiceCode, language: Language) -> tuple[Part, ...]:
    """Return the parts of a report of this service type in order."""
    match service:
        case "topic_consultation":
            return _topic(language)
        case "citation_search":
            return _citation(language)
        case "novelty_search":
            return _novelty(language)
        case "proxy_search":
            return _proxy(language)
        case "document_delivery":
            return _delivery(language)


def missing_parts(content: ReportContent) -> tuple[Part, ...]:
    """Return the required parts that the report lacks or has empty, in order; a report is delivered without none."""
    filled = {section.part for section in content.sections if any(map(says_something, section.blocks))}
    parts = outline(content.service_type, content.language)
    return tuple(part for part in parts if part.is_required and part.key not in filled)


def says_something(block: Block) -> bool:
    """Say whether a text, table or list is more than empty."""
    match block:
        case Prose(text):
            return bool(text.strip())
        case Table():
            return bool(block.rows)
        case References():
            return bool(block.entries)


def _topic(language: Language) -> tuple[Part, ...]:
    return (
        Part("background", translate("Background and need", language)),
        Part("scope", translate("Sources and search strategy", language)),
        Part("results", translate("Results of the search", language)),
        Part("analysis", translate("Analysis and summary", language)),
        Part("suggestions", translate("Suggestions for further work", language), is_required=False),
        Part("references", translate("Literature cited", language), is_required=False),
    )


def _citation(language: Language) -> tuple[Part, ...]:
    return (
        Part("subject", translate("Author and papers searched", language)),
        Part("scope", translate("Databases and period searched", language)),
        Part("indexing", translate("Indexing of the papers", language), is_required=False),
        Part("citations", translate("Citations of the papers", language), is_required=False),
        Part("journals", translate("Figures and divisions of the journals", language), is_required=False),
        Part("conclusion", translate("Conclusion of the search", language)),
    )


def _novelty(language: Language) -> tuple[Part, ...]:
    return (
        Part("purpose", translate("Purpose of the novelty search", language)),
        Part("essentials", translate("Scientific and technical essentials of the project", language)),
        Part("points", translate("Novelty points and requirement", language)),
        Part("scope", translate("Scope of the search and search strategy", language)),
        Part("results", translate("Results of the search", language)),
        Part("conclusion", translate("Conclusion on novelty", language)),
        Part("declaration", translate("Declaration of searcher and reviewer", language)),
    )


def _proxy(language: Language) -> tuple[Part, ...]:
    return (
        Part("request", translate("What was to be found", language)),
        Part("scope", translate("Libraries and sources searched", language)),
        Part("results", translate("Results of the search", language)),
        Part("fees", translate("Charges and settlement", language), is_required=False),
    )


def _delivery(language: Language) -> tuple[Part, ...]:
    return (
        Part("items", translate("Documents delivered", language)),
        Part("delivery", translate("Way and time of delivery", language)),
        Part("fees", translate("Charges and settlement", language), is_required=False),
        Part("copyright", translate("Copyright notice", language)),
    )
