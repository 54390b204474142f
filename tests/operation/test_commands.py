"""The commands that end by themselves: what they print, what they change, and with which exit code."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.operation.running import Done, wenjin, wenjin_process

COMMANDS = ["demo", "doctor", "evaluate", "migrate", "openapi", "reindex", "seed", "serve", "version"]


def _on(file: Path, *arguments: str, **environment: str) -> Done:
    environment = {"WENJIN_ATTACHMENTS_FOLDER": str(_attachments(file)), **environment}
    return wenjin(*arguments, "--database", f"sqlite:///{file}", **environment)


def _attachments(file: Path) -> Path:
    return file.parent / "attachments"


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def _change(file: Path, statement: str) -> int:
    with _opened(file) as connection:
        return connection.execute(statement).rowcount


def test_help_names_every_command() -> None:
    done = wenjin_process("--help")
    assert done.code == 0
    assert [name for name in COMMANDS if f"  {name} " not in done.output] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    done = wenjin(command, "--help")
    assert done.code == 0
    assert f"Usage: wenjin {command}" in done.output


def test_version_is_one_line() -> None:
    done = wenjin("version")
    assert (done.code, len(done.output.splitlines())) == (0, 1)


def test_migrate_and_seed_are_safe_to_repeat(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    assert "brought to" in _on(file, "migrate").output
    assert "up to date" in _on(file, "migrate").output
    assert "put in" in _on(file, "seed").output
    assert "nothing was changed" in _on(file, "seed").output


def test_openapi_prints_a_document_and_touches_no_database(tmp_path: Path) -> None:
    file = tmp_path / "untouched" / "wenjin.db"
    done = wenjin("openapi", WENJIN_DATABASE_URL=f"sqlite:///{file}")
    document = json.loads(done.output)
    assert done.code == 0
    assert "/api/v1/libraries/{code}" in document["paths"]
    assert not file.parent.exists()


def test_doctor_finds_nothing_in_the_demo_network(database_file: Path) -> None:
    done = _on(database_file, "doctor")
    assert (done.code, done.output.count("in order")) == (0, 7)


def test_doctor_speaks_chinese_in_a_chinese_terminal(database_file: Path) -> None:
    assert "咨询记录: 正常" in _on(database_file, "doctor", LANG="zh_CN.UTF-8").output


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        ("UPDATE conversations SET last_seq = last_seq + 3 WHERE state = 'closed'", "last message is wrong"),
        ("UPDATE conversations SET state = 'active' WHERE state = 'closed'", "nobody holds it"),
        ("UPDATE claims SET released_at = NULL", "nobody may hold it"),
    ],
)
def test_doctor_finds_harm_and_mends_it_when_asked(harm: str, problem: str, database_file: Path) -> None:
    harmed = _change(database_file, harm)
    assert harmed > 0
    found = _on(database_file, "doctor")
    assert (found.code, found.output.count(problem)) == (1, harmed)
    assert _on(database_file, "doctor").code == 1
    mended = _on(database_file, "doctor", "--fix")
    assert (mended.code, mended.output.count("Mended.")) == (0, harmed)
    assert _on(database_file, "doctor").code == 0


def test_doctor_tells_of_a_missing_file_and_removes_what_no_message_shows(database_file: Path) -> None:
    hash_there, hash_missing = "ab" * 32, "cd" * 32
    _attach(database_file, hash_missing)
    left_over = _attachments(database_file) / "ab" / hash_there
    left_over.parent.mkdir(parents=True)
    left_over.write_bytes(b"left over")
    os.utime(left_over, (0, 0))
    found = _on(database_file, "doctor")
    assert (found.code, found.output.count("is missing")) == (1, 1)
    assert "1: Files lie in the folder" in found.output
    assert left_over.exists()
    mended = _on(database_file, "doctor", "--fix")
    # Nobody can invent the missing file.
    assert (mended.code, mended.output.count("Mended.")) == (1, 1)
    assert not left_over.exists()
    # Once its message is taken back, nobody misses it.
    _change(database_file, "UPDATE messages SET deleted_at = created_at WHERE seq = 1")
    assert _on(database_file, "doctor").code == 0


def _attach(file: Path, sha256: str) -> None:
    columns = "(id, conversation_id, seq, sha256, name, media_type, size_bytes, created_at)"
    values = "lower(hex(randomblob(16))), conversation_id, seq, ?, 'a.pdf', 'application/pdf', 9, created_at"
    with _opened(file) as connection:
        insert = f"INSERT INTO attachments {columns} SELECT {values} FROM messages WHERE seq = 1 LIMIT 1"  # noqa: S608 - no word of it from outside
        assert connection.execute(insert, (sha256,)).rowcount == 1


def test_doctor_does_not_invent_a_message_that_is_gone(database_file: Path) -> None:
    assert _change(database_file, "DELETE FROM messages WHERE seq = 2") > 0
    done = _on(database_file, "doctor", "--fix")
    assert done.code == 1
    assert "the numbers have a gap" in done.output
    assert "Mended." not in done.output


def test_doctor_finds_a_reference_to_nothing(database_file: Path) -> None:
    assert _change(database_file, "DELETE FROM librarians WHERE login = 'lin.yue'") == 1
    done = _on(database_file, "doctor")
    assert done.code == 1
    assert "refers to a row that is not there" in done.output


def test_reindex_says_what_is_in_the_index(database_file: Path) -> None:
    done = _on(database_file, "reindex")
    assert done.code == 0
    assert "search works as: keyword" in done.output
    with _opened(database_file) as connection:
        # Also where a newer version is under work, or the article is to be looked at again: readers go on finding it.
        (found,) = connection.execute(
            "SELECT count(*) FROM articles WHERE published_revision IS NOT NULL AND state NOT IN ('retired', 'merged')"
        ).fetchone()
    assert f"{found} articles" in done.output


def test_evaluate_prints_figures_as_json(tmp_path: Path) -> None:
    articles, questions = tmp_path / "articles.jsonl", tmp_path / "questions.jsonl"
    articles.write_text(json.dumps({"id": "a", "question": "When does the library open?", "answer": "At 8."}) + "\n")
    questions.write_text(
        json.dumps({"query": "when does the library open", "language": "en", "relevant": ["a"]}) + "\n"
    )
    done = wenjin("evaluate", str(questions), "--articles", str(articles), "--json")
    assert done.code == 0, done.error
    assert json.loads(done.output)["groups"]["all"]["recall_at_1"] == 1.0


def test_evaluate_names_the_line_that_cannot_be_used(tmp_path: Path) -> None:
    articles, questions = tmp_path / "articles.jsonl", tmp_path / "questions.jsonl"
    articles.write_text(json.dumps({"id": "a", "question": "When?"}) + "\n")
    questions.write_text('{"query": "when", "relevant": []}\nnot json\n')
    done = wenjin("evaluate", str(questions), "--articles", str(articles))
    assert done.code == 2
    assert "questions.jsonl, line 2" in done.error
