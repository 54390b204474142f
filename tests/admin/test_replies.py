"""The pages of canned replies: one's own, those of a node and its desks, their forms and files."""

import re
from uuid import UUID

import pytest

from qa_server.desk import canned_replies
from qa_server.desk.canned_replies import Shelf
from qa_server.replies.fields import ReplyFields
from tests.admin.conftest import Doors, Visit
from tests.village import Village

MINE = "/console/replies"
NODE = "/console/network/AAA/replies"
FORM = {"shortcut": "hi", "category": "greeting", "title_en": "Hello", "text_en": "Hello {reader_name}!"}
HI = ReplyFields(shortcut="hi", title_en="Greeting of the nation", text_en="Welcome to {library}.")


@pytest.fixture
def lin(doors: Doors) -> Visit:
    """LIN, a librarian of library A."""
    return doors.sign_in("lin")


def link_to_change(page: str, base: str) -> str:
    """Return the address of the first reply that the page lets one change."""
    found = re.search(rf'href="({base}/[0-9a-f-]{{36}})"', page)
    assert found is not None
    return found.group(1)


def test_a_librarian_keeps_own_replies(lin: Visit) -> None:
    assert "You have no replies of your own yet." in lin.read(MINE)
    assert lin.post(f"{MINE}/new", **FORM).headers["location"] == f"{MINE}?done=added"
    page = lin.read(MINE)
    address = link_to_change(page, MINE)
    form = lin.read(address)
    assert "Hello {reader_name}!" in form
    assert "Hello Sam!" in form
    saved = lin.post(address, **{**FORM, "text_en": "Good day!", "version": "1"})
    assert saved.headers["location"] == f"{MINE}?done=saved"
    assert "Good day!" in lin.read(MINE)
    late = lin.post(address, **{**FORM, "version": "1"})
    assert late.status_code == 409
    assert "Somebody changed this reply" in late.text
    assert lin.post(address, remove="1").headers["location"] == f"{MINE}?done=removed"
    assert "Good day!" not in lin.read(MINE)


def test_a_refused_reply_comes_back_as_it_was_typed(lin: Visit) -> None:
    refused = lin.post(f"{MINE}/new", **{**FORM, "text_en": "Call {phone}", "tags": "a, b"})
    assert refused.status_code == 422
    assert "{phone} stands for nothing." in refused.text
    assert "Call {phone}" in refused.text
    assert 'value="a, b"' in refused.text


def test_a_preview_shows_it_filled_in_and_saves_nothing(lin: Visit) -> None:
    page = lin.post(f"{MINE}/new", preview="1", **{**FORM, "text_zh": "您好，{reader_name}"})
    assert page.status_code == 200
    assert "Hello Sam!" in page.text
    assert "您好，李同学" in page.text
    assert "You have no replies of your own yet." in lin.read(MINE)


def test_a_macro_is_kept_and_taken_back(lin: Visit, doors: Doors, townsfolk: Village) -> None:
    lin.post(f"{MINE}/new", **FORM, resolution="answered", read_level="2", codes="loans")
    (kept,) = canned_replies.shelf(doors.place, townsfolk.lin, Shelf()).replies
    assert kept.macro is not None
    assert (kept.macro.resolution, kept.macro.read_level, kept.macro.codes) == ("answered", 2, ["loans"])
    assert "READ 2" in lin.read(MINE)
    # Whoever takes the closing away leaves the level in the form; it goes too.
    lin.post(f"{MINE}/{kept.id}", **FORM, resolution="", read_level="2")
    assert canned_replies.shelf(doors.place, townsfolk.lin, Shelf()).replies[0].macro is None


def test_what_comes_from_above_is_shown_and_may_be_begun_with(
    lin: Visit, doors: Doors, townsfolk: Village, centre: Visit
) -> None:
    centre.post("/console/network/NAT/replies/new", **{**FORM, "title_en": "Greeting of the nation"})
    page = lin.read(MINE)
    assert "Greeting of the nation" in page
    begun = re.search(rf'href="({MINE}/new\?copy=[0-9a-f-]+)"', page)
    assert begun is not None
    assert "Greeting of the nation" in lin.read(begun.group(1))
    lin.post(f"{MINE}/new", **FORM)
    assert "a nearer one is used" in lin.read(MINE)


