"""Saved views of the demo: what a desk looks through every week, and what one librarian looks for."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.people.view_models import SavedView, SavedViewChoice

# Who made it, its name, its filters, the library of the desk it is shared with, and whether its owner pins it.
_VIEWS: tuple[tuple[str, str, dict[str, str], str | None, bool], ...] = (
    ("zhou.qing", "低分回访", {"rating": "low", "state": "ended"}, "JZU", True),
    ("lin.yue", "校外访问", {"q": "校外访问"}, None, True),
    ("daniel.ross", "Interlibrary loans", {"q": "interlibrary loan"}, None, False),
)


def plant_views(session: Session, *, desks: Mapping[str, UUID], people: Mapping[str, UUID], now: datetime) -> None:
    """Put them in; desks are given by the code of their library, people by user name."""
    for login, name, filters, desk, is_pinned in _VIEWS:
        view = SavedView(
            librarian_id=people[login],
            name=name,
            filters=filters,
            desk_id=desks[desk] if desk else None,
            changed_at=now,
        )
        session.add(view)
        session.flush()
        session.add(SavedViewChoice(librarian_id=people[login], view_id=view.id, is_pinned=is_pinned, is_default=False))
