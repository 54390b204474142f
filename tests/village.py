"""A small network for tests: a nation, a province, two libraries with a desk each, people with roles, two articles."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from knowledge import articles
from knowledge.content import ArticleContent
from qa_server.conversations.service import Question
from qa_server.desk import asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskMember, Level, Library
from qa_server.people.models import Librarian, Role, RoleGrant
from qa_server.people.passwords import hash_password
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from storage.database import Database

PASSWORD = "correct horse battery"
_PASSWORD_HASH = hash_password(PASSWORD)
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Village:
    """Who and what is there. LIN and CHEN serve at the desk of library A; ZHOU curates there; GRACE serves at B."""

    nation: UUID
    library_a: UUID
    library_b: UUID
    desk_a: UUID
    desk_b: UUID
    lin: StaffMember
    chen: StaffMember
    zhou: StaffMember
    grace: StaffMember


def build(database: Database) -> Village:
    """Put the village into a migrated database."""
    with database.write() as session:
        nation = _library(session, "NAT", Level.NATION, None)
        province = _library(session, "PRV", Level.PROVINCE, nation)
        library_a = _library(session, "AAA", Level.LIBRARY, province)
        library_b = _library(session, "BBB", Level.LIBRARY, province)
        desk_a, desk_b = _desk(session, library_a), _desk(session, library_b)
        people = {
            "lin": _librarian(session, "lin", library_a, Role.LIBRARIAN, desk_a),
            "chen": _librarian(session, "chen", library_a, Role.LIBRARIAN, desk_a),
            "zhou": _librarian(session, "zhou", library_a, Role.CURATOR, desk_a),
            "grace": _librarian(session, "grace", library_b, Role.LIBRARIAN, desk_b),
        }
        publish_article(
            session, owner=nation, key="hours.weekday", question="图书馆几点开门？", answer="早上八点开门。"
        )
        publish_article(session, owner=library_b, key="rooms.quiet", question="哪里有安静的研讨室？", answer="三楼。")
    with database.read() as session:
        staff = {name: staff_member(session, person, csrf_token="csrf") for name, person in people.items()}
    known = {name: person for name, person in staff.items() if person is not None}
    return Village(nation, library_a, library_b, desk_a, desk_b, **known)


def publish_article(session: Session, *, owner: UUID, key: str, question: str, answer: str) -> UUID:
    """Write, submit and publish an article by two people."""
    content = ArticleContent(
        key=key, language="zh", question=question, answer=answer, service_topic="spaces", question_type="fact"
    )
    article = articles.draft(session, content=content, owner=owner, author_id=uuid4(), now=_LONG_AGO)
    articles.submit(session, article, now=_LONG_AGO)
    articles.publish(session, article, reviewer_id=uuid4(), now=_LONG_AGO)
    return article.id


def come_in(place: Workplace, library: str = "AAA") -> tuple[KnownReader, str]:
    """Begin as a reader of a library; return the reader and the token."""
    _, token = asking.begin(place, library_code=library, language="zh", network="10.1.0.0/24")
    return asking.recognise(place, token), token


def question(text: str = "怎么续借？", client_id: str | None = None) -> Question:
    """Return a question with a fresh client id."""
    return Question(text, client_id or new_client_id(), "zh")


def new_client_id() -> str:
    """Return a client id as browsers make them."""
    return uuid4().hex


def _library(session: Session, code: str, level: Level, parent: UUID | None) -> UUID:
    row = Library(
        code=code,
        level=level,
        parent_id=parent,
        name_zh=f"{code}图书馆",
        name_en=f"{code} Library",
        language="zh",
        time_zone="Asia/Shanghai",
        created_at=_LONG_AGO,
    )
    session.add(row)
    session.flush()
    return row.id


def _desk(session: Session, library_id: UUID) -> UUID:
    row = Desk(library_id=library_id, name_zh="咨询台", name_en="Desk", list_version=0)
    session.add(row)
    session.flush()
    return row.id


def _librarian(session: Session, login: str, library_id: UUID, role: Role, desk_id: UUID) -> UUID:
    row = Librarian(
        login=login,
        name_zh=f"{login}老师",
        name_en=login.title(),
        library_id=library_id,
        language="zh",
        password_hash=_PASSWORD_HASH,
        created_at=_LONG_AGO,
    )
    session.add(row)
    session.flush()
    session.add(RoleGrant(librarian_id=row.id, library_id=library_id, role=role))
    session.add(DeskMember(desk_id=desk_id, librarian_id=row.id))
    return row.id
