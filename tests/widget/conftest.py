"""A running service, a browser, and a foreign website that embeds the widget under hostile conditions."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import PATIENCE
from tests.widget.foreign_site import ForeignSite, serving
from tests.widget.service import Librarian, Service, running, sign_in


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with the demo network."""
    with running(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture(scope="session")
def foreign_site(service: Service) -> Iterator[ForeignSite]:
    """A library's website on another origin, with a strict policy and hostile styles."""
    with serving(service.address) as site:
        yield site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh reader's tab, Chinese. Fails on an error that nobody caught."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800}, timezone_id="Asia/Shanghai")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def badge(service: Service) -> str:
    """The session of Lin Yue of Jiangzhou University Library."""
    return sign_in(service, "lin.yue")


@pytest.fixture
def librarian(service: Service, badge: str) -> Iterator[Librarian]:
    """Lin Yue at her desk."""
    person = Librarian(service, badge)
    yield person
    person.leave()
