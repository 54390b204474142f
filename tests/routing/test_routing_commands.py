"""`wenjin simulate`, `wenjin simulate week` and `wenjin statement` at the command line."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from qa_server.cli import app
from qa_server.routing import week
from qa_server.routing.rules import CascadeRule
from qa_server.routing.week_network import generate
from storage.database import Database
from tests import village


@pytest.fixture
def built(sqlite_url: str) -> str:
    """A database with the village."""
    database = Database(sqlite_url)
    village.build(database)
    database.dispose()
    return sqlite_url


def test_simulate_says_who_gets_the_question_and_why(built: str) -> None:
    arguments = ["simulate", "aaa", "--at", "2026-11-29T02:00", "--database", built]
    run = CliRunner().invoke(app, [*arguments, "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    first = told["legs"][0]
    assert (first["desk"], first["relation"], first["is_staffed"]) == ("AAA", "home", True)
    assert {each["librarian"] for each in first["candidates"]} >= {"Lin", "Chen"}
    assert first["candidates"][0]["reasons"]["home_library"] == 1000
    assert "Lin" in CliRunner().invoke(app, arguments, env={"LANG": "en_US.UTF-8"}).stdout


def test_simulate_refuses_a_library_that_is_not_there_and_a_moment_that_is_none(built: str) -> None:
    assert CliRunner().invoke(app, ["simulate", "NONE", "--database", built]).exit_code != 0
    assert CliRunner().invoke(app, ["simulate", "AAA", "--at", "Sunday", "--database", built]).exit_code != 0


def test_simulate_week_puts_a_changed_cascade_beside_the_default(tmp_path: Path) -> None:
    rule, plot = tmp_path / "rule.json", tmp_path / "waits.svg"
    rule.write_text(json.dumps({"head_start_seconds": 300, "steps": [{"desk": "home"}, {"desk": "up"}]}))
    arguments = ["simulate", "week", "--libraries", "6", "--rule", str(rule), "--plot", str(plot), "--json"]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    assert told["default"]["questions"] == told["changed"]["questions"] == 72
    assert told["default"]["median_wait"] <= told["changed"]["median_wait"]
    assert plot.read_text(encoding="utf-8").lstrip().startswith("<svg")


def test_fewer_people_are_busier() -> None:
    loads = []
    for utilisation in (0.1, 0.9):
        network = generate(12, per_library=400, utilisation=utilisation)
        run = week.simulate(network, CascadeRule(), seed=1, questions_per_library=400)
        loads.append((network.librarians, week.figures(run, network).load_by_level["library"]))
    (many, light), (few, heavy) = loads
    assert many > few
    assert light < heavy


def test_statement_writes_a_workbook_once(built: str, tmp_path: Path) -> None:
    target = tmp_path / "november.xlsx"
    arguments = ["statement", str(target), "--month", "2026-11", "--library", "NAT", "--database", built]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0, run.output
    assert load_workbook(BytesIO(target.read_bytes())).worksheets[0]["A1"].value == "NAT 2026-11"
    assert CliRunner().invoke(app, arguments).exit_code != 0
    wrong = ["statement", str(tmp_path / "x.xlsx"), "--month", "2026-13", "--library", "NAT", "--database", built]
    assert CliRunner().invoke(app, wrong).exit_code != 0
