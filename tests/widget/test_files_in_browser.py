"""Files and corrections in a real browser: sending, breaking off, refusals in place, saving, changing, taking back."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import FilePayload, Page, expect

from qa_server.conversations.models import Message
from tests.widget.reading import Reader
from tests.widget.service import MAX_FILE_BYTES, Librarian, Service

# On a machine that does much else a page takes many times as long.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RECORD = "TY  - JOUR\nTI  - 问津\nER  - \n".encode()
# Lets a file come by a drag or by the clipboard.
_HAND_OVER = """(place, [kind, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["content of a file"], name, { type: "text/plain" }));
  const how = { bubbles: true, cancelable: true, composed: true };
  if (kind === "paste") place.dispatchEvent(new ClipboardEvent(kind, { ...how, clipboardData: transfer }));
  else place.dispatchEvent(new DragEvent(kind, { ...how, dataTransfer: transfer }));
}"""


def text_file(name: str, content: bytes = RECORD) -> FilePayload:
    """Return a file as the browser's dialogue would hand it over."""
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def test_files_go_both_ways_and_are_saved_as_they_were(page: Page, service: Service, librarian: Librarian) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("题录怎么导入？")
    reader.chooser.set_input_files([text_file("检索结果.ris"), text_file("说明.txt", b"second")])
    expect(reader.bubble("说明.txt")).to_have_attribute("data-tick", "sent")
    expect(reader.bubble("检索结果.ris")).to_contain_text(f"{len(RECORD)} B")
    librarian.claim(conversation)
    librarian.send_file(conversation, "改好的题录.ris", RECORD)
    with page.expect_download() as saving:
        page.get_by_role("button", name="保存 改好的题录.ris").click()
    assert saving.value.suggested_filename == "改好的题录.ris"
    assert Path(saving.value.path()).read_bytes() == RECORD
    page.route("**/link", lambda route: route.abort())
    page.get_by_role("button", name="保存 检索结果.ris").click()
    expect(reader.bubble("检索结果.ris").get_by_role("alert")).to_have_text("暂时无法连接服务，请稍后再试。")


def test_file_may_be_dropped_or_pasted(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("可以拖放文件吗？")
    thread = page.locator(".view.thread")
    thread.evaluate(_HAND_OVER, ["dragover", "拖放.txt"])
    expect(page.get_by_text("拖到此处发送文件")).to_be_visible()
    thread.evaluate(_HAND_OVER, ["drop", "拖放.txt"])
    expect(page.get_by_text("拖到此处发送文件")).to_be_hidden()
    reader.message.evaluate(_HAND_OVER, ["paste", "粘贴.txt"])
    for name in ("拖放.txt", "粘贴.txt"):
        expect(reader.bubble(name)).to_have_attribute("data-tick", "sent")


def test_refused_file_says_why_and_one_lost_on_its_way_can_be_sent_again(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("能发程序吗？")
    program, record, large = reader.bubble("setup.exe"), reader.bubble("题录.ris"), reader.bubble("很大.txt")
    reader.chooser.set_input_files([text_file("setup.exe", b"MZ" + bytes(200))])
    expect(program.get_by_role("alert")).to_contain_text("不能发送此类文件")
    program.get_by_role("button", name="移除").click()
    expect(program).to_have_count(0)
    page.route("**/attachments", lambda route: route.abort("connectionreset"))
    reader.chooser.set_input_files([text_file("题录.ris")])
    expect(record.get_by_role("alert")).to_contain_text("发送文件时连接中断。")
    page.unroute("**/attachments")
    record.get_by_role("button", name="重试").click()
    expect(record).to_have_attribute("data-tick", "sent")
    reader.chooser.set_input_files([text_file("很大.txt", bytes(MAX_FILE_BYTES + 1))])
    expect(large.get_by_role("alert")).to_contain_text("1 MB")


def test_file_on_its_way_shows_how_far_it_is_and_can_be_broken_off(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    reader.ask("能取消发送吗？")
    devtools = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", slow)
    reader.chooser.set_input_files([text_file("很大.txt", b"line\n" * 200_000)])
    progress = page.get_by_role("progressbar", name="正在发送 很大.txt")
    expect(progress).to_be_visible()
    page.wait_for_function("(bar) => bar.value > 0 && bar.value < 1", arg=progress.element_handle())
    page.get_by_role("button", name="取消发送 很大.txt").click()
    expect(reader.bubble("很大.txt")).to_have_count(0)


def test_own_message_is_changed_and_taken_back_by_keyboard_alone(
    page: Page, service: Service, librarian: Librarian
) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    librarian.claim(reader.ask("怎么改消息？"))
    reader.say("写借了")
    message = page.locator("li.message.mine").nth(1)
    menu = message.get_by_role("button", name="修改或撤回")
    menu.focus()
    page.keyboard.press("Enter")
    expect(message.get_by_role("button", name="修改", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(message.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("写错了")
    page.keyboard.press("Enter")
    expect(message.locator(".bubble")).to_have_text("写错了")
    expect(message).to_contain_text("已修改")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(message.locator(".bubble")).to_have_text("这条消息已被撤回。")
    expect(reader.message).to_be_focused()
    expect(message.get_by_role("button")).to_have_count(0)


def test_change_that_comes_too_late_is_told_beside_the_message_and_its_text_is_kept(
    page: Page, service: Service
) -> None:
    page.goto(f"{service.address}/demo/JZU")
    reader = Reader(page)
    conversation = reader.ask("太晚了会怎样？")
    with service.place.database.write() as session:
        session.get_one(Message, (UUID(conversation), 1)).created_at -= timedelta(days=1)
    message = page.locator("li.message.mine").first
    message.get_by_role("button", name="修改或撤回").click()
    message.get_by_role("button", name="修改", exact=True).click()
    message.get_by_role("textbox").fill("改成别的")
    message.get_by_role("button", name="保存").click()
    expect(message.get_by_role("alert")).to_contain_text("15")
    expect(message.get_by_role("textbox")).to_have_value("改成别的")
    message.get_by_role("button", name="取消").click()
    expect(message.locator(".bubble")).to_have_text("太晚了会怎样？")
