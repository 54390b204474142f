"""Put the demo network into an empty database: libraries, librarians, articles, past conversations. One transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import articles
from qa_server.conversations import service as conversations
from qa_server.conversations.models import Resolution, State
from qa_server.conversations.service import Event, Question
from qa_server.network.models import Alliance, AllianceMember, Desk, DeskMember, Level, Library
from qa_server.people import service as people
from qa_server.people.models import Librarian, Role, RoleGrant
from qa_server.people.passwords import hash_password
from qa_server.routing import service as routing
from qa_server.seeds.article_life import plant_article_life
from qa_server.seeds.canned_replies import ReplySeeds, plant_replies, read_replies
from qa_server.seeds.daily_life import DailyLife, plant, read_daily_life
from qa_server.seeds.files import (
    ArticleSeed,
    ConversationSeed,
    LibrarianSeed,
    NetworkSeed,
    read_articles,
    read_conversations,
    read_network,
)
from qa_server.seeds.saved_searches import plant_views
from qa_server.seeds.staff_talk import plant_staff_talk
from qa_server.seeds.unanswered import UnansweredSeed, plant_unanswered, read_unanswered
from storage.database import Database

DEMO_PASSWORD = "wenjin-demo"  # noqa: S105 - printed by the demo for everybody to use
_FOLDER = Path(__file__).parent
# Listed first: a librarian and a curator of the Chinese library page, then of the English one.
_SUGGESTED = {login: place for place, login in enumerate(("lin.yue", "zhou.qing", "grace.hu", "daniel.ross"))}
# Who writes and who reviews the network's own articles; the reviewer's right reaches down to every library.
_AUTHOR, _REVIEWER = "fang.zhi", "lu.wen"
# Articles appear one after the other over the past months, this far apart.
_ARTICLE_STEP = timedelta(hours=7)


def seed(database: Database) -> bool:
    """Fill a migrated database with the demo network; return False when it is there already.

    Raises SeedInvalid with file and line for a data file that breaks the rules.
    """
    network, life = read_network(_FOLDER), read_daily_life(_FOLDER)
    with database.read() as session:
        if session.scalar(select(Library.id).limit(1)) is not None:
            return False
    password_hash = hash_password(DEMO_PASSWORD)
    with database.write() as session:
        planted = _Planting(session, password_hash, datetime.now(UTC))
        planted.network(network)
        planted.daily_life(life)
        planted.replies(read_replies(_FOLDER))
        planted.articles(read_articles(_FOLDER))
        planted.article_life()
        planted.conversations(read_conversations(_FOLDER))
        planted.unanswered(read_unanswered(_FOLDER))
        planted.saved_views()
        planted.staff_talk()
    return True


class DemoAccount(NamedTuple):
    """Somebody who may sign in at the demo: the role and the library in English words and the library's own name."""

    login: str
    password: str
    role: str
    library: str


def demo_accounts() -> list[DemoAccount]:
    """Return the demo's librarians, the two that the start page suggests first."""
    network = read_network(_FOLDER)
    names = {each.code: each.name_en if each.language == "en" else each.name_zh for each in network.libraries}
    people = sorted(network.librarians, key=lambda person: _SUGGESTED.get(person.login, len(_SUGGESTED)))
    return [DemoAccount(each.login, DEMO_PASSWORD, _role(each), names[each.library]) for each in people]


def _role(person: LibrarianSeed) -> str:
    return str(max((role for _, role in person.roles), key=list(Role).index)).replace("_", " ").capitalize()


