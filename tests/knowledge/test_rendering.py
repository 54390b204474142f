"""Answers as HTML that is safe on any page."""

import pytest

from knowledge.rendering import excerpt, plain_text, render_html


def test_markdown_becomes_html_with_lists_tables_and_emphasis() -> None:
    html = render_html("## 开放时间\n\n- **周一** 8:00\n- 周日\n\n|馆|时间|\n|-|-|\n|总馆|8:00|")
    for piece in ("<h2>开放时间</h2>", "<strong>周一</strong>", "<li>周日</li>", "<td>总馆</td>"):
        assert piece in html


@pytest.mark.parametrize(
    "target", ["https://example.org/a", "http://example.org", "mailto:desk@example.org", "tel:123"]
)
def test_links_open_apart_and_pass_nothing_on(target: str) -> None:
    html = render_html(f"[here]({target})")
    assert f'href="{target}"' in html
    assert 'target="_blank"' in html
    assert 'rel="noopener nofollow"' in html


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![pixel](https://elsewhere.example/p.png)",
        '<a href="https://example.org" onclick="steal()">x</a>',
        "<iframe src='https://example.org'></iframe>",
        "[x](//elsewhere.example/p)",
    ],
)
def test_nothing_that_acts_or_loads_survives(markdown: str) -> None:
    html = render_html(markdown)
    for piece in ("<script", "<img", "<iframe", "<a href", "<a title"):
        assert piece not in html


def test_plain_text_keeps_words_and_paragraphs() -> None:
    assert (
        plain_text("# 标题\n\n1. **先** [登录](https://example.org)\n2. 再 `检索`\n\n> 完")
        == "标题\n先 登录\n再 检索\n完"
    )


def test_an_excerpt_is_one_line_and_ends_with_an_ellipsis_when_cut() -> None:
    assert excerpt("一\n\n二") == "一 二"
    cut = excerpt("word " * 100, max_characters=20)
    assert cut.endswith("…")
    assert len(cut) <= 20
