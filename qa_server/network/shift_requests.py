"""Shifts that change hands: swap with a colleague, hand back to the desk, take over, release. Each is a record.

Until somebody takes the shift over or a coordinator releases it, it stays with the librarian who has it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.network.changes import Change, record_change
from qa_server.network.duty import duties
from qa_server.network.errors import ShiftRefused
from qa_server.network.models import Desk, DeskMember
from qa_server.network.opening import checked_interval
from qa_server.network.roster_models import Absence, RosterException, ShiftRequest
from qa_server.network.rosters import rosters_of
from storage.errors import NotFound


@dataclass(frozen=True)
class Shift:
    """A stretch of duty as it stands in the roster, in local time of the desk."""

    day: date
    starts_minute: int
    ends_minute: int


def ask_for_relief(
    session: Session,
    desk: Desk,
    librarian_id: UUID,
    shift: Shift,
    *,
    reason: str,
    now: datetime,
    colleague_id: UUID | None = None,
    in_return: Shift | None = None,
) -> ShiftRequest:
    """Offer one's shift, or a part of it: to a colleague (swap, perhaps for one of theirs) or to the whole desk.

    Asking again for the same stretch returns the open request. Raises ShiftRefused, HoursInvalid.
    """
    _refuse_not_held(session, desk, librarian_id, shift, "You do not have this shift.")
    if in_return is not None and colleague_id is None:
        raise ShiftRefused(reason="A shift in return needs a colleague who gives it.")
    if colleague_id is not None:
        _refuse_stranger(session, desk.id, colleague_id)
    if in_return is not None and colleague_id is not None:
        _refuse_not_held(session, desk, colleague_id, in_return, "Your colleague does not have the shift in return.")
    earlier = _open_request(session, desk.id, librarian_id, shift)
    if earlier is not None:
        return earlier
    request = ShiftRequest(
        desk_id=desk.id,
        librarian_id=librarian_id,
        kind="hand_back" if colleague_id is None else "swap",
        day=shift.day,
        starts_minute=shift.starts_minute,
        ends_minute=shift.ends_minute,
        to_librarian_id=colleague_id,
        return_day=in_return.day if in_return else None,
        return_starts_minute=in_return.starts_minute if in_return else None,
        return_ends_minute=in_return.ends_minute if in_return else None,
        reason=reason,
        state="open",
        created_at=now,
    )
    session.add(request)
    session.flush()
    _record(session, desk, request, "asked", by=librarian_id, now=now)
    return request


def take_over(session: Session, desk: Desk, request: ShiftRequest, librarian_id: UUID, *, now: datetime) -> None:
    """Take a colleague's offered shift; where one was asked in return, it goes the other way. Raises ShiftRefused."""
    _refuse_closed(request)
    if request.to_librarian_id not in (None, librarian_id):
        raise ShiftRefused(reason="This shift was offered to another colleague.")
    if request.librarian_id == librarian_id:
        raise ShiftRefused(reason="This shift is yours already.")
    _refuse_stranger(session, desk.id, librarian_id)
    shift = shift_of(request)
    _refuse_not_held(session, desk, request.librarian_id, shift, "The roster has changed; this shift is not there.")
    returned = _returned_shift(request)
    if returned is None:
        _refuse_busy(session, desk, librarian_id, shift)
    else:
        _refuse_not_held(session, desk, librarian_id, returned, "The roster has changed; this shift is not there.")
        _hand(session, desk, returned, from_=librarian_id, to=None, now=now)
    # All that is taken away first: the two shifts may overlap.
    _hand(session, desk, shift, from_=request.librarian_id, to=librarian_id, now=now)
    if returned is not None:
        _hand(session, desk, returned, from_=None, to=request.librarian_id, now=now)
    _decide(session, desk, request, "taken", by=librarian_id, now=now)


def release(session: Session, desk: Desk, request: ShiftRequest, *, by: UUID, now: datetime) -> None:
    """Let the librarian off without a substitute: the hours become a gap. For coordinators. Raises ShiftRefused."""
    _refuse_closed(request)
    _hand(session, desk, shift_of(request), from_=request.librarian_id, to=None, now=now)
    _decide(session, desk, request, "released", by=by, now=now)


def decline(session: Session, desk: Desk, request: ShiftRequest, *, by: UUID, now: datetime) -> None:
    """Turn a request down: the asked colleague or a coordinator. Raises ShiftRefused."""
    _refuse_closed(request)
    _decide(session, desk, request, "declined", by=by, now=now)


def withdraw(session: Session, desk: Desk, request: ShiftRequest, *, by: UUID, now: datetime) -> None:
    """Take one's request back. Raises ShiftRefused."""
    _refuse_closed(request)
    _decide(session, desk, request, "withdrawn", by=by, now=now)


def pick_up(session: Session, desk: Desk, librarian_id: UUID, shift: Shift, *, by: UUID, now: datetime) -> None:
    """Add a dated duty, as for an hour that nobody covers. Raises ShiftRefused, HoursInvalid."""
    _check_times(shift)
    _refuse_stranger(session, desk.id, librarian_id)
    _refuse_busy(session, desk, librarian_id, shift)
    _hand(session, desk, shift, from_=None, to=librarian_id, now=now)
    written = {**_written(shift), "librarian": str(librarian_id)}
    record_change(session, Change(desk.library_id, "shift", str(desk.id), "added", None, written), by=by, now=now)


def drop(session: Session, desk: Desk, librarian_id: UUID, shift: Shift, *, by: UUID, now: datetime) -> None:
    """Take a dated duty away without a substitute. For coordinators. Raises ShiftRefused, HoursInvalid."""
    _refuse_not_held(session, desk, librarian_id, shift, "The roster has changed; this shift is not there.")
    _hand(session, desk, shift, from_=librarian_id, to=None, now=now)
    written = {**_written(shift), "librarian": str(librarian_id)}
    record_change(session, Change(desk.library_id, "shift", str(desk.id), "removed", written, None), by=by, now=now)


