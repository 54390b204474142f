"""Changes to the network."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_server.network.models import Desk


def next_list_version(session: Session, desk_id: UUID, *, changes: int = 1) -> int:
    """Count changes of the desk's list and return the version after the last. Locks the desk's row until the end."""
    statement = (
        update(Desk)
        .where(Desk.id == desk_id)
        .values(list_version=Desk.list_version + changes)
        .returning(Desk.list_version)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one()
