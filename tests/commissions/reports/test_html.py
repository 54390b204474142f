"""The print view: whole, stand-alone, nothing in it is carried out."""

import re
from dataclasses import replace
from typing import get_args

import pytest
from lxml import html

from qa_server.commissions.reports.content import Prose, References, ServiceCode, Table
from qa_server.commissions.reports.html import as_html
from qa_server.commissions.reports.layout import lay_out
from qa_server.commissions.reports.samples import sample
from qa_server.i18n import Language
from tests.commissions.reports.forms import bare, sealed, with_blocks

SERVICES: tuple[ServiceCode, ...] = get_args(ServiceCode)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_of_a_report_is_in_its_print_view(service: ServiceCode, language: Language) -> None:
    content, images = sealed(sample(service, language))
    page = html.fromstring(as_html(content, images))
    text = bare(page.text_content())
    laid = lay_out(content)
    expected = [content.title, content.library, content.verification_code, content.check_address, laid.name]
    expected += [value for _, value in laid.facts]
    expected += [section.number + section.heading for section in laid.sections]
    expected += [signature.name for signature in content.signatures]
    assert [words for words in expected if bare(words) not in text] == []
    assert page.get("lang") == ("zh-CN" if language == "zh" else "en-GB")
    assert len(page.xpath("//img[starts-with(@src, 'data:image/png')]")) == 1 + len(content.signatures)
    assert len(page.xpath("//img[starts-with(@src, 'data:image/svg+xml')]")) == 1
    assert page.xpath("//img[not(@alt)]") == []


def test_the_print_view_loads_and_runs_nothing() -> None:
    page = html.fromstring(as_html(*sealed(sample("citation_search", "zh"))))
    assert page.xpath("//script | //link | //iframe | //object | //a | //@*[starts-with(name(), 'on')]") == []
    assert all(address.startswith("data:") for address in page.xpath("//@src"))
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_text_is_shown_as_it_was_written_wherever_it_stands() -> None:
    hostile = "</style><script>alert(1)</script>{{7*7}} \"; } @import 'x'; \\ & <b>"
    content = replace(
        with_blocks(Prose(hostile, is_markdown=True), Table((hostile,), ((hostile,),)), References((hostile,))),
        library=hostile,
        title=hostile,
        report_number=hostile,
    )
    written = as_html(content, {})
    page = html.fromstring(written)
    assert page.xpath("//script | //main//b") == []
    assert page.text_content().count(hostile) >= 7
    # In the style sheet, where the library stands in the running head, nothing but letters and digits is left.
    style = page.xpath("string(//style)")
    assert "alert" in style
    assert re.findall(r'@top-left {{ content: "([^"]*)"; font'.replace("{{", "{"), style) != []
    assert "alert(1)" not in style
    assert "@import" not in style


def test_a_draft_shows_its_watermark_and_no_seal() -> None:
    content, images = sealed(sample("novelty_search", "zh"))
    final = html.fromstring(as_html(content, images))
    draft = html.fromstring(as_html(replace(content, is_draft=True), images))
    assert draft.xpath("string(//*[@class='watermark'])") == "初稿"
    assert final.xpath("//*[@class='watermark']") == []
    assert final.xpath("//img") != []
    assert draft.xpath("//img") == []


def test_an_empty_table_says_that_it_is_empty() -> None:
    page = html.fromstring(as_html(with_blocks(Table(("甲", "乙"), ())), {}))
    assert page.xpath("//td/text()") == ["无"]