def request_by_id(session: Session, request_id: UUID) -> ShiftRequest:
    """Return a request, locked until the end of the transaction. Raises NotFound."""
    found = session.scalar(select(ShiftRequest).where(ShiftRequest.id == request_id).with_for_update())
    if found is None:
        raise NotFound()
    return found


def open_requests(session: Session, desk_ids: Collection[UUID], *, from_: date) -> Sequence[ShiftRequest]:
    """Return open requests of these desks from a date on, next shift first."""
    statement = (
        select(ShiftRequest)
        .where(ShiftRequest.desk_id.in_(desk_ids), ShiftRequest.state == "open", ShiftRequest.day >= from_)
        .order_by(ShiftRequest.day, ShiftRequest.starts_minute, ShiftRequest.id)
    )
    return session.scalars(statement).all()


def withdraw_all(session: Session, librarian_id: UUID, *, by: UUID | None, now: datetime) -> None:
    """Close what a librarian who leaves has asked or was asked for. Safe to repeat."""
    theirs = (ShiftRequest.librarian_id == librarian_id) | (ShiftRequest.to_librarian_id == librarian_id)
    for request in session.scalars(select(ShiftRequest).where(ShiftRequest.state == "open", theirs)):
        request.state, request.decided_at, request.decided_by = "withdrawn", now, by


def shift_of(request: ShiftRequest) -> Shift:
    """Return the shift that a request is about."""
    return Shift(request.day, request.starts_minute, request.ends_minute)


def _returned_shift(request: ShiftRequest) -> Shift | None:
    day, starts, ends = request.return_day, request.return_starts_minute, request.return_ends_minute
    return None if day is None or starts is None or ends is None else Shift(day, starts, ends)


def _open_request(session: Session, desk_id: UUID, librarian_id: UUID, shift: Shift) -> ShiftRequest | None:
    statement = select(ShiftRequest).where(
        ShiftRequest.desk_id == desk_id,
        ShiftRequest.librarian_id == librarian_id,
        ShiftRequest.state == "open",
        ShiftRequest.day == shift.day,
        ShiftRequest.starts_minute == shift.starts_minute,
        ShiftRequest.ends_minute == shift.ends_minute,
    )
    return session.scalar(statement)


def _refuse_closed(request: ShiftRequest) -> None:
    if request.state != "open":
        raise ShiftRefused(reason="This request has been decided already.")


def _refuse_stranger(session: Session, desk_id: UUID, librarian_id: UUID) -> None:
    member = select(DeskMember.id).where(DeskMember.desk_id == desk_id, DeskMember.librarian_id == librarian_id)
    if session.scalar(member) is None:
        raise ShiftRefused(reason="This colleague does not serve at this desk.")


def _refuse_not_held(session: Session, desk: Desk, librarian_id: UUID, shift: Shift, reason: str) -> None:
    _check_times(shift)
    if not any(
        starts <= shift.starts_minute and shift.ends_minute <= ends
        for starts, ends in _ranges(session, desk, librarian_id, shift.day)
    ):
        raise ShiftRefused(reason=reason)


def _refuse_busy(session: Session, desk: Desk, librarian_id: UUID, shift: Shift) -> None:
    if any(
        starts < shift.ends_minute and shift.starts_minute < ends
        for starts, ends in _ranges(session, desk, librarian_id, shift.day)
    ):
        raise ShiftRefused(reason="The colleague is on duty at that time already.")
    absent = select(Absence.id).where(
        Absence.librarian_id == librarian_id, Absence.starts_on <= shift.day, Absence.ends_on >= shift.day
    )
    if session.scalars(absent).first() is not None:
        raise ShiftRefused(reason="The colleague is away on that day.")


def _ranges(session: Session, desk: Desk, librarian_id: UUID, day: date) -> list[tuple[int, int]]:
    roster = rosters_of(session, [desk.id], day, day)[desk.id]
    return [
        (duty.starts_minute, duty.ends_minute) for duty in duties(roster, day, day) if duty.librarian_id == librarian_id
    ]


def _hand(session: Session, desk: Desk, shift: Shift, *, from_: UUID | None, to: UUID | None, now: datetime) -> None:
    for librarian_id, kind in ((from_, "removed"), (to, "added")):
        if librarian_id is not None:
            session.add(
                RosterException(
                    desk_id=desk.id,
                    librarian_id=librarian_id,
                    day=shift.day,
                    starts_minute=shift.starts_minute,
                    ends_minute=shift.ends_minute,
                    kind=kind,
                    created_at=now,
                )
            )
            session.flush()


def _check_times(shift: Shift) -> None:
    checked_interval(shift.day.weekday(), shift.starts_minute, shift.ends_minute)


def _decide(session: Session, desk: Desk, request: ShiftRequest, state: str, *, by: UUID, now: datetime) -> None:
    request.state, request.decided_at, request.decided_by = state, now, by
    _record(session, desk, request, state, by=by, now=now)


def _record(session: Session, desk: Desk, request: ShiftRequest, action: str, *, by: UUID, now: datetime) -> None:
    written = {**_written(shift_of(request)), "librarian": str(request.librarian_id)}
    change = Change(desk.library_id, "shift_request", str(request.id), action, None, written)
    record_change(session, change, by=by, now=now)


def _written(shift: Shift) -> dict[str, object]:
    return {"day": shift.day.isoformat(), "starts": shift.starts_minute, "ends": shift.ends_minute}
