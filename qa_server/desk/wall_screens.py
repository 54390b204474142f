"""Wall screens: a node's numbers for a display in a room, without a question, a name or anybody signed in.

A display is linked by a token that is told once and kept as a hash; revoking it darkens the screen at the next look.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.live_board import BoardTotals, BoardView, board_of
from qa_server.desk.rights_at import holds, node_for
from qa_server.desk.workplace import Workplace
from qa_server.network.changes import Change, record_change
from qa_server.network.display_models import DisplayLink
from qa_server.network.models import Library
from qa_server.network.queries import library_by_code
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember
from qa_server.people.tokens import hash_token, new_token
from storage.errors import AppError, NotFound

# What can be read from the back of a room; the others are in the sums.
DESKS_SHOWN = 12
MAX_LINKS = 20
MAX_NAME_CHARACTERS = 80
LINK_DAYS = 365
# The mark of the last look is moved at most this often, so that reading does not become writing.
_SEEN_STEP = timedelta(minutes=1)


class DisplayUnknown(AppError):
    """No screen is linked by this token, or not any more."""

    code = "display_unknown"
    status = 401
    message = "This screen is not linked any more. Somebody who administers the library can make a new link."


class ScreenRefused(AppError):
    """A screen cannot be linked like this."""

    code = "screen_refused"
    status = 422
    message = "The screen was not linked: {reason}"


class WallDesk(Wire):
    """A desk's numbers."""

    name_zh: str
    name_en: str
    library_zh: str
    library_en: str
    waiting: int
    active: int
    staff: int
    longest_wait_seconds: int | None
    answered_today: int


class WallView(Wire):
    """A node's numbers: the sums, and the desks with the longest wait. Nobody is named and nothing is quoted."""

    node: str
    name_zh: str
    name_en: str
    time_zone: str
    as_of: datetime
    totals: BoardTotals
    desks: list[WallDesk]
    left_off: int


class ScreenView(Wire):
    """A linked screen, without its token."""

    id: UUID
    name: str
    made_by_zh: str
    made_by_en: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None


class NewScreen(ScreenView):
    """A screen that was just linked. `token` is told this once."""

    token: str


def wall(place: Workplace, person: StaffMember, code: str) -> WallView:
    """Return the numbers of a node that the person supervises. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.SUPERVISE, code)
        return _wall(board_of(session, place, node), node)


def wall_for_screen(place: Workplace, token: str) -> WallView:
    """Return the numbers that a linked screen shows. Raises DisplayUnknown."""
    now = place.clock()
    with place.database.read() as session:
        link = session.scalar(select(DisplayLink).where(DisplayLink.token_hash == hash_token(token)))
        if link is None or link.revoked_at is not None or link.expires_at <= now:
            raise DisplayUnknown()
        node = session.get_one(Library, link.library_id)
        view = _wall(board_of(session, place, node), node)
    if link.seen_at is None or now - link.seen_at >= _SEEN_STEP:
        with place.database.write() as session:
            session.get_one(DisplayLink, link.id).seen_at = now
    return view


def may_link_screens(place: Workplace, person: StaffMember, code: str) -> bool:
    """Say whether the person may link screens to a node. Raises NotFound."""
    with place.database.read() as session:
        return holds(session, person, Right.ADMINISTER_LIBRARY, library_by_code(session, code).id)


def screens(place: Workplace, person: StaffMember, code: str) -> list[ScreenView]:
    """Return the screens that show a node's board, newest first. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        return [_view(session, row) for row in _working(session, node, place.clock())]


def link_screen(place: Workplace, person: StaffMember, code: str, *, name: str) -> NewScreen:
    """Link a screen to a node for a year and return its token. Raises NotFound, Forbidden, ScreenRefused."""
    kept = " ".join(storable(name).split())
    if not 0 < len(kept) <= MAX_NAME_CHARACTERS:
        raise ScreenRefused(reason="Say where the screen hangs, in at most 80 characters.")
    now, token = place.clock(), new_token()
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        if len(_working(session, node, now)) >= MAX_LINKS:
            raise ScreenRefused(reason="There are 20 screens already. Revoke one first.")
        row = DisplayLink(
            library_id=node.id,
            name=kept,
            token_hash=hash_token(token),
            created_at=now,
            created_by=person.id,
            expires_at=now + timedelta(days=LINK_DAYS),
        )
        session.add(row)
        record_change(session, Change(node.id, "display", kept, "added", None, None), by=person.id, now=now)
        session.flush()
        return NewScreen(token=token, **_view(session, row).model_dump())


def revoke_screen(place: Workplace, person: StaffMember, code: str, screen_id: UUID) -> None:
    """Let a screen show nothing any more. Safe to repeat. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        node = node_for(session, person, Right.ADMINISTER_LIBRARY, code)
        row = session.get(DisplayLink, screen_id)
        if row is None or row.library_id != node.id:
            raise NotFound()
        if row.revoked_at is None:
            row.revoked_at = place.clock()
            change = Change(node.id, "display", row.name, "removed", None, None)
            record_change(session, change, by=person.id, now=place.clock())


def _working(session: Session, node: Library, now: datetime) -> list[DisplayLink]:
    statement = select(DisplayLink).where(
        DisplayLink.library_id == node.id, DisplayLink.revoked_at.is_(None), DisplayLink.expires_at > now
    )
    return list(session.scalars(statement.order_by(DisplayLink.id.desc())))


def _view(session: Session, row: DisplayLink) -> ScreenView:
    maker = librarians_by_id(session, {row.created_by})[row.created_by]
    return ScreenView(
        id=row.id,
        name=row.name,
        made_by_zh=maker.name_zh,
        made_by_en=maker.name_en,
        created_at=row.created_at,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
    )


def _wall(board: BoardView, node: Library) -> WallView:
    # Field by field: what is added to the board later does not reach a screen by itself.
    shown = board.desks[:DESKS_SHOWN]
    return WallView(
        node=board.node,
        name_zh=board.name_zh,
        name_en=board.name_en,
        time_zone=node.time_zone,
        as_of=board.as_of,
        totals=board.totals,
        desks=[
            WallDesk.model_validate({name: getattr(each, name) for name in WallDesk.model_fields}) for each in shown
        ],
        left_off=board.totals.desks - len(shown),
    )
