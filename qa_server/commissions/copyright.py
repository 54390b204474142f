"""Limits of copying for others: articles of one issue, the part of a book, items a month. Pure.

The shipped service takes over one library's published rule: four articles of an issue, a third of a book.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qa_server.commissions.definition import DeliveryRule

_HUNDRED = 100


class Limit(StrEnum):
    """Which limit is passed. Those of the law bind everybody; a quota is the library's own, which may be passed."""

    ISSUE = "issue"
    BOOK = "book"
    QUOTA = "quota"


@dataclass(frozen=True)
class Passed:
    """A limit that a request would pass: how much is allowed, and how much it would be."""

    limit: Limit
    allowed: int
    wanted: int


def issue_of(form: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return what names the issue a wanted article is in, None where the form does not say."""
    journal = "".join(str(form.get("issn") or form.get("journal") or "").split()).casefold()
    parts = tuple("".join(str(form.get(key) or "").split()).casefold() for key in ("year", "volume", "issue"))
    return (journal, *parts) if journal and parts[0] and parts[2] else None


def passed_limits(rule: DeliveryRule, form: Mapping[str, Any], *, of_issue: int, this_month: int) -> list[Passed]:
    """Return the limits that a request passes, those of the law first.

    `of_issue` are other articles of the same issue that the reader asked for, `this_month` other items of the month.
    """
    found: list[Passed] = []
    if rule.articles_per_issue is not None and issue_of(form) and of_issue + 1 > rule.articles_per_issue:
        found.append(Passed(Limit.ISSUE, rule.articles_per_issue, of_issue + 1))
    pages, wanted = form.get("book_pages"), form.get("wanted_pages")
    if rule.book_percent is not None and isinstance(pages, int) and isinstance(wanted, int) and pages > 0:
        allowed = pages * rule.book_percent // _HUNDRED
        if wanted > allowed:
            found.append(Passed(Limit.BOOK, allowed, wanted))
    if rule.monthly_quota is not None and this_month + 1 > rule.monthly_quota:
        found.append(Passed(Limit.QUOTA, rule.monthly_quota, this_month + 1))
    return found
