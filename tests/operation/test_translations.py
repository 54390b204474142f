"""Every sentence that the server may say to a person is there in Chinese, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_server.i18n import negotiate, read_catalogue, translate

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("storage", "embeddings", "knowledge", "qa_server")
CATALOGUES = [ROOT / package / "locales" / "zh_CN.po" for package in ("qa_server", "admin", "widget")]
_PLACEHOLDER = re.compile(r"{(\w+)}")


def _sentences() -> Iterator[tuple[str, str]]:
    """Yield file and English sentence: messages of errors, what is translated by its text, reasons and remedies."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for text in _texts(node):
                    yield str(path.relative_to(ROOT)), text


def _texts(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ClassDef():
            yield from (text for statement in node.body for text in _message(statement))
        case ast.Call(func=ast.Name(id="translate"), args=[ast.Constant(value=str(text)), *_]):
            yield text
        case ast.Call(func=ast.Name(id="Finding"), args=[_, ast.Constant(value=str(text)), *_]):
            yield text
        case ast.keyword(arg="reason" | "remedy", value=ast.Constant(value=str(text))) if " " in text:
            yield text
        case ast.Assign(targets=[ast.Name(id="_FIELD_SENTENCES")], value=ast.Dict(values=values)):
            yield from (str(value.value) for value in values if isinstance(value, ast.Constant))


def _message(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id="message")], value=ast.Constant(value=str(text)))
            | ast.AnnAssign(target=ast.Name(id="message"), value=ast.Constant(value=str(text)))
        ):
            yield text


def _chinese() -> dict[str, str]:
    merged: dict[str, str] = {}
    for path in CATALOGUES:
        merged |= read_catalogue(path)
    return merged


def test_every_sentence_has_its_chinese() -> None:
    known = _chinese()
    # A sentence of placeholders alone is the same in both languages.
    missing = sorted(
        {f"{file}: {text}" for file, text in _sentences() if text not in known and re.sub("{.*}", "", text)}
    )
    assert not missing, "add to a locales/zh_CN.po:\n" + "\n".join(missing)


@pytest.mark.parametrize("path", [path for path in CATALOGUES if path.is_file()], ids=lambda path: path.parts[-3])
def test_translations_keep_their_placeholders(path: Path) -> None:
    entries = read_catalogue(path)
    assert entries
    differing = [
        text for text, other in entries.items() if set(_PLACEHOLDER.findall(text)) - set(_PLACEHOLDER.findall(other))
    ]
    invented = [
        text for text, other in entries.items() if set(_PLACEHOLDER.findall(other)) - set(_PLACEHOLDER.findall(text))
    ]
    assert (differing, invented) == ([], [])


def test_the_servers_catalogue_holds_nothing_that_is_never_said() -> None:
    spoken = "\n".join(
        path.read_text(encoding="utf-8") for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    )
    unused = [text for text in read_catalogue(CATALOGUES[0]) if not any(each in spoken for each in _as_written(text))]
    assert unused == []


def _as_written(text: str) -> tuple[str, ...]:
    """How a sentence may stand in the code: split over lines after some words, quotes escaped, a role by its code."""
    beginning = text[:40]
    return beginning, beginning.replace('"', '\\"'), text.lower().replace(" ", "_")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("*", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.3, zh-TW;q=0.7", "zh"),
        ("ZH-hant", "zh"),
        ("fr-FR,en;q=0.5", "en"),
        ("ja", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("en;q=rubbish, zh;q=0.1", "zh"),
        (";;;,,,", "zh"),
        ("en," * 10_000, "en"),
    ],
)
def test_the_language_of_an_answer_is_negotiated(header: str | None, language: str) -> None:
    assert negotiate(header) == language


def test_a_sentence_without_translation_is_said_in_english() -> None:
    assert translate("Nobody translated {this}.", "zh", this="that") == "Nobody translated that."


def test_reasons_and_remedies_are_translated_inside_their_sentence() -> None:
    told = translate(
        "The database cannot be used: {reason} {remedy}", "zh", reason="odd.", remedy="Use SQLite or PostgreSQL."
    )
    assert told == "数据库无法使用：odd.请使用 SQLite 或 PostgreSQL。"
