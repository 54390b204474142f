"""The command that gives a library what its pages sign with."""

from sqlalchemy import select
from typer.testing import CliRunner

from qa_server.cli import app
from qa_server.people.reader_models import LibrarySecret
from storage.database import Database
from tests import village


def test_a_secret_is_printed_once_and_the_one_before_ends_later(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    village.build(database)
    runs = [CliRunner().invoke(app, ["library-secret", "aaa", "--database", sqlite_url]) for _ in range(2)]
    assert [run.exit_code for run in runs] == [0, 0]
    printed = [run.stdout.strip() for run in runs]
    assert [len(secret) for secret in printed] == [43, 43]
    assert "AAA" in runs[0].stderr
    with database.read() as session:
        kept = session.execute(select(LibrarySecret.secret, LibrarySecret.expires_at).order_by(LibrarySecret.id)).all()
    assert [row.secret.decode() for row in kept] == printed
    assert [row.expires_at is None for row in kept] == [False, True]
    database.dispose()


def test_a_library_that_is_not_there_gets_none(sqlite_url: str) -> None:
    run = CliRunner().invoke(app, ["library-secret", "NONE", "--database", sqlite_url])
    assert run.exit_code != 0
    assert run.stdout.strip() == ""
