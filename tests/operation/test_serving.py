"""The server as a process: starts, answers, stops when told, and comes back after a kill with nothing lost."""

import json
import signal
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.operation.running import STOP_SECONDS, running, wenjin


def _get(url: str, **headers: str) -> tuple[int, str]:
    with urlopen(Request(url, headers=headers), timeout=30) as response:  # noqa: S310 - the test's own server
        return response.status, response.read().decode()


def test_the_demo_says_where_it_is_and_who_may_sign_in(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new folder' / 'demo.db'}"
    with running("demo", "--port", "0", "--database", url, log=tmp_path / "log") as server:
        assert _get(f"{server.address}/healthz")[0] == 200
        assert server.stop() == 0
    told = "".join(server.lines)
    assert f"{server.address}/console/" in told
    assert "lin.yue" in told
    assert "password" in told


def test_the_demo_speaks_chinese_in_a_chinese_terminal(database_file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{database_file}"
    with running("demo", "--port", "0", "--database", url, log=tmp_path / "log", LC_ALL="zh_CN.UTF-8") as server:
        server.stop()
    told = "".join(server.lines)
    assert "问津已启动" in told
    assert "江州大学图书馆" in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_the_server_cleanly(number: signal.Signals, database_file: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running("serve", "--port", "0", "--database", f"sqlite:///{database_file}", log=log) as server:
        server.process.send_signal(number)
        assert server.process.wait(STOP_SECONDS) == 0
    assert "Traceback" not in log.read_text()


def test_a_killed_server_starts_again_on_the_same_file_and_port(database_file: Path, tmp_path: Path) -> None:
    arguments = ["serve", "--database", f"sqlite:///{database_file}", "--port"]
    with running(*arguments, "0", log=tmp_path / "first") as first:
        first.kill()
    port = first.address.rpartition(":")[2]
    with running(*arguments, port, log=tmp_path / "second") as second:
        assert _get(f"{second.address}/readyz")[0] == 200
        assert second.stop() == 0
    assert wenjin("doctor", "--database", f"sqlite:///{database_file}").code == 0


def test_a_reset_makes_the_demo_network_afresh(tmp_path: Path) -> None:
    file = tmp_path / "damaged.db"
    file.write_text("not a database at all")
    arguments = ["demo", "--reset", "--yes", "--port", "0", "--database", f"sqlite:///{file}"]
    with running(*arguments, log=tmp_path / "log") as server:
        status, body = _get(f"{server.address}/readyz")
        assert (status, json.loads(body)["checks"]["database"]["status"]) == (200, "ok")


def test_readiness_names_each_part_and_the_mode_of_the_search(database_file: Path, tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--database", f"sqlite:///{database_file}", log=tmp_path / "log") as server:
        status, body = _get(f"{server.address}/readyz")
    checks = json.loads(body)["checks"]
    assert status == 200
    assert checks["database"]["status"] == checks["migrations"]["status"] == "ok"
    assert checks["search"]["mode"] == "keyword"


def test_logs_are_json_lines_with_the_route_and_never_the_question(database_file: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    arguments = ["serve", "--port", "0", "--database", f"sqlite:///{database_file}"]
    with running(*arguments, log=log, WENJIN_LOG_FORMAT="json", WENJIN_LOG_LEVEL="DEBUG") as server:
        path = "/api/v1/libraries/JZU/answers?q=verysecretwords&language=en"
        assert _get(server.address + path, **{"X-Request-ID": "number-of-the-proxy"})[0] == 200
        server.stop()
    text = log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    asked = next(line for line in lines if line.get("request_id") == "number-of-the-proxy")
    assert asked["route"] == "/api/v1/libraries/{code}/answers"
    assert (asked["method"], asked["status"]) == ("GET", 200)
    assert "verysecretwords" not in text
