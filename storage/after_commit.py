"""Collect callables on a session; they run after its commit, in order, and are dropped on rollback.

Announcements to other connections go this way, so that nobody hears of a thing that is not in the database.
"""

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

_KEY = "storage.after_commit"
_log = logging.getLogger(__name__)


def after_commit(session: Session, action: Callable[[], object]) -> None:
    """Run `action` once `session`'s transaction has committed; never when it rolls back.

    The action runs in the committing thread and must not block: it hands work on. What it raises is logged and
    does not reach the caller, whose work is already done.
    """
    session.info.setdefault(_KEY, []).append(action)


def run_collected(session: Session) -> None:
    """Run and forget what was collected. Called by `storage.database` after a commit."""
    for action in session.info.pop(_KEY, []):
        try:
            action()
        except Exception:
            _log.exception("after-commit action failed")


def drop_collected(session: Session) -> None:
    """Forget what was collected. Called by `storage.database` after a rollback."""
    session.info.pop(_KEY, None)
