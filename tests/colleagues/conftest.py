"""A desk that trains: CHEN is a trainee at library A's desk, whose answers LIN reads first."""

from uuid import UUID

import pytest
from sqlalchemy import select

from qa_server.colleagues.node_settings import REVIEWS_TRAINEES
from qa_server.desk import answering, asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network.models import DeskMember
from qa_server.network.node_settings import set_value
from tests.village import Village, question


def make_trainee(place: Workplace, people: Village, *, mentor: UUID | None) -> None:
    """Let CHEN be a trainee at desk A, and let library A ask for reviews."""
    with place.database.write() as session:
        member = session.scalars(
            select(DeskMember).where(DeskMember.desk_id == people.desk_a, DeskMember.librarian_id == people.chen.id)
        ).one()
        member.role, member.mentor_id = "trainee", mentor
        key, now = REVIEWS_TRAINEES.key, place.clock()
        set_value(session, people.library_a, key, True, is_locked=False, by=None, now=now)


@pytest.fixture
def training(place: Workplace, people: Village) -> None:
    """CHEN is a trainee of LIN's."""
    make_trainee(place, people, mentor=people.lin.id)


@pytest.fixture
def taught(place: Workplace, people: Village, reader: KnownReader, training: None) -> UUID:
    """A conversation of the reader, held by the trainee."""
    conversation_id = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, people.chen, conversation_id)
    return conversation_id
