"""Fetching a file: only by a link, only for some minutes, only for who may read the conversation."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from qa_server.attachments.models import Attachment, LinkSecret
from qa_server.desk import answering, asking, clearing, correcting
from qa_server.desk.correcting import Target
from tests.attachments import samples
from tests.attachments.conftest import Scene
from tests.attachments.exchange import code
from tests.attachments.test_storing import aged
from tests.fakes import Clock
from tests.village import new_client_id


def test_both_sides_fetch_what_was_sent(scene: Scene) -> None:
    sent = scene.by_reader.sent(samples.PDF, "开题报告.pdf")
    for side in (scene.by_reader, scene.by_staff("lin"), scene.by_staff("chen")):
        answer = side.fetched(sent["id"])
        assert (answer.status_code, answer.content) == (200, samples.PDF)


def test_a_file_is_saved_and_never_shown_as_a_page(scene: Scene) -> None:
    answer = scene.by_reader.fetched(scene.by_reader.sent(b"<script>alert(1)</script>", "论文 1.txt")["id"])
    headers = answer.headers
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''%E8%AE%BA%E6%96%87%201.txt"
    assert headers["Content-Type"].startswith("text/plain")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in headers["Cache-Control"]


def test_a_download_goes_on_where_it_stopped_and_is_not_repeated_unchanged(scene: Scene) -> None:
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    url = scene.by_reader.link(sent["id"]).json()["url"]
    whole = scene.client.get(url)
    part = scene.client.get(url, headers={"Range": "bytes=5-", "If-Range": whole.headers["ETag"]})
    assert (part.status_code, part.content) == (206, samples.PDF[5:])
    same = scene.client.get(url, headers={"If-None-Match": whole.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    ("part", "status", "why"),
    [
        ("bytes=9999999-", 416, "range_outside"),
        ("bytes=5-2", 400, "range_malformed"),
        ("bytes=", 400, "range_malformed"),
        ("pages=1-2", 400, "range_malformed"),
        ("nonsense", 400, "range_malformed"),
    ],
)
def test_a_part_that_is_none_is_refused_in_the_shape_of_all_refusals(
    scene: Scene, part: str, status: int, why: str
) -> None:
    url = scene.by_reader.link(scene.by_reader.sent(samples.PDF, "a.pdf")["id"]).json()["url"]
    answer = scene.client.get(url, headers={"Range": part, "Accept-Language": "zh"})
    assert (answer.status_code, code(answer)) == (status, why)
    assert "文件片段" in answer.json()["error"]["message"]
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(samples.PDF)}"


def test_a_link_works_for_minutes(scene: Scene, clock: Clock) -> None:
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    url = scene.by_reader.link(sent["id"]).json()["url"]
    clock.forward(minutes=9, seconds=59)
    assert scene.client.get(url).status_code == 200
    clock.forward(seconds=1)
    late = scene.client.get(url)
    assert (late.status_code, code(late)) == (403, "link_expired")
    assert scene.by_reader.fetched(sent["id"]).status_code == 200


def test_a_changed_link_opens_nothing(scene: Scene) -> None:
    sent, other = scene.by_reader.sent(samples.PDF, "a.pdf"), scene.by_reader.sent(b"ford", "b.txt")
    url = scene.by_reader.link(sent["id"]).json()["url"]
    query = parse_qs(urlsplit(url).query)
    expires, signature = int(query["expires"][0]), query["signature"][0]
    changed = [
        f"/api/v1/attachments/{other['id']}?expires={expires}&signature={signature}",
        f"/api/v1/attachments/{uuid4()}?expires={expires}&signature={signature}",
        f"/api/v1/attachments/{sent['id']}?expires={expires + 60}&signature={signature}",
        f"/api/v1/attachments/{sent['id']}?expires={expires}&signature={signature[:-1]}",
        f"/api/v1/attachments/{sent['id']}?expires={expires}&signature=%E5%AD%97%ED%A0%80",
    ]
    for address in changed:
        answer = scene.client.get(address)
        assert (answer.status_code, code(answer)) == (403, "link_refused"), address
    for address in (f"/api/v1/attachments/{sent['id']}", f"{url}&expires=99999999999999999999"):
        assert code(scene.client.get(address)) == "validation_failed"
    assert scene.client.get(url).status_code == 200


def test_who_may_not_read_the_conversation_gets_no_link(scene: Scene) -> None:
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    assert scene.by_reader.link(sent["id"]).status_code == 200
    for side in (scene.by_stranger(), scene.by_staff("grace")):
        assert (side.link(sent["id"]).status_code, code(side.link(sent["id"]))) == (404, "not_found")


def test_a_file_of_another_conversation_gets_no_link_through_ones_own(scene: Scene) -> None:
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    stranger = scene.by_stranger()
    begun = scene.client.post(
        "/api/v1/conversations", headers=stranger.headers, json={"question": "?", "client_id": new_client_id()}
    )
    own = begun.json()["conversation"]["id"]
    answer = scene.client.get(f"/api/v1/conversations/{own}/attachments/{sent['id']}/link", headers=stranger.headers)
    assert (answer.status_code, code(answer)) == (404, "not_found")


def test_a_deleted_message_takes_its_file_with_it(scene_everywhere: Scene) -> None:
    scene = scene_everywhere
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    url = scene.by_reader.link(sent["id"]).json()["url"]
    assert scene.client.get(url).status_code == 200
    correcting.delete(scene.place, scene.reader, Target(scene.conversation, 3, new_client_id()))
    assert scene.client.get(url).status_code == 404
    assert scene.by_reader.link(sent["id"]).status_code == 404
    assert scene.by_staff("lin").link(sent["id"]).status_code == 404


def test_the_secret_of_links_is_made_once_and_changing_it_ends_all_links(scene_everywhere: Scene) -> None:
    scene = scene_everywhere
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    with ThreadPoolExecutor(4) as pool:
        urls = {answer.json()["url"] for answer in pool.map(lambda _: scene.by_reader.link(sent["id"]), range(4))}
    assert len(urls) == 1
    with scene.place.database.write() as session:
        session.delete(session.scalars(select(LinkSecret)).one())
    for url in urls:
        assert code(scene.client.get(url)) == "link_refused"
    scene.by_reader.link(sent["id"])
    assert code(scene.client.get(urls.pop())) == "link_refused"


def test_a_file_that_was_lost_is_told_and_found_by_the_check(scene: Scene) -> None:
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    assert clearing.missing_files(scene.place.database, scene.place.settings) == []
    scene.files()[0].unlink()
    answer = scene.by_reader.fetched(sent["id"])
    assert (answer.status_code, code(answer)) == (410, "attachment_gone")
    assert [str(each) for each in clearing.missing_files(scene.place.database, scene.place.settings)] == [sent["id"]]


def test_only_files_that_nobody_wants_are_cleared(scene_everywhere: Scene) -> None:
    scene = scene_everywhere
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    wanted = scene.files()[0]
    orphan, abandoned = scene.folder / "ab" / ("ab" * 32), scene.folder / "incoming" / "x"
    orphan.parent.mkdir(exist_ok=True)
    for path in (orphan, abandoned):
        path.write_bytes(b"left over")
    for path in (wanted, orphan, abandoned):
        aged(path)
    assert clearing.clear_unwanted_files(scene.place) == 2
    assert scene.files() == [wanted]
    assert scene.by_reader.fetched(sent["id"]).status_code == 200
    assert clearing.clear_unwanted_files(scene.place) == 0


def test_the_file_of_a_message_taken_back_goes_after_its_time_and_the_history_stays(
    scene_everywhere: Scene, clock: Clock
) -> None:
    scene = scene_everywhere
    place = scene.place
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    correcting.delete(place, scene.reader, Target(scene.conversation, 3, new_client_id()))
    aged(scene.files()[0])
    clock.forward(days=place.settings.deleted_attachment_days, minutes=-1)
    assert clearing.clear_unwanted_files(place) == 0
    clock.forward(minutes=2)
    assert clearing.unwanted_files(place.database, place.settings, now=clock()) == 1
    assert clearing.clear_unwanted_files(place) == 1
    assert scene.files() == []
    # Nobody misses it, and what it was is still known.
    assert clearing.missing_files(place.database, place.settings) == []
    with place.database.read() as session:
        kept = session.get_one(Attachment, UUID(sent["id"]))
        assert (kept.name, kept.size_bytes) == ("a.pdf", len(samples.PDF))


def test_a_file_taken_back_stays_while_another_message_shows_the_same_content(scene: Scene, clock: Clock) -> None:
    scene.by_reader.sent(samples.PDF, "a.pdf")
    other = scene.by_reader.sent(samples.PDF, "b.pdf")
    correcting.delete(scene.place, scene.reader, Target(scene.conversation, 3, new_client_id()))
    aged(scene.files()[0])
    clock.forward(days=scene.place.settings.deleted_attachment_days + 1)
    assert clearing.clear_unwanted_files(scene.place) == 0
    assert scene.by_reader.fetched(other["id"]).status_code == 200


@pytest.mark.parametrize("is_ended", [False, True])
def test_files_of_an_ended_conversation_can_still_be_fetched(scene: Scene, is_ended: bool) -> None:
    sent = scene.by_reader.sent(samples.PDF, "a.pdf")
    if is_ended:
        asking.withdraw(scene.place, scene.reader, scene.conversation)
    assert scene.by_reader.fetched(sent["id"]).content == samples.PDF
    assert answering.desk_thread(scene.place, scene.people.lin, scene.conversation, 0).messages
