"""Limits of document delivery at a library: looked at before a request is dispatched or filled."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from qa_server.commissions.copyright import Limit, Passed, issue_of, passed_limits
from qa_server.commissions.definition import Operation, ServiceDefinition
from qa_server.commissions.models import Commission, CommissionEntry, EntryKind
from qa_server.network.models import Library
from storage.errors import AppError

# States in which nothing was or will be copied, and those in which that is not decided yet.
_NOT_COPIED = ("draft", "cancelled", "refused", "unfilled", "refunded")
_UNDECIDED = ("submitted", "returned", "local_check")
_COPYING = frozenset({Operation.DISPATCH, Operation.DELIVER, Operation.SUPPLIER_ACCEPTS})
# Under this name the record says which limit was passed by an exception.
EXCEPTION = "exception"


class CopyrightLimit(AppError):
    """Copying this would pass a limit of the law as the library keeps it."""

    code = "copyright_limit"
    status = 409
    message = (
        "This may not be copied: {allowed} are allowed ({limit}), this would be {wanted}. Refuse it, or ask for less."
    )


class QuotaReached(AppError):
    """The reader has had as many documents this month as the library gives. With a reason it may make an exception."""

    code = "quota_reached"
    status = 409
    message = "The reader has reached the {allowed} documents of this month. Give a reason to make an exception."


def limits_passed(
    session: Session, commission: Commission, definition: ServiceDefinition, now: datetime
) -> list[Passed]:
    """Return the limits that a request passes, those of the law first.

    What the reader asked for earlier counts, and what was dispatched before it: of five requests the fifth is one too
    many, not each of them.
    """
    if definition.delivery is None:
        return []
    others = session.scalars(select(Commission.form).where(*_before(commission)))
    issue = issue_of(commission.form)
    of_issue = sum(issue is not None and issue_of(form) == issue for form in others)
    return passed_limits(
        definition.delivery,
        commission.form,
        of_issue=of_issue,
        this_month=_this_month(session, commission, now),
    )


def check(
    session: Session,
    commission: Commission,
    definition: ServiceDefinition,
    operation: Operation | None,
    *,
    reason: str,
    now: datetime,
) -> dict[str, Any]:
    """Refuse a step that would copy too much; return what the record says of an exception from the quota.

    Raises CopyrightLimit; QuotaReached unless a reason is given, with this step or with an earlier one.
    """
    if operation not in _COPYING:
        return {}
    for passed in limits_passed(session, commission, definition, now):
        if passed.limit is not Limit.QUOTA:
            raise CopyrightLimit(limit=passed.limit.value, allowed=passed.allowed, wanted=passed.wanted)
        if _is_excepted(session, commission):
            continue
        if not reason.strip():
            raise QuotaReached(allowed=passed.allowed)
        return {EXCEPTION: {"limit": passed.limit.value, "allowed": passed.allowed, "wanted": passed.wanted}}
    return {}


def _is_excepted(session: Session, commission: Commission) -> bool:
    """Say whether somebody made an exception before: what was dispatched by it is delivered without another."""
    told = session.scalars(
        select(CommissionEntry.details).where(
            CommissionEntry.commission_id == commission.id, CommissionEntry.kind == EntryKind.TRANSITION
        )
    )
    return any(EXCEPTION in details for details in told)


def _before(commission: Commission) -> tuple[ColumnElement[bool], ...]:
    # Ids grow with time: of two handed in at the same moment one comes first.
    at, is_first = commission.submitted_at, Commission.id < commission.id
    is_earlier = or_(Commission.submitted_at < at, and_(Commission.submitted_at == at, is_first))
    return (
        Commission.reader_id == commission.reader_id,
        Commission.code == commission.code,
        Commission.id != commission.id,
        Commission.submitted_at.is_not(None),
        Commission.state.not_in(_NOT_COPIED),
        or_(is_earlier, Commission.state.not_in(_UNDECIDED)),
    )


def _this_month(session: Session, commission: Commission, now: datetime) -> int:
    zone = ZoneInfo(session.get_one(Library, commission.library_id).time_zone)
    begins = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counted = select(func.count()).where(*_before(commission), Commission.submitted_at >= begins)
    return session.scalar(counted.select_from(Commission)) or 0
