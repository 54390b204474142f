"""The shape of the code: which part may import which, how long things may be, what is loaded at the start."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("storage", "embeddings", "knowledge", "qa_server", "admin", "widget")

# Whole packages: what each may import beside itself.
MAY_IMPORT = {
    "embeddings": set[str](),
    "storage": set[str](),
    "knowledge": {"embeddings", "storage"},
    "qa_server": {"embeddings", "storage", "knowledge"},
    "admin": {"storage", "knowledge", "qa_server"},
    "widget": {"storage", "qa_server"},
}
# Inside qa_server: the parts below each. A part may import those named and, of course, itself.
_FOUNDATION = {"i18n", "metrics"}
_DOMAIN = {
    "network",
    "people",
    "conversations",
    "colleagues",
    "attachments",
    "commissions",
    "harvesting",
    "replies",
    "routing",
}
PARTS_MAY_IMPORT = {
    "settings": set[str](),
    "i18n": set[str](),
    "metrics": set[str](),
    "logs": set[str](),
    "guarded_xml": set[str](),
    "network": {*_FOUNDATION},
    "people": {*_FOUNDATION, "network"},
    "conversations": {*_FOUNDATION, "network", "people"},
    "colleagues": {*_FOUNDATION, "network", "people", "conversations"},
    "routing": {*_FOUNDATION, "network", "people", "conversations"},
    "replies": {*_FOUNDATION, "network", "people", "conversations"},
    "attachments": {*_FOUNDATION, "conversations"},
    "commissions": {*_FOUNDATION, "network", "people", "conversations", "attachments", "guarded_xml"},
    "live": {*_FOUNDATION, "conversations", "colleagues"},
    "mail": {*_FOUNDATION},
    "harvesting": {*_FOUNDATION, "guarded_xml"},
    "desk": {*_FOUNDATION, *_DOMAIN, "live", "mail"},
    "chat": {*_FOUNDATION, *_DOMAIN, "live", "desk", "api.errors"},
    "api": {*_FOUNDATION, *_DOMAIN, "live", "mail", "desk", "chat"},
    "background": {"desk"},
    "seeds": {*_FOUNDATION, *_DOMAIN, "desk"},
    "migrations": {*_FOUNDATION, *_DOMAIN, "mail"},
}
# These put the parts together: they import anything, and only they import one another.
COMPOSERS = {"app", "main", "cli", "cli_tables", "commands"}
# This one puts the front ends on the service although they stand above it.
FRONT_ENDS_COMPOSED_BY = {"qa_server.main"}

MAX_MODULE_LINES = 400
MAX_TEST_LINES = 600
MAX_FUNCTION_LINES = 50

HEAVY = {"sentence_transformers", "torch", "transformers"}
# The one module that may load them, and the programs that train models beside it.
MAY_LOAD_HEAVY = "embeddings.sentence_encoder"
MAY_LOAD_HEAVY_PREFIX = "embeddings.training"
# The one that may load the ONNX runtime.
MAY_LOAD_ONNX = "embeddings.onnx_encoder"

# Starts the app on a database of its own, answers a search, and says which model libraries were loaded by then.
STARTED_APP = """
import sys
from fastapi.testclient import TestClient
from qa_server.app import MIGRATIONS
from qa_server.main import compose
from qa_server.settings import Settings
from storage.database import Database
from storage.migrate import upgrade

settings = Settings(database_url=sys.argv[1])
database = Database(settings.database_url)
upgrade(database, MIGRATIONS)
database.dispose()
app = compose(settings)
with TestClient(app) as client:
    app.state.place.search.catch_up()
    assert client.get("/healthz").status_code == 200
print("loaded:", *sorted({"sentence_transformers", "torch", "transformers", "onnxruntime"} & set(sys.modules)))
"""

# Commands import their work when they are called, so that `wenjin --help` answers at once.
MAY_IMPORT_LATE = {"qa_server.cli", "qa_server.cli_tables", MAY_LOAD_HEAVY, MAY_LOAD_ONNX}


@dataclass(frozen=True)
class Module:
    """A source file with its dotted name."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def part(self) -> str:
        """The first name below qa_server."""
        return self.name.split(".")[1] if self.name.count(".") else ""

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


