"""Two librarians look at the same questions, one in Chinese, one in English: each reads names in the own language."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DemoServer
from tests.browser.test_loop import at_desk, in_thread, sign_in
from tests.browser.test_two_librarians import SOON_MS, answer, ask, claim, entry

CHINESE, ENGLISH = "研讨室可以提前几天预约？", "Can alumni borrow books here?"
# Of the library and of LIN.
LIBRARY = {"zh": "江州大学图书馆", "en": "Jiangzhou University Library"}
LIN = {"zh": "林悦", "en": "Lin Yue"}

pytestmark = pytest.mark.browser


def in_english(page: Page) -> None:
    """Choose English for the console of a browser."""
    page.goto(f"{page.url.split('?')[0]}?lang=en")
    expect(page.get_by_role("heading", name=re.compile("^Waiting"))).to_be_visible()


def ask_in_english(reader: Page, demo: DemoServer) -> None:
    """Ask as a reader whose conversation is in English, at the same library."""
    begun = reader.request.post(f"{demo.address}/api/v1/readers", data={"library": "JZU", "language": "en"})
    asked = reader.request.post(
        f"{demo.address}/api/v1/conversations",
        data={"question": ENGLISH, "client_id": uuid4().hex, "language": "en"},
        headers={"Authorization": f"Bearer {begun.json()['token']}"},
    )
    assert asked.status == 201, asked.text()


def place_of(page: Page, question: str) -> Locator:
    """Return the line below a question in the lists that says where it came from and who has it."""
    return entry(page, question).locator(".entry-place")


def head(page: Page) -> Locator:
    """Return the facts above the open conversation."""
    return page.locator(".talk-facts")


def look_back(page: Page, demo: DemoServer, language: str) -> None:
    """Look the ended conversation in English up in the history, and read who took part in it."""
    page.goto(f"{demo.address}/console/history")
    row = page.get_by_role("row").filter(has_text=ENGLISH)
    expect(row).to_contain_text(LIBRARY[language])
    row.get_by_role("link", name=ENGLISH).click()
    expect(page.locator(".transcript")).to_contain_text(LIN[language])
    expect(page.locator(".transcript")).not_to_contain_text(LIN["en" if language == "zh" else "zh"])


@pytest.mark.timeout(600)
def test_each_librarian_reads_names_in_the_language_of_the_own_console(browser: Browser, demo: DemoServer) -> None:
    lin, chen = sign_in(browser, demo, "lin.yue"), sign_in(browser, demo, "chen.mo")
    in_english(chen)
    reader = ask(browser, demo, CHINESE)
    ask_in_english(reader, demo)

    # Whatever the language of the conversation is, and as it waits.
    for question in (CHINESE, ENGLISH):
        expect(place_of(lin, question)).to_contain_text(LIBRARY["zh"], timeout=SOON_MS)
        expect(place_of(chen, question)).to_contain_text(LIBRARY["en"], timeout=SOON_MS)

    # The Chinese one is claimed: the list, the head, what happened and who wrote.
    claim(lin, CHINESE)
    answer(lin, "可以提前三天。")
    expect(place_of(chen, CHINESE)).to_contain_text(f"{LIN['en']} · {LIBRARY['en']}", timeout=SOON_MS)
    entry(chen, CHINESE).click()
    expect(head(chen)).to_contain_text(LIBRARY["en"])
    expect(chen.get_by_text(f"{LIN['en']} took the question")).to_be_visible(timeout=SOON_MS)
    expect(chen.get_by_text(f"{LIN['en']} has this question.")).to_be_visible()
    expect(at_desk(chen, "可以提前三天。")).to_contain_text(LIN["en"], timeout=SOON_MS)
    # One that was open before the message came, too.
    answer(lin, "需要三人以上。")
    expect(at_desk(chen, "需要三人以上。")).to_contain_text(LIN["en"], timeout=SOON_MS)
    for text in (LIBRARY["zh"], LIN["zh"]):
        expect(chen.locator("desk-conversation")).not_to_contain_text(text)
    expect(head(lin)).to_contain_text(LIBRARY["zh"])
    expect(at_desk(lin, "需要三人以上。")).to_contain_text(LIN["zh"])

    # The reader reads what the conversation is in.
    expect(in_thread(reader, f"{LIN['zh']} 已接入")).to_be_visible(timeout=SOON_MS)
    expect(reader.get_by_text(LIN["en"])).to_have_count(0)

    # The English one in the Chinese console: own messages keep their name when the server has them.
    claim(lin, ENGLISH)
    answer(lin, "Yes, with an alumni card.")
    expect(head(lin)).to_contain_text(LIBRARY["zh"])
    sent = at_desk(lin, "Yes, with an alumni card.")
    expect(sent).to_contain_text("✓", timeout=SOON_MS)
    expect(sent).to_contain_text(LIN["zh"])
    expect(lin.locator("desk-conversation")).not_to_contain_text(LIN["en"])
    expect(lin.locator("desk-conversation")).not_to_contain_text(LIBRARY["en"])

    # Ended and in the history.
    lin.get_by_role("button", name="办结…").click()
    lin.get_by_role("button", name="办结咨询").click()
    expect(lin.get_by_role("button", name=re.compile("起草"))).to_be_visible(timeout=SOON_MS)
    for page, language in ((lin, "zh"), (chen, "en")):
        look_back(page, demo, language)
