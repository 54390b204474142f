"""An import from its file to drafts and back: rights, duplicates, breaking off, going on, undoing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from knowledge import articles
from knowledge.article_export import write_articles
from knowledge.articles import Change
from knowledge.content import ArticleContent
from knowledge.imports import steps as importing
from knowledge.imports import work as import_work
from knowledge.imports.files import ImportFileUnfit
from knowledge.imports.models import ArticleImport, ImportState, Outcome
from knowledge.models import Article, ArticleState
from qa_server.desk.articles import curating
from qa_server.desk.articles import importing as importing_articles
from qa_server.desk.articles.importing import ImportStateUnfit, MappingUnfit
from qa_server.desk.workplace import Workplace
from storage.database import Database
from storage.errors import Forbidden, NotFound
from tests import village
from tests.fakes import Clock
from tests.village import Village

MAPPING = {"question": "question", "answer": "answer"}


def table(folder: Path, count: int, *, name: str = "faq.csv") -> Path:
    """A file with that many different questions."""
    path = folder / name
    marks = "甲乙丙丁戊己庚辛壬癸"
    lines = [
        f"{marks[n % 10]}类第{n}号{marks[n // 10 % 10]}柜怎么开{n * 7919}？,到一层服务台办理{n}" for n in range(count)
    ]
    path.write_text("question,answer\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def uploaded(place: Workplace, people: Village, path: Path) -> UUID:
    return importing_articles.upload(place, people.zhou, path, file_name=path.name, library="AAA")


def checked(place: Workplace, people: Village, path: Path) -> UUID:
    found = uploaded(place, people, path)
    importing_articles.check(place, people.zhou, found, mapping=MAPPING, choices={})
    importing_articles.go_on(place)
    return found


def drafted(place: Workplace, people: Village, path: Path, **choices: object) -> UUID:
    found = checked(place, people, path)
    importing_articles.run(place, people.zhou, found, choices=choices)
    importing_articles.go_on(place)
    return found


def counts(place: Workplace, people: Village, found: UUID) -> dict[str, int]:
    return dict(importing_articles.card(place, people.zhou, found).counts)


def count_articles(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Article)) or 0


def test_a_file_becomes_drafts_that_somebody_else_has_to_review(
    place: Workplace, people: Village, tmp_path: Path
) -> None:
    before = count_articles(place.database)
    found = drafted(place, people, table(tmp_path, 300), submit=True)
    assert counts(place, people, found) == {"drafted": 300}
    assert count_articles(place.database) == before + 300
    row = importing_articles.rows(place, people.zhou, found)[0].row
    assert row.article_id is not None
    card = curating.article(place, people.zhou, row.article_id)
    assert (card.article.state, card.article.published_revision) == (ArticleState.IN_REVIEW, None)
    assert card.may_review is False
    assert str(card.article.origin).startswith("import-")


def test_a_dry_run_tells_what_is_there_and_changes_nothing(place: Workplace, people: Village, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(
        "question,answer\n图书馆几点开门,八点\n请问图书馆几点开门,八点\n怎么打印照片,三楼\n怎么打印照片？,三楼\n,没有问题\n",
        encoding="utf-8",
    )
    before = count_articles(place.database)
    found = checked(place, people, path)
    outcomes = [each.row.outcome for each in importing_articles.rows(place, people.zhou, found)]
    assert outcomes == ["duplicate", "near", "new", "duplicate", "invalid"]
    of_article, near, _, of_row, invalid = (each.row for each in importing_articles.rows(place, people.zhou, found))
    assert of_article.like_article_id is not None
    assert near.likeness is not None
    assert near.likeness < 1
    assert of_row.like_number == 4
    assert invalid.reason == "question is empty"
    assert count_articles(place.database) == before


def test_near_ones_and_duplicates_come_in_when_they_are_wanted(
    place: Workplace, people: Village, tmp_path: Path
) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(
        "question,answer\n怎么打印照片,三楼\n请问怎么打印照片,三楼\n怎么打印照片？,二楼\n", encoding="utf-8"
    )
    found = drafted(place, people, path, near="draft", duplicates="draft")
    assert counts(place, people, found) == {"drafted": 3}


def test_only_curators_of_the_node_import_and_see_imports(place: Workplace, people: Village, tmp_path: Path) -> None:
    path = table(tmp_path, 3)
    with pytest.raises(Forbidden):
        importing_articles.upload(place, people.lin, path, file_name=path.name, library="AAA")
    with pytest.raises(Forbidden):
        importing_articles.upload(place, people.zhou, path, file_name=path.name, library="BBB")
    with pytest.raises(NotFound):
        importing_articles.upload(place, people.zhou, path, file_name=path.name, library="ZZZ")
    found = uploaded(place, people, path)
    for person in (people.lin, people.grace):
        with pytest.raises(NotFound):
            importing_articles.card(place, person, found)
        with pytest.raises(NotFound):
            importing_articles.undo(place, person, found)
    assert importing_articles.imports(place, people.grace) == []
    assert len(importing_articles.imports(place, people.zhou)) == 1


def test_steps_out_of_turn_are_refused(place: Workplace, people: Village, tmp_path: Path) -> None:
    found = uploaded(place, people, table(tmp_path, 3))
    with pytest.raises(ImportStateUnfit):
        importing_articles.run(place, people.zhou, found, choices={})
    with pytest.raises(ImportStateUnfit):
        importing_articles.undo(place, people.zhou, found)
    for mapping in ({"question": "question"}, {"question": "question", "answer": "question"}, {"question": "x"}):
        with pytest.raises(MappingUnfit):
            importing_articles.check(place, people.zhou, found, mapping=mapping, choices={})
    importing_articles.cancel(place, people.zhou, found)
    with pytest.raises(ImportStateUnfit):
        importing_articles.check(place, people.zhou, found, mapping=MAPPING, choices={})


def test_a_file_that_breaks_while_it_is_read_leaves_nothing(place: Workplace, people: Village, tmp_path: Path) -> None:
    path = tmp_path / "faq.html"
    path.write_text("<p>no answers</p>", encoding="utf-8")
    with pytest.raises(ImportFileUnfit):
        importing_articles.upload(place, people.zhou, path, file_name=path.name, library="AAA")
    assert importing_articles.imports(place, people.zhou) == []


def test_an_undo_removes_what_nobody_touched_and_names_the_rest(
    place: Workplace, people: Village, tmp_path: Path, clock: Clock
) -> None:
    before = count_articles(place.database)
    found = drafted(place, people, table(tmp_path, 20))
    rows = importing_articles.rows(place, people.zhou, found)
    touched, published = rows[3].row.article_id, rows[5].row.article_id
    assert touched is not None
    assert published is not None
    with place.database.write() as session:
        article = session.get_one(Article, touched)
        revision = articles.current_revision(session, article)
        content = ArticleContent(article.key, "zh", revision.question, "另写", "other", "fact")
        articles.revise(session, article, content=content, change=Change(1, people.lin.id, "新"), now=clock())
        other = session.get_one(Article, published)
        articles.submit(session, other, now=clock())
        articles.publish(session, other, reviewer_id=people.chen.id, now=clock())
    importing_articles.undo(place, people.zhou, found)
    importing_articles.go_on(place)
    assert counts(place, people, found) == {"undone": 18, "kept": 2}
    assert count_articles(place.database) == before + 2
    kept = importing_articles.rows(place, people.zhou, found, outcome=Outcome.KEPT)
    assert {each.row.reason for each in kept} == {"Somebody has changed or published it."}


def test_two_workers_share_an_import_without_doing_anything_twice(
    place: Workplace, people: Village, tmp_path: Path, clock: Clock
) -> None:
    found = checked(place, people, table(tmp_path, 10))
    importing_articles.run(place, people.zhou, found, choices={})
    with place.database.write() as session:
        lease = importing.take_lease(session, found, now=clock())
    assert lease is not None
    assert import_work.work(place.database, found, clock=clock) is False
    clock.forward(seconds=61)
    assert import_work.work(place.database, found, clock=clock) is True
    with place.database.write() as session:
        # The first comes back after its lease ran out: it is told so, and writes nothing.
        assert importing.renew_lease(session, found, lease, now=clock()) is None
    assert counts(place, people, found) == {"drafted": 10}


def test_an_export_comes_in_again_as_it_was(place: Workplace, people: Village, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('question,answer\n=1+1等于几？,"-2 **不是**\n第二行"\n', encoding="utf-8")
    drafted(place, people, source)
    for form in ("csv", "xlsx", "jsonl"):
        path = tmp_path / f"out.{form}"
        with path.open("wb") as target:
            count = write_articles(place.database, {people.library_a}, target, form)
        assert count == 1
        found = uploaded(place, people, path)
        card = importing_articles.card(place, people.zhou, found)
        assert card.found.mapping["question"] == "question"
        cells = importing_articles.rows(place, people.zhou, found)[0].row.cells
        assert (cells["question"], cells["answer"]) == ("=1+1等于几？", "-2 **不是**\n第二行")
    assert json.loads(path.read_text(encoding="utf-8"))["language"] == "zh"


def test_an_import_that_is_killed_goes_on_with_the_same_command(tmp_path: Path, people_file: str) -> None:
    path = table(tmp_path, 4_000)
    arguments = ["import", "articles", str(path), "--library", "AAA", "--by", "zhou", "--near"]
    command = [sys.executable, "-m", "qa_server.cli", *arguments]
    environment = {**os.environ, "WENJIN_DATABASE_URL": people_file}
    database = Database(people_file)
    before = count_articles(database)
    broken = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 100
    while count_articles(database) < before + 500 and time.monotonic() < until:
        time.sleep(0.05)  # Another process works; there is nothing here to await.
    broken.send_signal(signal.SIGKILL)
    broken.wait()
    half = count_articles(database) - before
    assert 500 <= half < 4_000
    with database.write() as session:
        # As if the minute of its lease had passed.
        found = session.scalars(select(ArticleImport)).one()
        assert found.state == ImportState.RUNNING
        found.lease_until = None
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    with database.read() as session:
        assert importing.counts_of(session, session.scalars(select(ArticleImport)).one().id) == {"drafted": 4_000}
    assert count_articles(database) == before + 4_000
    database.dispose()


@pytest.fixture
def people_file(sqlite_url: str) -> str:
    """A database with the village, for another process."""
    database = Database(sqlite_url)
    village.build(database)
    database.dispose()
    return sqlite_url
