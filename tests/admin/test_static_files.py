"""Scripts and styles: an address per content, kept for ever; nothing else can be read through it."""

import pytest

from admin.static_files import static_files
from tests.admin.conftest import Doors


def test_a_file_under_its_own_version_is_kept_for_ever(doors: Doors) -> None:
    answer = doors.stranger().get(static_files().address("desk.js"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "customElements" in answer.text


def test_a_page_from_before_an_update_gets_the_newest_file_and_does_not_keep_it(doors: Doors) -> None:
    answer = doors.stranger().get("/console/static/000000000000/desk.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["../session.py", "%2e%2e/session.py", "nothing.js", ""])
def test_only_files_of_the_folder_are_served(doors: Doors, path: str) -> None:
    assert doors.stranger().get(f"/console/static/{static_files().version}/{path}").status_code == 404


def test_scripts_get_the_sentences_of_the_catalogue(doors: Doors) -> None:
    client = doors.stranger()
    assert client.get(static_files().address("messages.zh.json")).json()["Claim"] == "受理"
    assert client.get(static_files().address("messages.en.json")).json() == {}


def test_every_module_a_page_loads_early_is_there(doors: Doors) -> None:
    client = doors.stranger()
    addresses = static_files().modules()
    assert len(addresses) > 20
    assert {client.get(address).status_code for address in addresses} == {200}
