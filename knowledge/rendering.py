"""Turn an answer's Markdown into HTML that is safe on any page, and into plain text."""

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt

# What an answer needs. No images: a picture from elsewhere tells its host who reads, and may change after the review.
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = ("p", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
_TAGS = frozenset((*_HEADINGS, *_BLOCKS, "strong", "em", "code", "del", "a"))
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = frozenset({"https", "http", "mailto", "tel"})
_LINK_ATTRIBUTES = {"a": {"target": "_blank"}}

_IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(^|\n)[ \t]*(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+|[*_`~|]+|^[-=]{3,}$", re.MULTILINE)
_BLANKS = re.compile(r"\s+")
_ELLIPSIS = "…"


def render_html(markdown: str) -> str:
    """Return sanitised HTML. Links open in a new page and pass on neither the opener nor any weight."""
    return nh3.clean(
        _parser().render(markdown),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        link_rel="noopener nofollow",
        set_tag_attribute_values=_LINK_ATTRIBUTES,
    )


def plain_text(markdown: str) -> str:
    """Return the words without marks, paragraphs kept as lines. Quick rather than exact: for search and excerpts."""
    lines = _MARKS.sub(r"\1", _IMAGE_OR_LINK.sub(r"\1", markdown)).splitlines()
    return "\n".join(folded for line in lines if (folded := _BLANKS.sub(" ", line).strip()))


def excerpt(markdown: str, *, max_characters: int = 160) -> str:
    """Return the beginning of the plain text on one line, cut with an ellipsis."""
    text = _BLANKS.sub(" ", plain_text(markdown))
    return text if len(text) <= max_characters else text[: max_characters - 1].rstrip() + _ELLIPSIS


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
