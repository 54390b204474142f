"""Conversations to search in: at two libraries, by two readers, with answers, notes and people who supervise."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from qa_server.conversations.models import Resolution
from qa_server.desk import answering, asking, keeping_words, search_results, talking
from qa_server.desk.search_filters import read_filters
from qa_server.desk.search_results import FoundConversations
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from tests.village import Village, come_in, new_client_id, question


@dataclass
class Archive:
    """Conversations by a short name, and ways to add to them and to search."""

    place: Workplace
    people: Village
    ids: dict[str, UUID] = field(default_factory=dict)

    def ask(self, name: str, text: str, *, library: str = "AAA") -> UUID:
        """Ask a question of a library's reader and take its words up."""
        reader, _ = come_in(self.place, library)
        self.ids[name] = asking.ask(self.place, reader, question(text))[0].conversation.id
        self.take_up()
        return self.ids[name]

    def answer(self, name: str, text: str, *, by: StaffMember | None = None, read_level: int = 2) -> None:
        """Claim, answer and close."""
        person = by or self.people.lin
        answering.claim(self.place, person, self.ids[name])
        talking.say_as_librarian(self.place, person, self.ids[name], client_id=new_client_id(), body=text)
        answering.close(self.place, person, self.ids[name], resolution=Resolution.ANSWERED, read_level=read_level)
        self.take_up()

    def take_up(self) -> None:
        """Do what the background does within a second."""
        keeping_words.take_up_missed(self.place, is_whole=True)

    def find(self, person: StaffMember, **filters: str) -> FoundConversations:
        """Search as somebody."""
        return search_results.find(self.place, person, read_filters(filters))

    def names(self, person: StaffMember, **filters: str) -> list[str]:
        """Return the short names of what somebody finds, in order."""
        known = {value: name for name, value in self.ids.items()}
        return [known[each.conversation.id] for each in self.find(person, **filters).items]


def promoted(place: Workplace, person: StaffMember, node: UUID, role: Role) -> StaffMember:
    """Return the person with a role more."""
    with place.database.write() as session:
        session.add(RoleGrant(librarian_id=person.id, library_id=node, role=role))
        session.flush()
        found = staff_member(session, person.id, csrf_token="csrf")
    assert found is not None
    return found


Promote = Callable[[StaffMember, UUID, Role], StaffMember]


@pytest.fixture
def promote(place: Workplace) -> Promote:
    """Give somebody a role more."""
    return lambda person, node, role: promoted(place, person, node, role)


@pytest.fixture
def archive(place: Workplace, people: Village) -> Archive:
    """Three conversations of library A, one of library B."""
    made = Archive(place, people)
    made.ask("renew", "怎么续借已经逾期的图书？")
    made.answer("renew", "请在我的图书馆里续借，逾期的要先还。")
    made.ask("loan", "Can I renew an interlibrary loan from Beijing?")
    made.ask("cards", "校园卡丢了还能入馆吗")
    made.answer("cards", "补卡期间可以用身份证。", read_level=4)
    made.ask("elsewhere", "贵馆怎么续借？", library="BBB")
    return made
