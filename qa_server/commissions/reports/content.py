"""What a report says, as plain data: no database, no clock, no images, only their keys.

Everything here may come from people; `checking` makes it printable before anything is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from qa_server.commissions.reports.errors import ReportContentRefused
from qa_server.i18n import Language

ServiceCode = Literal["topic_consultation", "citation_search", "novelty_search", "proxy_search", "document_delivery"]
SignatureRole = Literal["searcher", "reviewer", "signatory"]


@dataclass(frozen=True)
class Prose:
    """Text of one or more paragraphs; a blank line parts them, a line end stays one.

    With `is_markdown`, `**bold**` and lines that begin with `- ` or `1. ` are understood, and nothing else. Text that
    readers typed stays plain, so that a formula with asterisks is printed as it is.
    """

    text: str
    is_markdown: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings. `weights` share out the width, one for each heading; none means equal columns."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...] = ()
    caption: str = ""


@dataclass(frozen=True)
class References:
    """Bibliographic entries, numbered [1], [2] ... from `first`."""

    entries: tuple[str, ...]
    first: int = 1


Block = Prose | Table | References


@dataclass(frozen=True)
class Section:
    """A headed part. `part` is its key in the outline of the service type, empty for one of the librarian's own."""

    heading: str
    blocks: tuple[Block, ...]
    part: str = ""
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Signature:
    """Who signs in which role. `image` is the key of a picture of the signature; without one the name is printed."""

    role: SignatureRole
    name: str
    signed_on: date | None = None
    image: str | None = None


@dataclass(frozen=True)
class Fact:
    """A labelled line at the head of the report beyond those that all reports have."""

    label: str
    value: str


@dataclass(frozen=True)
class ReportContent:
    """A report. Dates are days of the library's own time zone.

    `seal` and the images of signatures are sha256 keys in hexadecimal; the bytes are given beside the content. A draft
    carries a watermark and neither seal nor signature images, even when it names them.
    """

    service_type: ServiceCode
    language: Language
    report_number: str
    title: str
    library: str
    commission_number: str
    applicant: str
    organisation: str
    purpose: str
    accepted_on: date
    finished_on: date | None
    sections: tuple[Section, ...]
    signatures: tuple[Signature, ...] = ()
    attachments: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    seal: str | None = None
    verification_code: str = ""
    check_address: str = ""
    is_draft: bool = False
    notes: str = ""


def as_json(content: ReportContent) -> dict[str, Any]:
    """Return the content as a dictionary that JSON can carry; `from_json` gives the same content back."""
    written: dict[str, Any] = _adapter().dump_python(content, mode="json")
    return written


def from_json(data: Mapping[str, Any]) -> ReportContent:
    """Return the content that `as_json` wrote. Raises ReportContentRefused with the name of the first wrong field."""
    try:
        return _adapter().validate_python(dict(data))
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False)[0]["loc"]
        raise ReportContentRefused(field=".".join(str(step) for step in place)) from error


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[ReportContent]:
    return TypeAdapter(ReportContent)
