"""Every sentence a reader can see exists in Chinese, and no translation is left over."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from qa_server.people.models import Role

WIDGET = Path(__file__).parent.parent.parent / "widget"
_CALL = re.compile(r'(?:\bt|#t|msgid)\(\s*"((?:[^"\\]|\\.)*)"')
_COUNT = re.compile(r'\.count\([^"]*"([^"]*)",\s*"([^"]*)"')
_TEMPLATE = re.compile(r"""_\((?:"([^"]*)"|'([^']*)')""")
_SAY = re.compile(r'\b_?say\(\s*["\']([^"]*?)["\'][,)]')
_ORDER = re.compile(r'PaymentOrder\.\w+: "([^"]*)"')
# The folder of the services' pages; its sentences have this context, so that a chat does not load them.
_SERVICES = "services"
_PLACEHOLDER = re.compile(r"\{\w+\}")


def test_every_sentence_of_the_modules_is_translated() -> None:
    wanted = sentences_of_modules()
    assert len(wanted) > 80
    assert wanted - translated(context=None) == set()


def test_every_sentence_of_the_services_modules_is_translated() -> None:
    wanted = sentences_of_modules(of_services=True)
    assert len(wanted) > 100
    assert wanted - translated(context=None) - translated(context=_SERVICES) == set()


def test_every_sentence_of_the_pages_is_translated() -> None:
    wanted = sentences_of_templates() | role_names()
    assert len(wanted) > 20
    assert wanted - translated(context=None) - translated(context="page") == set()


def test_no_translation_is_left_over() -> None:
    assert translated(context=None) - sentences_of_modules() - sentences_of_templates() == set()
    assert translated(context=_SERVICES) - sentences_of_modules(of_services=True) == set()
    assert translated(context="page") - sentences_of_templates() - role_names() == set()


def test_translations_fill_the_same_placeholders() -> None:
    for entry in catalogue():
        if entry.id:
            assert sorted(_PLACEHOLDER.findall(str(entry.id))) == sorted(_PLACEHOLDER.findall(str(entry.string)))


def test_every_sentence_of_the_modules_is_there_in_the_chinese_of_taiwan() -> None:
    found = [entry for entry in catalogue("zh_TW") if entry.id and entry.string]
    for context in (None, _SERVICES):
        assert {str(entry.id) for entry in found if entry.context == context} == translated(context=context)
    for text, other in ((str(entry.id), str(entry.string)) for entry in found):
        assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(other))


@pytest.mark.parametrize(
    "word", ["咨询", "网络", "文件", "信息", "发送", "馆", "台北", "臺", "“", "賬號", "身份證號", "記錄", "登錄"]
)
def test_the_chinese_of_taiwan_uses_its_own_words(word: str) -> None:
    assert [entry.id for entry in catalogue("zh_TW") if entry.id and word in str(entry.string)] == []


def test_modules_contain_no_chinese_sentence_but_the_launchers_own() -> None:
    offenders = [
        path.name
        for path in (WIDGET / "static" / "v1").rglob("*.js")
        if path.name != "wenjin.js" and re.search(r'"[^"]*[\u4e00-\u9fff]{2,}[^"]*"', path.read_text())
    ]
    assert offenders == []


def sentences_of_modules(*, of_services: bool = False) -> set[str]:
    """Return every sentence marked for translation in the browser modules, those of the services apart."""
    found: set[str] = set()
    folder = WIDGET / "static" / "v1" / _SERVICES
    for path in (WIDGET / "static" / "v1").rglob("*.js"):
        if (folder in path.parents) is not of_services:
            continue
        source = path.read_text()
        found |= set(_CALL.findall(source))
        found |= {sentence for pair in _COUNT.findall(source) for sentence in pair}
    return found


def sentences_of_templates() -> set[str]:
    """Return every sentence marked for translation in the pages."""
    sources = [path.read_text() for path in (WIDGET / "templates").rglob("*.html")]
    modules = [path.read_text() for folder in ("answers", _SERVICES) for path in (WIDGET / folder).glob("*.py")]
    said = {sentence for source in modules for each in (_SAY, _ORDER) for sentence in each.findall(source)}
    return said | {one or other for source in sources for one, other in _TEMPLATE.findall(source)}


def role_names() -> set[str]:
    """Return what the demo's start page calls the roles."""
    return {role.value.replace("_", " ").capitalize() for role in Role} & translated(context="page")


def translated(*, context: str | None) -> set[str]:
    """Return the sentences that have a Chinese text."""
    return {str(entry.id) for entry in catalogue() if entry.id and entry.string and entry.context == context}


def catalogue(locale: str = "zh_CN") -> Catalog:
    """Return one of the widget's catalogues."""
    with (WIDGET / "locales" / f"{locale}.po").open("rb") as file:
        return read_po(file, locale=locale)
