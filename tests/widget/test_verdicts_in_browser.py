"""Yes and no under an answer, in a real browser: taken at once, changed by the other one."""

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from knowledge.proposal_models import AnswerVerdict, WordingProposal
from tests.widget.reading import Reader
from tests.widget.service import Service
from tests.widget.test_access_in_browser import complaints

pytestmark = pytest.mark.browser


def verdicts(service: Service) -> list[tuple[bool, str | None, str | None]]:
    """Return what was said of answers: helped or not, words kept of a no, words proposed of a yes; newest last."""
    with service.place.database.read() as session:
        rows = session.execute(
            select(AnswerVerdict.is_helpful, AnswerVerdict.words, WordingProposal.words)
            .outerjoin(WordingProposal, WordingProposal.id == AnswerVerdict.proposal_id)
            .order_by(AnswerVerdict.said_at)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def open_answer(page: Page, address: str, words: str) -> Reader:
    """Find answers with these words and open the first."""
    page.goto(address)
    reader = Reader(page)
    reader.button.click()
    reader.question.fill(words)
    page.locator("summary").first.click()
    return reader


def test_a_yes_and_a_no_reach_the_library_and_the_last_one_stands(page: Page, service: Service) -> None:
    words = "图书馆早上几点开门呀"
    open_answer(page, f"{service.address}/demo/JZU", words)
    answer = page.locator("details.answer").first
    yes, no = answer.get_by_role("button", name="解决了", exact=True), answer.get_by_role("button", name="没有解决")
    expect(answer.get_by_role("group", name="这解决了您的问题吗？")).to_be_visible()
    yes.click()
    expect(answer.get_by_role("status")).to_have_text("谢谢！您的问法会帮助其他读者更快找到答案。")
    expect(yes).to_have_attribute("aria-pressed", "true")
    assert verdicts(service)[-1] == (True, None, words)
    assert complaints(page) == []
    no.click()
    expect(answer.get_by_role("status")).to_have_text("谢谢您告诉我们。可以点下方“咨询馆员”继续提问。")
    expect(yes).to_have_attribute("aria-pressed", "false")
    assert verdicts(service)[-1] == (False, words, None)
    assert len([each for each in verdicts(service) if words in each]) == 1


def test_an_english_reader_says_yes_by_keyboard(page: Page, service: Service) -> None:
    words = "How long may undergraduates keep the books that they borrowed"
    page.goto(f"{service.address}/demo/LIU")
    page.get_by_role("button", name="Ask a librarian").click()
    Reader(page).question.fill(words)
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    yes = page.locator("details.answer").first.get_by_role("button", name="Yes")
    for _ in range(8):
        if yes.evaluate("(button) => button.getRootNode().activeElement === button"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("Thank you. Your words help others to find it.")).to_be_visible()
    expect(yes).to_be_focused()
    assert verdicts(service)[-1] == (True, None, words)


def test_a_verdict_that_could_not_be_sent_says_so_and_can_be_given_again(page: Page, service: Service) -> None:
    reader = open_answer(page, f"{service.address}/demo/JZU", "几点开门闭门")
    answer = page.locator("details.answer").first
    page.route("**/verdict", lambda route: route.abort())
    yes = answer.get_by_role("button", name="解决了", exact=True)
    yes.click()
    expect(answer.get_by_role("status")).to_have_text("未能提交，请再试一次。")
    expect(yes).to_have_attribute("aria-pressed", "false")
    page.unroute("**/verdict")
    yes.click()
    expect(answer.get_by_role("status")).to_contain_text("谢谢")
    assert reader.question.input_value() == "几点开门闭门"


def test_a_reader_whom_the_service_has_forgotten_is_let_in_again(page: Page, service: Service) -> None:
    open_answer(page, f"{service.address}/demo/JZU", "开门的钟点")
    page.evaluate("localStorage.setItem('wenjin.v1.JZU.reader', JSON.stringify({ token: 'gone' }))")
    seen: list[int] = []

    def note(route: Route) -> None:
        answer = route.fetch()
        seen.append(answer.status)
        route.fulfill(response=answer)

    page.route("**/verdict", note)
    page.locator("details.answer").first.get_by_role("button", name="没有解决").click()
    expect(page.locator("details.answer").first.get_by_role("status")).to_contain_text("谢谢")
    assert seen == [401, 204]
