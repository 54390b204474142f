"""What a reader does and sees, in the words of the tests."""

from playwright.sync_api import Locator, Page


class Reader:
    """Somebody in front of a page with the widget. Locators reach into the shadow roots by themselves."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def button(self) -> Locator:
        """The launcher."""
        return self.page.locator("wenjin-chat >> button[aria-haspopup=dialog]")

    @property
    def dialog(self) -> Locator:
        """The open window."""
        return self.page.locator("wenjin-panel >> section.panel")

    @property
    def question(self) -> Locator:
        """The question field."""
        return self.page.locator("#question")

    @property
    def message(self) -> Locator:
        """The message field."""
        return self.page.locator("#message")

    @property
    def chooser(self) -> Locator:
        """What the file dialogue fills."""
        return self.page.locator("input[type=file]")

    @property
    def banner(self) -> Locator:
        """The warning about old data."""
        return self.page.locator(".banner")

    def bubbles(self) -> list[str]:
        """Return the texts of the conversation, oldest first."""
        return self.page.locator(".bubble").all_inner_texts()

    def bubble(self, text: str) -> Locator:
        """The message with this text."""
        return self.page.locator("li.message", has_text=text)

    def ask(self, question: str) -> str:
        """Open the window, ask a librarian, and return the conversation's id."""
        self.button.click()
        self.question.fill(question)
        self.page.get_by_role("button", name="咨询馆员").last.click()
        self.page.locator(".queue").wait_for()
        return self.conversation_id()

    def say(self, text: str) -> None:
        """Write a message and press Enter."""
        self.message.fill(text)
        self.message.press("Enter")

    def conversation_id(self) -> str:
        """Return the id of the conversation that this browser is in."""
        return str(self.page.evaluate("JSON.parse(localStorage['wenjin.v1.JZU.current']).id"))
