"""Brings the services that come with the program into the database, where commissions find the version they keep."""

from sqlalchemy.exc import IntegrityError

from qa_server.commissions import service_types
from qa_server.desk.workplace import Workplace


def keep_shipped(place: Workplace) -> int:
    """Publish the shipped services that are new or changed; return how many. Safe in several processes at once."""
    with place.database.read() as session:
        if service_types.has_shipped(session):
            return 0
    try:
        with place.database.write() as session:
            return service_types.keep_shipped(session, now=place.clock())
    except IntegrityError:
        # Another process was quicker.
        return 0
