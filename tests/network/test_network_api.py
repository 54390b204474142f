"""The network over HTTP, with a session and its CSRF token; the feed by its secret address; the command line."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from qa_server import cli
from qa_server.desk import signing_in
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.people.models import Librarian, Role, RoleGrant
from storage.database import Database
from tests.village import PASSWORD, Village

LIBRARIES = "code,level,parent,name_zh,name_en\nN1,library,PRV,新馆,New\nN2,library,GONE,孤馆,Orphan\n"


@pytest.fixture
def administrator(app: FastAPI, townsfolk: Village, client: TestClient) -> TestClient:
    """ZHOU, who administers library A too, signed in."""
    place: Workplace = app.state.place
    with place.database.write() as session:
        session.add(
            RoleGrant(librarian_id=townsfolk.zhou.id, library_id=townsfolk.library_a, role=Role.LIBRARY_ADMINISTRATOR)
        )
    opened = signing_in.sign_in(place, login="zhou", password=PASSWORD, network="n")
    client.cookies.set("wenjin_staff", opened.token)
    client.headers["X-CSRF-Token"] = signing_in.recognise_staff(place, opened.token).csrf_token
    return client


def test_an_administrator_sets_hours_settings_desks_and_rosters(administrator: TestClient, townsfolk: Village) -> None:
    week = {"week": [{"weekday": day, "starts_minute": 480, "ends_minute": 1080} for day in (1, 2)]}
    assert administrator.put("/api/v1/staff/nodes/AAA/hours/week", json=week).json()["is_own_week"] is True
    public = administrator.get("/api/v1/libraries/AAA").json()
    assert public["hours_today"] == [{"starts_minute": 480, "ends_minute": 1080}]
    assert (public["is_open"], public["closes_next"]) == (True, "2026-09-01T10:00:00Z")
    day = administrator.put("/api/v1/staff/nodes/AAA/hours/days/2026-09-01", json={"name_zh": "停电"})
    assert day.status_code == 200
    assert administrator.get("/api/v1/libraries/AAA").json()["is_open"] is False
    path = "/api/v1/staff/nodes/AAA/settings/promised_answer_hours"
    assert administrator.put(path, json={"value": 8}).json()["value"] == 8
    refused = administrator.put(path, json={"value": 9})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "setting_invalid")
    desk = f"/api/v1/staff/desks/{townsfolk.desk_a}"
    duty = {"login": "lin", "weekday": 2, "starts_minute": 480, "ends_minute": 600}
    grid = {"valid_from": "2026-09-01", "grid": [duty]}
    assert administrator.put(f"{desk}/roster", json=grid).json()["duties"][0]["login"] == "lin"
    (alarm,) = administrator.get("/api/v1/staff/shift-alarms").json()
    assert [(gap["starts"], gap["cover"]) for gap in alarm["gaps"]] == [("2026-09-02T02:00:00Z", "uncovered")]
    assert administrator.delete(f"{desk}/members/chen").json() == {"questions": 0}
    subjects = [each["subject"] for each in administrator.get("/api/v1/staff/nodes/AAA/changes").json()["items"]]
    assert subjects == ["desk_member", "roster", "setting", "special_day", "hours"]


def test_who_lacks_the_right_the_session_or_the_token_is_refused(administrator: TestClient) -> None:
    assert administrator.get("/api/v1/staff/nodes/BBB/settings").status_code == 403
    assert administrator.get("/api/v1/staff/nodes/NONE/settings").status_code == 404
    del administrator.headers["X-CSRF-Token"]
    assert administrator.put("/api/v1/staff/nodes/AAA/hours/week", json={"week": []}).status_code == 403
    administrator.cookies.clear()
    assert administrator.get("/api/v1/staff/nodes").status_code == 401
    assert administrator.get("/api/v1/staff/cards/AAA").status_code == 401


def test_a_calendar_is_read_without_a_session_by_its_secret_address(administrator: TestClient) -> None:
    path = administrator.post("/api/v1/staff/calendar-feeds").json()["path"]
    (feed,) = administrator.get("/api/v1/staff/calendar-feeds").json()
    assert "path" not in feed
    administrator.cookies.clear()
    answer = administrator.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert administrator.get(path.replace(".ics", "x.ics")).status_code == 404


def test_the_command_reports_and_a_dry_run_changes_nothing(
    app: FastAPI, townsfolk: Village, sqlite_url: str, tmp_path: Path
) -> None:
    table = tmp_path / "libraries.csv"
    table.write_text(LIBRARIES, encoding="utf-8")
    runner, options = CliRunner(env={"LC_ALL": "C"}), ["import", "libraries", str(table), "--database", sqlite_url]
    database: Database = app.state.place.database
    for arguments, is_there in [([*options, "--dry-run"], False), (options, True)]:
        result = runner.invoke(cli.app, arguments)
        assert result.exit_code == 1, result.output
        assert "Line 3: N2: The node above is not known" in result.output
        assert "New: 1, Changed: 0, Unchanged: 0, Refused: 1" in result.output
        with database.read() as session:
            assert (session.scalar(select(Library.id).where(Library.code == "N1")) is not None) is is_there


def test_first_passwords_are_written_once_for_their_owner_alone(
    app: FastAPI, townsfolk: Village, sqlite_url: str, tmp_path: Path
) -> None:
    table, passwords = tmp_path / "people.csv", tmp_path / "passwords.csv"
    table.write_text("login,name_zh,name_en,library\nwang.li,王丽,Wang Li,AAA\n", encoding="gb18030")
    options = ["import", "people", str(table), "--database", sqlite_url, "--passwords", str(passwords)]
    result = CliRunner(env={"LC_ALL": "C"}).invoke(cli.app, options)
    assert result.exit_code == 0, result.output
    assert passwords.stat().st_mode & 0o777 == 0o600
    heading, line = passwords.read_text(encoding="utf-8").split()
    assert (heading, line.split(",")[0]) == ("login,password", "wang.li")
    with app.state.place.database.read() as session:
        added = session.scalars(select(Librarian).where(Librarian.login == "wang.li")).one()
    assert added.password_hash.startswith("$argon2id$")
    assert line.split(",")[1] not in result.output
