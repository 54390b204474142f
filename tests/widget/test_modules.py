"""The browser modules: their own tests in Node, their size, and what they must never do."""

import re
import shutil
import subprocess
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest

from widget import assets

ROOT = Path(__file__).parent.parent.parent
MODULES = ROOT / "widget" / "static" / "v1"
NODE_SECONDS = 100
LAUNCHER_BUDGET_BYTES = 5 * 1024
OPEN_BUDGET_BYTES = 60 * 1024
# A part that few readers open, with all it brings along.
LATER_BUDGET_BYTES = 4 * 1024
# A page of the services with everything it loads, its sentences and its styles; nothing is loaded later there.
SERVICES_BUDGET_BYTES = 64 * 1024
_SERVICES = "services/"
_IMPORT = re.compile(r'^(?:import|export)\b[^;"]*"(\.[^"]+)"', re.MULTILINE)
_TYPES_ONLY = {"ui/stage.js"}

# Parses each file as a module without running it.
PARSE = """
const { readFileSync } = require("node:fs");
const { SourceTextModule } = require("node:vm");
const files = process.argv.slice(1);
for (const identifier of files) new SourceTextModule(readFileSync(identifier, "utf8"), { identifier });
console.log(files.length);
"""

# What a strict policy refuses, and what would turn somebody's text into markup or code.
FORBIDDEN = {
    "markup from text": r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|ContextualFragment|DOMParser|srcdoc",
    "code from text": r"\beval\(|new Function|setTimeout\(\s*[\"'`]|javascript:",
    "inline style": r"setAttribute\(\s*[\"']style|\sstyle: [\"'`]|\bstyle=|cssText|createElement\(\s*[\"']style",
    "cookies": r"document\.cookie|credentials:\s*[\"'](?:include|same-origin)",
    "other addresses": r"https?://(?!www\.w3\.org/2000/svg|…)[a-z]",
}


def modules() -> list[Path]:
    """Return every module that is served."""
    found = sorted(MODULES.rglob("*.js"))
    assert len(found) > 20
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


def test_launcher_fits_its_budget() -> None:
    assert len(assets.release().assets["wenjin.js"].compressed) <= LAUNCHER_BUDGET_BYTES


@pytest.mark.parametrize("language", ["zh", "zh-TW", "en"])
def test_open_chat_fits_its_budget(language: str) -> None:
    loaded = {"wenjin.js", f"messages.{language}.json"} | loaded_by("panel.js")
    sizes = {path: len(assets.release().assets[path].compressed) for path in loaded}
    assert len(sizes) > 30
    assert sum(sizes.values()) <= OPEN_BUDGET_BYTES, sizes


def test_what_comes_later_is_small_and_is_not_loaded_before() -> None:
    at_once = loaded_by("panel.js")
    later = {
        path
        for path in served_modules() - at_once - {"wenjin.js"}
        if path not in _TYPES_ONLY and not path.startswith(_SERVICES)
    }
    assert "ui/touch-view.js" in later
    extra = {
        path: sum(len(assets.release().assets[each].compressed) for each in loaded_by(path) - at_once) for path in later
    }
    assert max(extra.values()) <= LATER_BUDGET_BYTES, extra


@pytest.mark.parametrize("language", ["zh", "zh-TW", "en"])
def test_a_page_of_the_services_fits_its_budget(language: str) -> None:
    sheets = {"answers.css", "services/services.css"}
    sentences = {f"messages.{language}.json", f"services/messages.{language}.json"} if language != "en" else set()
    loaded = sheets | sentences | loaded_by("services/main.js")
    sizes = {path: len(assets.release().assets[path].compressed) for path in loaded}
    assert len(sizes) > 30
    assert sum(sizes.values()) <= SERVICES_BUDGET_BYTES, sizes


def test_a_chat_loads_nothing_of_the_services() -> None:
    assert not [path for path in loaded_by("panel.js") if path.startswith(_SERVICES)]


def loaded_by(path: str) -> set[str]:
    """Return a module with everything that it imports when it is loaded, and what that imports."""
    found: set[str] = set()
    left = [path]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        source = assets.release().assets[name].content.decode()
        left += [normpath(join(dirname(name), each)) for each in _IMPORT.findall(source)]
    return found


def served_modules() -> set[str]:
    """Return the paths of all modules."""
    return {path for path in assets.release().assets if path.endswith(".js")}


def test_what_is_served_is_the_code_without_its_comments(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    served = [path for path in assets.release().assets if path.endswith(".js")]
    assert [path for path in served if b"@import {" in assets.release().assets[path].content] == []
    for path in served:
        (tmp_path / path.replace("/", "-")).write_bytes(assets.release().assets[path].content)
    finished = subprocess.run(
        [node, "--experimental-vm-modules", "--no-warnings", "--eval", PARSE, *map(str, tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.stdout, finished.returncode) == (f"{len(served)}\n", 0), finished.stderr


def test_launcher_imports_nothing_before_it_is_opened() -> None:
    source = (MODULES / "wenjin.js").read_text()
    assert not re.search(r"^\s*import\b(?!\()", source, re.MULTILINE)
    assert "fetch(" not in source
    assert "setItem" not in source


@pytest.mark.parametrize("wrong", FORBIDDEN)
def test_modules_never_use(wrong: str) -> None:
    offenders = {
        path.name: found.group()
        for path in modules()
        if (found := re.search(FORBIDDEN[wrong], _without_comments(path.read_text())))
    }
    assert offenders == {}


def test_styles_know_no_left_and_no_right() -> None:
    physical = r"(?:margin|padding|border)-(?:left|right)|[\s;{](?:left|right)\s*:|float\s*:|align:\s*(?:left|right)"
    sheets = [MODULES / "ui" / "sheet.js", MODULES / "ui" / "sheet-of-views.js", MODULES / "wenjin.js"]
    assert {path.name: found for path in sheets if (found := re.findall(physical, path.read_text()))} == {}


def test_logic_needs_no_browser() -> None:
    screens = r"\b(?:document|window|localStorage|sessionStorage|customElements|HTMLElement|navigator)\b[.\[(]"
    offenders = [
        path.name for path in (MODULES / "lib").glob("*.js") if re.search(screens, _without_comments(path.read_text()))
    ]
    assert offenders == []


def _without_comments(source: str) -> str:
    return re.sub(r"/\*[\s\S]*?\*/|^\s*//.*$", "", source, flags=re.MULTILINE)
