"""The scripts of the console: their own tests in Node, and what they must never do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "admin" / "static"
NODE_SECONDS = 100

FORBIDDEN = {
    "markup from text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|srcdoc",
    "code from text": r"\beval\(|new Function|setTimeout\(\s*[\"'`]|javascript:",
    "inline style": r"setAttribute\(\s*[\"']style|\.style\b|cssText",
    "cookies": r"document\.cookie",
    "other addresses": r"https?://(?!www\.w3\.org/2000/svg|…)[a-z]",
}


def modules() -> list[Path]:
    """Return every script that is served."""
    found = sorted(STATIC.rglob("*.js"))
    assert len(found) > 25
    return found


def test_modules_pass_their_tests_in_node() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    tests = sorted(str(path) for path in (Path(__file__).parent / "node").glob("*.test.js"))
    finished = subprocess.run(
        [node, "--test", *tests], capture_output=True, text=True, timeout=NODE_SECONDS, cwd=ROOT, check=False
    )
    assert finished.returncode == 0, finished.stdout[-6000:] + finished.stderr[-2000:]


@pytest.mark.parametrize("wrong", FORBIDDEN)
def test_modules_never_use(wrong: str) -> None:
    offenders = {
        path.name: found.group()
        for path in modules()
        if (found := re.search(FORBIDDEN[wrong], _without_comments(path.read_text(encoding="utf-8"))))
    }
    assert offenders == {}


def test_logic_needs_no_browser() -> None:
    screens = r"\b(?:document|window|localStorage|sessionStorage|customElements|HTMLElement|navigator)\b[.\[(]"
    logic = [path for path in (STATIC / "lib").glob("*.js") if path.name != "dom.js"]
    assert logic
    offenders = [path.name for path in logic if re.search(screens, _without_comments(path.read_text(encoding="utf-8")))]
    assert offenders == []


def test_modules_import_what_is_there() -> None:
    missing = [
        f"{path.name}: {name}"
        for path in modules()
        for name in re.findall(r'^import .*?from "([^"]+)";', path.read_text(encoding="utf-8"), re.MULTILINE)
        if not _target(path, name).is_file()
    ]
    assert missing == []


def _target(importer: Path, name: str) -> Path:
    if name.startswith("/widget/v1/"):
        return ROOT / "widget" / "static" / "v1" / name.removeprefix("/widget/v1/")
    return importer.parent / name


def _without_comments(source: str) -> str:
    return re.sub(r"/\*[\s\S]*?\*/|^\s*//.*$", "", source, flags=re.MULTILINE)