def test_an_administrator_keeps_those_of_a_node_and_of_its_desk(centre: Visit, townsfolk: Village) -> None:
    centre.post(f"{NODE}/new", **FORM)
    centre.post(f"{NODE}/new?desk={townsfolk.desk_a}", **{**FORM, "title_en": "Hello from the desk"})
    page = centre.read(NODE)
    assert "Hello from the desk" in page
    address = link_to_change(page, NODE)
    assert centre.post(address, **{**FORM, "title_en": "Changed", "version": "1"}).status_code == 303
    record = centre.read("/console/network/AAA/changes")
    assert "Canned reply changed" in record
    assert "Canned reply of a desk added" in record


def test_pages_of_a_node_are_for_those_who_administer_it(lin: Visit, centre: Visit, townsfolk: Village) -> None:
    centre.post(f"{NODE}/new", **FORM)
    address = link_to_change(centre.read(NODE), NODE)
    for path in (NODE, f"{NODE}/new", f"{NODE}/file", address):
        assert lin.client.get(path).status_code == 403
    for path in (f"{NODE}/new", address, f"{NODE}/file"):
        assert lin.post(path, **FORM).status_code == 403
    # A desk or a reply of another node is not there, whoever asks.
    assert centre.client.get(f"{NODE}/new?desk={townsfolk.desk_b}").status_code == 404
    reply_id = address.rsplit("/", 1)[1]
    assert centre.client.get(f"/console/network/BBB/replies/{reply_id}").status_code == 404
    assert centre.post(f"/console/network/BBB/replies/{reply_id}", remove="1").status_code == 404


def test_nobody_reaches_the_own_replies_of_another(lin: Visit, doors: Doors, townsfolk: Village) -> None:
    kept = canned_replies.add(doors.place, townsfolk.chen, Shelf(), HI)
    assert "Greeting of the nation" not in lin.read(MINE)
    assert lin.client.get(f"{MINE}/{kept.id}").status_code == 404
    assert lin.client.get(f"{MINE}/new?copy={kept.id}").status_code == 200
    assert "Greeting of the nation" not in lin.read(f"{MINE}/new?copy={kept.id}")
    assert lin.post(f"{MINE}/{kept.id}", remove="1").status_code == 404


@pytest.mark.parametrize("base", [MINE, NODE])
def test_a_file_is_tried_and_then_put_in(centre: Visit, base: str) -> None:
    table = "shortcut,title_en,text_en\nhi,Hello,Hello!\nbad,Bad,{phone}\n"
    tried = centre.client.post(
        f"{base}/file", data={"csrf_token": centre.csrf_token}, files={"file": ("replies.csv", table.encode())}
    )
    assert "New: 1" in tried.text
    assert "{phone} stands for nothing." in tried.text
    assert "Hello!" not in re.sub(r"<textarea[\s\S]*?</textarea>", "", tried.text)
    content = re.search(r'<textarea name="content" hidden>\n([\s\S]*?)</textarea>', tried.text)
    assert content is not None
    done = centre.post(f"{base}/file", format="csv", content=content.group(1))
    assert "What the file did" in done.text
    assert "Hello!" in centre.read(base)
    saved = centre.client.get(f"{base}/file?format=jsonl")
    assert '"shortcut": "hi"' in saved.text
    assert "attachment" in saved.headers["content-disposition"]
    assert centre.client.get(f"{base}/file?format=exe").status_code == 404


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(lin: Visit) -> None:
    refused = lin.client.post(
        f"{MINE}/file", data={"csrf_token": lin.csrf_token}, files={"file": ("x.csv", b"\xff\xff\xff")}
    )
    assert refused.status_code == 422
    assert "neither UTF-8 nor GB 18030" in refused.text


def test_forms_need_the_token_of_their_page(lin: Visit, doors: Doors, townsfolk: Village) -> None:
    kept: UUID = canned_replies.add(doors.place, townsfolk.lin, Shelf(), HI).id
    for path in (f"{MINE}/new", f"{MINE}/{kept}", f"{MINE}/file"):
        assert lin.client.post(path, data={**FORM, "csrf_token": "forged"}).status_code == 403
