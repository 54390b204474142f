"""The demo network: its files are valid, seeding twice is harmless, a bad line is refused by file and number."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from knowledge.models import Article, ArticleState
from qa_server import seeds
from qa_server.colleagues.reviews import needs_review
from qa_server.commissions.models import Commission
from qa_server.commissions.work_models import WorkLogEntry
from qa_server.conversations.models import Conversation
from qa_server.desk import signing_in
from qa_server.desk.workplace import Workplace
from qa_server.network.models import DeskMember, Level, Library, MemberRole
from qa_server.people.models import Librarian
from qa_server.seeds.commissions import plant_commissions, read_commissions
from qa_server.seeds.files import SeedInvalid, read_articles, read_conversations, read_network
from qa_server.seeds.loader import demo_accounts, seed
from tests.conftest import make_app
from tests.databases import copied_sqlite
from tests.fakes import Clock

FOLDER = Path(seeds.__path__[0])
# What the demo promises.
LEAST_ARTICLES = 300
LEAST_TOPICS_IN_BOTH_LANGUAGES = 150


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data files that a test may break."""
    copy = tmp_path / "seeds"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


@pytest.fixture(scope="module")
def seeded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """The parts that use cases work with, on a seeded database that tests leave as it is."""
    with copied_sqlite(sqlite_template, tmp_path_factory.mktemp("seeded")) as url:
        workplace: Workplace = make_app(url, Clock()).state.place
        seed(workplace.database)
        yield workplace
        workplace.search.stop()
        workplace.database.dispose()


def change_line(path: Path, number: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the object in one line of a file, counted from 1."""
    lines = path.read_text(encoding="utf-8").splitlines()
    value = json.loads(lines[number - 1])
    change(value)
    lines[number - 1] = json.dumps(value, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_trainee_of_the_demo_has_answers_read(seeded: Workplace) -> None:
    with seeded.database.read() as session:
        trainee = session.scalars(select(DeskMember).where(DeskMember.role == MemberRole.TRAINEE)).one()
        assert trainee.mentor_id is not None
        assert needs_review(session, trainee.desk_id, trainee.librarian_id, seeded.clock())


def counts(place: Workplace) -> tuple[int, ...]:
    """Return how many rows the seeds left in the main tables."""
    with place.database.read() as session:
        tables = (Library, Librarian, Article, Conversation)
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def test_the_network_has_every_level_and_names_only_what_it_has() -> None:
    network = read_network(FOLDER)
    codes = [library.code for library in network.libraries]
    assert len(codes) == len(set(codes))
    assert {library.level for library in network.libraries} == set(Level)
    for place, library in enumerate(network.libraries):
        assert library.parent is None or library.parent in codes[:place]
    desks = {library.code for library in network.libraries if library.has_desk}
    for person in network.librarians:
        assert {person.library, *(code for code, _ in person.roles)} <= set(codes)
        assert set(person.desks) <= desks
    for alliance in network.alliances:
        assert set(alliance.members) <= set(codes)


def test_there_are_enough_articles_and_the_centres_topics_are_in_both_languages() -> None:
    articles = read_articles(FOLDER)
    assert len(articles) >= LEAST_ARTICLES
    centre = {
        language: {a.key for a in articles if (a.library, a.language) == ("NRC", language)} for language in ["zh", "en"]
    }
    assert len(centre["zh"] & centre["en"]) >= LEAST_TOPICS_IN_BOTH_LANGUAGES
    assert centre["zh"] == centre["en"]


def test_articles_and_conversations_belong_to_libraries_and_people_of_the_network() -> None:
    network = read_network(FOLDER)
    codes = {library.code for library in network.libraries}
    desks = {person.login: set(person.desks) for person in network.librarians}
    assert {article.library for article in read_articles(FOLDER)} <= codes
    conversations = read_conversations(FOLDER)
    assert conversations
    for conversation in conversations:
        assert conversation.library in desks[conversation.librarian]
        assert conversation.messages[0][0] == "reader"


def test_seeding_fills_an_empty_database_and_a_second_time_changes_nothing(place: Workplace) -> None:
    assert seed(place.database)
    first = counts(place)
    assert first[2] >= LEAST_ARTICLES
    assert not seed(place.database)
    assert counts(place) == first


def test_everything_seeded_is_published_and_found(seeded: Workplace) -> None:
    place = seeded
    with place.database.read() as session:
        states = set(session.scalars(select(Article.state).distinct()))
    # One waits for a review, so that the demo has something to review.
    assert states == {ArticleState.PUBLISHED, ArticleState.IN_REVIEW}
    place.search.start()
    status = place.search.status()
    assert status.articles == counts(place)[2] - 1


def test_the_accounts_shown_at_the_start_can_sign_in(seeded: Workplace) -> None:
    account = demo_accounts()[0]
    opened = signing_in.sign_in(seeded, login=account.login, password=account.password, network="n")
    person = signing_in.recognise_staff(seeded, opened.token)
    assert person.login == account.login
    assert person.desk_ids


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda line: line.update(language="fr"), "language"),
        (lambda line: line.update(service_topic="catering"), "service_topic"),
        (lambda line: line.update(alternates=[]), "alternates"),
        (lambda line: line.pop("answer"), "answer"),
        (lambda line: line.update(colour="red"), "colour"),
    ],
)
def test_a_bad_line_is_refused_with_file_and_line(
    folder: Path, change: Callable[[dict[str, Any]], None], word: str
) -> None:
    change_line(folder / "articles.zh.jsonl", 17, change)
    with pytest.raises(SeedInvalid) as refused:
        read_articles(folder)
    assert refused.value.details["file"] == "articles.zh.jsonl"
    assert "line 17" in str(refused.value)
    assert word in str(refused.value)


def test_a_line_that_is_no_json_is_refused_with_file_and_line(folder: Path) -> None:
    path = folder / "articles.en.jsonl"
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([*lines[:4], lines[4][:40], *lines[5:]]))
    with pytest.raises(SeedInvalid, match=r"articles\.en\.jsonl.*line 5"):
        read_articles(folder)


def test_a_topic_that_a_library_answers_twice_is_refused(folder: Path) -> None:
    path = folder / "articles.en.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines()[0] + b"\n")
    with pytest.raises(SeedInvalid, match="twice"):
        read_articles(folder)


@pytest.mark.parametrize(("name", "read"), [("network.json", read_network), ("conversations.json", read_conversations)])
def test_a_missing_or_broken_file_is_named(folder: Path, name: str, read: Callable[[Path], object]) -> None:
    (folder / name).write_text("{")
    with pytest.raises(SeedInvalid, match=name):
        read(folder)
    (folder / name).unlink()
    with pytest.raises(SeedInvalid, match=name):
        read(folder)


def test_the_demos_commissions_come_about_by_the_use_cases_in_many_states(
    sqlite_template: Path, tmp_path: Path
) -> None:
    with copied_sqlite(sqlite_template, tmp_path) as url:
        workplace: Workplace = make_app(url, Clock()).state.place
        seed(workplace.database)
        assert plant_commissions(workplace) == len(read_commissions(FOLDER))
        with workplace.database.read() as session:
            states = set(session.scalars(select(Commission.state)))
            logged = session.scalar(select(func.count()).select_from(WorkLogEntry)) or 0
        workplace.search.stop()
        workplace.database.dispose()
    assert {
        "submitted",
        "returned",
        "transferred",
        "quoted",
        "in_progress",
        "draft_result",
        "objection",
        "closed",
    } <= states
    assert logged >= 8
