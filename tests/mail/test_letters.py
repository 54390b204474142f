"""What a letter is made of: headers that say what they must, nothing smuggled in, words that are safe as HTML."""

from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import pytest

from qa_server.mail.addresses import deliverable
from qa_server.mail.letters import Envelope, Letter, as_html, as_text, is_sender, message_of
from qa_server.mail.server import MailServer, MailServerUnusable, server_at

ID = UUID("019aaaaa-0000-7000-8000-000000000001")
AT = datetime(2026, 9, 1, 8, tzinfo=UTC)


def written(subject: str = "您好", recipient: str = "reader@example.org") -> EmailMessage:
    """Return a message with usual values."""
    envelope = Envelope(ID, "问津 <ask@example.edu>", recipient, AT)
    return message_of(envelope, subject=subject, text="字", html="<p>字</p>")


def test_headers_are_those_of_an_automatic_letter_and_the_same_at_each_attempt() -> None:
    first, again = written(), written()
    assert first["Message-ID"] == again["Message-ID"] == f"<{ID.hex}@example.edu>"
    assert first["Date"] == "Tue, 01 Sep 2026 08:00:00 +0000"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["From"].addresses[0].display_name == "问津"
    assert first["To"] == "reader@example.org"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    assert all(line.isascii() and len(line) < 999 for line in first.as_bytes().split(b"\r\n"))


def test_line_ends_in_a_subject_make_no_header() -> None:
    message = written("Yes\r\nBcc: victim@example.org\nX-Bad: 1")
    assert message["Bcc"] is message["X-Bad"] is None
    assert message["Subject"] == "Yes Bcc: victim@example.org X-Bad: 1"


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@b", "@b.cn", "a@b..cn", ".a@b.cn", "a.@b.cn", "a@-b.cn", "a b@c.cn", "a,b@c.cn", "a@b.cn,c@d.cn",
        "a@b.cn\r\nBcc: c@d.cn", "a\n@b.cn", '"a b"@c.cn', "<a@b.cn>", "a(b)@c.cn", "a@[127.0.0.1]", "a;b@c.cn",
        "字@b.cn", "a" * 65 + "@b.cn", "a@" + "b" * 64 + ".cn", "a@" + "b." * 200 + "cn", "a@b.cn\x00", "a@\ud800.cn",
    ],
    ids=ascii,
)  # fmt: skip
def test_addresses_that_programs_read_differently_are_not_written_to(address: str) -> None:
    assert deliverable(address) is None


@pytest.mark.parametrize(
    ("address", "written_to"),
    [
        (" li.wei+lib@mail.jzu.edu.cn ", "li.wei+lib@mail.jzu.edu.cn"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("a@图书馆.中国", "a@xn--xkrp7dt1k.xn--fiqs8s"),
    ],
)
def test_usual_addresses_are_written_to(address: str, written_to: str) -> None:
    found = deliverable(address)
    assert found is not None
    assert found == written_to or ("xn--" in written_to and found.startswith("a@xn--") and found.isascii())


def test_words_of_people_are_text_in_both_forms() -> None:
    letter = Letter("en", "s", ["<b>hello</b>"], enclosed="<script>x</script>", link="https://a/#b", link_label="Read")
    assert "<script>x</script>" in as_text(letter)
    assert "https://a/#b" in as_text(letter)
    html = as_html(letter)
    assert "<script>" not in html
    assert "&lt;b&gt;hello" in html
    assert 'href="https://a/#b"' in html


@pytest.mark.parametrize("url", ["http://a", "smtp://", "smtp://a:port", "smtp://a:99999999", "smtp://a/x", "mail"])
def test_a_setting_that_names_no_mail_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(MailServerUnusable) as refused:
        server_at(url.replace("://", "://user:secret@") if "://a" in url else url)
    assert "secret" not in refused.value.message


def test_a_mail_server_is_named_by_one_setting() -> None:
    assert server_at("") is None
    assert server_at("smtps://u%40x:p%2Fw@mail.example.edu") == MailServer("mail.example.edu", 465, "u@x", "p/w", True)
    assert server_at("smtp://mail.example.edu:25") == MailServer("mail.example.edu", 25, "", "", False)


@pytest.mark.parametrize(
    ("sender", "is_good"), [("a@b.cn", True), ("馆 <a@b.cn>", True), ("", False), ("a@b\nX: y", False)]
)
def test_a_sender_is_one_printable_address(sender: str, is_good: bool) -> None:
    assert is_sender(sender) is is_good