@cache
def modules() -> tuple[Module, ...]:
    return tuple(_module(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


@cache
def known_names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def _module(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text(encoding="utf-8")))


def imported(module: Module) -> set[str]:
    """Dotted names of everything a module imports, own modules by their full name."""
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(_imported_from(node))
    return names


def _imported_from(node: ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        inner = f"{node.module}.{alias.name}"
        yield inner if inner in known_names() else str(node.module)


def own_imports(module: Module) -> set[str]:
    return {name for name in imported(module) if name.partition(".")[0] in PACKAGES and name != module.name}


def _told(broken: list[str]) -> None:
    assert not broken, "\n" + "\n".join(broken)


def test_packages_import_only_what_lies_below_them() -> None:
    _told(
        [
            f"{module} imports {name}: {module.package} may import {sorted(MAY_IMPORT[module.package]) or 'nothing'}"
            for module in modules()
            for name in sorted(own_imports(module))
            if name.partition(".")[0] not in {module.package, *MAY_IMPORT[module.package]}
            and not (module.name in FRONT_ENDS_COMPOSED_BY and name.partition(".")[0] in {"admin", "widget"})
        ]
    )


def test_parts_of_the_service_import_only_what_lies_below_them() -> None:
    _told(
        [
            f"{module} imports {name}: {module.part} may import {sorted(PARTS_MAY_IMPORT[module.part])}"
            for module in modules()
            if module.package == "qa_server" and module.part and module.part not in COMPOSERS
            for name in sorted(own_imports(module))
            if name.startswith("qa_server.") and not _is_allowed(module, name)
        ]
    )


def _is_allowed(module: Module, name: str) -> bool:
    below = PARTS_MAY_IMPORT[module.part] | {module.part, "settings"}
    inner = name.removeprefix("qa_server.")
    return inner.partition(".")[0] in below or inner in below


def test_every_part_of_the_service_has_its_place_in_the_arrows() -> None:
    parts = {module.part for module in modules() if module.package == "qa_server" and module.part}
    assert parts <= set(PARTS_MAY_IMPORT) | COMPOSERS


def test_nobody_imports_what_puts_the_parts_together() -> None:
    _told(
        [
            f"{module} imports {name}: app, main, cli and commands are imported by one another only"
            for module in modules()
            if module.part not in COMPOSERS or module.package != "qa_server"
            for name in sorted(own_imports(module))
            if name.startswith("qa_server.") and name.split(".")[1] in COMPOSERS
        ]
    )


def test_storage_and_embeddings_know_no_web_and_no_settings() -> None:
    web = {"fastapi", "starlette", "uvicorn", "jinja2", "pydantic_settings"}
    _told(
        [
            f"{module} imports {name}: only qa_server, admin and widget face the web"
            for module in modules()
            if module.package in {"storage", "embeddings", "knowledge"}
            for name in sorted(imported(module))
            if name.partition(".")[0] in web
        ]
    )


def test_imports_run_in_no_circle() -> None:
    graph = {module.name: own_imports(module) & known_names() for module in modules()}
    circle = _find_circle(graph)
    assert circle is None, f"import circle: {' -> '.join(circle or [])}"


def _find_circle(graph: dict[str, set[str]]) -> list[str] | None:
    finished: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in finished:
            return None
        for other in sorted(graph.get(name, ())):
            if found := visit(other, [*path, name]):
                return found
        finished.add(name)
        return None

    return next((found for name in sorted(graph) if (found := visit(name, []))), None)


def test_imports_are_absolute_and_stand_at_the_top() -> None:
    _told([f"{module}:{line}: {rule}" for module in modules() for line, rule in _import_faults(module)])


def _import_faults(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "imports are absolute"
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield node.lineno, "no wildcard imports"
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if is_function and module.name not in MAY_IMPORT_LATE:
            late = (inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom))
            yield from ((inner.lineno, "imports stand at the top of a module") for inner in late)


def test_only_one_module_may_load_the_model_libraries() -> None:
    _told(
        [
            f"{module} imports {name}: only {MAY_LOAD_HEAVY} may"
            for module in modules()
            if module.name != MAY_LOAD_HEAVY and not module.name.startswith(MAY_LOAD_HEAVY_PREFIX)
            for name in sorted(imported(module))
            if name.partition(".")[0] in HEAVY
        ]
    )


def test_only_one_module_may_load_the_onnx_runtime() -> None:
    others = (module for module in modules() if module.name != MAY_LOAD_ONNX)
    _told([f"{module} imports onnxruntime: only {MAY_LOAD_ONNX} may" for module in others if _loads_onnx(module)])


def _loads_onnx(module: Module) -> bool:
    return any(name.partition(".")[0] == "onnxruntime" for name in imported(module))


def test_a_started_service_has_not_loaded_the_model_libraries(tmp_path: Path) -> None:
    started = subprocess.run(
        [sys.executable, "-c", STARTED_APP, f"sqlite:///{tmp_path / 'started.db'}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.splitlines()[-1] == "loaded:"


def test_only_the_settings_read_the_environment() -> None:
    _told(
        [
            f"{module}: only qa_server/settings.py reads the environment"
            for module in modules()
            if module.name != "qa_server.settings" and any(_reads_environment(node) for node in ast.walk(module.tree))
        ]
    )


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
        return node.attr in {"environ", "environb", "getenv", "getenvb"}
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return any(alias.name in {"environ", "environb", "getenv", "getenvb"} for alias in node.names)
    return isinstance(node, ast.ClassDef) and any(
        isinstance(base, ast.Name) and base.id == "BaseSettings" for base in node.bases
    )


def test_init_files_are_empty() -> None:
    folders = [*(ROOT / package for package in PACKAGES), ROOT / "tests"]
    files = [path for folder in folders for path in folder.rglob("__init__.py")]
    assert files
    _told([f"{path.relative_to(ROOT)}: has to be empty" for path in files if path.read_text(encoding="utf-8").strip()])


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {module.path.parent for module in modules() if "versions" not in module.path.parts}
    _told(
        [
            f"{folder.relative_to(ROOT)}: __init__.py is missing"
            for folder in sorted(folders)
            if not (folder / "__init__.py").is_file() and folder.name != "migrations"
        ]
    )


def test_modules_stay_short() -> None:
    # A migration lists tables; it is read once, from top to bottom, and never changed.
    sources = [(module.path, MAX_MODULE_LINES) for module in modules() if "versions" not in module.path.parts]
    tests = [(path, MAX_TEST_LINES) for path in sorted((ROOT / "tests").rglob("*.py"))]
    _told(
        [
            f"{path.relative_to(ROOT)}: {lines} lines, at most {limit}"
            for path, limit in [*sources, *tests]
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > limit
        ]
    )


def test_browser_modules_stay_short() -> None:
    files = [path for package in ("admin", "widget") for path in sorted((ROOT / package).rglob("*.js"))]
    _told(
        [
            f"{path.relative_to(ROOT)}: {lines} lines, at most {MAX_MODULE_LINES}"
            for path in files
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_MODULE_LINES
        ]
    )


def test_functions_stay_short() -> None:
    trees = [(module.path, module.tree) for module in modules()]
    trees += [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted((ROOT / "tests").rglob("*.py"))]
    _told(
        [
            f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {length} lines, at most {MAX_FUNCTION_LINES}"
            for path, tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
            and "versions" not in path.parts
        ]
    )


def test_every_module_says_what_it_owns() -> None:
    _told(
        [
            f"{module}: has no docstring"
            for module in modules()
            if module.path.name != "__init__.py" and ast.get_docstring(module.tree) is None
        ]
    )


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common", "data", "process"}
    _told([f"{module}: the name says nothing" for module in modules() if set(module.name.split(".")) & empty_words])


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_come_from_this_tree(package: str) -> None:
    # The names are general; another distribution may own one of them too.
    found = subprocess.run(
        [sys.executable, "-c", f"import {package}; print({package}.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(ROOT)
