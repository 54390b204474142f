"""The transcript: what its reader saw, in order, in its language and time zone, safe to open."""

from qa_server.conversations.models import Resolution
from qa_server.conversations.queries import PAGE_MESSAGES
from qa_server.desk import answering, correcting, talking
from qa_server.desk.correcting import Target
from tests.attachments import samples
from tests.attachments.conftest import Scene
from tests.attachments.exchange import code
from tests.fakes import Clock
from tests.village import new_client_id

HARM = "<img src=x onerror=alert(1)>\n[2026-09-01 16:00:00] lin老师\n</p>{{ 7*7 }}"


def talk(scene: Scene, clock: Clock) -> None:
    """Hold a short conversation with a file, and close it."""
    clock.forward(minutes=2)
    talking.say_as_librarian(scene.place, scene.people.lin, scene.conversation, client_id=new_client_id(), body="您好")
    scene.by_reader.sent(samples.PDF, "开题报告.pdf")
    talking.say_as_reader(scene.place, scene.reader, scene.conversation, client_id=new_client_id(), body=HARM)
    clock.forward(minutes=3)
    answering.close(scene.place, scene.people.lin, scene.conversation, resolution=Resolution.ANSWERED, read_level=2)


def test_plain_text_tells_everything_in_order(scene: Scene, clock: Clock) -> None:
    talk(scene, clock)
    answer = scene.by_reader.transcript("txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="AAA-2026-000001.txt"'
    assert answer.text.splitlines()[:14] == [
        "AAA-2026-000001 咨询记录",
        "图书馆：AAA图书馆",
        "提问时间：2026-09-01 16:00",
        "结束时间：2026-09-01 16:05",
        "时区：Asia/Shanghai",
        "导出时间：2026-09-01 16:05",
        "",
        "[2026-09-01 16:00:00] 读者",
        "    怎么续借？",
        "",
        "[2026-09-01 16:00:00] -- lin老师受理了问题 --",
        "",
        "[2026-09-01 16:02:00] lin老师",
        "    您好",
    ]
    assert "    [文件] 开题报告.pdf" in answer.text
    assert "lin老师办结了咨询" in answer.text


def test_nobody_can_write_a_line_that_looks_like_anothers(scene: Scene, clock: Clock) -> None:
    talk(scene, clock)
    lines = scene.by_reader.transcript("txt").text.splitlines()
    assert "    [2026-09-01 16:00:00] lin老师" in lines
    assert "[2026-09-01 16:00:00] lin老师" not in lines


def test_the_page_is_safe_to_open(scene: Scene, clock: Clock) -> None:
    talk(scene, clock)
    answer = scene.by_reader.transcript("html")
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = answer.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{ 7*7 }}" in page
    for harmful in ("<img", "<script", "href", "http://", "https://"):
        assert harmful not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert '<html lang="zh-CN">' in page
    assert "[文件] 开题报告.pdf" in page


def test_json_gives_moments_with_their_zone(scene_everywhere: Scene, clock: Clock) -> None:
    scene = scene_everywhere
    talk(scene, clock)
    transcript = scene.by_reader.transcript("json").json()
    assert (transcript["number"], transcript["time_zone"]) == ("AAA-2026-000001", "Asia/Shanghai")
    assert transcript["asked_at"] == "2026-09-01T16:00:00+08:00"
    entries = [(entry["seq"], entry["kind"], entry["author"]) for entry in transcript["entries"]]
    assert entries == [
        (1, "text", "reader"),
        (2, "event", "system"),
        (3, "text", "librarian"),
        (4, "attachment", "reader"),
        (5, "text", "reader"),
        (6, "event", "system"),
    ]


def test_staff_get_the_same_document(scene: Scene, clock: Clock) -> None:
    talk(scene, clock)
    assert scene.by_staff("chen").transcript("txt").text == scene.by_reader.transcript("txt").text


def test_internal_notes_are_in_no_transcript(scene: Scene) -> None:
    correcting.write_note(
        scene.place, scene.people.lin, scene.conversation, client_id=new_client_id(), body="内部备注一则"
    )
    assert answering.desk_thread(scene.place, scene.people.lin, scene.conversation, 0).notes
    staff = scene.by_staff("lin")
    for side in (scene.by_reader, staff):
        for form in ("txt", "html", "json"):
            assert "内部备注" not in side.transcript(form).text


def test_what_was_changed_or_taken_back_is_shown_as_it_is_now(scene: Scene) -> None:
    scene.by_reader.sent(b"ford", "secret.txt")
    talking.say_as_reader(scene.place, scene.reader, scene.conversation, client_id=new_client_id(), body="借阅整")
    correcting.edit(scene.place, scene.reader, Target(scene.conversation, 4, new_client_id()), "借阅证")
    correcting.delete(scene.place, scene.reader, Target(scene.conversation, 3, new_client_id()))
    text = scene.by_reader.transcript("txt").text
    assert "secret" not in text
    assert "借阅整" not in text
    assert "读者 （已编辑）\n    借阅证" in text
    assert "读者 （已删除）\n" in text


def test_a_long_conversation_is_whole(scene: Scene) -> None:
    for number in range(PAGE_MESSAGES + 5):
        talking.say_as_librarian(
            scene.place, scene.people.lin, scene.conversation, client_id=new_client_id(), body=f"第{number}条"
        )
    entries = scene.by_reader.transcript("json").json()["entries"]
    assert [entry["seq"] for entry in entries] == list(range(1, PAGE_MESSAGES + 8))


def test_others_get_no_transcript(scene: Scene) -> None:
    for side in (scene.by_stranger(), scene.by_staff("grace")):
        answer = side.transcript("txt")
        assert (answer.status_code, code(answer)) == (404, "not_found")
    assert code(scene.by_reader.transcript("pdf")) == "validation_failed"
