"""The documents keep their promises: settings and commands are there, links lead somewhere."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.main import get_command

from qa_server import cli
from qa_server.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_described_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    default = _written(field.default)
    row = f"| `WENJIN_{name.upper()}` | {f'`{default}`' if default else '(empty)'} | {field.description} |"
    assert row in _read("docs/configuration.md").splitlines(), f"docs/configuration.md lacks this row:\n{row}"


def test_no_setting_is_described_that_does_not_exist() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    # What begins with WENJIN_TEST_ names the servers that tests use.
    described = set(re.findall(r"WENJIN_(?!TEST_)[A-Z_]+", text)) - {"WENJIN_"}
    assert described <= {f"WENJIN_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(getattr(get_command(cli.app), "commands", {})))
def test_each_command_is_described(name: str) -> None:
    assert f"| `wenjin {name}` |" in _read("docs/operation.md")


def test_no_command_is_described_that_does_not_exist() -> None:
    described = set(re.findall(r"^\| `wenjin ([\w-]+)` \|", _read("docs/operation.md"), re.MULTILINE))
    assert described == set(getattr(get_command(cli.app), "commands", {}))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_project_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert missing == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)
