"""Whatever stands in the way of a start is told in one sentence, in the person's language, with its exit code."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operation.running import Done, running, wenjin, wenjin_process


def _url(file: Path) -> str:
    return f"sqlite:///{file}"


def _assert_told(done: Done, code: int, *words: str) -> None:
    assert done.code == code, done.error
    assert "Traceback" not in done.error
    assert len(done.error.strip().splitlines()) == 1, done.error
    for word in words:
        assert word in done.error


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_busy_port_is_told_with_a_way_out(command: str, taken_port: int, database_file: Path) -> None:
    done = wenjin_process(command, "--port", str(taken_port), "--database", _url(database_file))
    _assert_told(done, 5, str(taken_port), "--port")


def test_a_busy_port_is_told_in_chinese_to_who_has_a_chinese_terminal(taken_port: int, database_file: Path) -> None:
    done = wenjin("serve", "--port", str(taken_port), "--database", _url(database_file), LANG="zh_CN.UTF-8")
    _assert_told(done, 5, "端口", "其他程序占用")


def test_a_busy_port_is_found_before_a_reset_removes_anything(taken_port: int, database_file: Path) -> None:
    before = database_file.read_bytes()
    done = wenjin("demo", "--reset", "--yes", "--port", str(taken_port), "--database", _url(database_file))
    _assert_told(done, 5)
    assert database_file.read_bytes() == before


def test_a_port_of_the_system_is_refused_to_an_ordinary_user(database_file: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may listen on every port")
    _assert_told(wenjin("serve", "--port", "80", "--database", _url(database_file)), 5, "1023")


def test_an_address_of_another_machine_is_refused(database_file: Path) -> None:
    done = wenjin("serve", "--host", "192.0.2.1", "--port", "0", "--database", _url(database_file))
    _assert_told(done, 3, "192.0.2.1")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = wenjin("demo", "--port", "0", "--database", _url(tmp_path / "file" / "demo.db"))
    _assert_told(done, 4, "cannot be written", "Choose a folder")


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    tmp_path.chmod(0o500)
    _assert_told(wenjin("demo", "--port", "0", "--database", _url(tmp_path / "demo.db")), 4, "cannot be written")


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear reader, " * 500)
    before = file.read_bytes()
    for command in (["serve", "--port", "0"], ["demo", "--port", "0"], ["migrate"], ["doctor"], ["seed"]):
        _assert_told(wenjin(*command, "--database", _url(file)), 4, "damaged", "--reset")
    assert file.read_bytes() == before


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_half_written_database_is_told(part: float, database_file: Path) -> None:
    whole = database_file.read_bytes()
    database_file.write_bytes(whole[: int(len(whole) * part)])
    done = wenjin("serve", "--port", "0", "--database", _url(database_file))
    _assert_told(done, 4, "damaged")


def test_a_database_without_tables_asks_for_migrate(tmp_path: Path) -> None:
    done = wenjin("serve", "--port", "0", "--database", _url(tmp_path / "new.db"))
    _assert_told(done, 4, "wenjin migrate")


def test_a_second_start_on_the_same_file_is_refused_and_the_first_goes_on(database_file: Path, tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--database", _url(database_file), log=tmp_path / "log") as first:
        for command in (["serve", "--port", "0"], ["demo", "--port", "0"], ["migrate"], ["doctor", "--fix"]):
            done = wenjin(*command, "--database", _url(database_file))
            _assert_told(done, 6, str(first.process.pid), "--database")
        assert first.process.poll() is None


def test_a_reset_beside_a_running_server_removes_nothing(database_file: Path, tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--database", _url(database_file), log=tmp_path / "log"):
        done = wenjin("demo", "--reset", "--yes", "--port", "0", "--database", _url(database_file))
        _assert_told(done, 6)
        assert database_file.exists()


def test_a_setting_of_the_wrong_kind_is_named() -> None:
    _assert_told(wenjin_process("serve", WENJIN_PORT="eighty"), 3, "WENJIN_PORT")


def test_each_wrong_setting_has_a_line_of_its_own_without_its_value() -> None:
    done = wenjin("serve", WENJIN_PORT="secret-1", WENJIN_LOG_FORMAT="secret-2", LANG="zh_CN.UTF-8")
    assert done.code == 3
    assert "WENJIN_PORT" in done.error
    assert "WENJIN_LOG_FORMAT" in done.error
    assert "设置" in done.error
    assert "secret" not in done.error


@pytest.mark.parametrize("url", ["nonsense", "mysql://user@host/name", "sqlite://", "oracle+nothing://x"])
def test_an_address_of_no_supported_database_is_told(url: str) -> None:
    _assert_told(wenjin("migrate", "--database", url), 4)


def test_a_database_server_that_does_not_answer_is_told() -> None:
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    done = wenjin("serve", "--port", "0", "--database", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    _assert_told(done, 4, "server is running")


def test_an_option_that_does_not_exist_is_a_usage_error() -> None:
    done = wenjin("serve", "--prot", "8400")
    assert done.code == 2
    assert "--prot" in done.error


def test_a_reset_of_another_file_needs_a_yes(database_file: Path) -> None:
    done = wenjin("demo", "--reset", "--port", "0", "--database", _url(database_file))
    _assert_told(done, 2, "--yes")
    assert database_file.exists()


def test_a_reset_of_postgresql_is_refused() -> None:
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    done = wenjin("demo", "--reset", "--yes", "--port", "0", "--database", "postgresql+psycopg://nobody@127.0.0.1:1/x")
    _assert_told(done, 2, "SQLite")