class _Planting:
    """The rows planted so far, by code and login."""

    def __init__(self, session: Session, password_hash: str, now: datetime) -> None:
        self._session = session
        self._password_hash = password_hash
        self._now = now
        self._libraries: dict[str, UUID] = {}
        self._desks: dict[str, UUID] = {}
        self._people: dict[str, UUID] = {}

    def staff_talk(self) -> None:
        plant_staff_talk(self._session, self._desks, self._people, now=self._now)

    def network(self, network: NetworkSeed) -> None:
        for library in network.libraries:
            self._library(library.model_dump())
        for alliance in network.alliances:
            row = Alliance(code=alliance.code, name_zh=alliance.name_zh, name_en=alliance.name_en)
            self._add(row)
            members = [AllianceMember(alliance_id=row.id, library_id=self._libraries[m]) for m in alliance.members]
            self._session.add_all(members)
        for person in network.librarians:
            self._librarian(person)

    def daily_life(self, life: DailyLife) -> None:
        plant(self._session, life, libraries=self._libraries, desks=self._desks, people=self._people, now=self._now)

    def replies(self, seeds: ReplySeeds) -> None:
        plant_replies(
            self._session, seeds, libraries=self._libraries, desks=self._desks, people=self._people, now=self._now
        )

    def articles(self, seeds: Sequence[ArticleSeed]) -> None:
        author, reviewer = self._people[_AUTHOR], self._people[_REVIEWER]
        for place, line in enumerate(seeds):
            moment = self._now - _ARTICLE_STEP * (len(seeds) - place)
            owner = self._libraries[line.library]
            article = articles.draft(self._session, content=line.content(), owner=owner, author_id=author, now=moment)
            articles.submit(self._session, article, now=moment)
            articles.publish(self._session, article, reviewer_id=reviewer, now=moment)

    def article_life(self) -> None:
        plant_article_life(self._session, _FOLDER, libraries=self._libraries, people=self._people, now=self._now)

    def conversations(self, seeds: Sequence[ConversationSeed]) -> None:
        # The oldest first, as they would have come in: lists go by that order.
        for line in sorted(seeds, key=lambda line: -line.days_ago):
            self._conversation(line)

    def unanswered(self, seeds: list[UnansweredSeed]) -> None:
        plant_unanswered(self._session, seeds, libraries=self._libraries, now=self._now)

    def saved_views(self) -> None:
        plant_views(self._session, desks=self._desks, people=self._people, now=self._now)

    def _library(self, values: dict[str, Any]) -> None:
        parent, has_desk = values.pop("parent"), values.pop("has_desk")
        library = Library(
            **{**values, "level": Level(values["level"])},
            parent_id=self._libraries[parent] if parent else None,
            created_at=self._now,
        )
        self._add(library)
        self._libraries[library.code] = library.id
        if has_desk:
            names = {"name_zh": f"{library.name_zh}咨询台", "name_en": f"{library.name_en} desk"}
            desk = Desk(library_id=library.id, list_version=0, **names)
            self._add(desk)
            self._desks[library.code] = desk.id

    def _librarian(self, person: LibrarianSeed) -> None:
        row = Librarian(
            login=person.login,
            name_zh=person.name_zh,
            name_en=person.name_en,
            library_id=self._libraries[person.library],
            language=person.language,
            password_hash=self._password_hash,
            created_at=self._now,
        )
        self._add(row)
        self._people[person.login] = row.id
        for library, role in person.roles:
            self._session.add(RoleGrant(librarian_id=row.id, library_id=self._libraries[library], role=role))
        self._session.add_all(DeskMember(desk_id=self._desks[code], librarian_id=row.id) for code in person.desks)

    def _conversation(self, line: ConversationSeed) -> None:
        session, moment = self._session, self._now - timedelta(days=line.days_ago)
        reader, _ = people.add_reader(
            session, library_id=self._libraries[line.library], language=line.language, now=moment
        )
        asked, *rest = line.messages
        conversation = conversations.open_conversation(
            session,
            Question(asked[1], reader.id.hex, line.language),
            reader_id=reader.id,
            library=(self._libraries[line.library], line.library),
            desk_id=self._desks[line.library],
            now=moment,
        )
        holder = self._people[line.librarian]
        moment += timedelta(seconds=40)
        lease = timedelta(minutes=1)
        claim, _ = routing.claim(session, conversation, holder, now=moment, lease=lease, first_answer=lease)
        conversations.record(session, conversation, Event("claimed", holder), now=moment)
        for count, (side, text) in enumerate(rest):
            moment += timedelta(seconds=35)
            is_reader = side == "reader"
            writer = conversations.reader_writer(reader.id) if is_reader else conversations.librarian_writer(holder)
            conversations.append_text(
                session, conversation, writer, client_id=f"seed-{count:04d}", body=text, now=moment
            )
        conversations.end(
            conversation,
            State.CLOSED,
            resolution=Resolution(line.resolution),
            read_level=line.read_level,
            now=moment,
        )
        routing.release(claim, reason="ended", now=moment)
        details = {"resolution": line.resolution, "by": "librarian"}
        conversations.record(session, conversation, Event("closed", holder, details), now=moment)
        conversation.reader_seen_seq = conversation.staff_seen_seq = conversation.last_seq
        if line.rating:
            conversations.rate(conversation, line.rating, line.comment)

    def _add(self, row: Library | Alliance | Desk | Librarian) -> None:
        self._session.add(row)
        self._session.flush()
